// engine/sync/known_vectors.hpp: vectors for files whose bytes the collection has already.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/sync/stored_files.hpp"
#include "storage/store/store.hpp"

namespace lectern {

// Looks into the collection as it was when this was made, so that files which exchange their names
// find each other's vectors. Any thread.
class KnownVectors {
 public:
    KnownVectors(const storage::Store& store, const StoredFiles& stored,
                 storage::GenerationNumber generation)
        : reader_(store.reader()), stored_(stored), generation_(generation) {}

    // Fills in the last entry of the document's vectors from a document of the file `same_as` that
    // has the same text, cut in the same way: whether there was one.
    [[nodiscard]] bool fill(const std::string& same_as, storage::PutDocument& document);

 private:
    using ByHash = std::unordered_map<std::string, storage::Ordinal>;

    [[nodiscard]] bool fill_from(storage::Ordinal from, storage::PutDocument& document) const;
    [[nodiscard]] const ByHash& documents_of(const std::string& file,
                                             const std::vector<storage::Ordinal>& ordinals);

    const storage::Reader reader_;
    const StoredFiles& stored_;
    const storage::GenerationNumber generation_;
    std::mutex mutex_;
    std::map<std::string, ByHash> files_;  // that were asked for
};

}  // namespace lectern
