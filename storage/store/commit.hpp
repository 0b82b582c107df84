// storage/store/commit.hpp: what a write group means in rows. Internal to storage/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "storage/store/batch.hpp"
#include "storage/store/database.hpp"
#include "storage/store/types.hpp"

namespace lectern::storage {

// Whether the group can be written at all: ids, ranges, vector sizes, its size as a whole.
[[nodiscard]] Status check(const WriteGroup& group, const CollectionMeta& meta);

// Turns one group into one batch. Used once, by the thread that holds Database::write_mutex.
class Commit {
 public:
    Commit(const Database& database, const Moment& before, const WriteGroup& group);

    // Fills batch(), result() and state().
    [[nodiscard]] Status prepare();
    [[nodiscard]] Batch& batch() noexcept { return batch_; }
    [[nodiscard]] const State& state() const noexcept { return state_; }
    [[nodiscard]] CommitResult& result() noexcept { return result_; }

 private:
    // The rows of the present version of a document, if there is one: whether there was.
    [[nodiscard]] Result<bool> remove_version(std::string_view id);
    void put(const PutDocument& document, const ChunkRange& chunks);

    const Database& database_;
    const Moment& before_;
    const WriteGroup& group_;
    const std::int64_t time_;
    Batch batch_;
    State state_;
    CommitResult result_;
    bool may_have_originals_ = false;
    std::unordered_set<std::string_view> removed_;  // ids whose old version is gone already
    std::string vector_bytes_;                      // reused
};

}  // namespace lectern::storage
