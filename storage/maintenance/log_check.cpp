#include "storage/maintenance/log_check.hpp"

#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table_properties.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

#include "storage/store/acknowledged.hpp"
#include "storage/store/database.hpp"
#include "storage/store/files.hpp"
#include "storage/store/keys.hpp"
#include "system/crc32c.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t block_bytes = 32768;
constexpr std::size_t header_bytes = 7;
constexpr std::size_t sector_bytes = 512;

// Record types. Those of a recycled log carry its number, 4 bytes, before the payload.
enum Type : std::uint8_t { zero = 0, full = 1, first = 2, middle = 3, last = 4 };
constexpr std::uint8_t first_recycled = 5;
constexpr std::uint8_t last_recycled = 8;
constexpr std::uint8_t last_known = 13;
// What a later RocksDB writes that an older one may pass over, such as 130: which log was before.
constexpr std::uint8_t may_be_passed_over = 0x80;
bool is_record(std::uint8_t type) {
    return (type != zero && type <= last_known) || (type & may_be_passed_over) != 0;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

// CRCs of data that hold CRCs are weak, so the format stores them rotated and shifted.
std::uint32_t unmasked(std::uint32_t masked) {
    const std::uint32_t rotated = masked - 0xa282ead8U;
    return rotated >> 17 | rotated << 15;
}

struct Header {
    std::uint32_t crc;
    std::size_t payload;
    std::uint8_t type;
    [[nodiscard]] bool recycled() const { return type >= first_recycled && type <= last_recycled; }
    [[nodiscard]] std::size_t size() const { return header_bytes + (recycled() ? 4 : 0) + payload; }
    // full, first, middle or last
    [[nodiscard]] std::uint8_t part() const {
        return recycled() ? static_cast<std::uint8_t>(type - 4) : type;
    }
};

Header header_at(std::string_view block, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(block[at + i]); };
    return {unmasked(number_at(block, at)), static_cast<std::size_t>(byte(4) | byte(5) << 8),
            byte(6)};
}

// Of the type and the payload.
bool checks_out(std::string_view block, std::size_t at, std::size_t size, std::uint32_t crc) {
    return sys::crc32c(block.data() + at + 6, size - 6) == crc;
}

constexpr std::string_view mark_start = "LECTLOG:";
constexpr std::size_t mark_bytes = mark_start.size() + Hash128{}.bytes.size();

// Whether a whole record begins anywhere behind `from`.
bool record_behind(std::string_view block, std::size_t from) {
    for (std::size_t at = from; at + header_bytes <= block.size(); ++at) {
        const Header header = header_at(block, at);
        if (!is_record(header.type)) continue;
        if (at + header.size() <= block.size() && checks_out(block, at, header.size(), header.crc))
            return true;
    }
    return false;
}

class LogReader {
 public:
    LogReader(std::unique_ptr<rocksdb::SequentialFile> file, LogReport& report)
        : file_(std::move(file)), report_(report), buffer_(block_bytes, '\0') {}

    Status run() {
        for (;;) {
            LECTERN_TRY(next_block());
            // Blocks behind the damage are read for the file's size and its last written byte.
            if (report_.damage.empty() && !suspect_) read_block();
            if (block_.size() < block_bytes) break;
        }
        judge();
        return {};
    }

 private:
    // A short read is no end: only one that gives nothing is.
    Status next_block() {
        const std::uint64_t begin = report_.bytes;
        std::size_t filled = 0;
        while (filled < block_bytes) {
            rocksdb::Slice got;
            const rocksdb::Status status =
                file_->Read(block_bytes - filled, &got, buffer_.data() + filled);
            if (!status.ok())
                return {Code::internal, "reading " + report_.file.string() + ": " +
                                            status.ToString() +
                                            "; check the disk, then open the collection again"};
            if (got.empty()) break;
            if (got.data() != buffer_.data() + filled)
                std::memmove(buffer_.data() + filled, got.data(), got.size());
            filled += got.size();
        }
        block_ = std::string_view(buffer_).substr(0, filled);
        const std::size_t written = block_.find_last_not_of('\0');
        if (written != std::string_view::npos) written_end_ = begin + written + 1;
        begin_ = begin;
        report_.bytes += filled;
        return {};
    }

