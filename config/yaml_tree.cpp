#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <charconv>
#include <cmath>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "text/text.hpp"

namespace lectern::config {
namespace {

YamlMark to_mark(const YAML::Mark& mark) {
    return mark.is_null() ? YamlMark{} : YamlMark{mark.line + 1, mark.column + 1};
}

// Thrown out of the event handler to stop yaml-cpp at the first thing that is refused.
class Refused : public std::runtime_error {
 public:
    Refused(YamlMark mark, const std::string& message) : std::runtime_error(message), mark_(mark) {}
    [[nodiscard]] YamlMark mark() const noexcept { return mark_; }

 private:
    YamlMark mark_;
};

// Builds the tree on a stack: the open lists and maps, the document's root being the first.
class TreeBuilder final : public YAML::EventHandler {
 public:
    explicit TreeBuilder(int max_depth) : max_depth_(max_depth) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        add({.kind = YamlKind::null, .mark = to_mark(mark)});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        throw Refused(to_mark(mark), "an alias (*name) is not allowed here; write the value out");
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        add({.kind = YamlKind::scalar, .mark = to_mark(mark), .text = value, .quoted = tag == "!"});
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(YamlKind::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(YamlKind::map, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

    [[nodiscard]] YamlNode take() { return std::move(root_); }

 private:
    struct Open {
        YamlNode node;
        bool has_key = false;  // of a map: the next node is a value
        std::string key = {};
        YamlMark key_mark = {};
    };

    static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor)
            throw Refused(to_mark(mark), "an anchor (&name) is not allowed here; remove it");
    }
    static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "!" && tag != "?")
            throw Refused(to_mark(mark), "a tag (!name) is not allowed here; remove it");
    }
    void open(YamlKind kind, const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor) {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        if (!stack_.empty() && stack_.back().node.kind == YamlKind::map && !stack_.back().has_key)
            throw Refused(to_mark(mark), "a list or a map cannot be a key; use a plain name");
        if (static_cast<int>(stack_.size()) >= max_depth_)
            throw Refused(to_mark(mark), "nested deeper than " + std::to_string(max_depth_) +
                                             " levels; flatten it");
        stack_.push_back({.node = {.kind = kind, .mark = to_mark(mark)}});
    }
    void close() {
        YamlNode node = std::move(stack_.back().node);
        stack_.pop_back();
        add(std::move(node));
    }
    void add(YamlNode node) {
        if (stack_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = stack_.back();
        if (parent.node.kind == YamlKind::map && !parent.has_key) {
            if (node.kind == YamlKind::null)
                throw Refused(node.mark, "an empty key; give it a name");
            parent.has_key = true;
            parent.key = std::move(node.text);
            parent.key_mark = node.mark;
            return;
        }
        if (parent.node.kind == YamlKind::map) {
            node.key = std::move(parent.key);
            node.key_mark = parent.key_mark;
            if (node.kind == YamlKind::null) node.mark = parent.key_mark;
            parent.has_key = false;
        }
        parent.node.items.push_back(std::move(node));
    }

    int max_depth_;
    YamlNode root_;
    std::vector<Open> stack_;
};

YamlMark mark_of_byte(std::string_view text, std::size_t at) {
    YamlMark mark;
    for (std::size_t i = 0; i < at; ++i) {
        if (text[i] == '\n') {
            ++mark.line;
            mark.column = 1;
        } else {
            ++mark.column;
        }
    }
    return mark;
}

// The first byte that no text file has, or npos.
std::size_t control_byte_at(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7f) return i;
    }
    return std::string_view::npos;
}

YamlTree failure(YamlMark mark, std::string message) {
    YamlTree tree;
    tree.errors.push_back({mark, std::move(message)});
    return tree;
}

