// office/read_office.hpp: any office file, told apart by what is in it.
#pragma once

#include <string_view>

#include "documents/html_text.hpp"
#include "office/archive.hpp"
#include "office/before_2007.hpp"
#include "office/office_document.hpp"

namespace lectern::office {

struct OfficeLimits {
    ArchiveLimits archive;
    documents::HtmlLimits html;  // of each page of a book
    Converters converters = {};  // for files before 2007
};

// Fails with LECTERN_UNSUPPORTED on what it is not made for.
[[nodiscard]] documents::Extracted read_office(std::string_view bytes,
                                               const OfficeLimits& limits = {});

}  // namespace lectern::office
