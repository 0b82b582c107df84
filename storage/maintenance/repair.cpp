#include "storage/maintenance/repair.hpp"

#include <fcntl.h>
#include <rocksdb/convenience.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table_properties.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "storage/maintenance/document_walk.hpp"
#include "storage/store/batch.hpp"
#include "storage/store/database.hpp"
#include "storage/store/encoding.hpp"
#include "storage/store/file_calls.hpp"
#include "storage/store/files.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/quote.hpp"
#include "storage/store/rocksdb_options.hpp"
#include "storage/store/store_lock.hpp"
#include "system/descriptor.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t batch_bytes = 4u << 20;
constexpr const char* make_vectors_again =
    "; it is found by its words only until 'lectern reembed' to its pipeline makes them again";
// Numbers that lost commits may have given are not given again.
constexpr std::uint64_t skipped_numbers = 1u << 20;

Status failed(const fs::path& file, const char* doing, const std::error_code& error) {
    return error ? file_error(file, doing, error.value()) : Status{};
}

// Table files never change, so a second name is as good as a copy.
Status clone_store(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::remove_all(to.parent_path(), error);
    fs::create_directories(to, error);
    LECTERN_TRY(failed(to, "creating", error));
    for (const auto& entry : fs::directory_iterator(from, error)) {
        if (!entry.is_regular_file()) continue;
        const fs::path copy = to / entry.path().filename();
        if (entry.path().filename() == "LOCK") continue;
        std::error_code linked{ENOTSUP, std::generic_category()};
        if (entry.path().extension() == ".sst") fs::create_hard_link(entry.path(), copy, linked);
        if (linked) fs::copy_file(entry.path(), copy, error);
        LECTERN_TRY(failed(copy, "copying to", error));
    }
    return failed(from, "listing", error);
}

// What the damaged store says of itself, as far as it can be read.
struct Source {
    std::unique_ptr<Database> database;
    CollectionMeta meta;
    Settings settings;
    State state;
    bool by_tables = false;  // RocksDB made the list of its files anew: old rows may be back
};

// When nothing says which generation serves: the one with the most vectors that can be read, of
// like ones the first. One that a change of model has not finished has fewer.
GenerationNumber fullest_generation(const Database& database,
                                    const std::vector<Generation>& generations) {
    GenerationNumber fullest = 0;
    std::uint64_t most = 0;
    for (const Generation& generation : generations) {
        rocksdb::ReadOptions options;
        options.fill_cache = false;
        const std::unique_ptr<rocksdb::Iterator> row(
            database.db().NewIterator(options, database.handle(Column::vectors)));
        const auto end = vector_key(generation.number + 1, 0);
        std::uint64_t rows = 0;
        for (row->Seek(slice(vector_key(generation.number, 0).bytes()));
             row->Valid() && view(row->key()) < end.bytes(); row->Next())
            ++rows;
        if (fullest != 0 && rows <= most) continue;
        fullest = generation.number;
        most = rows;
    }
    return fullest;
}

Status read_meta(const fs::path& collection, Source& source, std::vector<Finding>& lost) {
    const Database& database = *source.database;
    const auto value = [&](std::string_view key) {
        auto found = database.get(Column::meta, key, nullptr);
        return found.ok() && *found ? **found : std::string();
    };
    // Of the store as it was found, also when `database` is a clone that was put together anew.
    const Acknowledged acknowledged(collection / "store");
    const std::string format = value(meta_key::format);
    if (format.size() == 4 && static_cast<unsigned char>(format[0]) > format_version)
        return {Code::unsupported,
                "the collection has a newer on-disk format; repair it with the "
                "newer Lectern"};
    const std::string id = value(meta_key::id);
    if (id.size() == source.meta.id.bytes.size())
        std::memcpy(source.meta.id.bytes.data(), id.data(), id.size());
    else if (acknowledged.collection() != Hash128{})
        source.meta.id = acknowledged.collection();
    else
        lost.push_back({"settings", "the collection's id; it gets a new one"});
    const std::unique_ptr<rocksdb::Iterator> row(
        database.db().NewIterator(rocksdb::ReadOptions(), database.handle(Column::meta)));
    for (row->Seek(slice(meta_key::generation));
         row->Valid() && row->key().starts_with(slice(meta_key::generation)); row->Next())
        if (auto generation = decode_generation(view(row->value())))
            source.meta.generations.push_back(std::move(*generation));
    if (!row->status().ok())
        lost.push_back({"settings", "generations of vectors: " + row->status().ToString()});
    auto settings = decode_settings(value(meta_key::settings));
    const bool settings_known = settings.has_value();
    if (settings) {
        source.settings = std::move(*settings);
    } else {
        lost.push_back({"settings", "the pipeline; name it when you open the collection"});
        source.settings.serving = fullest_generation(database, source.meta.generations);
        for (const Generation& generation : source.meta.generations)
            source.settings.next_generation = generation.number + 1;
    }
    // Nobody knows which model made vectors whose generation is lost.
    const GenerationNumber serving = source.settings.serving;
    const auto serves = [&](const Generation& one) { return one.number == serving; };
    const auto& generations = source.meta.generations;
    if (std::none_of(generations.begin(), generations.end(), serves) &&
        (serving != 0 || !settings_known)) {
        lost.push_back(
            {"settings",
             "the model of the vectors, and so all vectors; documents are found by their "
             "words only until 'lectern reembed' to their pipeline makes them again"});
        source.settings.serving = 0;
    }
    source.meta.serving = source.settings.serving;
    if (auto state = decode_state(value(meta_key::state))) source.state = *state;
    // The number of a lost commit is not given again: a backup may have the commit.
    const Sequence last = acknowledged.last(source.meta.id);
    if (last > source.state.sequence) {
        lost.push_back({"store", lost_commits(source.state.sequence, last)});
        source.state.sequence = last;
    }
    return {};
}

