// storage/store/database.hpp: RocksDB with the column families of a collection. Internal to
// storage/.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"
#include "storage/maintenance/log_check.hpp"
#include "storage/store/acknowledged.hpp"
#include "storage/store/encoding.hpp"
#include "storage/store/store.hpp"
#include "storage/store/store_lock.hpp"
#include "storage/store/types.hpp"

namespace lectern::storage {

// The column families, in the order of Database::handles.
enum class Column : std::size_t { meta, ids, documents, text, chunks, vectors, changes, postings };
inline constexpr std::size_t column_count = 8;
[[nodiscard]] const char* name(Column column) noexcept;

// Keys of Column::meta.
namespace meta_key {
inline constexpr std::string_view format = "format";  // u32, little-endian, in every version
inline constexpr std::string_view id = "id";          // 16 bytes
inline constexpr std::string_view settings = "settings";
inline constexpr std::string_view state = "state";
// One byte, 1 when the files that documents come from are kept; not there: none ever was.
inline constexpr std::string_view originals = "originals";
inline constexpr std::string_view generation = "generation:";  // + number, big-endian
}  // namespace meta_key

// "commits 5 to 9, which were acknowledged, are missing: ..."
[[nodiscard]] std::string lost_commits(Sequence there, Sequence acknowledged);

[[nodiscard]] inline rocksdb::Slice slice(std::string_view bytes) noexcept {
    return {bytes.data(), bytes.size()};
}
[[nodiscard]] inline std::string_view view(const rocksdb::Slice& bytes) noexcept {
    return {bytes.data(), bytes.size()};
}

// The collection at one moment: what a reader holds on to.
struct Moment {
    rocksdb::DB* database = nullptr;
    const rocksdb::Snapshot* snapshot = nullptr;
    State state;
    std::shared_ptr<const CollectionMeta> meta;

    Moment() = default;
    Moment(const Moment&) = delete;
    Moment& operator=(const Moment&) = delete;
    ~Moment() {
        if (snapshot != nullptr) database->ReleaseSnapshot(snapshot);
    }
};

class Database {
 public:
    static Result<std::unique_ptr<Database>> open(const std::filesystem::path& folder,
                                                  const OpenOptions& options);
    // As much as can be had of a damaged one, to read; nothing is loaded or published. The caller
    // holds the StoreLock. Only the folder's store/ is looked at.
    static Result<std::unique_ptr<Database>> open_damaged(const std::filesystem::path& folder);
    // For RocksDB's own repair of its list of files.
    static std::vector<rocksdb::ColumnFamilyDescriptor> columns_for_repair();
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] rocksdb::DB& db() const noexcept { return *db_; }
    [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(Column column) const noexcept {
        return handles_[static_cast<std::size_t>(column)];
    }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

    // The value, or nothing when there is none. Of a snapshot, or of now when it is null.
    [[nodiscard]] Result<std::optional<std::string>> get(Column column, std::string_view key,
                                                         const rocksdb::Snapshot* snapshot) const;

    // A RocksDB failure as a Status: "doing: what RocksDB says; what to do".
    [[nodiscard]] Status failure(const rocksdb::Status& status, std::string_view doing) const;
    // A record that passed its block's checksum and still does not decode.
    [[nodiscard]] Status undecodable(std::string_view what) const;

    // ---- for the writer; hold write_mutex
    std::mutex write_mutex;
    // Writes, and refuses every later write when that fails.
    [[nodiscard]] Status write(rocksdb::WriteBatch& batch, bool sync, std::string_view doing);
    // Makes what was just written the moment that new readers see.
    void publish(const State& state, std::shared_ptr<const CollectionMeta> meta);
    // Every commit up to this one is synced, and about to be acknowledged.
    void acknowledge(Sequence sequence);

    [[nodiscard]] std::shared_ptr<const Moment> now() const;
    [[nodiscard]] Status writable() const;
    [[nodiscard]] Status close();
    // The last commit that was acknowledged, as far as is known. When the store was opened to read
    // only it may lack that; a store that does is not opened to write.
    [[nodiscard]] Sequence acknowledged() const;

 private:
    class Listener;
    explicit Database(std::filesystem::path folder)
        : folder_(std::move(folder)), acknowledged_(folder_ / "store") {}
    [[nodiscard]] Status open_rocksdb(const OpenOptions& options);
    [[nodiscard]] Status open_to_read(const OpenOptions& options, bool damaged);
    [[nodiscard]] Status check_logs(rocksdb::Env& environment) const;
    [[nodiscard]] Status refuse_damage(const LogReport& log) const;
    // The version, when it is one that this code knows.
    [[nodiscard]] Result<std::uint32_t> check_format(std::string_view bytes) const;
    [[nodiscard]] Status upgrade();
    [[nodiscard]] Status create();
    [[nodiscard]] Status load(std::uint32_t format);
    [[nodiscard]] Status refuse_lost_commits() const;
    [[nodiscard]] Status lost(Sequence there, Sequence acknowledged) const;
    void refuse_writes(Status status);

    const std::filesystem::path folder_;
    Acknowledged acknowledged_;
    std::unique_ptr<StoreLock> lock_;  // when open to read only
    std::shared_ptr<Listener> listener_;
    std::unique_ptr<rocksdb::DB> db_;
    std::vector<rocksdb::ColumnFamilyHandle*> handles_;  // ours, then those we do not know

    mutable std::mutex moment_mutex_;  // guards the pointer, not what it points to
    std::shared_ptr<const Moment> moment_;

    mutable std::mutex refusal_mutex_;
    Status refusal_;
};

// RocksDB's figures, summed over its column families.
[[nodiscard]] Figures figures_of(const Database& database);

}  // namespace lectern::storage
