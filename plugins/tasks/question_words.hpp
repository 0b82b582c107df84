// tasks/question_words.hpp: what of a question's words a text has. A reader that was trained on few
// rows takes a passage about the right thing for one that answers; the words of the question tell.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::tasks {

class QuestionWords {
 public:
    explicit QuestionWords(std::string_view question);

    struct Found {
        double share = 1;         // of the content words that the text has, in any form, 0 to 1
        std::size_t missing = 0;  // names and numbers of the question that it has not
    };
    [[nodiscard]] Found in(std::string_view text) const;

 private:
    struct Asked {
        std::string folded;
        bool exact = false;  // a name or a number: no other form of it will do
    };
    std::vector<Asked> words_;
};

}  // namespace lectern::tasks
