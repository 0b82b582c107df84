// index/metadata/metadata_index.hpp: the metadata of a collection's documents, in memory.
//
// Read from the store at the first use, so that a collection that is never filtered pays nothing;
// afterwards it follows the store's log of changes before each use. What was acknowledged before a
// search began is seen by it.
//
// Threads: all functions from any.
#pragma once

#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "index/metadata/sort_field.hpp"
#include "index/metadata/table.hpp"
#include "lectern/lectern.hpp"
#include "storage/store/store.hpp"

namespace lectern {

// What a request may find, and what was counted on the way.
struct Narrowed {
    std::optional<std::vector<storage::ChunkId>> allowed{};  // ascending; nothing: all chunks
    std::vector<Facet> facets{};
    std::vector<std::string> hints{};
};

class MetadataIndex {
 public:
    static constexpr std::size_t most_facet_values = 100;

    // Errors of the filter are invalid_argument and name the column. Facets count the documents
    // that pass the filter.
    [[nodiscard]] Result<Narrowed> narrow(const storage::Store& store, std::string_view filter,
                                          const std::vector<std::string>& facets);

    // The ids of the documents that pass, in order of bytes. Documents without chunks have no row.
    [[nodiscard]] Result<Selected> select(const storage::Store& store, std::string_view filter);

    // Orders hits by a field, those without it last; hits that are equal stay as they are. A hint
    // when no document has the field.
    [[nodiscard]] Status sort(const storage::Store& store, const SortField& by,
                              std::vector<Hit>& hits, std::vector<std::string>& hints);

 private:
    [[nodiscard]] Status follow(const storage::Store& store);
    // With the mutex held alone.
    [[nodiscard]] Status rebuild(const storage::Reader& reader);
    [[nodiscard]] Status apply(const storage::Reader& reader, const storage::Change& change);

    std::shared_mutex mutex_;
    filter::Table table_;
    storage::Sequence sequence_ = 0;  // the table is as the store was then
    bool built_ = false;
};

}  // namespace lectern
