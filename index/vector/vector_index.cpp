#include "index/vector/vector_index.hpp"

#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/utils/distances.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "index/vector/best.hpp"
#include "index/vector/segment.hpp"
#include "index/vector/tail.hpp"
#include "storage/content_hash.hpp"
#include "storage/give_back.hpp"
#include "storage/kill_point.hpp"

namespace lectern::index {
namespace {

namespace fs = std::filesystem;
using storage::ChunkId;
using storage::VectorEncoding;

// A filter that passes a smaller part of a segment than this is answered row by row: the graph
// would be walked mostly over rows that may not be found.
constexpr double exact_below = 0.05;
// A walk of breadth ef scores about this many rows for each of ef.
constexpr double scored_per_breadth = 16;
// So many segments of about one size are merged into one.
constexpr std::size_t merge_at = 4;
// The tail is added to a segment of at most this many times its rows: copying the graph costs much
// less than building the part for the new rows.
constexpr std::size_t grow_up_to = 32;
// A segment is rebuilt when more of its rows than 3 in 10 are removed.
constexpr std::size_t dead_tenths = 3;
// A grown segment is written anew when its file lacks more of its rows than 1 in this many.
constexpr std::size_t unsaved_part = 4;
constexpr int widest_search = 2048;
// The nice value of the threads that build graphs: searches come first.
constexpr int builder_nice = 10;

bool worn(const Segment& segment) {
    return segment.dead_count * 10 > segment.ids.size() * dead_tenths;
}

// Rows of a segment that may be found.
struct Selector : faiss::IDSelector {
    Selector(const Segment& of, const std::function<bool(ChunkId)>& filter)
        : segment(of), allows(filter) {}
    [[nodiscard]] bool is_member(faiss::idx_t row) const override {
        const auto at = static_cast<std::size_t>(row);
        return segment.dead[at] == 0 && (!allows || allows(segment.ids[at]));
    }
    const Segment& segment;
    const std::function<bool(ChunkId)>& allows;
};

// Many searches may hold the lock one after the other without a gap; a writer that waits at the
// gate lets the running ones end and the later ones queue behind it.
class FairMutex {
 public:
    void lock() {
        const std::lock_guard first(gate_);
        mutex_.lock();
    }
    void unlock() { mutex_.unlock(); }
    void lock_shared() {
        const std::lock_guard first(gate_);
        mutex_.lock_shared();
    }
    void unlock_shared() { mutex_.unlock_shared(); }

 private:
    std::mutex gate_;
    std::shared_mutex mutex_;
};

}  // namespace

class VectorIndex::Impl {
 public:
    Impl(VectorIndexOptions options, const storage::Store& store,
         const storage::Generation& generation, const storage::CollectionMeta& meta)
        : options_(std::move(options)),
          store_(store),
          dimension_(generation.dimension),
          owner_{meta.id, storage::content_hash(generation.fingerprint), generation.number,
                 generation.dimension, options_.vectors},
          folder_(store.index_folder()),
          prefix_("vector-" + std::to_string(generation.number) + "-"),
          tail_(generation.dimension) {}

    ~Impl() {
        stop_ = true;
        {
            const std::lock_guard lock(wake_mutex_);
            woken_ = true;
        }
        wake_.notify_all();
        if (builder_.joinable()) builder_.join();
    }

    Status load() {
        const storage::Reader reader = store_.reader();
        sequence_ = reader.sequence();
        LECTERN_ASSIGN(const std::vector<storage::ChunkRange> live, reader.live_chunks());
        LECTERN_TRY(load_segments(reader, live));
        LECTERN_TRY(load_tail(reader, live));
        if (options_.build_in_background) {
            builder_ = std::thread([this] { build_when_due(); });
            wake();
        }
        return {};
    }

    Status flush() {
        while (const auto job = due()) LECTERN_TRY(run(*job));
        const std::lock_guard one_at_a_time(build_mutex_);
        std::vector<std::shared_ptr<Segment>> segments;
        {
            const std::shared_lock lock(mutex_);
            segments = segments_;
        }
        for (const auto& segment : segments)
            if (segment->rows_in_file < segment->ids.size()) LECTERN_TRY(save(*segment));
        return {};
    }

