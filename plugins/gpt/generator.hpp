// LlamaGenerator: a GGUF language model that continues a conversation.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lectern/plugin.hpp"

namespace lectern::gpt {

struct GeneratorOptions {
    std::string model;                     // a GGUF file, or a folder with one
    std::uint32_t context_tokens = 2048;   // prompt and answer together; the model's own at most
    std::uint32_t threads = 0;             // 0: the host's budget
    std::uint32_t batch_tokens = 512;      // of a prompt, read at once
    std::string flash_attention = "auto";  // auto, on, off
    std::string cache_precision = "f16";   // of keys and values: f32, f16, q8_0
};

// One model with one context: callers wait for each other, in generate and warm. All members may be
// called from any thread. Failures are thrown as plugin::Failure.
class LlamaGenerator {
 public:
    LlamaGenerator(const GeneratorOptions& options, const plugin::Host& host);
    ~LlamaGenerator();
    LlamaGenerator(const LlamaGenerator&) = delete;
    LlamaGenerator& operator=(const LlamaGenerator&) = delete;

    // Does not change.
    [[nodiscard]] const plugin::GeneratorInfo& info() const noexcept;

    // Tokens of the messages in the model's chat template, with the beginning of the answer.
    [[nodiscard]] std::uint64_t count_tokens(const lectern_message* messages,
                                             std::uint64_t count) const;

    // Writes the answer to `sink`, piece by piece. A sink that wants no more ends it without a
    // failure. `report` is filled as far as it went, also on failure. Reading the prompt on from
    // reused state adds up floating-point numbers in another order than reading all of it: with one
    // history of calls the answer is the same to the byte; with different ones two almost equally
    // likely tokens may change places.
    void generate(const plugin::Call& call, const lectern_generation& request,
                  const plugin::TextSink& sink, lectern_generation_report& report) const;

    // Reads the messages ahead and keeps their state through other prompts, as long as the context
    // has room for both.
    void warm(const plugin::Call& call, const lectern_message* messages, std::uint64_t count) const;

    // Drops all kept state (benchmarks and tests compare with it).
    void forget() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lectern::gpt