bool digits_only(std::string_view text, std::string_view digits) {
    return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

constexpr std::string_view decimal = "0123456789";

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_float(std::string_view text) {
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    const std::size_t exponent = text.find_first_of("eE");
    if (exponent != std::string_view::npos) {
        std::string_view power = text.substr(exponent + 1);
        if (!power.empty() && (power.front() == '-' || power.front() == '+'))
            power.remove_prefix(1);
        if (!digits_only(power, decimal)) return false;
        text = text.substr(0, exponent);
    }
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view part =
        point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    if (whole.empty()) return digits_only(part, decimal);
    return digits_only(whole, decimal) && (part.empty() || digits_only(part, decimal));
}

Result<boost::json::value> to_integer(std::string_view digits, int base, bool negative,
                                      const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    const std::uint64_t most = negative ? std::uint64_t{1} << 63 : UINT64_MAX;
    if (error != std::errc{} || end != digits.data() + digits.size() || value > most)
        return {Code::invalid_argument, "the integer " + text +
                                            " does not fit into 64 bits; "
                                            "put it in quotes when it is not a number"};
    if (negative) return boost::json::value(static_cast<std::int64_t>(0 - value));
    if (value <= static_cast<std::uint64_t>(INT64_MAX))
        return boost::json::value(static_cast<std::int64_t>(value));
    return boost::json::value(value);
}

}  // namespace

YamlTree parse_yaml(std::string_view text, std::size_t max_bytes, int max_depth) {
    if (text.size() > max_bytes)
        return failure({}, "the file has " + std::to_string(text.size()) +
                               " bytes; a pipeline file has at most " + std::to_string(max_bytes));
    if (const std::size_t at = text::invalid_utf8_at(text); at != std::string_view::npos)
        return failure(mark_of_byte(text, at), "not UTF-8; save the file as UTF-8");
    if (const std::size_t at = control_byte_at(text); at != std::string_view::npos)
        return failure(mark_of_byte(text, at), "a control character; remove it");

    std::istringstream stream{std::string(text)};
    TreeBuilder builder(max_depth);
    try {
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder))
            return failure({}, "the file is empty; a pipeline file begins with 'version: 1'");
        YamlTree tree;
        tree.root = builder.take();
        // yaml-cpp stops at what is no document; anything behind the first one is refused.
        TreeBuilder second(max_depth);
        if (parser.HandleNextDocument(second))
            return failure(second.take().mark,
                           "a second document behind '---' or '...'; keep one to a file");
        return tree;
    } catch (const Refused& refused) {
        return failure(refused.mark(), refused.what());
    } catch (const YAML::Exception& error) {
        return failure(to_mark(error.mark),
                       "not valid YAML: " + error.msg +
                           "; check brackets, quotes and indentation (by spaces) up to here");
    } catch (const std::exception& error) {
        return failure({}, std::string("not valid YAML: ") + error.what());
    }
}

std::string describe(const YamlNode& node) {
    switch (node.kind) {
        case YamlKind::null: return "empty";
        case YamlKind::list: return "a list";
        case YamlKind::map: return "a map";
        case YamlKind::scalar: break;
    }
    const std::string shown =
        "'" + std::string(text::prefix(node.text, 40)) + (node.text.size() > 40 ? "...'" : "'");
    return shown;
}

Result<boost::json::value> scalar_to_json(const YamlNode& node) {
    if (node.kind == YamlKind::null) return boost::json::value(nullptr);
    const std::string& text = node.text;
    if (node.quoted) return boost::json::value(boost::json::string(text));
    if (text == "true" || text == "True" || text == "TRUE") return boost::json::value(true);
    if (text == "false" || text == "False" || text == "FALSE") return boost::json::value(false);

    std::string_view digits = text;
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    if (digits_only(digits, decimal)) return to_integer(digits, 10, negative, text);
    if (text.starts_with("0x") && digits_only(text.substr(2), "0123456789abcdefABCDEF"))
        return to_integer(std::string_view(text).substr(2), 16, false, text);
    if (text.starts_with("0o") && digits_only(text.substr(2), "01234567"))
        return to_integer(std::string_view(text).substr(2), 8, false, text);

    if (digits == ".inf" || digits == ".Inf" || digits == ".INF" || text == ".nan" ||
        text == ".NaN" || text == ".NAN")
        return {Code::invalid_argument, "'" + text + "' is not a finite number; use a finite one"};
    if (is_float(text)) {
        std::string_view number = text;
        if (number.starts_with('+')) number.remove_prefix(1);
        double value = 0;
        const auto [end, error] =
            std::from_chars(number.data(), number.data() + number.size(), value);
        if (error != std::errc{} || !std::isfinite(value))
            return {Code::invalid_argument,
                    "the number " + text + " is out of range; use one that fits into a double"};
        return boost::json::value(value);
    }
    return boost::json::value(boost::json::string(text));
}

}  // namespace lectern::config
