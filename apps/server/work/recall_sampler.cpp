#include "apps/server/work/recall_sampler.hpp"

#include <stop_token>
#include <utility>

namespace lectern::server {
namespace {

constexpr std::size_t hits = 10;
constexpr int rest = 100;  // times what a comparison took
constexpr std::chrono::milliseconds quiet_look{20};
constexpr int quiet_looks = 50;

}  // namespace

RecallSampler::RecallSampler(RecallLimits limits, Metrics& metrics, std::function<bool()> quiet)
    : limits_(limits), metrics_(metrics), quiet_(std::move(quiet)) {
    if (limits_.every == 0) return;
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void RecallSampler::end() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    const std::lock_guard lock(mutex_);
    busy_ = true;
    next_.reset();
}

void RecallSampler::offer(const CollectionPointer& collection, std::string_view query) {
    if (limits_.every == 0) return;
    const bool due = ++seen_ % limits_.every == 0;
    {
        const std::lock_guard lock(mutex_);
        if (at_work_ && !quiet_()) at_work_->request_stop();
        if (!due || busy_) return;
        busy_ = true;
        next_ = Sample{collection, std::string(query)};
    }
    wake_.notify_one();
}

void RecallSampler::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, stop, [this] { return next_.has_value(); })) {
        std::optional<Sample> sample = std::exchange(next_, std::nullopt);
        std::stop_source ended;
        at_work_ = ended;
        lock.unlock();
        const auto begin = std::chrono::steady_clock::now();
        {
            const std::stop_callback with_the_server(stop, [&ended] { ended.request_stop(); });
            compare(*sample, ended.get_token());
        }
        sample.reset();  // a collection that is dropped waits for its users
        const auto took = std::chrono::steady_clock::now() - begin;
        lock.lock();
        at_work_.reset();
        (void)wake_.wait_for(lock, stop, took * rest, [] { return false; });
        busy_ = false;
    }
}

void RecallSampler::compare(const Sample& sample, const std::stop_token& stop) {
    Collection& collection = sample.collection->collection;
    const auto stats = collection.stats();
    if (!stats || stats->chunks > limits_.chunks) return metrics_.recall_left_out("too_large");
    for (int looks = 0; !quiet_(); ++looks) {
        if (looks == quiet_looks || stop.stop_requested()) return metrics_.recall_left_out("load");
        std::this_thread::sleep_for(quiet_look);
    }
    const auto made = collection.recall(sample.query, {.k = hits, .stop = stop});
    if (!made && made.status().code() == Code::cancelled) return metrics_.recall_left_out("load");
    if (made && made->wanted > 0)
        metrics_.recall(sample.collection->name, made->found, made->wanted);
}

}  // namespace lectern::server
