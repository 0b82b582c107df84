// engine/answer/prompt.hpp: what the generator is told.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/answer/verifier.hpp"

namespace lectern {

// The same for every question, so that its state is kept: the rules, and one worked example.
[[nodiscard]] std::string_view system_prompt() noexcept;
[[nodiscard]] std::string_view example_question() noexcept;
[[nodiscard]] std::string_view example_answer() noexcept;

// The evidence, fenced as data and numbered, then the question. What could end the fence or pass
// for a mark in the evidence is defused.
[[nodiscard]] std::string user_prompt(std::span<const NumberedEvidence> evidence,
                                      std::string_view question);

}  // namespace lectern
