#include "engine/insight/overview.hpp"

#include <algorithm>
#include <utility>

#include "engine/insight/projection.hpp"

namespace lectern {
namespace {

constexpr std::size_t bars = 40;  // of the time line, at most

// The time line's steps, in milliseconds: from a second to a year.
constexpr std::int64_t time_steps[] = {
    1000,       5000,       15'000,      60'000,        300'000,       900'000,       3'600'000,
    10'800'000, 86'400'000, 604'800'000, 2'592'000'000, 7'776'000'000, 31'536'000'000};

void fill_time_line(std::vector<std::int64_t> times, Overview& out) {
    if (times.empty()) return;
    std::sort(times.begin(), times.end());
    const std::int64_t span = times.back() - times.front();
    out.step_milliseconds = *(std::end(time_steps) - 1);
    for (const std::int64_t step : time_steps)
        if (span / step < static_cast<std::int64_t>(bars)) {
            out.step_milliseconds = step;
            break;
        }
    for (const std::int64_t time : times) {
        const std::int64_t begin = time - time % out.step_milliseconds;
        if (out.stored.empty() || out.stored.back().milliseconds != begin)
            out.stored.push_back({begin, 0});
        ++out.stored.back().documents;
    }
}

// Ids that lie evenly over all chunks.
std::vector<storage::ChunkId> spread(const std::vector<storage::ChunkRange>& live,
                                     std::size_t wanted) {
    std::uint64_t total = 0;
    for (const storage::ChunkRange& range : live) total += range.count;
    const std::uint64_t count = std::min<std::uint64_t>(wanted, total);
    std::vector<storage::ChunkId> out;
    out.reserve(count);
    std::uint64_t before = 0;
    std::uint64_t next = 0;
    for (const storage::ChunkRange& range : live) {
        for (; next < count; ++next) {
            const std::uint64_t position = next * total / count;
            if (position >= before + range.count) break;
            out.push_back(range.first + (position - before));
        }
        before += range.count;
    }
    return out;
}

}  // namespace

Result<Overview> run_overview(const storage::Store& store, storage::GenerationNumber generation,
                              const OverviewOptions& options) {
    const storage::Reader reader = store.reader();
    Overview out;
    std::vector<std::int64_t> times;
    LECTERN_TRY(reader.for_each_document([&](const storage::DocumentHeader& header) {
        times.push_back(header.committed_at);
        return !options.stop.stop_requested();
    }));
    if (options.stop.stop_requested()) return Status{Code::cancelled, "the overview was cancelled"};
    fill_time_line(std::move(times), out);

    LECTERN_ASSIGN(const auto live, reader.live_chunks());
    const std::vector<storage::ChunkId> ids = spread(live, options.sample);
    LECTERN_ASSIGN(auto views, reader.chunk_views(ids, false));
    std::vector<float> rows;
    std::size_t dimension = 0;
    for (auto& view : views) {
        if (!view) continue;
        LECTERN_ASSIGN(const auto vector, reader.vectors(generation, {view->chunk.id, 1}));
        if (vector.found.empty()) continue;
        dimension = vector.values.size();
        rows.insert(rows.end(), vector.values.begin(), vector.values.end());
        MapPoint point;
        point.document = std::move(view->document);
        point.title = std::move(view->title);
        point.chunk = view->chunk.id;
        point.begin = view->chunk.begin;
        point.end = view->chunk.end;
        point.tokens = view->chunk.tokens;
        out.sample.push_back(std::move(point));
    }
    const Projection projection = project(rows, dimension);
    for (std::size_t i = 0; i < out.sample.size(); ++i) {
        out.sample[i].x = projection.points[i * 2];
        out.sample[i].y = projection.points[i * 2 + 1];
    }
    out.explained = projection.explained;
    return out;
}

}  // namespace lectern
