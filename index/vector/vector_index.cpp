#include "index/vector/vector_index.hpp"

#include <faiss/impl/IDSelector.h>
#include <faiss/utils/distances.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <queue>
#include <set>
#include <shared_mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "index/vector/segment.hpp"
#include "storage/content_hash.hpp"
#include "storage/kill_point.hpp"

namespace lectern::index {
namespace {

namespace fs = std::filesystem;
using storage::ChunkId;

// A filter that passes a smaller part of a segment than this is answered row by row: the graph
// would be walked mostly over rows that may not be found.
constexpr double exact_below = 0.05;
// So many segments of about one size are merged into one.
constexpr std::size_t merge_at = 4;
constexpr int widest_search = 2048;

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

// Rows compared in one call of FAISS: their scores stay in the first-level cache.
constexpr std::size_t block_rows = 1024;

// The k best so far; the worst is on top.
class Best {
 public:
    explicit Best(std::size_t k) : k_(k) {}
    void offer(ChunkId chunk, float score) {
        const Scored row{chunk, score};
        if (heap_.size() < k_) {
            heap_.push(row);
        } else if (better(row, heap_.top())) {
            heap_.pop();
            heap_.push(row);
        }
    }
    [[nodiscard]] std::vector<Scored> take() {
        std::vector<Scored> out(heap_.size());
        for (std::size_t i = out.size(); i > 0; --i) {
            out[i - 1] = heap_.top();
            heap_.pop();
        }
        return out;
    }

 private:
    static bool better(const Scored& a, const Scored& b) {
        return a.score > b.score || (a.score == b.score && a.chunk < b.chunk);
    }
    struct WorstOnTop {
        bool operator()(const Scored& a, const Scored& b) const { return better(a, b); }
    };
    std::size_t k_;
    std::priority_queue<Scored, std::vector<Scored>, WorstOnTop> heap_;
};

}  // namespace

class VectorIndex::Impl {
 public:
    Impl(VectorIndexOptions options, const storage::Generation& generation,
         const storage::CollectionMeta& meta, fs::path folder)
        : options_(std::move(options)),
          dimension_(generation.dimension),
          owner_{meta.id, storage::content_hash(generation.fingerprint), generation.number,
                 generation.dimension},
          folder_(std::move(folder)),
          prefix_("vector-" + std::to_string(generation.number) + "-") {}

    ~Impl() {
        stop_ = true;
        {
            const std::lock_guard lock(wake_mutex_);
            woken_ = true;
        }
        wake_.notify_all();
        if (builder_.joinable()) builder_.join();
    }

