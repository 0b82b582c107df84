// Upkeep of a collection that is not open: verify, repair, backups, restore.
#include "corpus/local/upkeep.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "config/pipeline.hpp"
#include "corpus/local/local.hpp"
#include "index/lexical/check_store.hpp"
#include "index/vector/check_files.hpp"
#include "storage/maintenance/repair.hpp"
#include "storage/maintenance/verify.hpp"
#include "storage/store/store.hpp"

namespace lectern::corpus::local {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Whether there were some. The next open builds them again.
Result<bool> drop_wrong_postings(const fs::path& folder) {
    {
        LECTERN_ASSIGN(const auto store, storage::Store::open(folder, {.read_only = true}));
        LECTERN_ASSIGN(const auto check, index::check_postings(*store));
        if (!check.check || check.check->problems == 0) return false;
    }
    LECTERN_ASSIGN(const auto store, storage::Store::open(folder));
    storage::DerivedRows none;
    none.remove_ranges.emplace_back(std::string(), "\xFF");
    LECTERN_TRY(store->write_derived(none));
    return true;
}

Finding finding_of(const index::CheckedFile& file) {
    return {"file index/" + file.file.filename().string(),
            file.status.message() + "; it is a cache, and is built again"};
}

}  // namespace

BackupInfo info_of(const storage::Backup& backup) {
    BackupInfo out;
    out.id = backup.id;
    out.created_at = backup.created_at;
    out.bytes = backup.bytes;
    out.files = backup.files;
    if (!backup.damaged) out.collection_id = storage::to_hex(backup.collection);
    out.sequence = backup.sequence;
    out.documents = backup.documents;
    out.damaged = backup.damaged;
    return out;
}

Result<std::vector<BackupInfo>> backups(const fs::path& folder) {
    LECTERN_ASSIGN(const auto backups, storage::list_backups(folder));
    std::vector<BackupInfo> out;
    out.reserve(backups.size());
    for (const storage::Backup& backup : backups) out.push_back(info_of(backup));
    return out;
}

Result<std::vector<BackupFile>> backup_files(const fs::path& folder, std::uint32_t id) {
    return storage::files_of_backup(folder, id);
}

Status delete_backup(const fs::path& folder, std::uint32_t id) {
    return storage::delete_backup(folder, id);
}

Result<BackupInfo> restore(const fs::path& folder, std::uint32_t id, const fs::path& to) {
    LECTERN_ASSIGN(const storage::Backup backup, storage::restore_backup(folder, id, to));
    return info_of(backup);
}

namespace {

VerifyReport report_of(storage::StoreCheck store) {
    VerifyReport report;
    report.findings = std::move(store.findings);
    report.notes = std::move(store.notes);
    report.more_findings = store.more_findings;
    report.readable = store.opened;
    report.documents = store.counters.documents;
    report.chunks = store.counters.chunks;
    report.vectors = store.vectors;
    report.text_bytes = store.counters.text_bytes;
    report.store_bytes = store.bytes;
    report.table_files = store.table_files;
    report.torn_log_bytes = store.torn_log_bytes;
    report.sequence = store.sequence;
    return report;
}

void note_left_over(const storage::Store& store, VerifyReport& report) {
    for (const index::LeftOver& left : index::left_over(store))
        report.notes.push_back({"file index/" + left.file.filename().string(),
                                left.what + "; the next open removes it"});
}

// `vectors`: what searches use.
Status check_indexes(const storage::Store& store, std::uint64_t vectors, VerifyReport& report) {
    LECTERN_ASSIGN(const auto files, index::check_files(store));
    const storage::GenerationNumber serving = store.meta().serving;
    // So many are put into a graph, unless the pipeline, which verify has not, says otherwise.
    const std::uint64_t graph_at = config::SearchConfig{}.seal_at;
    std::uint64_t in_files = 0;
    for (const index::CheckedFile& file : files) {
        std::error_code error;
        const bool gone = !fs::exists(file.file, error);  // merged into another meanwhile
        if (gone) continue;
        ++report.index_files;
        if (!file.status.ok()) report.findings.push_back(finding_of(file));
        if (file.generation == serving) in_files += file.rows;
    }
    if (vectors >= in_files + graph_at)
        report.notes.push_back(
            {"index files", std::to_string(vectors - in_files) + " of " + std::to_string(vectors) +
                                " vectors are in none; they are searched one by one until the "
                                "index has them, which an open collection sees to"});
    // Damaged blocks of the column are findings already.
    const auto postings = index::check_postings(store);
    if (!postings.ok()) return {};
    if (postings->check)
        for (const std::string& message : postings->check->messages)
            report.findings.push_back({"column postings", message});
    else if (store.counters().documents > 0)
        report.notes.push_back({"column postings", "they were not looked at: " + postings->why_not +
                                                       "; the next open builds them anew"});
    return {};
}

}  // namespace

Result<VerifyReport> verify(const fs::path& folder) {
    const auto begin = Clock::now();
    LECTERN_ASSIGN(storage::StoreCheck store, storage::verify(folder));
    const std::uint64_t vectors = store.serving_vectors;
    VerifyReport report = report_of(std::move(store));
    if (report.readable) {
        LECTERN_ASSIGN(const auto open, storage::Store::open(folder, {.read_only = true}));
        LECTERN_TRY(check_indexes(*open, vectors, report));
        note_left_over(*open, report);
    }
    report.seconds = seconds_since(begin);
    return report;
}

Result<VerifyReport> verify_open(const storage::Store& store, const VerifyOptions& options) {
    const auto begin = Clock::now();
    const storage::VerifyWatch watch{[&options](std::uint64_t documents, std::uint64_t total) {
        if (options.progress) options.progress(documents, total);
        return !options.stop.stop_requested();
    }};
    LECTERN_ASSIGN(storage::StoreCheck checked, storage::verify(store, watch));
    const std::uint64_t vectors = checked.serving_vectors;
    VerifyReport report = report_of(std::move(checked));
    LECTERN_TRY(check_indexes(store, vectors, report));
    report.seconds = seconds_since(begin);
    return report;
}

Result<RepairReport> repair(const fs::path& folder) {
    const auto begin = Clock::now();
    LECTERN_ASSIGN(storage::StoreRepair store, storage::repair(folder));
    LECTERN_ASSIGN(const bool postings_dropped, drop_wrong_postings(folder));
    RepairReport report;
    report.found = std::move(store.found);
    report.lost = std::move(store.lost);
    report.documents = store.saved.documents;
    report.chunks = store.saved.chunks;
    report.store_rebuilt = store.rebuilt;
    report.kept_aside = store.kept_aside;
    if (postings_dropped)
        report.found.push_back(
            {"column postings", "they did not agree with the documents; they are built again"});
    LECTERN_ASSIGN(const auto open, storage::Store::open(folder, {.read_only = true}));
    LECTERN_ASSIGN(const auto files, index::check_files(*open));
    for (const index::CheckedFile& file : files) {
        if (file.status.ok()) continue;
        report.found.push_back(finding_of(file));
        if (report.kept_aside.empty()) {
            LECTERN_ASSIGN(report.kept_aside, storage::make_damaged_folder(folder));
        }
        LECTERN_TRY(storage::move_entry(file.file, report.kept_aside / file.file.filename()));
        report.index_files += 1;
    }
    report.seconds = seconds_since(begin);
    return report;
}

}  // namespace lectern::corpus::local
