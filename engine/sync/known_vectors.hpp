// engine/sync/known_vectors.hpp: vectors for files whose bytes the collection has already.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "corpus/corpus.hpp"
#include "engine/sync/stored_files.hpp"

namespace lectern {

// Looks into the collection as it was when this was made, where its corpus can, so that files which
// exchange their names find each other's vectors; vectors that are gone are made again. Any
// thread.
class KnownVectors {
 public:
    KnownVectors(const corpus::Corpus& corpus, const StoredFiles& stored,
                 storage::GenerationNumber generation)
        : reader_(corpus.reader()), stored_(stored), generation_(generation) {}

    // Fills in the last entry of the document's vectors from a document of the file `same_as` that
    // has the same text, cut in the same way: whether there was one.
    [[nodiscard]] bool fill(const std::string& same_as, storage::PutDocument& document);

 private:
    using ByHash = std::unordered_map<std::string, storage::Ordinal>;

    [[nodiscard]] bool fill_from(storage::Ordinal from, storage::PutDocument& document) const;
    [[nodiscard]] const ByHash& documents_of(const std::string& file,
                                             const std::vector<storage::Ordinal>& ordinals);

    const std::unique_ptr<corpus::Reader> reader_;
    const StoredFiles& stored_;
    const storage::GenerationNumber generation_;
    std::mutex mutex_;
    std::map<std::string, ByHash> files_;  // that were asked for
};

}  // namespace lectern
