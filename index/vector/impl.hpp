// index/vector/impl.hpp: what is behind a VectorIndex. Internal to index/vector; opening is in
// load.cpp, searching in search.cpp, building in build.cpp.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "index/vector/best.hpp"
#include "index/vector/fair_mutex.hpp"
#include "index/vector/file_names.hpp"
#include "index/vector/segment.hpp"
#include "index/vector/tail.hpp"
#include "index/vector/vector_index.hpp"
#include "storage/store/content_hash.hpp"

namespace lectern::index {

class VectorIndex::Impl {
    using ChunkId = storage::ChunkId;
    using VectorEncoding = storage::VectorEncoding;

 public:
    Impl(VectorIndexOptions options, const storage::Store& store,
         const storage::Generation& generation, const storage::CollectionMeta& meta)
        : options_(std::move(options)),
          store_(store),
          dimension_(generation.dimension),
          owner_{meta.id, storage::content_hash(generation.fingerprint), generation.number,
                 generation.dimension, options_.vectors},
          folder_(store.index_folder()),
          prefix_(segment_prefix(generation.number)),
          tail_(generation.dimension) {}

    ~Impl();

    Status load();

    Status flush();

    void wait_until_built() const {
        if (!builder_.joinable()) return;
        std::unique_lock lock(wake_mutex_);
        wake_.wait(lock, [this] { return !busy_ && !woken_; });
    }

    Status apply(const storage::Change& change, std::span<const float> rows);

    Result<std::vector<Scored>> search(std::span<const float> query, std::size_t k,
                                       const Filter& filter) const;

    [[nodiscard]] std::vector<std::optional<float>> scores(std::span<const float> query,
                                                           std::span<const ChunkId> chunks) const;

    [[nodiscard]] storage::Sequence sequence() const {
        const std::shared_lock lock(mutex_);
        return sequence_;
    }
    [[nodiscard]] std::uint32_t dimension() const noexcept { return dimension_; }
    [[nodiscard]] storage::GenerationNumber generation() const noexcept {
        return options_.generation;
    }
    [[nodiscard]] VectorIndexStatistics statistics() const;

 private:
    // What the builder does next: puts the tail into a segment, makes one segment of several (or of
    // one with many removed rows), or gives a small one back to the tail.
    struct Job {
        std::vector<std::shared_ptr<Segment>> sources;
        bool tail = false;
        bool demote = false;  // sources' live rows go back to the tail
    };
    // The rows that a job works on, ascending by id.
    struct Gathered {
        std::vector<ChunkId> ids;
        std::vector<float> rows;
        // Of a job with sources: where each row comes from.
        std::vector<std::pair<std::uint32_t, std::uint32_t>> origins;  // source, row in it
        std::shared_ptr<Segment> base;  // of a job of the tail: what it is added to, or null
        storage::Sequence sequence = 0;
    };

    void say(const std::string& message) const {
        if (options_.log) options_.log(message);
    }

    [[nodiscard]] std::size_t live_rows() const {
        std::size_t rows = tail_.live();
        for (const auto& segment : segments_) rows += segment->live();
        return rows;
    }

    [[nodiscard]] bool in_segments(ChunkId id) const {
        return std::any_of(segments_.begin(), segments_.end(),
                           [&](const auto& segment) { return segment->has(id); });
    }

    // Rows of segments go to `from_segments`, those of the tail to `exact`. Holds mutex_.
    void find_best(std::span<const float> query, const Filter& filter, Best& exact,
                   Best& from_segments) const;

    // Row by row, for few rows that are known: the score of each chunk that is there, by its place
    // in `ids`. Holds mutex_.
    void compare(std::span<const float> query, std::span<const ChunkId> ids,
                 const std::function<void(std::size_t at, float score)>& exact,
                 const std::function<void(std::size_t at, float score)>& from_segments) const;

    void search_segment(const Segment& segment, std::span<const float> query,
                        const std::function<bool(ChunkId)>& allows, Best& best) const;
    static void search_lists(const Segment& segment, std::span<const float> query,
                             const Filter& filter, Best& best);

    // The scores of the store's own vectors. Needs no lock: a chunk that the store has no more
    // keeps its rough score and disappears with the commit that is on its way here.
    Status score_from_store(std::span<const float> query, const std::vector<Scored>& rough,
                            Best& best) const;

