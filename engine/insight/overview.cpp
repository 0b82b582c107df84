#include "engine/insight/insight.hpp"

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

}  // namespace

Result<Overview> run_overview(const corpus::Corpus& corpus, const OverviewOptions& options) {
    LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus.meta());
    const auto reader = corpus.reader();
    Overview out;
    std::vector<std::int64_t> times;
    LECTERN_TRY(reader->each_header([&](const storage::DocumentHeader& header) {
        times.push_back(header.committed_at);
        return !options.stop.stop_requested();
    }));
    if (options.stop.stop_requested()) return Status{Code::cancelled, "the overview was cancelled"};
    fill_time_line(std::move(times), out);

    LECTERN_ASSIGN(const std::vector<storage::ChunkId> ids, reader->sample(options.sample));
    LECTERN_ASSIGN(auto views, reader->chunk_views(ids, false));
    LECTERN_ASSIGN(const corpus::VectorRows vectors, reader->vectors(meta.serving, ids));
    const std::size_t dimension =
        vectors.found.empty() ? 0 : vectors.values.size() / vectors.found.size();
    std::vector<float> rows;
    std::size_t row = 0;  // in the order of `ids`
    for (auto& view : views) {
        if (!view) continue;
        while (row < vectors.found.size() && vectors.found[row] < view->chunk.id) ++row;
        if (row == vectors.found.size() || vectors.found[row] != view->chunk.id) continue;
        const auto begin = vectors.values.begin() + static_cast<std::ptrdiff_t>(row * dimension);
        rows.insert(rows.end(), begin, begin + static_cast<std::ptrdiff_t>(dimension));
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
