#include "office/xml.hpp"

#include <algorithm>
#include <charconv>

#include "documents/extracted.hpp"

namespace lectern::office {
namespace {

using documents::fail;

constexpr std::size_t most_elements = 1600000;
constexpr std::size_t most_attributes = 5000000;
constexpr std::size_t deepest_element = 256;

void check_size(std::string_view text, const std::string& what) {
    std::size_t elements = 0;
    std::size_t attributes = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] == '<' && text[i + 1] != '/') ++elements;
        if (text[i] == '=' && (text[i + 1] == '"' || text[i + 1] == '\'')) ++attributes;
    }
    if (elements > most_elements || attributes > most_attributes)
        fail(LECTERN_RESOURCE_EXHAUSTED, "\"" + what + "\" has more than " +
                                             std::to_string(most_elements) +
                                             " elements; split the document");
}

void check_depth(const Node& root, const std::string& what) {
    std::size_t depth = 0;
    for (Node node = root; node;) {
        if (depth > deepest_element)
            fail(LECTERN_RESOURCE_EXHAUSTED, "\"" + what + "\" is nested deeper than " +
                                                 std::to_string(deepest_element) + " elements");
        if (const Node first = node.first_child()) {
            node = first;
            ++depth;
            continue;
        }
        while (node && node != root && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        node = node == root ? Node{} : node.next_sibling();
    }
}

}  // namespace

Xml::Xml(std::string text, const std::string& what, bool mixed)
    : text_(std::make_unique<std::string>(std::move(text))),
      document_(std::make_unique<pugi::xml_document>()) {
    check_size(*text_, what);
    const unsigned flags =
        pugi::parse_default | (mixed ? pugi::parse_ws_pcdata : pugi::parse_ws_pcdata_single);
    const pugi::xml_parse_result result =
        document_->load_buffer_inplace(text_->data(), text_->size(), flags);
    // What was read of a part that is cut off is no document.
    if (!result)
        fail(LECTERN_INVALID_ARGUMENT, "\"" + what + "\" is no XML: " + result.description() +
                                           " at byte " + std::to_string(result.offset));
    check_depth(*document_, what);
}

std::string_view local_name(const char* name) noexcept {
    const std::string_view all(name);
    const std::size_t colon = all.find(':');
    return colon == std::string_view::npos ? all : all.substr(colon + 1);
}

Node child(const Node& node, std::string_view name) noexcept {
    for (Node at = node.first_child(); at; at = at.next_sibling())
        if (is(at, name)) return at;
    return {};
}

bool has_value(const Node& node, std::string_view name) noexcept {
    for (pugi::xml_attribute at = node.first_attribute(); at; at = at.next_attribute())
        if (local_name(at.name()) == name) return true;
    return false;
}

std::string_view value(const Node& node, std::string_view name) noexcept {
    for (pugi::xml_attribute at = node.first_attribute(); at; at = at.next_attribute())
        if (local_name(at.name()) == name) return at.value();
    return {};
}

long number(const Node& node, std::string_view name, long otherwise) noexcept {
    constexpr long bound = 1000000000;
    const std::string_view text = value(node, name);
    long out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end != text.data() ? std::clamp(out, -bound, bound) : otherwise;
}

bool is_on(const Node& node, std::string_view name) noexcept {
    if (!node) return false;
    if (!has_value(node, name)) return true;
    const std::string_view text = value(node, name);
    return text == "1" || text == "true" || text == "on";
}

std::string text_of(const Node& node) {
    std::string out;
    for (Node at = node.first_child(); at; at = at.next_sibling()) {
        if (at.type() == pugi::node_pcdata || at.type() == pugi::node_cdata)
            out += at.value();
        else
            out += text_of(at);
    }
    return out;
}

Node find(const Node& node, std::string_view name) {
    for (Node at = node.first_child(); at; at = at.next_sibling()) {
        if (is(at, name)) return at;
        if (const Node inside = find(at, name)) return inside;
    }
    return {};
}

}  // namespace lectern::office
