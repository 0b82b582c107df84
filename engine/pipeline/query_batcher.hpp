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
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/pipeline/token_batch.hpp"
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

    // who: the embedder, for messages; concurrency: calls of it at once; batch_tokens: width x
    // count of a call at most.
    QueryBatcher(std::string who, std::size_t dimension, std::uint32_t concurrency,
                 std::uint32_t batch_tokens, Run run)
        : who_(std::move(who)),
          dimension_(dimension),
          concurrency_(std::max(concurrency, 1U)),
          batch_tokens_(batch_tokens),
          run_(std::move(run)) {}

    // The vector of the sequence, to `out` (dimension floats). The interrupt is the call's when no
    // other query shares it: one that gives up must not take the others with it. A query whose
    // deadline comes while another thread's call does not come back waits no longer.
    [[nodiscard]] Status embed(const lectern_tokens& sequence, const host::Interrupt& interrupt,
                               float* out) {
        // What the call of another thread uses of it stays when this one has left.
        const auto item = std::make_shared<Item>(sequence, interrupt, dimension_);
        std::unique_lock lock(mutex_);
        waiting_.push_back(item);
        while (!item->done) {
            if (item->taken || running_ >= concurrency_ || waiting_.empty()) {
                if (wait(lock, interrupt)) continue;
                std::erase(waiting_, item);
                return {Code::deadline_exceeded,
                        who_ + " was busy with other queries until the deadline"};
            }
            const std::vector<std::shared_ptr<Item>> taken = take();
            ++running_;
            lock.unlock();
            call(taken, interrupt);
            lock.lock();
            --running_;
            for (const auto& one : taken) one->done = true;
            wake_.notify_all();
        }
        std::copy(item->row.begin(), item->row.end(), out);
        return item->status;
    }

    // That no call has taken yet.
    [[nodiscard]] std::size_t waiting() {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

 private:
    struct Item {
        Item(const lectern_tokens& sequence, host::Interrupt when, std::size_t dimension)
            : tokens(1), interrupt(std::move(when)), row(dimension) {
            tokens.set(0, sequence);
        }
        TokenBatch tokens;
        host::Interrupt interrupt;
        std::vector<float> row;
        Status status = {};
        bool taken = false;  // these with the lock
        bool done = false;
    };

    // False when the deadline has passed. The lock is held.
    bool wait(std::unique_lock<std::mutex>& lock, const host::Interrupt& interrupt) {
        if (!interrupt.deadline) {
            wake_.wait(lock);
            return true;
        }
        return wake_.wait_until(lock, *interrupt.deadline) == std::cv_status::no_timeout ||
               !interrupt.late();
    }

    // The longest waiting, as many as fit.
    std::vector<std::shared_ptr<Item>> take() {
        std::vector<std::shared_ptr<Item>> out;
        std::uint64_t width = 0;
        while (!waiting_.empty()) {
            const std::uint64_t wider = std::max(width, waiting_.front()->tokens.count(0));
            if (!out.empty() && wider * (out.size() + 1) > batch_tokens_) break;
            width = wider;
            waiting_.front()->taken = true;
            out.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
        }
        return out;
    }

    // Of a call that several share: it ends early when all of them are late. It goes by the name of
    // the one whose thread makes it.
    static host::Interrupt together(const std::vector<std::shared_ptr<Item>>& items,
                                    const host::Interrupt& maker) {
        if (items.size() == 1) {
            host::Interrupt out = items.front()->interrupt;
            out.maker = maker.stop;
            return out;
        }
        host::Interrupt out{.maker = maker.stop};
        for (const auto& item : items) {
            if (!item->interrupt.deadline) return {.maker = maker.stop};
            out.deadline = std::max(out.deadline.value_or(*item->interrupt.deadline),
                                    *item->interrupt.deadline);
        }
        return out;
    }

    // noexcept: the others that wait could not be told of an exception.
    void call(const std::vector<std::shared_ptr<Item>>& items,
              const host::Interrupt& maker) const noexcept {
        std::vector<lectern_tokens> sequences;
        sequences.reserve(items.size());
        for (const auto& item : items) sequences.push_back(item->tokens.view(0));
        std::vector<float> rows(items.size() * dimension_);
        std::vector<host::ItemError> failed;
        const Status status = run_(sequences, together(items, maker), rows.data(), failed);
        for (std::size_t i = 0; i < items.size(); ++i) {
            items[i]->status = status;
            std::copy_n(rows.data() + i * dimension_, dimension_, items[i]->row.data());
        }
        for (const host::ItemError& error : failed)
            if (error.index < items.size())
                items[error.index]->status = {error.code, error.message};
    }

    const std::string who_;
    const std::size_t dimension_;
    const std::uint32_t concurrency_;
    const std::uint32_t batch_tokens_;
    const Run run_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<Item>> waiting_;
    std::uint32_t running_ = 0;
};

}  // namespace lectern
