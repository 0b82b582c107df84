#include "storage/maintenance/verify.hpp"

#include <rocksdb/metadata.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

#include <memory>

#include "storage/maintenance/document_walk.hpp"
#include "storage/maintenance/notes.hpp"
#include "storage/store/database.hpp"
#include "storage/store/encoding.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/quote.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

void StoreCheck::add(std::string where, std::string what) {
    if (findings.size() < most_findings)
        findings.push_back({std::move(where), std::move(what)});
    else
        ++more_findings;
}

namespace {

// What the keys of a table file are about, for people: "document numbers 3 to 90".
std::string covered(const rocksdb::LiveFileMetaData& file) {
    const std::string& from = file.smallestkey;
    const std::string& to = file.largestkey;
    const auto range = [&](const char* what, std::size_t at) {
        return std::string(what) + " " + std::to_string(key_integer<std::uint64_t>(from, at)) +
               " to " + std::to_string(key_integer<std::uint64_t>(to, at));
    };
    const auto long_enough = [&](std::size_t size) {
        return from.size() >= size && to.size() >= size;
    };
    const std::string& column = file.column_family_name;
    if ((column == "documents" || column == "text") && long_enough(8))
        return range("document numbers", 0);
    if (column == "chunks" && long_enough(8)) return range("chunks", 0);
    if (column == "vectors" && long_enough(12)) return range("chunks", 4);
    if (column == "changes" && long_enough(8)) return range("commits", 0);
    if (column == "ids") return "ids " + in_quotes(from) + " to " + in_quotes(to);
    return "the settings or derived rows";
}

void check_tables(const Database& database, StoreCheck& report) {
    std::vector<rocksdb::LiveFileMetaData> files;
    database.db().GetLiveFilesMetaData(&files);
    for (const rocksdb::LiveFileMetaData& file : files) {
        ++report.table_files;
        report.bytes += file.size;
        rocksdb::SstFileReader reader{rocksdb::Options()};
        rocksdb::Status status = reader.Open(file.db_path + file.name);
        if (status.ok()) status = reader.VerifyChecksum();
        if (status.ok()) continue;
        report.add("file store" + file.name, status.ToString() + "; column " +
                                                 file.column_family_name + ", " + covered(file));
    }
}

void check_counters(const WalkCounts& found, const State& state, StoreCheck& report) {
    const auto compare = [&](const char* what, std::uint64_t is, std::uint64_t said) {
        if (is == said) return;
        report.add("counters", "there are " + std::to_string(is) + " whole " + what +
                                   ", the counter says " + std::to_string(said));
    };
    compare("documents", found.counters.documents, state.counters.documents);
    compare("chunks", found.counters.chunks, state.counters.chunks);
    compare("tokens", found.counters.tokens, state.counters.tokens);
    compare("bytes of text", found.counters.text_bytes, state.counters.text_bytes);
    if (found.last_ordinal >= state.next_ordinal)
        report.add("counters", "the next document number was given already");
    if (found.last_chunk >= state.next_chunk)
        report.add("counters", "the next chunk number was given already");
}

// The commits that are kept must be the last ones without a gap.
void check_changes(const Database& database, const Moment& moment, StoreCheck& report) {
    rocksdb::ReadOptions options;
    options.snapshot = moment.snapshot;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> row(
        database.db().NewIterator(options, database.handle(Column::changes)));
    Sequence last = 0;
    std::uint64_t rows = 0;
    for (row->SeekToFirst(); row->Valid(); row->Next(), ++rows) {
        if (row->key().size() != number_key_size) {
            report.add("column changes", "a key is malformed");
            continue;
        }
        const auto sequence = key_integer<Sequence>(view(row->key()), 0);
        if (!decode_change(sequence, view(row->value())))
            report.add("column changes",
                       "commit " + std::to_string(sequence) + " cannot be understood");
        if (rows > 0 && sequence != last + 1)
            report.add("column changes", "the commits between " + std::to_string(last) + " and " +
                                             std::to_string(sequence) + " are missing");
        last = sequence;
    }
    if (!row->status().ok()) return report.add("column changes", row->status().ToString());
    if (rows > 0 && last != moment.state.sequence)
        report.add("column changes", "the last commit is " + std::to_string(last) +
                                         ", the counter says " +
                                         std::to_string(moment.state.sequence));
}

// Keeps table files while it lives, whatever compactions make of them.
class KeepFiles {
 public:
    explicit KeepFiles(rocksdb::DB& db) : db_(db), status_(db.DisableFileDeletions()) {}
    KeepFiles(const KeepFiles&) = delete;
    KeepFiles& operator=(const KeepFiles&) = delete;
    ~KeepFiles() {
        // Not forced: a backup may keep them, too.
        if (status_.ok()) db_.EnableFileDeletions(false).PermitUncheckedError();
    }
    [[nodiscard]] const rocksdb::Status& status() const noexcept { return status_; }

