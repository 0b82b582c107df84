#include "runner.hpp"

#include <cpuid.h>

#include <algorithm>
#include <openvino/runtime/properties.hpp>
#include <string>

#include "failure.hpp"
#include "quantise.hpp"

namespace lectern::bert {
namespace {

constexpr const char* device = "CPU";

// Inputs of a product that share one scale when they are quantised on the way. all-MiniLM-L6-v2,
// smallest cosine to f32 and tokens/s: 32: 0.9983, 12,000; 64: 0.9978, 13,500; 128: 0.9969, 14,700.
constexpr std::uint64_t quantisation_group = 64;

bool capable(ov::Core& core, std::string_view what) {
    const auto all = core.get_property(device, ov::device::capabilities);
    return std::find(all.begin(), all.end(), what) != all.end();
}

// Whether whole products are computed in 8 bits; without it only the weights are kept in 8 bits,
// which saves memory and no time.
bool multiplies_int8() {
    return __builtin_cpu_supports("avx512vnni") != 0;
}

// As OpenVINO would say, which has to be loaded whole for it.
bool multiplies_bf16() {
    if (__builtin_cpu_supports("avx512bf16") != 0) return true;
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    constexpr unsigned avx_ne_convert = 1U << 5U;
    return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (edx & avx_ne_convert) != 0;
}

ov::AnyMap properties(ov::Core& core, const RunnerOptions& options, std::uint32_t streams) {
    const bool half = options.precision == Precision::bf16 ||
                      (options.precision == Precision::int8 && has_bf16(core));
    ov::AnyMap out{
        ov::hint::inference_precision(half ? ov::element::bf16 : ov::element::f32),
        ov::num_streams(ov::streams::Num(static_cast<std::int32_t>(streams))),
        ov::inference_num_threads(static_cast<std::int32_t>(std::max(options.threads, 1U))),
        ov::hint::enable_cpu_pinning(false),
    };
    if (options.precision == Precision::int8)
        out.insert(ov::hint::dynamic_quantization_group_size(multiplies_int8() ? quantisation_group
                                                                               : std::uint64_t{0}));
    return out;
}

}  // namespace

// Two threads in two streams do more than two threads in one, and a query still has one of them;
// more streams cost memory (about 40 MB each).
std::uint32_t chosen_streams(const RunnerOptions& options) {
    const std::uint32_t threads = std::max<std::uint32_t>(options.threads, 1);
    if (options.streams > 0) return std::min(options.streams, threads);
    return std::min(threads, std::clamp<std::uint32_t>(threads / 4, 2, 8));
}

void check_precision(ov::Core& core, Precision precision) {
    if (precision == Precision::bf16 && !has_bf16(core))
        fail(LECTERN_UNSUPPORTED,
             "the option 'precision' is bf16, which this CPU does not multiply; use auto, int8 or "
             "f32");
}

bool has_bf16(ov::Core& core) {
    return capable(core, "BF16");
}

Precision best_precision() {
    if (multiplies_bf16()) return Precision::bf16;
    return multiplies_int8() ? Precision::int8 : Precision::f32;
}

Runner::Runner(ov::Core& core, const std::shared_ptr<const ov::Model>& model,
               const RunnerOptions& options)
    : streams_(chosen_streams(options)) {
    check_precision(core, options.precision);
    try {
        std::shared_ptr<const ov::Model> source = model;
        if (options.precision == Precision::int8) {
            const auto smaller = model->clone();  // shares the constants
            quantise_weights(*smaller);
            source = smaller;
        }
        compiled_ = core.compile_model(source, device, properties(core, options, streams_));
        for (std::uint32_t i = 0; i < streams_; ++i)
            free_.push_back(compiled_.create_infer_request());
    } catch (const ov::Exception& error) {
        fail(LECTERN_INTERNAL, std::string("OpenVINO cannot compile the model: ") + error.what());
    }
}

bool Runner::free_for(Turn turn) const {
    if (free_.empty()) return false;
    const bool passage_first = queries_gone_before_ >= queries_before_a_passage;
    if (turn == Turn::query) return passages_waiting_ == 0 || !passage_first;
    return queries_waiting_ == 0 || passage_first;
}

Runner::Lease Runner::take(Turn turn) {
    if (turn == Turn::passage || passages_waiting_ == 0)
        queries_gone_before_ = 0;
    else
        ++queries_gone_before_;
    Lease out(*this, std::move(free_.back()));
    free_.pop_back();
    return out;
}

Runner::Lease Runner::lease(Turn turn) {
    std::unique_lock lock(mutex_);
    std::size_t& waiting = turn == Turn::query ? queries_waiting_ : passages_waiting_;
    ++waiting;
    freed_.wait(lock, [&] { return free_for(turn); });
    --waiting;
    Lease out = take(turn);
    lock.unlock();
    freed_.notify_all();  // whose turn it is may have changed, and another request may be free
    return out;
}

std::optional<Runner::Lease> Runner::try_lease(Turn turn) {
    const std::lock_guard lock(mutex_);
    if (!free_for(turn)) return std::nullopt;
    std::optional<Lease> out;
    out.emplace(take(turn));
    return out;
}

std::size_t Runner::waiting() const {
    const std::lock_guard lock(mutex_);
    return queries_waiting_ + passages_waiting_;
}

void Runner::give_back(ov::InferRequest request) noexcept {
    {
        const std::lock_guard lock(mutex_);
        free_.push_back(std::move(request));  // within the capacity it once had
    }
    freed_.notify_all();
}

Runner::Lease::~Lease() {
    if (runner_ == nullptr) return;
    try {
        request_.wait();  // of a batch whose result nobody wants any more
    } catch (...) {       // its failure was reported, or is of no interest
    }
    runner_->give_back(std::move(request_));
}

}  // namespace lectern::bert
