// office/office_document.hpp: what every reader of office files gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "documents/extracted.hpp"
#include "documents/markup.hpp"

namespace lectern::office {

struct Properties {
    std::string title;
    std::string author;
    std::string created;   // as it is written there, ISO 8601
    std::string modified;  // the same
    std::string language;
    std::uint64_t pages = 0;  // 0: not known
};

// The title is the properties', else `heading`, else the first line; without `heading` it may stay
// empty, and the file's name is better. Fails with LECTERN_INVALID_ARGUMENT when there is no text.
[[nodiscard]] documents::Extracted finished(documents::Markup& text, const Properties& properties,
                                            const std::optional<std::string>& heading);

}  // namespace lectern::office
