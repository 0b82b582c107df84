// bert/runner.hpp: a compiled graph and the requests that run it side by side.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/infer_request.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace lectern::bert {

enum class Precision { f32, bf16, int8 };

[[nodiscard]] constexpr std::string_view name(Precision precision) noexcept {
    switch (precision) {
        case Precision::f32: return "f32";
        case Precision::bf16: return "bf16";
        case Precision::int8: return "int8";
    }
    return "";
}

// What this CPU does fastest without losing quality: bf16 where it multiplies bf16 in hardware,
// else int8 where it has AVX-512 VNNI, else f32 (with AVX2 alone, int8 is not faster).
[[nodiscard]] Precision best_precision();
[[nodiscard]] bool has_bf16(ov::Core& core);

struct RunnerOptions {
    Precision precision = Precision::f32;
    std::uint32_t threads = 1;  // busy at once, over all streams; 1 or more
    std::uint32_t streams = 0;  // requests at once, at most `threads`; 0: chosen by `threads`
};

// Requests at once that come of the options.
[[nodiscard]] std::uint32_t chosen_streams(const RunnerOptions& options);
// Throws Failure where this CPU does not compute so.
void check_precision(ov::Core& core, Precision precision);

// Who waits for a request. A query goes before the passages that wait, so that an ingest costs it
// one batch at most. After this many queries a passage goes, so that an ingest ends under any load.
enum class Turn { query, passage };
constexpr std::size_t queries_before_a_passage = 16;

// Safe from any thread.
class Runner {
 public:
    // Compiles. The model must have the inputs and the output of ModelGraph. Throws Failure.
    Runner(ov::Core& core, const std::shared_ptr<const ov::Model>& model,
           const RunnerOptions& options);

    [[nodiscard]] std::uint32_t streams() const noexcept { return streams_; }

    // One request, taken from the runner and given back at the end. Used by one thread.
    class Lease {
     public:
        Lease(Runner& runner, ov::InferRequest request)
            : runner_(&runner), request_(std::move(request)) {}
        Lease(Lease&& other) noexcept
            : runner_(std::exchange(other.runner_, nullptr)), request_(std::move(other.request_)) {}
        Lease& operator=(Lease&&) = delete;
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease();
        [[nodiscard]] ov::InferRequest& request() noexcept { return request_; }

     private:
        Runner* runner_;
        ov::InferRequest request_;
    };
    // Waits until a request is free and it is the caller's turn.
    [[nodiscard]] Lease lease(Turn turn = Turn::query);
    [[nodiscard]] std::optional<Lease> try_lease(Turn turn = Turn::query);

    // Calls of lease() that wait.
    [[nodiscard]] std::size_t waiting() const;

 private:
    void give_back(ov::InferRequest request) noexcept;
    [[nodiscard]] bool free_for(Turn turn) const;
    [[nodiscard]] Lease take(Turn turn);

    std::uint32_t streams_;
    ov::CompiledModel compiled_;
    mutable std::mutex mutex_;  // for what follows
    std::condition_variable freed_;
    std::size_t queries_waiting_ = 0;
    std::size_t passages_waiting_ = 0;
    std::size_t queries_gone_before_ = 0;  // since a passage that waits could have gone
    std::vector<ov::InferRequest> free_;
};

}  // namespace lectern::bert
