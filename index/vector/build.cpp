// Building the segments of a vector index, in the background or by flush().
#include <sys/resource.h>
#include <unistd.h>

#include <exception>
#include <future>
#include <unordered_map>

#include "index/vector/impl.hpp"
#include "index/vector/lists.hpp"
#include "storage/store/give_back.hpp"
#include "storage/store/kill_point.hpp"

namespace lectern::index {
namespace {

namespace fs = std::filesystem;
using storage::ChunkId;
using storage::VectorEncoding;

// So many segments of about one size are merged into one.
constexpr std::size_t merge_at = 4;
// The tail is added to a segment of at most this many times its rows: copying the graph costs much
// less than building the part for the new rows.
constexpr std::size_t grow_up_to = 32;
// A segment is rebuilt when more of its rows than 3 in 10 are removed.
constexpr std::size_t dead_tenths = 3;
// A grown segment is written anew when its file lacks more of its rows than 1 in this many.
constexpr std::size_t unsaved_part = 4;
// The nice value of the threads that build graphs: searches come first.
constexpr int builder_nice = 10;

bool worn(const Segment& segment) {
    return segment.dead_count * 10 > segment.ids.size() * dead_tenths;
}

// Does the work on a thread of its own with that nice value, which it hands to the threads that
// it starts (Linux). The work must take no lock that a search takes: a thread that waits long
// for the processor while it holds one keeps all of them waiting. What it throws is thrown
// here.
template <typename Work>
void with_priority(int nice, const Work& work) {
    if (nice == 0) return work();
    std::async(std::launch::async, [&] {
        (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice);
        work();
    }).get();
}

}  // namespace

Status VectorIndex::Impl::flush() {
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

void VectorIndex::Impl::build_when_due() {
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

std::optional<VectorIndex::Impl::Job> VectorIndex::Impl::find_job() const {
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

Status VectorIndex::Impl::run(const Job& job, int nice) {
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
    if (!job.tail && !reads_while_building(job)) LECTERN_TRY(read_rows(job, from));
    if (!job.sources.empty()) storage::kill_point("vector.during_merge");
    std::shared_ptr<Segment> made;
    if (!job.demote && !from.ids.empty()) {
        const fs::path before = from.base ? from.base->file : fs::path();
        Status saved;
        Result<std::shared_ptr<Segment>> built(made);
        with_priority(nice, [&] { built = build_and_save(from, saved); });
        LECTERN_TRY(built.status());
        made = std::move(*built);
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

Result<std::shared_ptr<Segment>> VectorIndex::Impl::build(const Gathered& from) const {
    if (options_.vectors != VectorEncoding::pq)
        return build_segment(from.base.get(), from.ids, from.rows, dimension_, options_, stop_);
    const auto gathered = [&](std::span<const ChunkId> ids, float* out) -> Status {
        const auto first = std::lower_bound(from.ids.begin(), from.ids.end(), ids.front());
        std::size_t row = static_cast<std::size_t>(first - from.ids.begin());
        for (const ChunkId id : ids) {  // ascending, as those are
            while (from.ids[row] != id) ++row;
            out = std::copy_n(from.rows.data() + row * dimension_, dimension_, out);
        }
        return {};
    };
    const auto stored = [&](std::span<const ChunkId> ids, float* out) -> Status {
        LECTERN_ASSIGN(const auto rows, store_.reader().vectors(options_.generation, ids));
        std::fill_n(out, ids.size() * dimension_, 0.0F);
        for (std::size_t i = 0, found = 0; i < ids.size() && found < rows.found.size(); ++i)
            if (rows.found[found] == ids[i])
                std::copy_n(rows.values.data() + found++ * dimension_, dimension_,
                            out + i * dimension_);
        return {};
    };
    const RowReader read = from.rows.empty() ? RowReader(stored) : RowReader(gathered);
    return build_lists(from.base.get(), from.ids, read, dimension_, options_, stop_);
}

Result<std::shared_ptr<Segment>> VectorIndex::Impl::build_and_save(const Gathered& from,
                                                                   Status& saved) {
    LECTERN_ASSIGN(auto made, build(from));
    if (!made) return made;
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

Status VectorIndex::Impl::save(Segment& segment) {
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

std::shared_ptr<Segment> VectorIndex::Impl::base_for(const std::vector<ChunkId>& ids) const {
    std::shared_ptr<Segment> base;
    for (const auto& segment : segments_) {
        if (worn(*segment) || segment->ids.back() >= ids.front() ||
            segment->ids.size() > ids.size() * grow_up_to ||
            (segment->lists && !can_take(*segment->lists, ids.size())))
            continue;
        if (!base || segment->ids.size() < base->ids.size()) base = segment;
    }
    return base;
}

void VectorIndex::Impl::list(const Job& job, Gathered& to) {
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

Status VectorIndex::Impl::read_rows(const Job& job, Gathered& to) const {
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
        LECTERN_ASSIGN(
            const auto stored,
            store_.reader().vectors(options_.generation, std::span(to.ids).subspan(begin, count)));
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

void VectorIndex::Impl::install(const Job& job, const std::shared_ptr<Segment>& made,
                                const Gathered& from) {
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

}  // namespace lectern::index