    Status load(const storage::Store& store) {
        const storage::Reader reader = store.reader();
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
        return {};
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
        if (removed_ > 1024 && removed_ * 2 > ids_.size()) compact();
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
        Best best(k);
        const std::shared_lock lock(mutex_);
        const std::size_t all = live_rows();
        if (filter.allowed != nullptr &&
            static_cast<double>(filter.allowed->size()) <=
                std::max(1000.0, exact_below * static_cast<double>(all))) {
            for (const ChunkId id : *filter.allowed)
                if (const float* vector = find(id))
                    best.offer(id, faiss::fvec_inner_product(query.data(), vector, dimension_));
            return best.take();
        }
        std::function<bool(ChunkId)> allows = filter.allows;
        if (filter.allowed != nullptr)
            allows = [&](ChunkId id) {
                return std::binary_search(filter.allowed->begin(), filter.allowed->end(), id);
            };
        for (const auto& segment : segments_) search_segment(*segment, query, k, allows, best);
        std::vector<float> scores(std::min(block_rows, ids_.size()));
        for (std::size_t begin = 0; begin < ids_.size(); begin += block_rows) {
            const std::size_t count = std::min(block_rows, ids_.size() - begin);
            faiss::fvec_inner_products_ny(scores.data(), query.data(), row(begin), dimension_,
                                          count);
            for (std::size_t i = 0; i < count; ++i) {
                const ChunkId id = ids_[begin + i];
                if (id == 0 || (allows && !allows(id))) continue;
                best.offer(id, scores[i]);
            }
        }
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
        out.tail_rows = ids_.size();
        out.tombstones = removed_;
        out.memory_bytes =
            values_.capacity() * sizeof(float) + ids_.size() * (sizeof(ChunkId) + 40);
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
    // What the builder does next: makes one segment of these, or gives a small one back to the
    // tail.
    struct Job {
        std::vector<std::shared_ptr<Segment>> sources;
        bool tail = false;
        bool demote = false;  // sources' live rows go back to the tail
    };

    void say(const std::string& message) const {
        if (options_.log) options_.log(message);
    }

    [[nodiscard]] std::size_t live_rows() const {
        std::size_t rows = ids_.size() - removed_;
        for (const auto& segment : segments_) rows += segment->live();
        return rows;
    }

    // The row of a chunk that can be found, or null.
    [[nodiscard]] const float* find(ChunkId id) const {
        if (const auto found = row_of_.find(id); found != row_of_.end()) return row(found->second);
        for (const auto& segment : segments_) {
            const std::size_t at = segment->find(id);
            if (at < segment->ids.size() && segment->dead[at] == 0) return segment->row(at);
        }
        return nullptr;
    }

    void search_segment(const Segment& segment, std::span<const float> query, std::size_t k,
                        const std::function<bool(ChunkId)>& allows, Best& best) const {
        const std::size_t rows = segment.ids.size();
        const Selector selector(segment, allows);
        const std::size_t step = std::max<std::size_t>(rows / 256, 1);
        std::size_t looked = 0;
        std::size_t passed = 0;
        for (std::size_t at = 0; at < rows; at += step, ++looked)
            if (selector.is_member(static_cast<faiss::idx_t>(at))) ++passed;
        const double part = static_cast<double>(passed) / static_cast<double>(looked);
        const auto offer = [&](std::size_t at) {
            best.offer(segment.ids[at],
                       faiss::fvec_inner_product(query.data(), segment.row(at), dimension_));
        };
        if (part >= exact_below && k < rows) {
            const std::size_t wanted =
                std::max<std::size_t>(static_cast<std::size_t>(std::max(options_.ef_search, 1)), k);
            faiss::SearchParametersHNSW parameters;
            parameters.efSearch = static_cast<int>(std::max<double>(
                static_cast<double>(k),
                std::min<double>(static_cast<double>(wanted) / part, widest_search)));
            Selector chosen = selector;
            const bool everything = !allows && segment.dead_count == 0;
            parameters.sel = everything ? nullptr : &chosen;
            std::vector<float> scores(k);
            std::vector<faiss::idx_t> found(k);
            segment.graph->search(1, query.data(), static_cast<faiss::idx_t>(k), scores.data(),
                                  found.data(), &parameters);
            // Fewer than k: the walk ended early among rows that may not be found.
            if (std::count(found.begin(), found.end(), -1) == 0) {
                for (const faiss::idx_t at : found) offer(static_cast<std::size_t>(at));
                return;
            }
        }
        for (std::size_t at = 0; at < rows; ++at)
            if (selector.is_member(static_cast<faiss::idx_t>(at))) offer(at);
    }

    // ---- opening
    Status load_segments(const storage::Reader& reader,
                         const std::vector<storage::ChunkRange>& live) {
        std::vector<fs::path> files;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder_, error))
            if (entry.path().filename().string().starts_with(prefix_))
                files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const fs::path& file : files) {
            const std::string number = file.stem().string().substr(prefix_.size());
            next_file_ =
                std::max<std::uint64_t>(next_file_, std::strtoull(number.c_str(), nullptr, 10) + 1);
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
        for (std::size_t at = 0; at < segment.ids.size(); at += step) {
            LECTERN_ASSIGN(const auto stored,
                           reader.vectors(options_.generation, {segment.ids[at], 1}));
            if (stored.found.empty()) continue;  // deleted since
            if (!std::equal(stored.values.begin(), stored.values.end(), segment.row(at)))
                return {Code::corrupt, segment.file.string() + ": disagrees with the collection"};
        }
        return {};
    }

