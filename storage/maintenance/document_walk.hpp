// storage/maintenance/document_walk.hpp: every document with every row that belongs to it, also in
// a damaged store. Internal to storage/; what `verify` reports and `repair` saves comes from here.
//
// Ordinals and chunk ids ascend together, so one pass over the columns side by side sees every row
// once: rows that no document claims show in between. Where a block cannot be read, the pass goes
// on behind it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "storage/store/database.hpp"
#include "storage/store/types.hpp"

namespace lectern::storage {

struct WalkedRow {
    std::string key;
    std::string value;
};

struct WalkedDocument {
    DocumentHeader header;
    WalkedRow row;                      // of the column documents
    std::vector<WalkedRow> text;        // blocks, in order
    std::vector<WalkedRow> chunks;      // in order
    std::vector<WalkedRow> vectors;     // of all generations
    bool has_id = true;                 // its id leads to it
    std::vector<std::string> problems;  // for people; both lists empty: it is whole
    // Of vectors that searches use. They can be made again from the text.
    std::vector<std::string> vector_problems;
    // Of vectors that no search uses: those of a change of model that is not finished, or of the
    // model before. Wrong ones of any generation are not in `vectors`.
    std::vector<std::string> spare_problems;
};

struct WalkCounts {
    Counters counters;  // of the documents that are whole
    std::uint64_t vectors = 0;
    std::vector<std::uint64_t> by_generation;  // vectors, in the order of the generations
    std::uint64_t rows_of_nobody = 0;
    std::uint64_t unreadable_documents = 0;  // known to have been there
    Ordinal last_ordinal = 0;
    ChunkId last_chunk = 0;
    bool ids_damaged = false;
};

struct WalkVisitor {
    std::function<Status(WalkedDocument&)> document;
    // A document that cannot be read, or a part of the store that belongs to none.
    std::function<void(const std::string& where, const std::string& what)> finding;
};

// A failure is the visitor's; what the store cannot give is a finding. The vectors of every
// generation are checked. A document has all of the serving one's or none; of another one it may
// have some, because a change of model writes them apart from the documents.
[[nodiscard]] Result<WalkCounts> walk_documents(const Database& database,
                                                const rocksdb::Snapshot* snapshot,
                                                const CollectionMeta& meta, Ordinal next_ordinal,
                                                const WalkVisitor& visitor);

}  // namespace lectern::storage