    void wait_until_built() const {
        if (!builder_.joinable()) return;
        std::unique_lock lock(wake_mutex_);
        wake_.wait(lock, [this] { return !busy_ && !woken_; });
    }

    Status apply(const storage::Change& change, std::span<const float> rows) {
        std::size_t added = 0;
        for (const storage::ChunkRange& range : change.added) added += range.count;
        if (!rows.empty() && rows.size() != added * dimension_)
            return {Code::invalid_argument, "the commit adds " + std::to_string(added) +
                                                " chunks, but " + std::to_string(rows.size()) +
                                                " values were given for dimension " +
                                                std::to_string(dimension_)};
        std::unique_lock lock(mutex_);
        if (change.sequence <= sequence_ || early_.contains(change.sequence)) return {};
        if (!rows.empty()) {
            std::size_t at = 0;
            for (const storage::ChunkRange& range : change.added) {
                for (ChunkId id = range.first; id < range.end(); ++id, ++at)
                    if (gone_.erase(id) == 0) add(id, rows.subspan(at * dimension_, dimension_));
            }
        }
        for (const storage::ChunkRange& range : change.removed)
            for (ChunkId id = range.first; id < range.end(); ++id) remove(id, change.sequence);
        early_.insert(change.sequence);
        while (!early_.empty() && *early_.begin() == sequence_ + 1) {
            ++sequence_;
            early_.erase(early_.begin());
        }
        if (early_.empty()) gone_.clear();
        if (tail_.worth_compacting()) tail_.compact();
        const bool build = options_.build_in_background && find_job().has_value();
        lock.unlock();
        if (build) wake();
        return {};
    }

    Result<std::vector<Scored>> search(std::span<const float> query, std::size_t k,
                                       const Filter& filter) const {
        if (query.size() != dimension_)
            return Status{Code::invalid_argument, "the query has " + std::to_string(query.size()) +
                                                      " components; the index has dimension " +
                                                      std::to_string(dimension_)};
        if (!std::all_of(query.begin(), query.end(), [](float x) { return std::isfinite(x); }))
            return Status{Code::invalid_argument,
                          "a component of the query is not a finite number"};
        if (k == 0) return std::vector<Scored>{};
        // Compressed rows give rough scores; so more of them are looked at again.
        const bool rough_scores = options_.vectors != VectorEncoding::f32;
        Best best(k);
        Best rough(options_.vectors == VectorEncoding::int8 ? 2 * k + 16 : k + 16);
        {
            const std::shared_lock lock(mutex_);
            find_best(query, filter, best, rough_scores ? rough : best);
        }
        if (rough_scores) LECTERN_TRY(score_from_store(query, rough.take(), best));
        return best.take();
    }

    [[nodiscard]] storage::Sequence sequence() const {
        const std::shared_lock lock(mutex_);
        return sequence_;
    }
    [[nodiscard]] std::uint32_t dimension() const noexcept { return dimension_; }
    [[nodiscard]] storage::GenerationNumber generation() const noexcept {
        return options_.generation;
    }
    [[nodiscard]] VectorIndexStatistics statistics() const {
        const std::shared_lock lock(mutex_);
        VectorIndexStatistics out;
        out.rows = live_rows();
        out.tail_rows = tail_.rows();
        out.tombstones = tail_.removed();
        out.memory_bytes = tail_.memory_bytes();
        out.segments = segments_.size();
        for (const auto& segment : segments_) {
            out.segment_rows += segment->ids.size();
            out.tombstones += segment->dead_count;
            out.memory_bytes += segment->memory_bytes();
            std::error_code missing;
            const std::uintmax_t size = fs::file_size(segment->file, missing);
            if (!missing) out.disk_bytes += size;
        }
        out.building = options_.build_in_background && find_job().has_value();
        return out;
    }

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
                   Best& from_segments) const {
        const std::size_t all = live_rows();
        if (filter.allowed != nullptr &&
            static_cast<double>(filter.allowed->size()) <=
                std::max(1000.0, exact_below * static_cast<double>(all)))
            return compare(query, *filter.allowed, exact, from_segments);
        std::function<bool(ChunkId)> allows = filter.allows;
        if (filter.allowed != nullptr)
            allows = [&](ChunkId id) {
                return std::binary_search(filter.allowed->begin(), filter.allowed->end(), id);
            };
        for (const auto& segment : segments_)
            search_segment(*segment, query, allows, from_segments);
        tail_.search(query, allows, exact);
    }

