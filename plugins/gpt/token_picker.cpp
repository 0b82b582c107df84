#include "plugins/gpt/token_picker.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>

#include "lectern/plugin.hpp"
#include "plugins/gpt/runtime.hpp"

namespace lectern::gpt {
namespace {

using plugin::Failure;

constexpr float forbidden = -std::numeric_limits<float>::infinity();

// llama.cpp takes 32 bits and reads LLAMA_DEFAULT_SEED as "a random one".
std::uint32_t fold_seed(std::uint64_t seed) noexcept {
    const auto folded = static_cast<std::uint32_t>(seed ^ (seed >> 32U));
    return folded == LLAMA_DEFAULT_SEED ? folded - 1 : folded;
}

SamplerHandle make_chain(const PickerOptions& options) {
    if (!std::isfinite(options.temperature) || options.temperature < 0) {
        throw Failure(LECTERN_INVALID_ARGUMENT, "temperature is " +
                                                    std::to_string(options.temperature) +
                                                    "; it must be 0 (greedy) or more");
    }
    if (!(options.top_p >= 0 && options.top_p <= 1)) {
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      "top_p is " + std::to_string(options.top_p) + "; it must be from 0 to 1");
    }
    if (options.temperature == 0) return nullptr;
    SamplerHandle chain(llama_sampler_chain_init(llama_sampler_chain_default_params()));
    llama_sampler_chain_add(chain.get(), llama_sampler_init_temp(options.temperature));
    if (options.top_p > 0 && options.top_p < 1) {
        llama_sampler_chain_add(chain.get(), llama_sampler_init_top_p(options.top_p, 1));
    }
    llama_sampler_chain_add(chain.get(), llama_sampler_init_dist(fold_seed(options.seed)));
    return chain;
}

SamplerHandle make_grammar(const llama_vocab* vocab, const std::string& grammar) {
    if (grammar.empty()) return nullptr;
    LogCapture log;
    std::string reason;
    try {
        SamplerHandle made(llama_sampler_init_grammar(vocab, grammar.c_str(), "root"));
        if (made != nullptr) return made;
        reason = log.reason();
    } catch (const std::exception& error) {
        reason = error.what();
    }
    throw Failure(LECTERN_INVALID_ARGUMENT,
                  "the grammar is not valid GBNF with a rule 'root': " + reason);
}

}  // namespace

TokenPicker::TokenPicker(const llama_vocab* vocab, const PickerOptions& options)
    : size_(static_cast<std::size_t>(llama_vocab_n_tokens(vocab))),
      chain_(make_chain(options)),
      grammar_(make_grammar(vocab, options.grammar)) {}

llama_token TokenPicker::pick(const float* logits) {
    llama_token token = choose(logits, false);
    if (grammar_ == nullptr) return token;
    // Testing one token is cheap and mostly enough; testing the whole vocabulary is not.
    if (!grammar_allows(token)) token = choose(logits, true);
    try {
        llama_sampler_accept(grammar_.get(), token);
    } catch (const std::exception& error) {
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      std::string("the grammar cannot go on: ") + error.what());
    }
    return token;
}

llama_token TokenPicker::choose(const float* logits, bool within_grammar) {
    if (chain_ == nullptr && !within_grammar) {
        return static_cast<llama_token>(std::max_element(logits, logits + size_) - logits);
    }
    candidates_.resize(size_);
    for (std::size_t i = 0; i < size_; ++i) {
        candidates_[i] = {static_cast<llama_token>(i), logits[i], 0};
    }
    llama_token_data_array all{candidates_.data(), candidates_.size(), -1, false};
    if (within_grammar) {
        llama_sampler_apply(grammar_.get(), &all);
        const bool possible = std::any_of(all.data, all.data + all.size, [](const auto& candidate) {
            return candidate.logit != forbidden;
        });
        if (!possible) {
            throw Failure(LECTERN_INVALID_ARGUMENT,
                          "the grammar allows no token of this model as the next one");
        }
    }
    if (chain_ == nullptr) {
        return std::max_element(all.data, all.data + all.size,
                                [](const auto& a, const auto& b) { return a.logit < b.logit; })
            ->id;
    }
    llama_sampler_apply(chain_.get(), &all);
    return all.data[all.selected].id;
}

bool TokenPicker::grammar_allows(llama_token token) {
    llama_token_data only{token, 1, 0};
    llama_token_data_array array{&only, 1, -1, false};
    llama_sampler_apply(grammar_.get(), &array);
    return only.logit != forbidden;
}

}  // namespace lectern::gpt
