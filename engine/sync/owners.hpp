// engine/sync/owners.hpp: which file of a sync a document's id belongs to.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "corpus/values.hpp"

namespace lectern {

// Ids and contents are kept by their hashes, since a sync may see millions. Any thread.
class Owners {
 public:
    enum class Claim {
        granted,
        same,   // another file gave this id first, with the same content
        other,  // and with another content
    };
    // The first file that gives an id has it.
    Claim claim(std::string_view id, std::string_view file, const storage::Hash128& content) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, content.bytes.data(), sizeof bytes);
        const Entry claimed{hash(file), bytes};
        const std::lock_guard lock(mutex_);
        const auto [entry, fresh] = by_id_.try_emplace(hash(id), claimed);
        if (!fresh && entry->second.file != claimed.file)
            return entry->second.content == claimed.content ? Claim::same : Claim::other;
        entry->second.content = claimed.content;
        by_file_[claimed.file].insert(hash(id));
        return Claim::granted;
    }
    // Whether the file gave this id.
    [[nodiscard]] bool gave(std::string_view file, std::string_view id) const {
        const std::lock_guard lock(mutex_);
        const auto ids = by_file_.find(hash(file));
        return ids != by_file_.end() && ids->second.contains(hash(id));
    }

 private:
    struct Entry {
        std::uint64_t file;
        std::uint64_t content;
    };
    static std::uint64_t hash(std::string_view text) noexcept {
        return std::hash<std::string_view>{}(text);
    }
    mutable std::mutex mutex_;
    std::unordered_map<std::uint64_t, Entry> by_id_;
    std::unordered_map<std::uint64_t, std::unordered_set<std::uint64_t>> by_file_;
};

}  // namespace lectern
