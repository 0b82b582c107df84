// bindings/sqlite/following.hpp: how an index comes to have what its table has. The table is right,
// always; a change is found when the index has followed it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "bindings/sqlite/index.hpp"
#include "bindings/sqlite/shadow.hpp"

namespace lectern::sqlite {

// Documents that go into an index, and those that go out, some at a time.
class Batch {
 public:
    [[nodiscard]] bool empty() const { return out_.empty() && in_.size() <= 1; }
    // Enough for one call.
    [[nodiscard]] bool full() const;
    void add(const Definition& definition, const Shadow::Change& change);
    // Within a statement of the connection, whose interruption it heeds.
    [[nodiscard]] Status apply(Index& index, sqlite3* db);

 private:
    friend class Changes;
    std::string in_ = "[";  // JSON, not closed
    std::vector<std::string> out_;
};

// Those of a transaction, from its end to its commit: in memory, and in a file when they are many.
class Changes {
 public:
    Changes() = default;
    [[nodiscard]] Status add(const Definition& definition, const Shadow::Change& change);
    // In order. Each is passed once.
    [[nodiscard]] Status apply(Index& index, sqlite3* db);

 private:
    [[nodiscard]] Status spill();

    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    Batch last_;
    std::vector<Batch> full_;
    std::unique_ptr<std::FILE, Close> file_;
    std::uint64_t in_file_ = 0;  // batches
};

// Brings the index to what this connection sees of the table, which must be committed.
// `newest`: the connection holds the lock to write, so nothing is newer.
[[nodiscard]] Status follow(Index& index, Shadow& shadow, const Index::Made& made, bool newest);

// What is wrong between the two; empty: nothing. The index has followed.
[[nodiscard]] Result<std::vector<std::string>> differences(Index& index, Shadow& shadow);

}  // namespace lectern::sqlite
