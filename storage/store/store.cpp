#include "storage/store/store.hpp"

#include <algorithm>
#include <cmath>

#include "storage/maintenance/reclaim.hpp"
#include "storage/store/batch.hpp"
#include "storage/store/clock.hpp"
#include "storage/store/commit.hpp"
#include "storage/store/database.hpp"
#include "storage/store/files.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/kill_point.hpp"
#include "storage/store/pinned.hpp"

namespace lectern::storage {

namespace {

std::string generation_key(GenerationNumber number) {
    Key<4> key;
    key.put(0, number);
    return std::string(meta_key::generation) + std::string(key.bytes());
}

Settings settings_of(const CollectionMeta& meta, GenerationNumber next_generation) {
    return {meta.created_at, meta.pipeline_name, meta.pipeline_yaml,
            meta.serving,    next_generation,    meta.pipeline_folder};
}

Status no_generation(GenerationNumber number) {
    return {Code::not_found,
            "the collection has no generation " + std::to_string(number) + " of vectors"};
}

// The next free number is in the settings record only: nothing but add_generation wants it.
Result<GenerationNumber> next_generation(const Database& database) {
    LECTERN_ASSIGN(const auto bytes, database.get(Column::meta, meta_key::settings, nullptr));
    const auto settings = decode_settings(bytes.value_or(""));
    if (!settings) return database.undecodable("the collection's settings");
    return settings->next_generation;
}

// Changes the meta: `edit` alters it and may add rows to the batch. Hold write_mutex.
template <typename Edit>
Status change_meta(Database& database, const Edit& edit) {
    LECTERN_TRY(database.writable());
    const std::shared_ptr<const Moment> before = database.now();
    LECTERN_ASSIGN(GenerationNumber next, next_generation(database));
    auto meta = std::make_shared<CollectionMeta>(*before->meta);
    Batch batch(database);
    LECTERN_TRY(edit(*meta, next, batch));
    batch.put(Column::meta, meta_key::settings, encode(settings_of(*meta, next)));
    if (!batch.status().ok()) return database.failure(batch.status(), "preparing a write");
    LECTERN_TRY(database.write(batch.rocks(), true, "writing the settings"));
    database.publish(before->state, std::move(meta));
    return {};
}

}  // namespace

Store::Store(std::unique_ptr<Database> database, const OpenOptions& options)
    : database_(std::move(database)),
      reclaimer_(std::make_unique<Reclaimer>(*database_, options.reclaim_at)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& folder,
                                           const OpenOptions& options) {
    LECTERN_ASSIGN(auto database, Database::open(folder, options));
    return std::unique_ptr<Store>(new Store(std::move(database), options));
}

const std::filesystem::path& Store::folder() const noexcept {
    return database_->folder();
}
std::filesystem::path Store::index_folder() const {
    return database_->folder() / "index";
}
CollectionMeta Store::meta() const {
    return *database_->now()->meta;
}

Status Store::set_pipeline(std::string_view name, std::string_view yaml, std::string_view folder) {
    const std::lock_guard lock(database_->write_mutex);
    return change_meta(*database_, [&](CollectionMeta& meta, GenerationNumber&, Batch&) {
        meta.pipeline_name = name;
        meta.pipeline_yaml = yaml;
        meta.pipeline_folder = folder;
        return Status{};
    });
}

Result<Generation> Store::add_generation(Generation generation) {
    if (generation.dimension == 0 || generation.dimension > 65536)
        return Status{Code::invalid_argument, "vectors of dimension " +
                                                  std::to_string(generation.dimension) +
                                                  " cannot be kept; a dimension is 1 to 65536"};
    if (generation.encoding != VectorEncoding::f32)
        return Status{Code::unsupported, "vectors are kept as f32 only"};
    const std::lock_guard lock(database_->write_mutex);
    LECTERN_TRY(
        change_meta(*database_, [&](CollectionMeta& meta, GenerationNumber& next, Batch& batch) {
            generation.number = next++;
            generation.created_at = now_milliseconds();
            meta.generations.push_back(generation);
            if (meta.serving == 0) meta.serving = generation.number;
            batch.put(Column::meta, generation_key(generation.number), encode(generation));
            return Status{};
        }));
    return generation;
}

Status Store::serve_generation(GenerationNumber number) {
    const std::lock_guard lock(database_->write_mutex);
    return change_meta(*database_, [&](CollectionMeta& meta, GenerationNumber&, Batch&) {
        if (meta.generation(number) == nullptr) return no_generation(number);
        meta.serving = number;
        return Status{};
    });
}

Status Store::cut_over(GenerationNumber number, std::string_view pipeline_name,
                       std::string_view pipeline_yaml, std::string_view pipeline_folder) {
    const std::lock_guard lock(database_->write_mutex);
    return change_meta(*database_, [&](CollectionMeta& meta, GenerationNumber&, Batch&) {
        if (meta.generation(number) == nullptr) return no_generation(number);
        meta.serving = number;
        meta.pipeline_name = pipeline_name;
        meta.pipeline_yaml = pipeline_yaml;
        meta.pipeline_folder = pipeline_folder;
        return Status{};
    });
}

Status Store::drop_generation(GenerationNumber number, const std::function<void()>& removed) {
    const auto begin = vector_key(number, 0);
    const auto end = vector_key(number + 1, 0);
    const auto drop = [&](CollectionMeta& meta, GenerationNumber&, Batch& batch) {
        if (meta.generation(number) == nullptr) return no_generation(number);
        if (meta.serving == number)
            return Status{Code::invalid_argument,
                          "generation " + std::to_string(number) +
                              " is the one that searches use; serve another one first"};
        std::erase_if(meta.generations,
                      [&](const Generation& generation) { return generation.number == number; });
        batch.remove(Column::meta, generation_key(number));
        batch.remove_range(Column::vectors, begin.bytes(), end.bytes());
        return Status{};
    };
    {
        const std::lock_guard lock(database_->write_mutex);
        LECTERN_TRY(change_meta(*database_, drop));
    }
    if (removed) removed();
    // Writes go on while the files are rewritten without it.
    rocksdb::CompactRangeOptions options;
    options.exclusive_manual_compaction = false;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    const rocksdb::Slice first = slice(begin.bytes());
    const rocksdb::Slice last = slice(end.bytes());
    const rocksdb::Status compacted =
        database_->db().CompactRange(options, database_->handle(Column::vectors), &first, &last);
    return compacted.ok() ? Status{} : database_->failure(compacted, "compacting");
}

Result<std::uint64_t> Store::add_vectors(GenerationNumber number, std::span<const ChunkId> chunks,
                                         std::span<const float> rows) {
    const std::lock_guard lock(database_->write_mutex);
    LECTERN_TRY(database_->writable());
    const std::shared_ptr<const Moment> before = database_->now();
    const Generation* generation = before->meta->generation(number);
    if (generation == nullptr) return no_generation(number);
    const std::size_t dimension = generation->dimension;
    if (rows.size() != chunks.size() * dimension)
        return Status{Code::invalid_argument,
                      std::to_string(rows.size()) + " values were given for " +
                          std::to_string(chunks.size()) + " chunks and vectors of dimension " +
                          std::to_string(dimension)};
    const auto wrong = std::find_if_not(rows.begin(), rows.end(),
                                        [](float value) { return std::isfinite(value); });
    if (wrong != rows.end())
        return Status{
            Code::invalid_argument,
            "the vector of chunk " +
                std::to_string(chunks[static_cast<std::size_t>(wrong - rows.begin()) / dimension]) +
                " has a component that is not a finite number"};
    Batch batch(*database_, rows.size_bytes() + chunks.size() * 32);
    std::string bytes;
    std::uint64_t added = 0;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        LECTERN_ASSIGN(
            const auto there,
            database_->get(Column::chunks, number_key(chunks[i]).bytes(), before->snapshot));
        if (!there) continue;
        encode_vector(rows.subspan(i * dimension, dimension), bytes);
        batch.put(Column::vectors, vector_key(number, chunks[i]).bytes(), bytes);
        ++added;
    }
    if (added == 0) return added;
    if (!batch.status().ok()) return database_->failure(batch.status(), "preparing a write");
    LECTERN_TRY(database_->write(batch.rocks(), true, "writing vectors"));
    database_->publish(before->state, before->meta);
    return added;
}