    // ---- opening
    Status load_segments(const storage::Reader& reader,
                         const std::vector<storage::ChunkRange>& live);

    // Compares some rows with the store's: a file may be whole and still of another history.
    [[nodiscard]] Status agrees(const Segment& segment, const storage::Reader& reader) const;

    // Marks the rows that the store has no more, or that an earlier segment has too.
    void mark_dead(Segment& segment, const std::vector<storage::ChunkRange>& live) const;

    // Of lists: when many rows are in no segment, as after the loss of its file or with another
    // encoding before, makes one of them.
    Status load_lists(const storage::Reader& reader, const std::vector<storage::ChunkRange>& live);

    // Of ascending ids, which are not none. A chunk need not have a vector, as one that came while
    // the model was being changed: a row in its place would be taken for its vector later.
    Status leave_those_with_vectors(const storage::Reader& reader, std::vector<ChunkId>& ids) const;

    // The rows that no segment has.
    Status load_tail(const storage::Reader& reader, const std::vector<storage::ChunkRange>& live);

    // ---- building
    void wake() {
        {
            const std::lock_guard lock(wake_mutex_);
            woken_ = true;
        }
        wake_.notify_all();
    }

    void build_when_due();

    [[nodiscard]] std::optional<Job> due() const {
        const std::shared_lock lock(mutex_);
        return find_job();
    }

    // Holds mutex_.
    [[nodiscard]] std::optional<Job> find_job() const;

    Status run(const Job& job, int nice = 0);

    // A segment that nobody else knows yet, with its file where one is due. Null: to be given up.
    // Holds build_mutex_.
    Result<std::shared_ptr<Segment>> build_and_save(const Gathered& from, Status& saved);
    [[nodiscard]] Result<std::shared_ptr<Segment>> build(const Gathered& from) const;

    // For lists: the rows are not gathered, but read while they are built.
    [[nodiscard]] bool reads_while_building(const Job& job) const {
        return options_.vectors == VectorEncoding::pq && !job.tail && !job.demote;
    }

    // Holds build_mutex_.
    [[nodiscard]] std::filesystem::path next_file() {
        return folder_ / (prefix_ + std::to_string(next_file_++) + ".segment");
    }

    // Writes the file of an installed segment and removes the one with fewer rows. Holds
    // build_mutex_, so that nobody else writes the segment's file; mutex_ not.
    Status save(Segment& segment);
    static void remove_file(const std::filesystem::path& file) {
        std::error_code ignored;
        if (!file.empty()) std::filesystem::remove(file, ignored);
    }

    // The smallest segment that the rows can be added to: one that is not much larger than they are
    // many and has no later ids. Holds mutex_.
    [[nodiscard]] std::shared_ptr<Segment> base_for(const std::vector<ChunkId>& ids) const;

    // The live rows of the sources, ascending by id. Holds mutex_; their vectors are read without.
    static void list(const Job& job, Gathered& to);

    // Rows of segments do not change, so no lock is needed. Compressed ones are read from the
    // store: what is compressed twice is rougher each time.
    Status read_rows(const Job& job, Gathered& to) const;

    // Puts the result of a job in the place of its sources. What was removed since it was gathered
    // is removed from it too.
    void install(const Job& job, const std::shared_ptr<Segment>& made, const Gathered& from);

    void add(ChunkId id, std::span<const float> value) {
        if (!in_segments(id)) (void)tail_.add(id, value);
    }
    void remove(ChunkId id, storage::Sequence sequence);

    const VectorIndexOptions options_;
    const storage::Store& store_;
    const std::uint32_t dimension_;
    const SegmentOwner owner_;
    const std::filesystem::path folder_;
    const std::string prefix_;  // of our files' names

    mutable FairMutex mutex_;  // guards everything down to gone_
    std::vector<std::shared_ptr<Segment>> segments_;
    Tail tail_;
    storage::Sequence sequence_ = 0;
    std::set<storage::Sequence> early_;  // applied, behind a gap
    std::unordered_set<ChunkId> gone_;   // removed before they were added

    std::mutex build_mutex_;  // one job at a time; before mutex_
    std::uint64_t next_file_ = 1;
    std::atomic<bool> stop_ = false;
    mutable std::mutex wake_mutex_;
    mutable std::condition_variable wake_;
    bool woken_ = false;
    bool busy_ = true;  // the builder is; until it waits for the first time
    std::thread builder_;
};

}  // namespace lectern::index