    // Marks the rows that the store has no more, or that an earlier segment has too.
    void mark_dead(Segment& segment, const std::vector<storage::ChunkRange>& live) const {
        auto range = live.begin();
        for (std::size_t at = 0; at < segment.ids.size(); ++at) {
            const ChunkId id = segment.ids[at];
            while (range != live.end() && range->end() <= id) ++range;
            const bool there = range != live.end() && range->contains(id) && find(id) == nullptr;
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
                if (find_in_segments(id) == nullptr) continue;
                LECTERN_TRY(read(begin, id));
                begin = id + 1;
            }
            LECTERN_TRY(read(begin, range.end()));
        }
        return {};
    }

    [[nodiscard]] const float* find_in_segments(ChunkId id) const {
        for (const auto& segment : segments_) {
            const std::size_t at = segment->find(id);
            if (at < segment->ids.size() && segment->dead[at] == 0) return segment->row(at);
        }
        return nullptr;
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
                wake_.wait(lock, [this] { return woken_; });
                woken_ = false;
            }
            while (!stop_) {
                const auto job = due();
                if (!job) break;
                Status status;
                try {
                    status = run(*job);
                } catch (const std::exception& error) {
                    status = {Code::resource_exhausted, error.what()};
                }
                if (!status.ok()) {
                    say("building a segment of the vector index failed: " + status.message() +
                        "; its rows are searched exactly");
                    break;
                }
            }
        }
    }

    [[nodiscard]] std::optional<Job> due() const {
        const std::shared_lock lock(mutex_);
        return find_job();
    }

    // Holds mutex_.
    [[nodiscard]] std::optional<Job> find_job() const {
        if (ids_.size() - removed_ >= std::max<std::size_t>(options_.seal_at, 1))
            return Job{{}, true, false};
        for (const auto& segment : segments_)
            if (segment->dead_count * 10 > segment->ids.size() * 3)
                return Job{{segment}, false, segment->live() < options_.seal_at};
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

    Status run(const Job& job) {
        const std::lock_guard one_at_a_time(build_mutex_);
        std::vector<ChunkId> ids;
        std::vector<float> rows;
        storage::Sequence sequence = 0;
        {
            const std::shared_lock lock(mutex_);
            for (const auto& source : job.sources)
                if (std::find(segments_.begin(), segments_.end(), source) == segments_.end())
                    return {};  // done meanwhile, by flush() or the builder
            if (job.tail && ids_.size() - removed_ < options_.seal_at) return {};
            gather(job, ids, rows);
            sequence = early_.empty() ? sequence_ : *early_.rbegin();
        }
        if (!job.sources.empty()) storage::kill_point("vector.during_merge");
        std::shared_ptr<Segment> made;
        if (!job.demote && !ids.empty()) {
            made = build_segment(std::move(ids), rows, dimension_, options_, stop_);
            if (!made) return {};
            made->file = folder_ / (prefix_ + std::to_string(next_file_++) + ".segment");
            if (const Status saved = save_segment(*made, owner_, sequence, made->file);
                !saved.ok()) {
                say("a segment of the vector index is kept in memory only: " + saved.message());
                made->file.clear();
            }
        }
        install(job, made, ids, rows);
        if (!job.sources.empty()) storage::kill_point("vector.before_source_removal");
        for (const auto& source : job.sources) {
            std::error_code ignored;
            if (!source->file.empty()) fs::remove(source->file, ignored);
        }
        return {};
    }

    // The live rows of the job's sources, ascending. Holds mutex_.
    void gather(const Job& job, std::vector<ChunkId>& ids, std::vector<float>& rows) const {
        std::vector<std::pair<ChunkId, const float*>> all;
        for (const auto& source : job.sources)
            for (std::size_t at = 0; at < source->ids.size(); ++at)
                if (source->dead[at] == 0) all.emplace_back(source->ids[at], source->row(at));
        if (job.tail)
            for (std::size_t at = 0; at < ids_.size(); ++at)
                if (ids_[at] != 0) all.emplace_back(ids_[at], row(at));
        std::sort(all.begin(), all.end());
        ids.reserve(all.size());
        rows.reserve(all.size() * dimension_);
        for (const auto& [id, vector] : all) {
            ids.push_back(id);
            rows.insert(rows.end(), vector, vector + dimension_);
        }
    }

    // Puts the result of a job in the place of its sources. What was removed since it was gathered
    // is removed from it too.
    void install(const Job& job, const std::shared_ptr<Segment>& made,
                 const std::vector<ChunkId>& ids, const std::vector<float>& rows) {
        const std::unique_lock lock(mutex_);
        const auto take_from_tail = [&](ChunkId id) {
            const auto found = row_of_.find(id);
            if (found == row_of_.end()) return false;
            ids_[found->second] = 0;
            row_of_.erase(found);
            ++removed_;
            return true;
        };
        for (std::size_t at = 0; made && at < made->ids.size(); ++at) {
            const ChunkId id = made->ids[at];
            const bool alive = job.tail ? take_from_tail(id) : find_in_segments(id) != nullptr;
            if (alive) continue;
            made->dead[at] = 1;
            ++made->dead_count;
        }
        std::vector<std::size_t> demoted;
        for (std::size_t at = 0; job.demote && at < ids.size(); ++at)
            if (find_in_segments(ids[at]) != nullptr) demoted.push_back(at);
        std::erase_if(segments_, [&](const auto& segment) {
            return std::find(job.sources.begin(), job.sources.end(), segment) != job.sources.end();
        });
        for (const std::size_t at : demoted)
            add(ids[at], std::span(rows).subspan(at * dimension_, dimension_));
        if (made) segments_.push_back(made);
        if (job.tail) compact();
    }

    [[nodiscard]] const float* row(std::size_t at) const {
        return values_.data() + at * dimension_;
    }
    void add(ChunkId id, std::span<const float> value) {
        if (find_in_segments(id) != nullptr || !row_of_.emplace(id, ids_.size()).second) return;
        ids_.push_back(id);
        values_.insert(values_.end(), value.begin(), value.end());
    }
    void remove(ChunkId id, storage::Sequence sequence) {
        const auto found = row_of_.find(id);
        if (found == row_of_.end()) {
            for (const auto& segment : segments_) {
                const std::size_t at = segment->find(id);
                if (at == segment->ids.size() || segment->dead[at] != 0) continue;
                segment->dead[at] = 1;
                ++segment->dead_count;
                return;
            }
            // Removed by a commit that came before the one that adds it.
            if (sequence > sequence_ + 1) gone_.insert(id);
            return;
        }
        ids_[found->second] = 0;
        row_of_.erase(found);
        ++removed_;
    }
    // Gives the place of removed rows back.
    void compact() {
        std::size_t to = 0;
        for (std::size_t from = 0; from < ids_.size(); ++from) {
            if (ids_[from] == 0) continue;
            if (to != from) {
                ids_[to] = ids_[from];
                std::copy_n(values_.data() + from * dimension_, dimension_,
                            values_.data() + to * dimension_);
                row_of_[ids_[to]] = to;
            }
            ++to;
        }
        ids_.resize(to);
        ids_.shrink_to_fit();
        values_.resize(to * dimension_);
        values_.shrink_to_fit();
        removed_ = 0;
    }

    const VectorIndexOptions options_;
    const std::uint32_t dimension_;
    const SegmentOwner owner_;
    const fs::path folder_;
    const std::string prefix_;  // of our files' names

    mutable std::shared_mutex mutex_;  // guards everything down to gone_
    std::vector<std::shared_ptr<Segment>> segments_;
    std::vector<ChunkId> ids_;  // of each row of the tail; 0: removed
    std::vector<float> values_;
    std::unordered_map<ChunkId, std::size_t> row_of_;
    std::size_t removed_ = 0;
    storage::Sequence sequence_ = 0;
    std::set<storage::Sequence> early_;  // applied, behind a gap
    std::unordered_set<ChunkId> gone_;   // removed before they were added

    std::mutex build_mutex_;  // one job at a time; before mutex_
    std::uint64_t next_file_ = 1;
    std::atomic<bool> stop_ = false;
    std::mutex wake_mutex_;
    std::condition_variable wake_;
    bool woken_ = false;
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
    auto impl = std::make_unique<Impl>(std::move(options), *generation, meta, store.index_folder());
    LECTERN_TRY(impl->load(store));
    return std::unique_ptr<VectorIndex>(new VectorIndex(std::move(impl)));
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
