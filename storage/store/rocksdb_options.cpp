#include "storage/store/rocksdb_options.hpp"

#include <fcntl.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <initializer_list>
#include <system_error>
#include <vector>

#include "system/descriptor.hpp"

namespace lectern::storage {
namespace {

class Silence : public rocksdb::Logger {
 public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
};

// RocksDB's own file of this kind ends the process when the disk is full (an assertion of Debian's
// build), and begins with all options at each open. This one has warnings and errors, and drops
// what cannot be written.
class WarningsFile : public rocksdb::Logger {
 public:
    explicit WarningsFile(const std::filesystem::path& file)
        : rocksdb::Logger(rocksdb::WARN_LEVEL) {
        std::error_code error;
        const std::filesystem::path old = file.string() + ".old";
        if (const auto size = std::filesystem::file_size(file, error); !error && size > most_bytes)
            std::filesystem::rename(file, old, error);
        opened_ =
            sys::Descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    }

    using rocksdb::Logger::Logv;
    void LogHeader(const char*, va_list) override {}
    void Logv(const char* format, va_list arguments) override {
        const std::time_t now = std::time(nullptr);
        std::tm parts{};
        ::gmtime_r(&now, &parts);
        std::array<char, 2048> line{};
        std::size_t size = std::strftime(line.data(), line.size(), "%Y-%m-%dT%H:%M:%SZ ", &parts);
        const std::size_t room = line.size() - size - 1;
        const int wanted = std::vsnprintf(line.data() + size, room, format, arguments);
        if (wanted > 0) size += std::min(static_cast<std::size_t>(wanted), room - 1);
        line[size++] = '\n';
        if (::write(opened_.get(), line.data(), size) < 0) return;
    }

 private:
    static constexpr std::uintmax_t most_bytes = 1U << 20;
    sys::Descriptor opened_;
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
    // At most a quarter of them are opened with the store. For each column family, and each log
    // that is read again, RocksDB would start 16 threads to do so: more than a hundred for a
    // search.
    result.max_file_opening_threads = 1;
    result.bytes_per_sync = 1u << 20;  // no long stall at the end of a large file
    result.max_bgerror_resume_count = 0;
    // The logs have been checked, see storage/maintenance/log_check.hpp; whatever fails now is
    // damage.
    result.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    result.track_and_verify_wals_in_manifest = true;  // a missing log file is noticed
    result.stats_dump_period_sec = 0;
    result.stats_persist_period_sec = 0;
    return result;
}

std::shared_ptr<rocksdb::Logger> silence() {
    return std::make_shared<Silence>();
}

std::shared_ptr<rocksdb::Logger> warnings_file(const std::filesystem::path& store) {
    return std::make_shared<WarningsFile>(store / "LOG");
}

}  // namespace lectern::storage
