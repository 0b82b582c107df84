// storage/maintenance/log_check.hpp: whether the write-ahead logs hold all that was written to
// them. Internal to storage/.
//
// RocksDB ends its replay at a record that claims more bytes than the file has: after a kill that
// is a commit nobody was told of, but a damaged length looks the same and would take acknowledged
// commits away without a word. So the logs are read before RocksDB replays them. The format is
// LevelDB's: blocks of 32 KiB, in them records of a masked CRC-32C (4 bytes), the payload's size
// (2), a type (1) and the payload (github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format).
//
// A tail is torn (normal) when the file ends before its last record does, or when its last sectors
// were never written and are zero. Everything else that fails its checksum is damage.
//
// Nothing in RocksDB's log says whose it is: one of another store with the same number would be
// replayed. So every write ends with a blob that goes into the log alone, and has the collection's
// id. Older versions wrote none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lectern/status.hpp"
#include "storage/store/types.hpp"

namespace rocksdb {
class Env;
}

namespace lectern::storage {

struct LogReport {
    std::filesystem::path file;
    std::uint64_t bytes = 0;
    std::uint64_t records = 0;     // whole ones, before the damage if there is some
    std::uint64_t torn_bytes = 0;  // at the end, of a commit that was never acknowledged
    std::uint64_t damaged_at = 0;  // offset; only with `damage`
    std::string damage;            // what is wrong; empty: nothing
    Hash128 collection;            // whose the writes say they are; zeros when they say nothing
    bool foreign = false;          // that is another than the tables'; also damage
};

// What ends each write of the collection.
[[nodiscard]] std::string log_mark(const Hash128& collection);

// Every log of RocksDB's folder, in the order of their numbers. A failure is one of reading.
[[nodiscard]] Result<std::vector<LogReport>> check_logs(const std::filesystem::path& store_folder,
                                                        rocksdb::Env& environment);

// "its log 000012.log is damaged at byte 5 of 99 (…)"
[[nodiscard]] std::string describe(const LogReport& log);

}  // namespace lectern::storage
