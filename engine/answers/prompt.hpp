// engine/answers/prompt.hpp: what the generator is told.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/answers/verifier.hpp"

namespace lectern {

// What the generator is asked for.
enum class Task {
    answer,    // a few sentences from numbered evidence
    sentence,  // one, that states the answer which the reader found
    summary
};

struct Example {
    std::string_view request;
    std::string_view text;
};

// The same for every request of a task, so that its state is kept: the rules, and worked examples.
struct FixedPrompt {
    std::string_view rules;
    std::span<const Example> examples;
};
[[nodiscard]] const FixedPrompt& fixed_prompt(Task task) noexcept;

// The evidence, fenced as data and numbered, then the question that is to be answered. What could
// end the fence or pass for a mark in the evidence is changed.
[[nodiscard]] std::string answer_prompt(std::span<const NumberedEvidence> evidence,
                                        std::string_view question);
// The same for Task::summary.
[[nodiscard]] std::string summary_prompt(std::span<const NumberedEvidence> evidence);

// The same for Task::sentence: the piece of evidence, the question, and the answer in it.
[[nodiscard]] std::string sentence_prompt(const NumberedEvidence& evidence,
                                          std::string_view question);

}  // namespace lectern