// Whether all tables say that one store made them.
bool of_one_store(const fs::path& store) {
    std::unordered_set<std::string> makers;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store, error)) {
        if (entry.path().extension() != ".sst") continue;
        rocksdb::SstFileReader table{rocksdb::Options()};
        if (table.Open(entry.path().string()).ok())
            makers.insert(table.GetTableProperties()->db_id);
    }
    return makers.size() == 1;
}

// Whether RocksDB's list of its files can be the whole one: it names every table that is there, and
// the store that it makes has a state. Where there is no table, none can be found by itself.
bool list_is_whole(const Database& database, const fs::path& store) {
    std::error_code error;
    const fs::directory_iterator entries(store, error);
    if (std::none_of(begin(entries), end(entries),
                     [](const auto& entry) { return entry.path().extension() == ".sst"; }))
        return true;
    const auto state = database.get(Column::meta, meta_key::state, nullptr);
    const auto format = database.get(Column::meta, meta_key::format, nullptr);
    if ((state.ok() && !*state) || (format.ok() && !*format)) return false;
    std::vector<rocksdb::LiveFileMetaData> live;
    database.db().GetLiveFilesMetaData(&live);
    std::unordered_set<std::string> names;
    std::size_t missing = 0;
    for (const rocksdb::LiveFileMetaData& file : live) {
        const fs::path name = fs::path(file.name).filename();
        names.insert(name.string());
        if (!fs::exists(store / name, error)) ++missing;
    }
    // The list of another store may have the same names; RocksDB tells the tables apart. When a
    // table is another's, though, it is the tables that differ.
    const bool mismatch = state.status().message().find("unique ID") != std::string::npos ||
                          format.status().message().find("unique ID") != std::string::npos;
    if ((mismatch || missing > 1) && of_one_store(store)) return false;
    for (const auto& entry : fs::directory_iterator(store, error))
        if (entry.path().extension() == ".sst" && !names.contains(entry.path().filename().string()))
            return false;
    return true;
}

// `list_suspect`: the store did not open, and its logs are not to blame.
Result<Source> open_source(const fs::path& collection, const fs::path& clone, bool list_suspect,
                           std::vector<Finding>& lost) {
    Source source;
    auto opened = Database::open_damaged(collection);
    if (opened && (!list_suspect || list_is_whole(**opened, collection / "store"))) {
        source.database = std::move(*opened);
    } else {
        opened = Status{Code::unavailable, "closed"};
        LECTERN_TRY(clone_store(collection / "store", clone / "store"));
        rocksdb::Options options;
        options.info_log = silence();
        const rocksdb::Status repaired =
            rocksdb::RepairDB((clone / "store").string(), options, Database::columns_for_repair(),
                              rocksdb::ColumnFamilyOptions());
        if (!repaired.ok())
            return Status{Code::corrupt, "nothing can be read of the store of " +
                                             in_quotes(collection.string()) + ": " +
                                             repaired.ToString() + "; restore a backup"};
        LECTERN_ASSIGN(source.database, Database::open_damaged(clone));
        source.by_tables = true;
    }
    LECTERN_TRY(read_meta(collection, source, lost));
    return source;
}

