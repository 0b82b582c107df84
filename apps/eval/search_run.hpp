// apps/eval/search_run.hpp: all queries searched, as a run.
#pragma once

#include <string>
#include <vector>

#include "apps/eval/measures/types.hpp"
#include "apps/eval/setting.hpp"
#include "lectern/lectern.hpp"

namespace lectern::app {

struct SearchRun {
    evaluation::Run run{};
    std::vector<double> milliseconds{};  // one a query
};

// Calls `work(i)` for 0 to count-1 from `threads` threads, until one fails: that failure.
[[nodiscard]] Status in_parallel(std::size_t count, unsigned threads,
                                 const std::function<Status(std::size_t)>& work);

// The first `depth` documents of each query, each with the score of its best chunk. Two searches at
// a time.
[[nodiscard]] Result<SearchRun> search_all(const Collection& collection,
                                           const std::vector<evaluation::Query>& queries,
                                           const Setting& setting, std::size_t depth,
                                           std::stop_token stop);

// A failure when none of the judged documents is in the collection: the ids do not fit.
[[nodiscard]] Status check_ids(const Collection& collection,
                               const evaluation::Judgements& judgements);

}  // namespace lectern::app
