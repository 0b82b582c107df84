#include "storage/store/database.hpp"

#include <charconv>
#include <map>
#include <string>

namespace lectern::storage {
namespace {

using Properties = rocksdb::DB::Properties;

// A property of one column family, 0 where RocksDB does not know it.
std::uint64_t number(const Database& database, Column column, const std::string& property) {
    std::uint64_t value = 0;
    return database.db().GetIntProperty(database.handle(column), property, &value) ? value : 0;
}

// One of the counts in "rocksdb.cfstats".
std::uint64_t count(const std::map<std::string, std::string>& counts, const char* name) {
    const auto found = counts.find(name);
    std::uint64_t value = 0;
    if (found != counts.end())
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    return value;
}

}  // namespace

Figures figures_of(const Database& database) {
    Figures out;
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        out.memtable_bytes += number(database, column, Properties::kSizeAllMemTables);
        out.table_bytes += number(database, column, Properties::kLiveSstFilesSize);
        out.pending_compaction_bytes +=
            number(database, column, Properties::kEstimatePendingCompactionBytes);
        std::map<std::string, std::string> counts;
        database.db().GetMapProperty(database.handle(column), Properties::kCFStats, &counts);
        out.slowed_writes += count(counts, "io_stalls.total_slowdown");
        out.stopped_writes += count(counts, "io_stalls.total_stop");
    }
    // The same for all of them: one cache, one pool of threads.
    constexpr Column any = Column::meta;
    out.block_cache_bytes = number(database, any, Properties::kBlockCacheUsage);
    out.block_cache_capacity = number(database, any, Properties::kBlockCacheCapacity);
    out.running_compactions = number(database, any, Properties::kNumRunningCompactions);
    out.running_flushes = number(database, any, Properties::kNumRunningFlushes);
    out.writes_stopped = number(database, any, Properties::kIsWriteStopped) != 0;
    return out;
}

}  // namespace lectern::storage
