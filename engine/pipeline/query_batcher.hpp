// engine/pipeline/query_batcher.hpp: embeddings of single queries that are asked for at the same
// time, in one call of the embedder.
//
// A query that comes while the embedder is free goes alone and at once, so an idle engine is as
// quick as without it. Those that come while it works wait together, and the next call takes them
// all, up to the embedder's batch: nobody waits for a batch to fill. Safe from any thread.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "engine/plugin_host/call_context.hpp"
#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern {

class QueryBatcher {
 public:
    // out: sequences x dimension floats; what fails alone is in `failed`.
    using Run = std::function<Status(std::span<const lectern_tokens> sequences,
                                     const host::Interrupt& interrupt, float* out,
                                     std::vector<host::ItemError>& failed)>;

    // concurrency: calls of the embedder at once; batch_tokens: width x count of a call at most.
    QueryBatcher(std::size_t dimension, std::uint32_t concurrency, std::uint32_t batch_tokens,
                 Run run)
        : dimension_(dimension),
          concurrency_(std::max(concurrency, 1U)),
          batch_tokens_(batch_tokens),
          run_(std::move(run)) {}

    // The vector of the sequence, to `out` (dimension floats). The interrupt is the call's when no
    // other query shares it: one that gives up must not take the others with it.
    [[nodiscard]] Status embed(const lectern_tokens& sequence, const host::Interrupt& interrupt,
                               float* out) {
        Item item{&sequence, &interrupt, out};
        std::unique_lock lock(mutex_);
        waiting_.push_back(&item);
        while (!item.done) {
            if (running_ >= concurrency_ || waiting_.empty()) {
                wake_.wait(lock);
                continue;
            }
            const std::vector<Item*> taken = take();
            ++running_;
            lock.unlock();
            call(taken);
            lock.lock();
            --running_;
            for (Item* one : taken) one->done = true;
            wake_.notify_all();
        }
        return item.status;
    }

    // That no call has taken yet.
    [[nodiscard]] std::size_t waiting() {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

 private:
    struct Item {
        const lectern_tokens* sequence;
        const host::Interrupt* interrupt;
        float* out;
        Status status = {};
        bool done = false;  // with the lock
    };

    // The longest waiting, as many as fit.
    std::vector<Item*> take() {
        std::vector<Item*> out;
        std::uint64_t width = 0;
        while (!waiting_.empty()) {
            const std::uint64_t wider = std::max(width, waiting_.front()->sequence->count);
            if (!out.empty() && wider * (out.size() + 1) > batch_tokens_) break;
            width = wider;
            out.push_back(waiting_.front());
            waiting_.pop_front();
        }
        return out;
    }

    // noexcept: the others that wait could not be told of an exception.
    void call(const std::vector<Item*>& items) const noexcept {
        std::vector<lectern_tokens> sequences;
        sequences.reserve(items.size());
        for (const Item* item : items) sequences.push_back(*item->sequence);
        std::vector<float> rows(items.size() * dimension_);
        std::vector<host::ItemError> failed;
        const Status status =
            run_(sequences, items.size() == 1 ? *items.front()->interrupt : host::Interrupt(),
                 rows.data(), failed);
        for (std::size_t i = 0; i < items.size(); ++i) {
            items[i]->status = status;
            std::copy_n(rows.data() + i * dimension_, dimension_, items[i]->out);
        }
        for (const host::ItemError& error : failed)
            if (error.index < items.size())
                items[error.index]->status = {error.code, error.message};
    }

    const std::size_t dimension_;
    const std::uint32_t concurrency_;
    const std::uint32_t batch_tokens_;
    const Run run_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Item*> waiting_;
    std::uint32_t running_ = 0;
};

}  // namespace lectern
