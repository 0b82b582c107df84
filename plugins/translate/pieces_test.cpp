#include "plugins/translate/pieces.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lectern::translate {
namespace {

TEST(Pieces, AreSentencesWithoutMarks) {
    struct Case {
        const char* text;
        std::vector<std::string> pieces;
    };
    for (const Case& one : std::vector<Case>{
             {"", {}},
             {"One. Two!", {"One.", "Two!"}},
             {"## A heading\n\nText of it.", {"A heading", "Text of it."}},
             {"- first\n- second\n", {"first", "second"}},
             {"1. One\n2. Two\n", {"One", "Two"}},
             {"> A quotation.", {"A quotation."}},
             {"A line that\ngoes on.", {"A line that\ngoes on."}},
             {"Before.\n\n```\nint main() {}\n```\n\nBehind.", {"Before.", "Behind."}},
             {"~~~\nnever closed. It ends here.", {}},
             {"| Name | Age |\n|---|---|\n| Ana | 12 |\n", {"Name", "Age", "Ana"}},
             {"12.5 % 3", {}},
             {"3.5 metres are enough.", {"3.5 metres are enough."}},
             {"É só isso. Não é?", {"É só isso.", "Não é?"}},
         }) {
        std::vector<std::string> found;
        for (const text::Range& range : pieces(one.text))
            found.push_back(std::string(one.text).substr(range.begin, range.end - range.begin));
        EXPECT_EQ(found, one.pieces) << one.text;
    }
}

}  // namespace
}  // namespace lectern::translate
