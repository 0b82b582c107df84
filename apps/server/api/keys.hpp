// apps/server/api/keys.hpp: who may do what. Keys are kept as SHA-256 of their text; a key has 256
// random bits, so no slower hash is needed.
//
// The file (JSON):
//     {"keys": [{"name": "web", "sha256": "<64 hexadecimal digits>", "rights": ["read", "write"],
//                "collections": ["notes"], "max_concurrent": 8, "max_per_minute": 600,
//                "filter": "tenant = \"a\"", "expires": "2027-01-31"}]}
// `collections`: those the key may use; ["*"] or nothing: all. "admin" includes "write", and
// "write" includes "read". `filter`: for the key there are only the documents that fulfil it
// (scope.hpp). `expires`: the end of its day, minute or second is the key's.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "apps/server/api/rate_meter.hpp"
#include "apps/server/http/digest.hpp"
#include "lectern/status.hpp"

namespace lectern::server {

enum class Right { none, read, write, admin };  // each includes those before it
[[nodiscard]] std::string_view name(Right right) noexcept;

struct Key {
    std::string name;
    std::string sha256;  // 32 bytes
    Right right = Right::read;
    std::vector<std::string> collections;  // empty: all
    std::size_t max_concurrent = 0;        // 0: the server's limit
    std::size_t max_per_minute = 0;        // requests; 0: the server's limit
    std::string filter = {};               // empty: all documents
    std::string expires = {};              // a date as it was written; empty: never
    std::int64_t expires_at = 0;           // the same, in milliseconds since 1970 UTC; 0: never
    std::shared_ptr<std::atomic<std::size_t>> running =
        std::make_shared<std::atomic<std::size_t>>(0);
    std::shared_ptr<RateMeter> meter = std::make_shared<RateMeter>();

    [[nodiscard]] bool reaches(std::string_view collection) const noexcept;
    [[nodiscard]] bool expired() const noexcept;
};

// The keys of a file. Safe from any thread; reload() replaces all keys at once, and requests that
// have been let in go on.
class Keys {
 public:
    // No file: no keys, and everybody may do everything.
    Keys() = default;
    [[nodiscard]] Status load(const std::filesystem::path& file);
    // Reads the file anew. On a failure the keys stay as they are.
    [[nodiscard]] Status reload();
    // Whether the file has changed since it was last read, or tried to be.
    [[nodiscard]] bool changed() const;

    // Changes the file and takes it up at once. The last key that may administer everything stays.
    [[nodiscard]] Result<std::string> add(const Key& key);
    [[nodiscard]] Status remove(const std::string& name);
    [[nodiscard]] std::vector<std::shared_ptr<const Key>> all() const;

    [[nodiscard]] bool required() const;
    // The key of this text, or nullptr. Takes as long for a wrong key as for a right one.
    [[nodiscard]] std::shared_ptr<const Key> find(std::string_view text) const;

 private:
    mutable std::mutex mutex_;
    std::filesystem::path file_;
    std::filesystem::file_time_type tried_{};
    std::vector<std::shared_ptr<const Key>> keys_;
};

// Ok, or what is wrong with a new key: a filter or a date that cannot be read, and what does not go
// together. Sets expires_at.
[[nodiscard]] Status check_key(Key& key);
// Ok, or why a new key cannot be called that: no path, and no line of a log, would have the name.
[[nodiscard]] Status check_key_name(std::string_view name);
[[nodiscard]] Result<std::vector<Key>> parse_keys(std::string_view json);
// Adds an entry to the file and gives the new key's text: the only time it is seen. The file keeps
// its owner and mode. A new one is its owner's alone; in a folder that hands its group down
// (setgid, as /etc/lectern of the package does) that group may read it too.
[[nodiscard]] Result<std::string> add_key(const std::filesystem::path& file, const Key& key);
// Takes an entry out. The last one cannot be: without a key there would be no server.
[[nodiscard]] Status remove_key(const std::filesystem::path& file, const std::string& name);
[[nodiscard]] Result<std::vector<Key>> read_keys(const std::filesystem::path& file);

// Whether a filter can be read; the failure names the column.
[[nodiscard]] Status check_filter(std::string_view filter);

}  // namespace lectern::server
