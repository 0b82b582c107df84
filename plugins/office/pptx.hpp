// office/pptx.hpp: PowerPoint presentations (ECMA-376, PresentationML).
#pragma once

#include "office/archive.hpp"
#include "office/office_document.hpp"

namespace lectern::office {

// Each slide under a heading "Slide 3": its title as a heading, its text, tables, diagrams,
// comments and the speaker's notes. Not: hidden slides, dates, footers and numbers of slides.
[[nodiscard]] documents::Extracted pptx_text(Archive& archive, const std::string& part);

}  // namespace lectern::office
