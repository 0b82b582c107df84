// engine/answers/writer.hpp: from evidence to an answer in which every sentence is supported.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/answers/entailment.hpp"
#include "engine/answers/prompt.hpp"
#include "engine/answers/verifier.hpp"
#include "engine/pipeline/counters.hpp"
#include "engine/plugin_host/plugin_host.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

struct WriterRequest {
    Task task = Task::answer;
    std::string_view question;                   // nobody asks for a summary
    std::span<const NumberedEvidence> evidence;  // best first
    std::uint32_t max_tokens = 160;
    std::function<void(std::string_view)> on_text;  // sentences as they pass
    host::Interrupt interrupt;
    EntailmentRule entailment = {};
    bool verify = true;  // false: nothing that is written is checked, and the status says so
    // Least certainty of the answer that a sentence is written around.
    double min_certainty = 0;
};

struct Written {
    std::string text;
    std::string original = {};    // of a text that was translated
    std::vector<unsigned> cited;  // marks in the text, ascending
    AnswerStatus status = AnswerStatus::extractive;
    std::uint64_t generated_tokens = 0;
    std::uint64_t reused_tokens = 0;
    std::uint64_t prompt_tokens = 0;
    std::uint64_t dropped_sentences = 0;
    std::vector<std::string> reasons;  // why sentences were dropped or replaced
    std::vector<std::string> hints;    // what the user should know: the writer was away
};

// The best evidence, with its marks: one piece, or up to three for a question that asks to explain.
[[nodiscard]] Written quote(const WriterRequest& request, std::size_t most = 3);

// Lets the generator phrase, sentence by sentence, and verifies each before it is given out. A
// sentence that fails, or does not hold what the reader found, is replaced by the evidence it
// stands on, or dropped. When the generator is away (Code::unavailable) what has been verified
// until then stands, or the evidence is quoted, with a hint.
[[nodiscard]] Result<Written> write(const host::Stage& generator, const WriterRequest& request,
                                    StageCounter& writing, StageCounter& verifying);

// Prefills the fixed part of a task's prompt.
[[nodiscard]] Status warm(const host::Stage& generator, Task task);

}  // namespace lectern
