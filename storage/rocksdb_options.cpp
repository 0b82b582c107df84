#include "storage/rocksdb_options.hpp"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include <algorithm>
#include <cstdarg>
#include <initializer_list>
#include <vector>

namespace lectern::storage {
namespace {

class Silence : public rocksdb::Logger {
 public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
};

rocksdb::CompressionType pick(std::initializer_list<rocksdb::CompressionType> wished) {
    const std::vector<rocksdb::CompressionType> there = rocksdb::GetSupportedCompressions();
    for (const rocksdb::CompressionType type : wished)
        if (std::find(there.begin(), there.end(), type) != there.end()) return type;
    return rocksdb::kNoCompression;
}

}  // namespace

rocksdb::ColumnFamilyOptions column_options(Column column, const OpenOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.cache_index_and_filter_blocks = true;  // counted, and thereby bounded
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.format_version = 5;
    table.checksum = rocksdb::kXXH3;
    table.block_size = 16 * 1024;
    if (column == Column::ids || column == Column::documents || column == Column::postings)
        table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));

    rocksdb::ColumnFamilyOptions result;
    result.write_buffer_size = std::max<std::size_t>(options.write_buffer_bytes / 2, 1u << 20);
    result.max_write_buffer_number = 3;
    result.target_file_size_base = 32u << 20;
    result.level_compaction_dynamic_level_bytes = true;
    switch (column) {
        case Column::text:
            table.block_size = 32 * 1024;
            result.compression = pick({rocksdb::kZSTD, rocksdb::kLZ4Compression});
            break;
        case Column::vectors:
            table.block_size = 32 * 1024;
            result.compression = rocksdb::kNoCompression;  // floats do not shrink
            break;
        default: result.compression = pick({rocksdb::kLZ4Compression}); break;
    }
    // Files full of deleted rows are compacted although they are not large.
    if (column != Column::meta)
        result.table_properties_collector_factories.push_back(
            rocksdb::NewCompactOnDeletionCollectorFactory(4096, 1024));
    result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return result;
}

rocksdb::DBOptions database_options(const OpenOptions& options) {
    rocksdb::DBOptions result;
    if (options.environment != nullptr) result.env = options.environment;
    result.create_if_missing = options.create_if_missing;
    result.create_missing_column_families = true;
    result.paranoid_checks = true;
    result.db_write_buffer_size = std::max<std::size_t>(options.write_buffer_bytes, 2u << 20);
    result.max_total_wal_size = 64u << 20;
    result.max_background_jobs = std::max(options.background_threads, 1);
    result.max_open_files = 256;
    result.bytes_per_sync = 1u << 20;  // no long stall at the end of a large file
    result.max_bgerror_resume_count = 0;
    // The logs have been checked, see storage/log_check.hpp; whatever fails now is damage.
    result.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    result.track_and_verify_wals_in_manifest = true;  // a missing log file is noticed
    result.info_log_level = rocksdb::WARN_LEVEL;
    result.max_log_file_size = 1u << 20;
    result.keep_log_file_num = 2;
    result.stats_dump_period_sec = 0;
    result.stats_persist_period_sec = 0;
    return result;
}

std::shared_ptr<rocksdb::Logger> silence() {
    return std::make_shared<Silence>();
}

}  // namespace lectern::storage