// Writes the good documents into a new store.
class Rebuild {
 public:
    Rebuild(Source& source, Database& target, fs::path aside, StoreRepair& report)
        : source_(source),
          target_(target),
          aside_(std::move(aside)),
          report_(report),
          batch_(std::make_unique<Batch>(target)) {}

    Status run() {
        const WalkVisitor visitor{
            .document = [this](WalkedDocument& document) { return take(document); },
            .finding =
                [this](const std::string& where, const std::string& what) {
                    report_.lost.push_back({where, what});
                }};
        const std::uint64_t last = std::max<std::uint64_t>(source_.state.next_ordinal, 1);
        LECTERN_ASSIGN(const WalkCounts counts,
                       walk_documents(*source_.database, nullptr, source_.meta, last, visitor));
        LECTERN_TRY(write_meta(counts));
        copy_sources();
        LECTERN_TRY(copy_originals());
        LECTERN_TRY(flush_batch(true));
        std::vector<rocksdb::ColumnFamilyHandle*> handles;
        for (std::size_t i = 0; i < column_count; ++i)
            handles.push_back(target_.handle(static_cast<Column>(i)));
        const rocksdb::Status status = target_.db().Flush(rocksdb::FlushOptions(), handles);
        return status.ok() ? Status{} : target_.failure(status, "writing the repaired store");
    }

 private:
    struct Taken {
        Ordinal ordinal;
        ChunkRange chunks;
        std::size_t text_blocks;
        std::uint64_t tokens;
        std::uint64_t text_bytes;
    };

    Status take(WalkedDocument& document) {
        // A version that its id does not lead to was replaced or deleted, unless ids are missing.
        const bool ids_missing = source_.by_tables || ids_damaged();
        std::vector<std::string>& problems = document.problems;
        if (!document.has_id) {
            if (!ids_missing) return {};
            problems.erase(problems.begin());
        }
        if (!problems.empty()) return keep_text(document);
        if (!document.vector_problems.empty()) leave_out_vectors(document);
        if (const auto before = taken_.find(document.header.id); before != taken_.end())
            remove(before->second);

        for (const WalkedRow& row : document.text) batch_->put(Column::text, row.key, row.value);
        for (const WalkedRow& row : document.chunks)
            batch_->put(Column::chunks, row.key, row.value);
        for (const WalkedRow& row : document.vectors)
            batch_->put(Column::vectors, row.key, row.value);
        batch_->put(Column::documents, document.row.key, document.row.value);
        batch_->put(Column::ids, document.header.id, document.row.key);
        const DocumentHeader& header = document.header;
        taken_[header.id] = {header.ordinal, header.chunks, document.text.size(), header.tokens,
                             header.text_bytes};
        Counters& saved = report_.saved;
        saved.documents += 1;
        saved.chunks += header.chunks.count;
        saved.tokens += header.tokens;
        saved.text_bytes += header.text_bytes;
        return batch_->rocks().GetDataSize() > batch_bytes ? flush_batch(false) : Status{};
    }

    // Searches use all of a document's vectors or none of them.
    void leave_out_vectors(WalkedDocument& document) {
        const GenerationNumber serving = source_.meta.serving;
        std::erase_if(document.vectors, [serving](const WalkedRow& row) {
            return key_integer<GenerationNumber>(row.key, 0) == serving;
        });
        report_.lost.push_back({"document " + in_quotes(document.header.id),
                                document.vector_problems.front() + make_vectors_again});
    }

    // Known once an id row could not be read, which the walk finds before any document.
    [[nodiscard]] bool ids_damaged() const {
        for (const Finding& finding : report_.lost)
            if (finding.where == "column ids") return true;
        return false;
    }

    // Of two versions the later one stays.
    void remove(const Taken& old) {
        batch_->remove(Column::documents, number_key(old.ordinal).bytes());
        for (std::size_t block = 0; block < old.text_blocks; ++block)
            batch_->remove(Column::text,
                           text_key(old.ordinal, static_cast<std::uint32_t>(block)).bytes());
        for (ChunkId chunk = old.chunks.first; chunk < old.chunks.end(); ++chunk) {
            batch_->remove(Column::chunks, number_key(chunk).bytes());
            for (const Generation& generation : source_.meta.generations)
                batch_->remove(Column::vectors, vector_key(generation.number, chunk).bytes());
        }
        report_.saved.documents -= 1;
        report_.saved.chunks -= old.chunks.count;
        report_.saved.tokens -= old.tokens;
        report_.saved.text_bytes -= old.text_bytes;
    }