    // Row by row, for few rows that are known.
    void compare(std::span<const float> query, const std::vector<ChunkId>& ids, Best& exact,
                 Best& from_segments) const {
        for (const ChunkId id : ids)
            if (const float* row = tail_.find(id))
                exact.offer(id, faiss::fvec_inner_product(query.data(), row, dimension_));
        for (const auto& segment : segments_) {
            const Scorer scorer = segment->scorer(query);
            for (const ChunkId id : ids) {
                const std::size_t at = segment->find(id);
                if (at < segment->ids.size() && segment->dead[at] == 0)
                    from_segments.offer(id, (*scorer)(static_cast<faiss::idx_t>(at)));
            }
        }
    }

    void search_segment(const Segment& segment, std::span<const float> query,
                        const std::function<bool(ChunkId)>& allows, Best& best) const {
        const std::size_t rows = segment.ids.size();
        const std::size_t k = best.wanted();
        const Selector selector(segment, allows);
        const std::size_t step = std::max<std::size_t>(rows / 256, 1);
        std::size_t looked = 0;
        std::size_t passed = 0;
        for (std::size_t at = 0; at < rows; at += step, ++looked)
            if (selector.is_member(static_cast<faiss::idx_t>(at))) ++passed;
        const double part = static_cast<double>(passed) / static_cast<double>(looked);
        const Scorer scorer = segment.scorer(query);
        const auto offer = [&](faiss::idx_t at) {
            best.offer(segment.ids[static_cast<std::size_t>(at)], (*scorer)(at));
        };
        // The walk must be as much broader as fewer rows pass.
        const double wanted = static_cast<double>(
            std::max<std::size_t>(static_cast<std::size_t>(std::max(options_.ef_search, 1)), k));
        const double walked = part > 0 ? wanted / part * scored_per_breadth : 0;
        if (part >= exact_below && k < rows && walked < part * static_cast<double>(rows)) {
            faiss::SearchParametersHNSW parameters;
            parameters.efSearch = static_cast<int>(std::max<double>(
                static_cast<double>(k), std::min<double>(wanted / part, widest_search)));
            Selector chosen = selector;
            const bool everything = !allows && segment.dead_count == 0;
            parameters.sel = everything ? nullptr : &chosen;
            std::vector<float> scores(k);
            std::vector<faiss::idx_t> found(k);
            segment.graph->search(1, query.data(), static_cast<faiss::idx_t>(k), scores.data(),
                                  found.data(), &parameters);
            // Fewer than k: the walk ended early among rows that may not be found.
            if (std::count(found.begin(), found.end(), -1) == 0) {
                std::for_each(found.begin(), found.end(), offer);
                return;
            }
        }
        for (std::size_t at = 0; at < rows; ++at)
            if (selector.is_member(static_cast<faiss::idx_t>(at)))
                offer(static_cast<faiss::idx_t>(at));
    }

    // The scores of the store's own vectors. Needs no lock: a chunk that the store has no more
    // keeps its rough score and disappears with the commit that is on its way here.
    Status score_from_store(std::span<const float> query, const std::vector<Scored>& rough,
                            Best& best) const {
        std::vector<ChunkId> ids;
        ids.reserve(rough.size());
        for (const Scored& row : rough) ids.push_back(row.chunk);
        LECTERN_ASSIGN(const auto stored, store_.reader().vectors(options_.generation, ids));
        std::size_t next = 0;
        for (const Scored& row : rough) {
            if (next == stored.found.size() || stored.found[next] != row.chunk) {
                best.offer(row.chunk, row.score);
                continue;
            }
            best.offer(row.chunk,
                       faiss::fvec_inner_product(
                           query.data(), stored.values.data() + next * dimension_, dimension_));
            ++next;
        }
        return {};
    }

