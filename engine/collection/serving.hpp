// engine/collection/serving.hpp: the model that a collection answers with.
//
// A request takes hold of it once and works with it to its end, so a change of model shows in whole
// requests only. Threads: a Serving is used by many at once, ServingSlot by any.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "corpus/corpus.hpp"
#include "engine/pipeline/pipeline.hpp"

namespace lectern {

struct Serving {
    // Says that nobody holds it any more. The first member, so that it does so after all others
    // are gone.
    struct Gone {
        std::promise<void> promise;
        Gone() = default;
        Gone(const Gone&) = delete;
        Gone& operator=(const Gone&) = delete;
        ~Gone() { promise.set_value(); }
    } gone;
    std::shared_ptr<Pipeline> pipeline;        // also of other collections with the same one
    storage::GenerationNumber generation = 0;  // of the pipeline's vectors
    std::shared_ptr<corpus::Vectors> vectors;  // of the generation; without an embedder: none
    // What follows commits; null: nothing.
    [[nodiscard]] corpus::Vectors* following() const noexcept {
        return pipeline->embeds() ? vectors.get() : nullptr;
    }
    std::once_flag warmed;
    std::jthread warming;  // loads and prefills the generator
};

class ServingSlot {
 public:
    // Null when the collection was opened without models.
    [[nodiscard]] std::shared_ptr<Serving> get() const {
        const std::lock_guard lock(mutex_);
        return now_;
    }
    // Requests that begin after the call get `next`. The result is ready when the last request
    // with the one before has ended and that one is destroyed.
    std::future<void> exchange(std::shared_ptr<Serving> next) {
        std::future<void> gone;
        {
            const std::lock_guard lock(mutex_);
            if (now_ != nullptr) gone = now_->gone.promise.get_future();
            now_.swap(next);
        }
        return gone;
    }

 private:
    mutable std::mutex mutex_;  // guards the pointer, not what it points to
    std::shared_ptr<Serving> now_;
};

}  // namespace lectern