    void read_block() {
        for (std::size_t at = 0; report_.damage.empty() && !suspect_;) {
            const std::size_t left = block_.size() - at;
            if (left == 0 || (left < header_bytes && block_.size() == block_bytes)) return;
            if (left < header_bytes) return suspect(at, at + header_bytes, "a torn header");
            const Header header = header_at(block_, at);
            const std::size_t end = at + header.size();
            if (header.type == zero && header.payload == 0)
                return suspect(at, end, "bytes that are no record");
            if (end > block_.size()) return beyond(at, end, header);
            if (!is_record(header.type) || !checks_out(block_, at, header.size(), header.crc))
                return suspect(at, end, "a record fails its checksum");
            accept(at, header);
            at = end;
        }
    }

    // A record longer than what is left of the block.
    void beyond(std::size_t at, std::size_t end, const Header& header) {
        if (block_.size() == block_bytes) return damaged(at, "a record's size is impossible");
        const std::size_t left = block_.size() - at;
        // A whole record whose size alone is damaged, or other records behind it.
        if (checks_out(block_, at, left, header.crc) || record_behind(block_, at + 1))
            return damaged(at, "a record's size is damaged");
        suspect(at, end, "a torn record");
    }

    void accept(std::size_t at, const Header& header) {
        switch (header.part()) {
            case full:
            case first:
                if (inside_) return damaged(at, "a record lacks its end");
                inside_ = header.part() == first;
                record_at_ = begin_ + at;
                if (!inside_) whole(at, header);
                return;
            case middle:
            case last:
                if (!inside_) return damaged(at, "a record lacks its beginning");
                inside_ = header.part() == middle;
                if (!inside_) whole(at, header);
                return;
            default: return;  // of later versions: about the records, not one of them
        }
    }

    void whole(std::size_t at, const Header& header) {
        ++report_.records;
        read_mark(at, header);
    }

    // A write's mark is at the end of its record, and thus of the record's last part, unless that
    // is too short.
    void read_mark(std::size_t at, const Header& header) {
        if (header.payload < mark_bytes) return;
        const std::string_view mark = block_.substr(at + header.size() - mark_bytes, mark_bytes);
        if (!mark.starts_with(mark_start)) return;
        Hash128 collection;
        std::memcpy(collection.bytes.data(), mark.data() + mark_start.size(),
                    collection.bytes.size());
        if (report_.collection != Hash128{} && report_.collection != collection)
            return damaged(at, "a write is another collection's than those before");
        report_.collection = collection;
    }

    void damaged(std::size_t at, const char* what) {
        report_.damaged_at = begin_ + at;
        report_.damage = what;
    }

    // What is at `at` is torn when nothing was written from there, or from a sector before `end`,
    // to the end of the file; that shows only there.
    void suspect(std::size_t at, std::size_t end, const char* what) {
        suspect_ = true;
        suspect_at_ = begin_ + at;
        suspect_end_ = begin_ + end;
        suspect_what_ = what;
    }

    void judge() {
        if (!report_.damage.empty()) return;
        if (suspect_) {
            const bool cut = suspect_end_ > report_.bytes;
            const bool unwritten = written_end_ <= suspect_at_;
            const std::uint64_t last_sector =
                report_.bytes == 0 ? 0 : (report_.bytes - 1) / sector_bytes * sector_bytes;
            const bool half_written = written_end_ < suspect_end_ && written_end_ <= last_sector;
            if (!cut && !unwritten && !half_written) {
                report_.damaged_at = suspect_at_;
                report_.damage = suspect_what_;
                return;
            }
        }
        const std::uint64_t whole = inside_ ? record_at_ : suspect_ ? suspect_at_ : report_.bytes;
        report_.torn_bytes = report_.bytes - whole;
    }

    std::unique_ptr<rocksdb::SequentialFile> file_;
    LogReport& report_;
    std::string buffer_;
    std::string_view block_;
    std::uint64_t begin_ = 0;        // offset of block_ in the file
    std::uint64_t written_end_ = 0;  // behind the last byte that is not zero
    std::uint64_t record_at_ = 0;    // where the record that is being read begins
    bool inside_ = false;            // between a first and a last part
    bool suspect_ = false;
    std::uint64_t suspect_at_ = 0;
    std::uint64_t suspect_end_ = 0;
    const char* suspect_what_ = "";
};

