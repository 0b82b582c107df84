// tasks/text_pairs.hpp: two texts as the one sequence that BERT's heads were trained on:
// [CLS] first [SEP] second [SEP], with token types 0 and 1.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "plugins/shared/failure.hpp"
#include "plugins/tasks/task_model.hpp"
#include "plugins/wordpiece/wordpiece.hpp"

namespace lectern::tasks {

// Tokens of one text without special tokens.
using Tokens = wordpiece::Encoding;

struct Pair {
    Sequence sequence;
    std::size_t second = 0;  // index of the second text's first token in the sequence
    std::size_t taken = 0;   // tokens of the second text in it
};

// Safe from any thread.
class PairTokenizer {
 public:
    // The tokenizer in `folder`, "" for the model's own. Throws Failure when there is none, or when
    // it does not belong to the model.
    PairTokenizer(const TaskModel& model, const std::filesystem::path& folder);

    [[nodiscard]] Tokens tokens(std::string_view text) const;
    // `second` from its token `from` on, as many as fit. The first text is cut when it would leave
    // less than half of the room.
    [[nodiscard]] Pair join(const Tokens& first, const Tokens& second, std::size_t from = 0) const;
    // [CLS] tokens [SEP], from the token `from` on.
    [[nodiscard]] Sequence single(const Tokens& text, std::size_t from = 0) const;
    // Tokens of one text that fit beside the special ones.
    [[nodiscard]] std::size_t room() const noexcept { return max_tokens_ - 2; }

 private:
    wordpiece::WordPiece tokenizer_;
    std::size_t max_tokens_;
    std::int32_t begin_ = 0;      // [CLS]
    std::int32_t separator_ = 0;  // [SEP]
};

}  // namespace lectern::tasks
