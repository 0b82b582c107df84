// office/docx_styles.hpp: what the styles of a Word document say of its paragraphs.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "office/archive.hpp"
#include "office/xml.hpp"

namespace lectern::office {

struct DocxStyle {
    int heading = 0;        // level, 0: none
    bool contents = false;  // a line of a table of contents
    bool hidden = false;
    bool new_page = false;  // its paragraphs begin one
    std::string list;       // id of its numbering
    long level = 0;         // in it
};

class DocxStyles {
 public:
    DocxStyles(Archive& archive, const std::string& part);
    // An empty style for an id that is not there.
    [[nodiscard]] const DocxStyle& of(std::string_view id) const;

 private:
    std::map<std::string, DocxStyle, std::less<>> styles_;
    DocxStyle none_;
};

// <w:vanish/> of run properties, unless it is switched off.
[[nodiscard]] bool vanishes(const Node& properties) noexcept;

}  // namespace lectern::office
