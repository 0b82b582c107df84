// office/xml.hpp: the parts of office files are XML, read by pugixml within bounds.
#pragma once

#include <pugixml.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace lectern::office {

using Node = pugi::xml_node;

// A parsed part. pugixml expands no entities of the document and reads no other files. Bounds:
// elements and attributes are counted before the parse, and the depth after it, so that what walks
// the tree may do so by recursion.
class Xml {
 public:
    // `what` is for messages. `mixed`: white space between elements is text.
    // Fails with LECTERN_INVALID_ARGUMENT or LECTERN_RESOURCE_EXHAUSTED.
    Xml(std::string text, const std::string& what, bool mixed = false);
    [[nodiscard]] Node root() const { return document_->document_element(); }

 private:
    std::unique_ptr<std::string> text_;  // where the tree points to
    std::unique_ptr<pugi::xml_document> document_;
};

// Names without their prefix, which each file may choose.
[[nodiscard]] std::string_view local_name(const char* name) noexcept;
[[nodiscard]] inline std::string_view name_of(const Node& node) noexcept {
    return local_name(node.name());
}
[[nodiscard]] inline bool is(const Node& node, std::string_view name) noexcept {
    return name_of(node) == name;
}
// The first child of that name, or an empty node.
[[nodiscard]] Node child(const Node& node, std::string_view name) noexcept;
// child(child(node, a), b)
[[nodiscard]] inline Node child(const Node& node, std::string_view a, std::string_view b) noexcept {
    return child(child(node, a), b);
}
// The value of an attribute by its local name; "" when it is not there.
[[nodiscard]] std::string_view value(const Node& node, std::string_view name) noexcept;
[[nodiscard]] bool has_value(const Node& node, std::string_view name) noexcept;
// As a number within ±10^9.
[[nodiscard]] long number(const Node& node, std::string_view name, long otherwise) noexcept;
// "1", "true", "on", or there without a value.
[[nodiscard]] bool is_on(const Node& node, std::string_view name = "val") noexcept;
// All text below the node.
[[nodiscard]] std::string text_of(const Node& node);
// The first element below with that name, in document order.
[[nodiscard]] Node find(const Node& node, std::string_view name);

}  // namespace lectern::office
