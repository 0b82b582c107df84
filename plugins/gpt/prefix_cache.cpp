#include "plugins/gpt/prefix_cache.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "plugins/gpt/runtime.hpp"

namespace lectern::gpt {
namespace {

using plugin::Failure;

constexpr llama_seq_id current = 0;
constexpr llama_seq_id kept = 1;

std::size_t common(std::span<const llama_token> a, std::span<const llama_token> b) noexcept {
    const auto end = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
    return static_cast<std::size_t>(end - a.begin());
}

llama_pos position(std::size_t index) noexcept {
    return static_cast<llama_pos>(index);
}

// llama.cpp asks between operations of a graph whether to go on.
class Abortable {
 public:
    Abortable(llama_context* context, const plugin::Call& call) : context_(context) {
        llama_set_abort_callback(
            context_,
            [](void* data) { return static_cast<const plugin::Call*>(data)->cancelled(); },
            const_cast<plugin::Call*>(&call));  // read only, above
    }
    ~Abortable() { llama_set_abort_callback(context_, nullptr, nullptr); }
    Abortable(const Abortable&) = delete;
    Abortable& operator=(const Abortable&) = delete;

 private:
    llama_context* context_;
};

}  // namespace

PrefixCache::PrefixCache(ContextHandle context, bool reusable)
    : context_(std::move(context)), reusable_(reusable) {}

std::size_t PrefixCache::rewind(std::span<const llama_token> prompt, std::size_t most,
                                std::size_t total) {
    if (!reusable_) {
        clear();
        return 0;
    }
    llama_memory_t memory = llama_get_memory(context_.get());
    const std::size_t of_fixed = common(fixed_, prompt);
    std::size_t reused = std::min(common(read_, prompt), most);
    if (const std::size_t other = std::min(of_fixed, most); other > reused) {
        llama_memory_seq_rm(memory, current, -1, -1);
        llama_memory_seq_cp(memory, kept, current, 0, position(other));
        reused = other;
    } else if (!llama_memory_seq_rm(memory, current, position(reused), -1)) {
        clear();
        return 0;
    }
    read_.assign(prompt.begin(), prompt.begin() + static_cast<std::ptrdiff_t>(reused));
    // The common part takes its cells once; when the rest of the fixed part is in the way, it goes.
    if (total + fixed_.size() - of_fixed > llama_n_ctx(context_.get())) {
        llama_memory_seq_rm(memory, kept, -1, -1);
        fixed_.clear();
    }
    return reused;
}

void PrefixCache::read(std::span<const llama_token> tokens, const plugin::Call& call) {
    const Abortable abortable(context_.get(), call);
    const std::size_t piece = llama_n_batch(context_.get());
    while (!tokens.empty()) {
        call.check();
        const auto now = tokens.first(std::min(piece, tokens.size()));
        LogCapture log;
        const int code = decode(now);
        if (code != 0) {
            call.check();
            throw Failure(LECTERN_INTERNAL, "llama.cpp could not read the prompt (code " +
                                                std::to_string(code) + "): " + log.reason());
        }
        tokens = tokens.subspan(now.size());
    }
}

void PrefixCache::read(llama_token token) {
    LogCapture log;
    if (const int code = decode({&token, 1}); code != 0) {
        throw Failure(LECTERN_INTERNAL, "llama.cpp could not read the next token (code " +
                                            std::to_string(code) + "): " + log.reason());
    }
}

int PrefixCache::decode(std::span<const llama_token> tokens) {
    int code = -1;
    try {
        // llama.cpp takes a mutable pointer and only reads.
        code = llama_decode(context_.get(),
                            llama_batch_get_one(const_cast<llama_token*>(tokens.data()),
                                                static_cast<std::int32_t>(tokens.size())));
    } catch (...) {
        clear();
        throw;
    }
    if (code == 0) {
        read_.insert(read_.end(), tokens.begin(), tokens.end());
    } else if (!llama_memory_seq_rm(llama_get_memory(context_.get()), current,
                                    position(read_.size()), -1)) {
        clear();
    }
    return code;
}

const float* PrefixCache::logits() const {
    const float* logits = llama_get_logits_ith(context_.get(), -1);
    if (logits == nullptr) throw Failure(LECTERN_INTERNAL, "llama.cpp gave no logits");
    return logits;
}

void PrefixCache::keep_fixed() {
    if (!reusable_) return;
    llama_memory_t memory = llama_get_memory(context_.get());
    llama_memory_seq_rm(memory, kept, -1, -1);
    llama_memory_seq_cp(memory, current, kept, -1, -1);
    fixed_ = read_;
}

void PrefixCache::clear() {
    llama_memory_clear(llama_get_memory(context_.get()), false);
    read_.clear();
    fixed_.clear();
}

}  // namespace lectern::gpt
