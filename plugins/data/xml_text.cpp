#include <algorithm>
#include <initializer_list>

#include "data/data_text.hpp"
#include "documents/file_name.hpp"
#include "documents/markup.hpp"
#include "office/xml.hpp"

namespace lectern::data {
namespace {

using documents::Markup;
using documents::one_line;
using office::Node;

bool has_words(const Node& node) {
    for (const Node& at : node.children())
        if ((at.type() == pugi::node_pcdata || at.type() == pugi::node_cdata) &&
            !documents::only_white_space(at.value()))
            return true;
    return false;
}

bool has_elements(const Node& node) {
    for (const Node& at : node.children())
        if (at.type() == pugi::node_element) return true;
    return false;
}

bool is_paragraph(std::string_view name) {
    for (const std::string_view one :
         {"p", "para", "simpara", "paragraph", "text", "line", "l", "li"})
        if (name == one) return true;
    return false;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Elements that stand apart from the words around them.
bool stands_apart(const Node& node) {
    const std::string_view name = office::name_of(node);
    // A line of a drawing's text.
    if (name == "tspan")
        return !node.attribute("x").empty() || !node.attribute("y").empty() ||
               !node.attribute("dy").empty();
    return is_paragraph(name) ||
           is_one_of(name, {"title", "head", "section", "div", "list", "item", "ul", "ol", "table",
                            "row", "tr", "td", "th", "entry", "cell", "note", "br", "lb"});
}

// Elements that may be part of a word, one behind the other too.
bool is_within_words(const Node& node) {
    return is_one_of(office::name_of(node),
                     {"b", "i", "u", "em", "emph", "strong", "bold", "italic", "hi", "sc", "sub",
                      "sup", "inf", "subscript", "superscript", "span", "tspan"});
}

// The words of an element that has some of its own beside elements. White space is added where two
// elements with nothing between them, or an element that stands apart, would make one word of two.
void mixed_words(const Node& node, std::string& out) {
    Node before;  // the element behind which nothing stands as yet
    for (const Node& at : node.children()) {
        if (at.type() == pugi::node_pcdata || at.type() == pugi::node_cdata) {
            if (before && stands_apart(before)) out += ' ';
            out += at.value();
            before = {};
        } else if (at.type() == pugi::node_element) {
            if (stands_apart(at) || (before && (stands_apart(before) || !is_within_words(before) ||
                                                !is_within_words(at))))
                out += ' ';
            mixed_words(at, out);
            before = at;
        }
    }
}

std::string words_of(const Node& node) {
    std::string out;
    mixed_words(node, out);
    return one_line(out);
}

// What holds values alone is a record, whose lines stay together.
class XmlText {
 public:
    // `drawing`: attributes say where lines go, and only words are text.
    explicit XmlText(bool drawing) : drawing_(drawing) {}

    void read(const Node& node) {
        const std::string name(office::name_of(node));
        if (has_words(node)) {
            const std::string words = words_of(node);
            if (name == "style" || name == "script") return;
            if (!drawing_ && !has_elements(node) && !is_paragraph(name)) return line(name, words);
            end();
            out_.paragraph(words);
            return;
        }
        if (!drawing_) attributes(node);
        const bool holds_records = has_elements(node);
        if (holds_records) end_if_mixed(node);
        for (const Node& inner : node.children())
            if (inner.type() == pugi::node_element) read(inner);
        if (holds_records) end();
    }

    [[nodiscard]] std::string take() {
        end();
        return out_.take();
    }

 private:
    void attributes(const Node& node) {
        for (const pugi::xml_attribute& attribute : node.attributes()) {
            const std::string_view full(attribute.name());
            if (full.starts_with("xmlns") || full.starts_with("xsi:")) continue;
            line(std::string(office::local_name(attribute.name())), one_line(attribute.value()));
        }
    }

    void end_if_mixed(const Node& node) {
        for (const Node& inner : node.children())
            if (has_elements(inner)) return end();
    }

    void line(const std::string& name, const std::string& value) {
        if (value.empty()) return;
        if (!record_.empty()) record_ += '\n';
        record_ += name + ": " + value;
    }

    void end() { out_.paragraph(std::exchange(record_, {})); }

    bool drawing_;
    Markup out_;
    std::string record_;
};

std::string title_in(const Node& node, int depth) {
    if (depth > 3) return {};
    for (const Node& inner : node.children()) {
        if (documents::ascii_lower(office::name_of(inner)) == "title")
            return one_line(office::text_of(inner));
        if (std::string found = title_in(inner, depth + 1); !found.empty()) return found;
    }
    return {};
}

}  // namespace

documents::Extracted xml_text(std::string_view utf8) {
    // It has been converted: what it declares no longer holds.
    std::string text(utf8);
    if (text.starts_with("<?xml"))
        if (const std::size_t end = text.find("?>"); end != std::string::npos)
            text.erase(0, end + 2);
    const office::Xml xml(std::move(text), "the file", true);
    XmlText reader(office::is(xml.root(), "svg"));
    reader.read(xml.root());
    documents::Extracted found;
    found.text = reader.take();
    if (found.text.empty()) documents::fail(LECTERN_INVALID_ARGUMENT, "no text: the XML has none");
    found.title = title_in(xml.root(), 0);
    return found;
}

}  // namespace lectern::data
