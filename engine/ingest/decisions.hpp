// engine/ingest/decisions.hpp: what an ingest does with a document that the collection may have.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "corpus/corpus.hpp"
#include "engine/ingest/ingest.hpp"

namespace lectern {

// What the collection has of the document; none: it is to be stored. What is damaged is written
// again, what cannot be asked is an error.
[[nodiscard]] Result<std::optional<storage::DocumentHeader>> stored_header(
    const corpus::Reader& reader, std::string_view document);

// The file of a document that is there with the same text may be another one, or not be kept yet.
[[nodiscard]] Status keep_original(corpus::Corpus& corpus, const corpus::Reader& reader,
                                   const storage::DocumentHeader& stored,
                                   const storage::PutDocument& document);

// What is there with the same content is left alone; where it came from is noted when that was not
// known, or was another file.
class IngestDecisions {
 public:
    explicit IngestDecisions(corpus::Corpus& corpus) : corpus_(corpus) {}

    // Any thread.
    [[nodiscard]] Result<Decision> decide(const storage::PutDocument& document);
    // At the end.
    [[nodiscard]] Status write_origins();

 private:
    corpus::Corpus& corpus_;
    std::mutex mutex_;
    std::vector<std::pair<std::string, storage::Origin>> origins_;
};

}  // namespace lectern