    // ---- opening
    Status load_segments(const storage::Reader& reader,
                         const std::vector<storage::ChunkRange>& live) {
        // Newest first: what a crash left of the files that one was made from has no row of its
        // own.
        std::map<std::uint64_t, fs::path, std::greater<>> files;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder_, error)) {
            const std::string name = entry.path().filename().string();
            if (!name.starts_with(prefix_)) continue;
            // One that ends so was being written when the process died.
            if (entry.path().extension() == ".tmp")
                fs::remove(entry.path(), error);
            else
                files[std::strtoull(name.c_str() + prefix_.size(), nullptr, 10)] = entry.path();
        }
        if (!files.empty()) next_file_ = files.begin()->first + 1;
        for (const auto& [number, file] : files) {
            auto loaded = load_segment(file, owner_, sequence_);
            Status usable = loaded.status();
            if (usable.ok()) usable = agrees(**loaded, reader);
            if (!usable.ok()) {
                say(usable.message() + "; it is deleted and built again");
                fs::remove(file, error);
                continue;
            }
            std::shared_ptr<Segment> segment = std::move(loaded).value();
            mark_dead(*segment, live);
            segments_.push_back(std::move(segment));
        }
        return {};
    }

    // Compares some rows with the store's: a file may be whole and still of another history.
    [[nodiscard]] Status agrees(const Segment& segment, const storage::Reader& reader) const {
        const std::size_t step = std::max<std::size_t>(segment.ids.size() / 8, 1);
        std::vector<float> row(dimension_);
        for (std::size_t at = 0; at < segment.ids.size(); at += step) {
            LECTERN_ASSIGN(const auto stored,
                           reader.vectors(options_.generation, {segment.ids[at], 1}));
            if (stored.found.empty()) continue;  // deleted since
            segment.copy_row(at, row.data());
            if (!like(stored.values, row))
                return {Code::corrupt, segment.file.string() + ": disagrees with the collection"};
        }
        return {};
    }

    // The same vector, as far as the encoding can keep it.
    [[nodiscard]] bool like(const std::vector<float>& stored,
                            const std::vector<float>& kept) const {
        if (options_.vectors == VectorEncoding::f32) return stored == kept;
        double product = 0;
        double squares = 0;
        double kept_squares = 0;
        for (std::size_t i = 0; i < stored.size(); ++i) {
            product += double{stored[i]} * kept[i];
            squares += double{stored[i]} * stored[i];
            kept_squares += double{kept[i]} * kept[i];
        }
        return product >= 0.9 * std::sqrt(squares * kept_squares);
    }

    // Marks the rows that the store has no more, or that an earlier segment has too.
    void mark_dead(Segment& segment, const std::vector<storage::ChunkRange>& live) const {
        auto range = live.begin();
        for (std::size_t at = 0; at < segment.ids.size(); ++at) {
            const ChunkId id = segment.ids[at];
            while (range != live.end() && range->end() <= id) ++range;
            const bool there = range != live.end() && range->contains(id) && !in_segments(id);
            if (there) continue;
            segment.dead[at] = 1;
            ++segment.dead_count;
        }
    }

    // The rows that no segment has.
    Status load_tail(const storage::Reader& reader, const std::vector<storage::ChunkRange>& live) {
        const auto read = [&](ChunkId begin, ChunkId end) -> Status {
            while (begin < end) {
                const std::uint64_t count = std::min<std::uint64_t>(end - begin, 4096);
                LECTERN_ASSIGN(const auto part,
                               reader.vectors(options_.generation, {begin, count}));
                for (std::size_t i = 0; i < part.found.size(); ++i)
                    add(part.found[i], std::span(part.values).subspan(i * dimension_, dimension_));
                begin += count;
            }
            return {};
        };
        for (const storage::ChunkRange& range : live) {
            ChunkId begin = range.first;
            for (ChunkId id = range.first; id < range.end() && !segments_.empty(); ++id) {
                if (!in_segments(id)) continue;
                LECTERN_TRY(read(begin, id));
                begin = id + 1;
            }
            LECTERN_TRY(read(begin, range.end()));
        }
        return {};
    }

    // ---- building
    void wake() {
        {
            const std::lock_guard lock(wake_mutex_);
            woken_ = true;
        }
        wake_.notify_all();
    }

    void build_when_due() {
        while (!stop_) {
            {
                std::unique_lock lock(wake_mutex_);
                busy_ = false;
                wake_.notify_all();
                wake_.wait(lock, [this] { return woken_; });
                woken_ = false;
                busy_ = true;
            }
            while (!stop_) {
                const auto job = due();
                if (!job) break;
                Status status;
                try {
                    status = run(*job, builder_nice);
                } catch (const std::exception& error) {
                    status = {Code::resource_exhausted, error.what()};
                }
                if (!status.ok()) {
                    say("building a segment of the vector index failed: " + status.message() +
                        "; its rows are searched exactly");
                    break;
                }
                // The segments that it replaced, and what it was built from.
                storage::give_back_memory();
            }
        }
    }

    [[nodiscard]] std::optional<Job> due() const {
        const std::shared_lock lock(mutex_);
        return find_job();
    }

    // Holds mutex_.
    [[nodiscard]] std::optional<Job> find_job() const {
        if (tail_.live() >= std::max<std::size_t>(options_.seal_at, 1)) return Job{{}, true, false};
        for (const auto& segment : segments_)
            if (worn(*segment)) return Job{{segment}, false, segment->live() < options_.seal_at};
        std::unordered_map<int, std::vector<std::shared_ptr<Segment>>> tiers;
        for (const auto& segment : segments_) {
            int tier = 0;
            for (std::size_t size = segment->live() / std::max<std::size_t>(options_.seal_at, 1);
                 size >= merge_at; size /= merge_at)
                ++tier;
            std::vector<std::shared_ptr<Segment>>& same = tiers[tier];
            same.push_back(segment);
            if (same.size() == merge_at) return Job{same, false, false};
        }
        return std::nullopt;
    }

    Status run(const Job& job, int nice = 0) {
        const std::lock_guard one_at_a_time(build_mutex_);
        Gathered from;
        {
            const std::shared_lock lock(mutex_);
            for (const auto& source : job.sources)
                if (std::find(segments_.begin(), segments_.end(), source) == segments_.end())
                    return {};  // done meanwhile, by flush() or the builder
            if (job.tail && tail_.live() < options_.seal_at) return {};
            if (job.tail) {
                tail_.copy(from.ids, from.rows);
                from.base = base_for(from.ids);
            } else {
                list(job, from);
            }
            from.sequence = early_.empty() ? sequence_ : *early_.rbegin();
        }
        if (!job.tail) LECTERN_TRY(read_rows(job, from));
        if (!job.sources.empty()) storage::kill_point("vector.during_merge");
        std::shared_ptr<Segment> made;
        if (!job.demote && !from.ids.empty()) {
            const fs::path before = from.base ? from.base->file : fs::path();
            Status saved;
            with_priority(nice, [&] { made = build_and_save(from, saved); });
            if (!made) return {};
            if (!saved.ok())
                say("a segment of the vector index is kept in memory only: " + saved.message());
            if (made->file != before) remove_file(before);
        }
        install(job, made, from);
        if (!job.sources.empty()) storage::kill_point("vector.before_source_removal");
        for (const auto& source : job.sources) remove_file(source->file);
        return {};
    }

    // Does the work on a thread of its own with that nice value, which it hands to the threads that
    // it starts (Linux). The work must take no lock that a search takes: a thread that waits long
    // for the processor while it holds one keeps all of them waiting. What it throws is thrown
    // here.
    template <typename Work>
    static void with_priority(int nice, const Work& work) {
        if (nice == 0) return work();
        std::async(std::launch::async, [&] {
            (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice);
            work();
        }).get();
    }

    // A segment that nobody else knows yet, with its file where one is due. Null: to be given up.
    // Holds build_mutex_.
    std::shared_ptr<Segment> build_and_save(const Gathered& from, Status& saved) {
        auto made =
            build_segment(from.base.get(), from.ids, from.rows, dimension_, options_, stop_);
        if (!made) return nullptr;
        if (from.base) {
            made->file = from.base->file;
            made->rows_in_file = from.base->rows_in_file;
        }
        if ((made->ids.size() - made->rows_in_file) * unsaved_part < made->ids.size()) return made;
        const fs::path file = next_file();
        saved = save_segment(*made, owner_, from.sequence, file);
        if (!saved.ok()) return made;
        made->file = file;
        made->rows_in_file = made->ids.size();
        return made;
    }

    // Holds build_mutex_.
    [[nodiscard]] fs::path next_file() {
        return folder_ / (prefix_ + std::to_string(next_file_++) + ".segment");
    }

    // Writes the file of an installed segment and removes the one with fewer rows. Holds
    // build_mutex_, so that nobody else writes the segment's file; mutex_ not.
    Status save(Segment& segment) {
        storage::Sequence sequence = 0;
        {
            const std::shared_lock lock(mutex_);
            sequence = early_.empty() ? sequence_ : *early_.rbegin();
        }
        const fs::path file = next_file();
        LECTERN_TRY(save_segment(segment, owner_, sequence, file));
        fs::path before;
        {
            const std::unique_lock lock(mutex_);
            before = std::exchange(segment.file, file);
            segment.rows_in_file = segment.ids.size();
        }
        remove_file(before);
        return {};
    }
    static void remove_file(const fs::path& file) {
        std::error_code ignored;
        if (!file.empty()) fs::remove(file, ignored);
    }

    // The smallest segment that the rows can be added to: one that is not much larger than they are
    // many and has no later ids. Holds mutex_.
    [[nodiscard]] std::shared_ptr<Segment> base_for(const std::vector<ChunkId>& ids) const {
        std::shared_ptr<Segment> base;
        for (const auto& segment : segments_) {
            if (worn(*segment) || segment->ids.back() >= ids.front() ||
                segment->ids.size() > ids.size() * grow_up_to)
                continue;
            if (!base || segment->ids.size() < base->ids.size()) base = segment;
        }
        return base;
    }

    // The live rows of the sources, ascending by id. Holds mutex_; their vectors are read without.
    static void list(const Job& job, Gathered& to) {
        std::vector<std::pair<ChunkId, std::pair<std::uint32_t, std::uint32_t>>> all;
        for (std::uint32_t source = 0; source < job.sources.size(); ++source) {
            const Segment& segment = *job.sources[source];
            for (std::uint32_t at = 0; at < segment.ids.size(); ++at)
                if (segment.dead[at] == 0) all.push_back({segment.ids[at], {source, at}});
        }
        std::sort(all.begin(), all.end());
        for (const auto& [id, origin] : all) {
            to.ids.push_back(id);
            to.origins.push_back(origin);
        }
    }

    // Rows of segments do not change, so no lock is needed. Compressed ones are read from the
    // store: what is compressed twice is rougher each time.
    Status read_rows(const Job& job, Gathered& to) const {
        to.rows.resize(to.ids.size() * dimension_);
        if (options_.vectors == VectorEncoding::f32) {
            for (std::size_t i = 0; i < to.ids.size(); ++i)
                job.sources[to.origins[i].first]->copy_row(to.origins[i].second,
                                                           to.rows.data() + i * dimension_);
            return {};
        }
        constexpr std::size_t part = 1024;
        std::size_t kept = 0;
        for (std::size_t begin = 0; begin < to.ids.size(); begin += part) {
            const std::size_t count = std::min(part, to.ids.size() - begin);
            LECTERN_ASSIGN(const auto stored,
                           store_.reader().vectors(options_.generation,
                                                   std::span(to.ids).subspan(begin, count)));
            std::copy(stored.values.begin(), stored.values.end(),
                      to.rows.begin() + static_cast<std::ptrdiff_t>(kept * dimension_));
            // One that the store has no more is left out.
            for (std::size_t i = begin, found = 0; i < begin + count; ++i) {
                if (found == stored.found.size() || stored.found[found] != to.ids[i]) continue;
                to.ids[kept] = to.ids[i];
                to.origins[kept++] = to.origins[i];
                ++found;
            }
        }
        to.ids.resize(kept);
        to.origins.resize(kept);
        to.rows.resize(kept * dimension_);
        return {};
    }

    // Puts the result of a job in the place of its sources. What was removed since it was gathered
    // is removed from it too.
    void install(const Job& job, const std::shared_ptr<Segment>& made, const Gathered& from) {
        const std::unique_lock lock(mutex_);
        std::vector<std::size_t> demoted;
        const std::size_t offset = made ? made->ids.size() - from.ids.size() : 0;
        if (from.base) {
            std::copy(from.base->dead.begin(), from.base->dead.end(), made->dead.begin());
            made->dead_count = from.base->dead_count;
        }
        for (std::size_t i = 0; i < from.ids.size(); ++i) {
            const bool alive =
                job.tail ? tail_.remove(from.ids[i])
                         : job.sources[from.origins[i].first]->dead[from.origins[i].second] == 0;
            if (made && !alive) {
                made->dead[offset + i] = 1;
                ++made->dead_count;
            }
            if (job.demote && alive) demoted.push_back(i);
        }
        std::erase_if(segments_, [&](const auto& segment) {
            return segment == from.base ||
                   std::find(job.sources.begin(), job.sources.end(), segment) != job.sources.end();
        });
        for (const std::size_t at : demoted)
            add(from.ids[at], std::span(from.rows).subspan(at * dimension_, dimension_));
        if (made) segments_.push_back(made);
        if (job.tail) tail_.compact();
    }

    void add(ChunkId id, std::span<const float> value) {
        if (!in_segments(id)) (void)tail_.add(id, value);
    }
    void remove(ChunkId id, storage::Sequence sequence) {
        if (tail_.remove(id)) return;
        for (const auto& segment : segments_) {
            const std::size_t at = segment->find(id);
            if (at == segment->ids.size() || segment->dead[at] != 0) continue;
            segment->dead[at] = 1;
            ++segment->dead_count;
            return;
        }
        // Removed by a commit that came before the one that adds it.
        if (sequence > sequence_ + 1) gone_.insert(id);
    }

    const VectorIndexOptions options_;
    const storage::Store& store_;
    const std::uint32_t dimension_;
    const SegmentOwner owner_;
    const fs::path folder_;
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