    // Of a document that is not whole, the text can be ingested again.
    Status keep_text(const WalkedDocument& document) {
        std::string why = document.problems.front();
        if (document.problems.size() > 1)
            why += " (and " + std::to_string(document.problems.size() - 1) + " more)";
        std::uint64_t bytes = 0;
        for (const WalkedRow& row : document.text) bytes += row.value.size();
        if (bytes == document.header.text_bytes && bytes > 0) {
            const fs::path file =
                aside_ / ("document-" + std::to_string(document.header.ordinal) + ".txt");
            const sys::Descriptor opened(
                ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
            int error = opened.is_open() ? 0 : errno;
            for (const WalkedRow& row : document.text)
                if (error == 0)
                    error = file_call::write(opened.get(), row.value.data(), row.value.size());
            if (error == 0) error = file_call::sync(opened.get());
            if (error != 0) return file_error(file, "writing", error);
            why += "; its text is kept in " + file.string();
        }
        report_.lost.push_back({"document " + in_quotes(document.header.id), std::move(why)});
        return {};
    }

    Status write_meta(const WalkCounts& counts) {
        if (source_.meta.id != Hash128{})
            batch_->put(Column::meta, meta_key::id,
                        {reinterpret_cast<const char*>(source_.meta.id.bytes.data()), 16});
        batch_->put(Column::meta, meta_key::settings, encode(source_.settings));
        for (const Generation& generation : source_.meta.generations) {
            Key<4> number;
            number.put(0, generation.number);
            batch_->put(Column::meta,
                        std::string(meta_key::generation) + std::string(number.bytes()),
                        encode(generation));
        }
        State state;
        state.sequence = source_.state.sequence + 1;
        state.next_ordinal =
            std::max(source_.state.next_ordinal, counts.last_ordinal + 1) + skipped_numbers;
        state.next_chunk =
            std::max(source_.state.next_chunk, counts.last_chunk + 1) + skipped_numbers;
        state.counters = report_.saved;
        batch_->put(Column::meta, meta_key::state, encode(state));
        return {};
    }

    // Where documents came from, and the folders that are kept in step. A file of which a document
    // is lost is stored again by the next sync, which counts them.
    void copy_sources() {
        std::unordered_set<std::string> origins;
        for (const auto& [id, taken] : taken_) origins.insert(origin_key(taken.ordinal));
        for (const std::string_view prefix : {source_prefix, file_prefix, origin_prefix}) {
            const std::unique_ptr<rocksdb::Iterator> row(source_.database->db().NewIterator(
                rocksdb::ReadOptions(), source_.database->handle(Column::meta)));
            for (row->Seek(slice(prefix)); row->Valid() && row->key().starts_with(slice(prefix));
                 row->Next()) {
                const bool left =
                    prefix == origin_prefix && !origins.contains(row->key().ToString());
                if (!left) batch_->put(Column::meta, view(row->key()), view(row->value()));
            }
            if (!row->status().ok())
                report_.lost.push_back(
                    {"settings", "from which folders documents came: " + row->status().ToString() +
                                     "; 'lectern sync' of these folders says it anew"});
        }
    }

    // A file at a time, since they may be large. One of which a block is lost is left out: the next
    // ingest of the file keeps it again.
    Status copy_originals() {
        const Database& from = *source_.database;
        const auto kept = from.get(Column::meta, meta_key::originals, nullptr);
        if (kept && *kept) batch_->put(Column::meta, meta_key::originals, **kept);
        for (const auto& [id, taken] : taken_) {
            const auto bytes = read_original(from, taken.ordinal, nullptr);
            if (!bytes) {
                report_.lost.push_back({"document " + in_quotes(id),
                                        "its original file, which was kept; ingest it again"});
                continue;
            }
            if (!*bytes) continue;
            put_original(*batch_, taken.ordinal, **bytes);
            LECTERN_TRY(flush_batch(false));
        }
        return {};
    }

    Status flush_batch(bool sync) {
        if (!batch_->status().ok())
            return target_.failure(batch_->status(), "preparing the repaired store");
        LECTERN_TRY(target_.write(batch_->rocks(), sync, "writing the repaired store"));
        batch_ = std::make_unique<Batch>(target_);
        return {};
    }

    Source& source_;
    Database& target_;
    const fs::path aside_;
    StoreRepair& report_;
    std::unique_ptr<Batch> batch_;
    std::unordered_map<std::string, Taken> taken_;
};

// What a killed repair left: the finished store is put in its place, the rest is cleared away.
Status finish_interrupted(const fs::path& collection) {
    std::error_code error;
    if (!fs::exists(collection / "store") && fs::exists(collection / "repaired" / "store"))
        LECTERN_TRY(move_entry(collection / "repaired" / "store", collection / "store"));
    for (const char* left : {"repaired", "repairing", "repair-clone"})
        fs::remove_all(collection / left, error);
    return {};
}

// What takes the space of a second copy.
void remove_unfinished(const fs::path& collection) {
    std::error_code ignored;
    for (const char* left : {"repairing", "repair-clone"})
        fs::remove_all(collection / left, ignored);
}

Status rebuild(const fs::path& collection, bool opens, StoreRepair& report) {
    LECTERN_ASSIGN(StoreLock lock, StoreLock::take(collection, *rocksdb::Env::Default()));
    LECTERN_ASSIGN(const std::vector<LogReport> logs,
                   check_logs(collection / "store", *rocksdb::Env::Default()));
    const bool logs_damaged = std::any_of(logs.begin(), logs.end(),
                                          [](const LogReport& log) { return !log.damage.empty(); });
    LECTERN_ASSIGN(report.kept_aside, make_damaged_folder(collection));
    // Its writes would be taken for the collection's.
    for (const LogReport& log : logs)
        if (log.foreign) LECTERN_TRY(move_entry(log.file, report.kept_aside / log.file.filename()));
    const fs::path building = collection / "repairing";
    remove_unfinished(collection);
    {
        LECTERN_ASSIGN(Source source, open_source(collection, collection / "repair-clone",
                                                  !opens && !logs_damaged, report.lost));
        LECTERN_ASSIGN(const auto target, Database::open(building, {.create_if_missing = true,
                                                                    .error_if_exists = true}));
        LECTERN_TRY(Rebuild(source, *target, report.kept_aside, report).run());
        LECTERN_TRY(target->close());
    }
    std::error_code error;
    fs::remove_all(building / "index", error);
    // From here on the new store is whole; finish_interrupted() knows it by its name.
    LECTERN_TRY(move_entry(building, collection / "repaired"));
    LECTERN_TRY(move_entry(collection / "store", report.kept_aside / "store"));
    if (fs::exists(collection / "index", error))
        LECTERN_TRY(move_entry(collection / "index", report.kept_aside / "index"));
    lock.release();
    return finish_interrupted(collection);
}

}  // namespace

