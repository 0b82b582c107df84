// engine/ingest/ingest.hpp: the ingest dataflow of a pipeline.
//
//     source → extract → custom stages → split → (batch) → tokenize → embed → commit
//
// A oneTBB flow graph is built for one run. Bytes in flight are bounded; a document that fails is
// reported and the others go on; documents are committed in groups, as they are done.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "corpus/values.hpp"
#include "engine/ingest/sources.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

struct NamedBytes {
    std::string_view name;
    std::string_view bytes;
};

// What goes in: files, bytes with a name, or documents that need no extraction.
using IngestInput =
    std::variant<std::vector<SourceFile>, NamedBytes, std::span<const DocumentInput>>;

// What becomes of a document that came in.
enum class Decision {
    store,
    unchanged,  // the collection has it with this content already
    left        // it stays out, and its file is not done
};

// What became of a file once the last of its documents is stored or left.
struct FileDone {
    const SourceFile& file;
    storage::Hash128 hash;  // of the bytes that were read
    std::uint64_t documents = 0;
    bool whole = false;  // nothing failed, was left or cut off by the end of the run
};

// Where documents go.
struct IngestOutput {
    // Asked when a document's hash is known; a failure is the document's. Any thread.
    std::function<Result<Decision>(const storage::PutDocument& document)> decide;
    // Whether the collection has a document of this id. Any thread.
    std::function<bool(std::string_view id)> exists;
    // Fills in the vectors of a document whose chunks are made, where they are known; false: they
    // have to be made. May be empty. Any thread.
    std::function<bool(storage::PutDocument& document)> known_vectors = {};
    // May be empty: then files are not hashed. Any thread.
    std::function<void(const FileDone& done)> file_done = {};
    // The translation of a document as it is that the stage of this mark has made before
    // (translations.hpp). May be empty. Any thread.
    std::function<Result<std::optional<DocumentInput>>(const storage::PutDocument& document,
                                                       std::string_view mark)>
        made_before = {};
    bool synced = false;  // goes into the documents' origin
    // The bytes of a file that is one document go along with it.
    bool keep_originals = false;
    // Writes the group; on disk and searchable when ok. How many of its documents were there
    // before. One thread at a time.
    std::function<Result<std::uint64_t>(storage::WriteGroup group)> commit;
    // What is done is committed when it has waited for so long, if not before.
    std::chrono::milliseconds commit_every{100};
    // Between two calls of the caller's progress function, at least.
    std::chrono::milliseconds progress_every{100};
    storage::GenerationNumber generation = 0;
};

// Runs on this thread and the pipeline's others until everything is in. `report` has what was done
// also when the Status is a failure.
[[nodiscard]] Status run_ingest(const Pipeline& pipeline, unsigned threads,
                                const IngestInput& input, const IngestOutput& output,
                                const IngestOptions& options, IngestReport& report);

}  // namespace lectern
