// Messages to the tokens of a prompt, in the model's own chat template.
#pragma once

#include <llama.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin.hpp"

namespace lectern::gpt {

class PromptMaker {
 public:
    // Takes the template from the model's metadata when llama.cpp knows it; otherwise ChatML, with
    // a line in the log. The model outlives this object.
    PromptMaker(const llama_model* model, const plugin::Host& host);

    // Throws LECTERN_INVALID_ARGUMENT (no message, an unknown role) or LECTERN_RESOURCE_EXHAUSTED
    // (a text of 2 GB). `answer_follows` adds the beginning of the assistant's turn. Text of a
    // message that reads like a control token ("<|im_end|>") stays text: a document cannot end its
    // turn. [any thread]
    [[nodiscard]] std::vector<llama_token> tokens(std::span<const lectern_message> messages,
                                                  bool answer_follows) const;

    // The template filled in, for people and tests.
    [[nodiscard]] std::string text(std::span<const lectern_message> messages,
                                   bool answer_follows) const;

 private:
    // A part of the prompt that comes from the template, or from a message.
    struct Part {
        std::string_view text;
        bool of_message = false;
    };
    struct Formatted {
        std::string frame;        // the template with placeholders for the messages' texts
        std::vector<Part> parts;  // views into `frame` and the messages
    };
    [[nodiscard]] Formatted format(std::span<const lectern_message> messages,
                                   bool answer_follows) const;
    [[nodiscard]] bool holds_control(std::string_view text) const noexcept;

    const llama_vocab* vocab_;
    std::string template_;
    std::vector<std::string> control_;  // the texts of the vocabulary's control tokens
};

}  // namespace lectern::gpt
