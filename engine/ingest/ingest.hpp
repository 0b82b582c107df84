// engine/ingest/ingest.hpp: the ingest dataflow of a pipeline.
//
//     source → extract → custom stages → split → (batch) → tokenize → embed → commit
//
// A oneTBB flow graph is built for one run. Bytes in flight are bounded; a document that fails is
// reported and the others go on; documents are committed in groups, as they are done.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/ingest/sources.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "lectern/lectern.hpp"
#include "storage/store/types.hpp"

namespace lectern {

struct NamedBytes {
    std::string_view name;
    std::string_view bytes;
};

// What goes in: files, bytes with a name, or documents that need no extraction.
using IngestInput =
    std::variant<std::vector<SourceFile>, NamedBytes, std::span<const DocumentInput>>;

// Where documents go.
struct IngestOutput {
    // Whether the collection has this document with this content already. Any thread.
    std::function<bool(std::string_view id, const storage::Hash128& hash)> unchanged;
    // Whether it has a document of this id. Any thread.
    std::function<bool(std::string_view id)> exists;
    // Writes the group; on disk and searchable when ok. One thread at a time.
    std::function<Status(storage::WriteGroup group)> commit;
    storage::GenerationNumber generation = 0;
};

// Runs on this thread and the pipeline's others until everything is in. `report` has what was done
// also when the Status is a failure.
[[nodiscard]] Status run_ingest(const Pipeline& pipeline, unsigned threads,
                                const IngestInput& input, const IngestOutput& output,
                                const IngestOptions& options, IngestReport& report);

}  // namespace lectern
