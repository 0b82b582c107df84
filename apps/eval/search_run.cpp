#include "apps/eval/search_run.hpp"

#include <atomic>
#include <mutex>
#include <thread>

namespace lectern::app {

Status in_parallel(std::size_t count, unsigned threads,
                   const std::function<Status(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    Status failure;
    {
        std::vector<std::jthread> workers;
        for (unsigned t = 0; t < threads; ++t)
            workers.emplace_back([&] {
                for (std::size_t i = next++; i < count; i = next++) {
                    Status status = work(i);
                    if (status.ok()) continue;
                    const std::lock_guard lock(mutex);
                    if (failure.ok()) failure = std::move(status);
                    next = count;
                }
            });
    }
    return failure;
}

Result<SearchRun> search_all(const Collection& collection,
                             const std::vector<evaluation::Query>& queries, const Setting& setting,
                             std::size_t depth, std::stop_token stop) {
    SearchOptions options = setting.search;
    options.k = depth;
    options.chunks = false;
    options.plain = true;  // queries of test collections are prose: "-dash" excludes nothing
    options.stop = std::move(stop);
    std::vector<SearchResult> results(queries.size());
    LECTERN_TRY(in_parallel(queries.size(), 2, [&](std::size_t i) -> Status {
        auto result = collection.search(queries[i].text, options);
        if (!result) return result.status().within("query '" + queries[i].id + "'");
        results[i] = std::move(*result);
        return {};
    }));
    SearchRun out;
    for (std::size_t i = 0; i < queries.size(); ++i) {
        auto& found = out.run[queries[i].id];
        for (Hit& hit : results[i].hits) found.push_back({std::move(hit.document), hit.score});
        out.milliseconds.push_back(results[i].timing.milliseconds);
    }
    return out;
}

Status check_ids(const Collection& collection, const evaluation::Judgements& judgements) {
    constexpr std::size_t enough = 20;
    std::size_t looked = 0;
    std::string missing;
    for (const auto& [query, judged] : judgements)
        for (const auto& [document, relevance] : judged) {
            if (relevance <= 0) continue;
            if (collection.get(document).ok()) return {};
            if (missing.empty()) missing = document;
            if (++looked == enough) break;
        }
    if (missing.empty()) return {};
    std::string example;
    LECTERN_TRY(collection.each_document([&](const Document& document) {
        example = document.id;
        return false;
    }));
    return {Code::invalid_argument,
            "none of the judged documents is in the collection (the first: '" + missing + "'); " +
                (example.empty() ? "it is empty"
                                 : "its documents have ids such as '" + example +
                                       "', and the judgements must use the same")};
}

}  // namespace lectern::app