Result<fs::path> make_damaged_folder(const fs::path& collection) {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char name[32];
    (void)std::strftime(name, sizeof name, "%Y%m%dT%H%M%SZ", &parts);
    std::error_code error;
    fs::create_directories(collection / "damaged", error);
    LECTERN_TRY(failed(collection / "damaged", "creating", error));
    for (int number = 1;; ++number) {
        const fs::path folder =
            collection / "damaged" /
            (number == 1 ? std::string(name) : std::string(name) + "-" + std::to_string(number));
        if (fs::create_directory(folder, error)) {
            LECTERN_TRY(sync_folder(collection / "damaged"));
            return folder;
        }
        LECTERN_TRY(failed(folder, "creating", error));
    }
}

Status move_entry(const fs::path& from, const fs::path& to) {
    if (const int error = file_call::rename(from, to); error != 0)
        return file_error(from, "moving", error);
    LECTERN_TRY(sync_folder(to.parent_path()));
    return sync_folder(from.parent_path());
}

Result<StoreRepair> repair(const fs::path& collection) {
    StoreRepair report;
    std::error_code error;
    bool opens = false;
    if (fs::exists(collection / "repaired" / "store", error))
        LECTERN_TRY(finish_interrupted(collection));
    if (!fs::is_directory(collection / "store", error))
        return Status{Code::not_found, "there is no collection in " +
                                           in_quotes(collection.string()) + ": it has no store/"};
    if (fs::exists(collection / "store" / "CURRENT", error)) {
        LECTERN_ASSIGN(StoreCheck verified, verify(collection));
        report.saved = verified.counters;
        if (verified.clean()) return report;
        opens = verified.opened;
        report.found = std::move(verified.findings);
    } else {
        report.found.push_back({"file store/CURRENT", "it is missing"});
    }
    report.saved = {};
    report.rebuilt = true;
    Status done = rebuild(collection, opens, report);
    if (done.ok()) return report;
    remove_unfinished(collection);
    fs::remove(report.kept_aside, error);  // when it is empty
    fs::remove(collection / "damaged", error);
    if (done.code() != Code::resource_exhausted) return done;
    return Status{done.code(), done.message() +
                                   "; a repair needs room for the documents once more "
                                   "and has changed nothing; repair again then"};
}

}  // namespace lectern::storage
