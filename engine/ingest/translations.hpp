// engine/ingest/translations.hpp: documents that stages have made of others, and that say so in
// their metadata (docs/translation.md): {"translation": {"of": "a.md", "name": …, "by": …}}.
//
// Their ids are the document's, '#' and something.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/pipeline.hpp"
#include "corpus/corpus.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

// Names what a stage does, by what the pipeline file says of it: as long as this is the same, a
// translation that it has made need not be made again.
[[nodiscard]] std::string mark_of(const config::StageConfig& stage);

// The metadata of a translation of the document `of`, with the mark of the stage that made it;
// nothing where they are none of that.
[[nodiscard]] std::optional<std::string> marked_translation(std::string_view metadata,
                                                            std::string_view of,
                                                            std::string_view mark);

// The translation of this document, as it is, that the stage of this mark has made before; nothing
// where the document is new or another one, or has no such translation.
[[nodiscard]] Result<std::optional<DocumentInput>> made_before(const corpus::Reader& reader,
                                                               const storage::PutDocument& document,
                                                               std::string_view mark);

// The ids, each once, and those of their translations.
[[nodiscard]] Result<std::vector<std::string>> with_translations(const corpus::Reader& reader,
                                                                 std::span<const std::string> ids);

}  // namespace lectern
