// A context with the attention state (keys and values) of what it has read, and the longest common
// prefix of the next prompt reused. Two sequences share the context's cells: what was read last,
// and the fixed part of prompts that `keep_fixed` has put aside, which survives other prompts. [one
// thread at a time]
#pragma once

#include <llama.h>

#include <cstdint>
#include <span>
#include <vector>

#include "lectern/plugin.hpp"
#include "plugins/gpt/handles.hpp"

namespace lectern::gpt {

class PrefixCache {
 public:
    // `context` has two sequences in one unified cache. `reusable` is false for models whose state
    // cannot be cut back to a prefix (recurrent ones).
    PrefixCache(ContextHandle context, bool reusable);

    // Makes the state that of the longest known prefix of `prompt`, at most `most` tokens of it,
    // with room for `total` tokens in all; returns the prefix's length.
    std::size_t rewind(std::span<const llama_token> prompt, std::size_t most, std::size_t total);

    // Reads tokens behind what was read, in pieces of the context's batch size. The logits of the
    // last one are then in logits(). Throws LECTERN_CANCELLED, also amid a piece; the state is then
    // that of the pieces that were done.
    void read(std::span<const llama_token> tokens, const plugin::Call& call);
    // One token, without looking at cancellation.
    void read(llama_token token);

    [[nodiscard]] const float* logits() const;
    // Puts aside what was read as the fixed part.
    void keep_fixed();
    // Everything, the fixed part too.
    void clear();

 private:
    [[nodiscard]] int decode(std::span<const llama_token> tokens);

    ContextHandle context_;
    bool reusable_;
    std::vector<llama_token> read_;   // in sequence 0
    std::vector<llama_token> fixed_;  // in sequence 1
};

}  // namespace lectern::gpt