// The collection's id as a table has it. It never changes, so any of them will do.
Hash128 id_in_tables(const fs::path& store_folder, rocksdb::Env& environment) {
    std::vector<std::string> names;
    if (!environment.GetChildren(store_folder.string(), &names).ok()) return {};
    rocksdb::Options options;
    options.env = &environment;
    for (const std::string& name : names) {
        if (fs::path(name).extension() != ".sst") continue;
        rocksdb::SstFileReader table(options);
        if (!table.Open((store_folder / name).string()).ok()) continue;
        if (table.GetTableProperties()->column_family_name != rocksdb::kDefaultColumnFamilyName)
            continue;
        const std::unique_ptr<rocksdb::Iterator> row(table.NewIterator({}));
        row->Seek(slice(meta_key::id));
        Hash128 id;
        if (!row->Valid() || view(row->key()) != meta_key::id ||
            row->value().size() != id.bytes.size())
            continue;
        std::memcpy(id.bytes.data(), row->value().data(), id.bytes.size());
        return id;
    }
    return {};
}

// Says of each log that names another collection than the store's that it does.
void check_owners(const fs::path& store_folder, rocksdb::Env& environment,
                  std::vector<LogReport>& reports) {
    const Hash128 noted = Acknowledged(store_folder).collection();
    const auto other = [](const LogReport& log, const Hash128& than) {
        return log.collection != Hash128{} && log.collection != than;
    };
    if (std::none_of(reports.begin(), reports.end(),
                     [&](const LogReport& log) { return other(log, noted); }))
        return;
    // The note alone may be the one that is wrong, or missing.
    const Hash128 stored = id_in_tables(store_folder, environment);
    const bool known = stored != Hash128{};
    const Hash128 owner = known ? stored : noted;
    if (owner == Hash128{}) return;
    for (LogReport& log : reports) {
        if (!log.damage.empty() || !other(log, owner)) continue;
        log.foreign = known;
        log.records = 0;
        log.damage = "its writes are of the collection " + to_hex(log.collection) + ", " +
                     (known ? "the tables" : "store/ACKNOWLEDGED is") + " of " + to_hex(owner);
    }
}

}  // namespace

std::string log_mark(const Hash128& collection) {
    return std::string(mark_start) + std::string(collection.bytes.begin(), collection.bytes.end());
}

Result<std::vector<LogReport>> check_logs(const fs::path& store_folder, rocksdb::Env& environment) {
    std::vector<std::string> names;
    const rocksdb::Status listed = environment.GetChildren(store_folder.string(), &names);
    if (!listed.ok())
        return Status{Code::internal,
                      "listing " + store_folder.string() + ": " + listed.ToString()};
    std::sort(names.begin(), names.end());  // names are numbers with leading zeros
    std::vector<LogReport> reports;
    for (const std::string& name : names) {
        if (fs::path(name).extension() != ".log") continue;
        LogReport report;
        report.file = store_folder / name;
        std::unique_ptr<rocksdb::SequentialFile> file;
        const rocksdb::Status opened =
            environment.NewSequentialFile(report.file.string(), &file, rocksdb::EnvOptions());
        // Of a store that is open: what it had is in tables now.
        if (opened.IsPathNotFound()) continue;
        if (!opened.ok())
            return Status{Code::internal, "opening " + report.file.string() + ": " +
                                              opened.ToString() +
                                              "; check the disk, then open the collection again"};
        LECTERN_TRY(LogReader(std::move(file), report).run());
        reports.push_back(std::move(report));
    }
    check_owners(store_folder, environment, reports);
    return reports;
}

std::string describe(const LogReport& log) {
    return "its log " + log.file.filename().string() + " is damaged at byte " +
           std::to_string(log.damaged_at) + " of " + std::to_string(log.bytes) + " (" + log.damage +
           "); the " + std::to_string(log.records) + " writes before are whole";
}

}  // namespace lectern::storage
