// storage/document_walk.hpp: every document with every row that belongs to it, also in a damaged
// store. Internal to storage/; what `verify` reports and `repair` saves comes from here.
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

#include "storage/database.hpp"
#include "storage/types.hpp"

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
    std::vector<std::string> problems;  // for people; empty: it is whole
};

struct WalkCounts {
    Counters counters;  // of the documents that are whole
    std::uint64_t vectors = 0;
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

// A failure is the visitor's; what the store cannot give is a finding. `generations` are checked
// for the dimension of their vectors.
[[nodiscard]] Result<WalkCounts> walk_documents(const Database& database,
                                                const rocksdb::Snapshot* snapshot,
                                                const CollectionMeta& meta, Ordinal next_ordinal,
                                                const WalkVisitor& visitor);

}  // namespace lectern::storage
