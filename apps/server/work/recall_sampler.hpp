// apps/server/work/recall_sampler.hpp: compares some of the searches with a pass over all vectors,
// so that /metrics can say how much the vector index finds of what there is.
//
// One thread takes one query at a time, only while the server has little to do, and rests a hundred
// times as long as a comparison took: at most a hundredth of a core. A comparison is given up when
// there is more to do meanwhile. The thread has no lower priority than others: it takes the locks
// and the embedder that searches need, and would keep them while it waits for the processor.
// Threads: offer() from any.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "apps/server/options.hpp"
#include "apps/server/work/collections.hpp"
#include "apps/server/work/metrics.hpp"

namespace lectern::server {

class RecallSampler {
 public:
    // `quiet`: whether the server has little to do. Called on the sampler's thread, and on those
    // that offer.
    RecallSampler(RecallLimits limits, Metrics& metrics, std::function<bool()> quiet);
    RecallSampler(const RecallSampler&) = delete;
    RecallSampler& operator=(const RecallSampler&) = delete;
    ~RecallSampler() { end(); }
    // Gives up a comparison that is under way. Nothing is taken afterwards.
    void end();

    // A search that used the vector index. Takes it or not, at once. Ends a comparison that is
    // under way when the server has more to do than this search.
    void offer(const CollectionPointer& collection, std::string_view query);

 private:
    struct Sample {
        CollectionPointer collection;
        std::string query;
    };
    void run(const std::stop_token& stop);
    void compare(const Sample& sample, const std::stop_token& stop);

    const RecallLimits limits_;
    Metrics& metrics_;
    const std::function<bool()> quiet_;
    std::atomic<std::uint64_t> seen_{0};
    std::mutex mutex_;
    std::condition_variable_any wake_;
    bool busy_ = false;  // a sample is waiting or at work
    std::optional<Sample> next_;
    std::optional<std::stop_source> at_work_;  // ends the comparison that runs
    std::jthread thread_;                      // last: it uses the rest
};

}  // namespace lectern::server