VectorIndex::VectorIndex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
VectorIndex::~VectorIndex() = default;

Result<std::unique_ptr<VectorIndex>> VectorIndex::open(const storage::Store& store,
                                                       VectorIndexOptions options) {
    const storage::CollectionMeta meta = store.meta();
    if (options.generation == 0) options.generation = meta.serving;
    const storage::Generation* generation = meta.generation(options.generation);
    if (generation == nullptr)
        return Status{Code::invalid_argument,
                      "the collection has no generation " + std::to_string(options.generation)};
    auto impl = std::make_unique<Impl>(std::move(options), store, *generation, meta);
    LECTERN_TRY(impl->load());
    return std::unique_ptr<VectorIndex>(new VectorIndex(std::move(impl)));
}

void VectorIndex::remove_stale_files(const storage::Store& store) {
    constexpr std::string_view start = "vector-";
    const storage::CollectionMeta meta = store.meta();
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(store.index_folder(), ignored)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(start)) continue;
        const auto number = std::strtoul(name.c_str() + start.size(), nullptr, 10);
        if (meta.generation(static_cast<storage::GenerationNumber>(number)) == nullptr)
            fs::remove(entry.path(), ignored);
    }
}

Status VectorIndex::apply(const storage::Change& change, std::span<const float> rows) {
    return impl_->apply(change, rows);
}
Result<std::vector<Scored>> VectorIndex::search(std::span<const float> query, std::size_t k,
                                                const Filter& filter) const {
    return impl_->search(query, k, filter);
}
Status VectorIndex::flush() {
    return impl_->flush();
}
void VectorIndex::wait_until_built() const {
    impl_->wait_until_built();
}
storage::Sequence VectorIndex::sequence() const {
    return impl_->sequence();
}
std::uint32_t VectorIndex::dimension() const noexcept {
    return impl_->dimension();
}
storage::GenerationNumber VectorIndex::generation() const noexcept {
    return impl_->generation();
}
VectorIndexStatistics VectorIndex::statistics() const {
    return impl_->statistics();
}

}  // namespace lectern::index
