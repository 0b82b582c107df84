// office/ooxml.hpp: how the parts of Microsoft's office files hang together (ECMA-376, part 2).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "office/archive.hpp"
#include "office/office_document.hpp"
#include "office/xml.hpp"

namespace lectern::office {

struct Relation {
    std::string type;    // the last word of its URI: "slide", "notesSlide", "comments"
    std::string target;  // a part
};

class Relations {
 public:
    // Of a part, or of the package ("").
    Relations(Archive& archive, const std::string& part);
    // The part of an id, or "".
    [[nodiscard]] std::string target(std::string_view id) const;
    // The first part of a type, or "".
    [[nodiscard]] std::string first(std::string_view type) const;
    [[nodiscard]] std::vector<std::string> all(std::string_view type) const;

 private:
    std::map<std::string, Relation, std::less<>> relations_;
};

// The document's main part, or "".
[[nodiscard]] std::string main_part(Archive& archive);

// Title, author and dates of docProps/core.xml.
[[nodiscard]] Properties core_properties(Archive& archive);

// mc:AlternateContent: what programs of today show.
[[nodiscard]] Node chosen(const Node& alternate) noexcept;

}  // namespace lectern::office