 private:
    rocksdb::DB& db_;
    rocksdb::Status status_;
};

// `written`: somebody may write meanwhile.
Status check_log_files(const Database& database, bool written, StoreCheck& report) {
    LECTERN_ASSIGN(const std::vector<LogReport> logs,
                   check_logs(database.folder() / "store", *database.db().GetEnv()));
    for (const LogReport& log : logs) {
        report.bytes += log.bytes;
        // What is being written ends in the middle of a record.
        if (!written) report.torn_log_bytes += log.torn_bytes;
        if (!log.damage.empty()) report.add("store", describe(log));
    }
    return {};
}

Status check(const Database& database, bool written, const VerifyWatch& watch, StoreCheck& report) {
    report.opened = true;
    const std::shared_ptr<const Moment> moment = database.now();
    report.sequence = moment->state.sequence;
    LECTERN_TRY(check_log_files(database, written, report));
    // An open one has all of them.
    if (!written && database.acknowledged() > report.sequence)
        report.add("store", lost_commits(report.sequence, database.acknowledged()));
    if (written) {
        const KeepFiles keep(database.db());
        if (!keep.status().ok()) return database.failure(keep.status(), "keeping table files");
        check_tables(database, report);
    } else {
        check_tables(database, report);
    }
    std::uint64_t seen = 0;
    const WalkVisitor visitor{
        .document =
            [&](WalkedDocument& document) {
                for (const std::string& problem : document.problems)
                    report.add("document " + in_quotes(document.header.id), problem);
                for (const std::string& problem : document.vector_problems)
                    report.add("document " + in_quotes(document.header.id), problem);
                for (const std::string& problem : document.spare_problems)
                    report.add("document " + in_quotes(document.header.id),
                               problem + "; no search uses it");
                ++seen;
                if (watch.document && !watch.document(seen, moment->state.counters.documents))
                    return Status{Code::cancelled, "cancelled"};
                return Status{};
            },
        .finding = [&](const std::string& where,
                       const std::string& what) { report.add(where, what); }};
    LECTERN_ASSIGN(const WalkCounts found, walk_documents(database, moment->snapshot, *moment->meta,
                                                          moment->state.next_ordinal, visitor));
    report.counters = found.counters;
    report.vectors = found.vectors;
    for (std::size_t i = 0; i < found.by_generation.size(); ++i)
        if (moment->meta->generations[i].number == moment->meta->serving)
            report.serving_vectors = found.by_generation[i];
    note_contents(*moment, found, report);
    check_counters(found, moment->state, report);
    check_changes(database, *moment, report);
    if (moment->meta->serving != 0 && moment->meta->generation(moment->meta->serving) == nullptr)
        report.add("settings", "the generation of vectors that searches use is missing");
    return {};
}

}  // namespace

Result<StoreCheck> verify(const fs::path& collection) {
    StoreCheck report;
    auto opened = Database::open(collection, {.read_only = true});
    if (!opened) {
        const Code code = opened.status().code();
        if (code != Code::corrupt && code != Code::internal) return opened.status();
        report.add("store", opened.status().message());
        return report;
    }
    LECTERN_TRY(check(**opened, false, {}, report));
    note_folders(collection, report);
    return report;
}

Result<StoreCheck> verify(const Store& store, const VerifyWatch& watch) {
    StoreCheck report;
    LECTERN_TRY(check(store.database(), true, watch, report));
    return report;
}

}  // namespace lectern::storage