Result<CommitResult> Store::commit(const WriteGroup& group, bool sync, const Derive& derive) {
    const std::lock_guard lock(database_->write_mutex);
    LECTERN_TRY(database_->writable());
    const std::shared_ptr<const Moment> before = database_->now();
    if (group.empty()) {
        CommitResult nothing;
        nothing.change.sequence = before->state.sequence;
        return nothing;
    }
    LECTERN_TRY(check(group, *before->meta));
    Commit commit(*database_, *before, group);
    LECTERN_TRY(commit.prepare());
    if (derive) {
        DerivedRows rows;
        LECTERN_TRY(derive(commit.result(), reader(), rows));
        add(rows, commit.batch());
        if (!commit.batch().status().ok())
            return database_->failure(commit.batch().status(), "preparing a write");
    }
    kill_point("storage.before_write");
    LECTERN_TRY(database_->write(commit.batch().rocks(), sync, "writing documents"));
    kill_point("storage.after_write");
    database_->publish(commit.state(), before->meta);
    if (sync) database_->acknowledge(commit.result().change.sequence);
    std::uint64_t removed = 0;
    for (const ChunkRange& range : commit.result().change.removed) removed += range.count;
    reclaimer_->note(removed, commit.state().counters.chunks);
    return std::move(commit.result());
}

Status Store::writable() const {
    return database_->writable();
}

Reader Store::reader() const {
    return Reader(std::make_unique<Reader::Pinned>(*database_, database_->now()));
}

Counters Store::counters() const {
    return database_->now()->state.counters;
}
Sequence Store::sequence() const {
    return database_->now()->state.sequence;
}
std::uint64_t Store::disk_bytes() const {
    return folder_bytes(database_->folder());
}

Figures Store::figures() const {
    return figures_of(*database_);
}

Status Store::flush() {
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    for (std::size_t i = 0; i < column_count; ++i)
        handles.push_back(database_->handle(static_cast<Column>(i)));
    const rocksdb::Status status = database_->db().Flush(rocksdb::FlushOptions(), handles);
    return status.ok() ? Status{} : database_->failure(status, "flushing");
}

Status Store::compact() {
    for (std::size_t i = 0; i < column_count; ++i) {
        rocksdb::CompactRangeOptions options;
        options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
        const rocksdb::Status status = database_->db().CompactRange(
            options, database_->handle(static_cast<Column>(i)), nullptr, nullptr);
        if (!status.ok()) return database_->failure(status, "compacting");
    }
    return {};
}

Status Store::verify_checksums() const {
    const rocksdb::Status status = database_->db().VerifyChecksum();
    return status.ok() ? Status{} : database_->failure(status, "verifying checksums");
}

bool Store::reclaiming() const {
    return reclaimer_->running();
}

void Store::wait_until_reclaimed() const {
    reclaimer_->wait();
}

Status Store::close() {
    reclaimer_->stop();
    return database_->close();
}

}  // namespace lectern::storage
