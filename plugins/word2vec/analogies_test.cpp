#include "plugins/word2vec/analogies.hpp"

#include <atomic>

#include "plugins/word2vec/test_files.hpp"

namespace lectern::word2vec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Analogies, AreReadBySection) {
    const auto sections = parse_analogies(
        ": capital cities\nAthens Greece  Oslo Norway\r\n\n: gram1\na b\tc d\ne f g h", "q.txt");
    ASSERT_EQ(sections.size(), 2U);
    EXPECT_EQ(sections[0].name, "capital cities");
    ASSERT_EQ(sections[0].questions.size(), 1U);
    EXPECT_THAT(sections[0].questions[0],
                ::testing::ElementsAre("Athens", "Greece", "Oslo", "Norway"));
    EXPECT_EQ(sections[1].questions.size(), 2U);
}

TEST(Analogies, BadLinesAreNamed) {
    const auto message = [](std::string_view text) {
        return failure([&] { (void)parse_analogies(text, "q.txt"); });
    };
    EXPECT_THAT(message(": s\na b c d\na b c\n"), AllOf(HasSubstr("line 3"), HasSubstr("q.txt")));
    EXPECT_THAT(message("a b c d\n"), HasSubstr("before the first section"));
    EXPECT_THAT(message(""), HasSubstr("no analogy questions"));
}

// On a plane: king - man + woman = queen exactly; the rest is far off.
WordVectors royal(const Scratch& scratch) {
    return WordVectors::open(scratch.write("m.vec", word2vec_text({{"man", {1, 0, 0.2F}},
                                                                   {"woman", {0, 1, 0.2F}},
                                                                   {"king", {1, 0, 1}},
                                                                   {"queen", {0, 1, 1}},
                                                                   {"apple", {-1, -1, 0}},
                                                                   {"rare", {0, 0, 1}}})));
}

TEST(Analogies, AreCountedBySectionAndKind) {
    const Scratch scratch;
    const auto sections = parse_analogies(
        ": family\n"
        "man king woman queen\n"    // right
        "Man King Woman Queen\n"    // right, folded
        "man king woman apple\n"    // wrong
        "man king woman duchess\n"  // not in the vocabulary
        ": gram1-none\n"
        "man rare woman queen\n"   // 'rare' is beyond the first five words
        "woman queen man king\n",  // right
        "q.txt");
    AnalogyOptions options;
    options.vocabulary = 5;
    const auto report = evaluate(royal(scratch), sections, options);
    ASSERT_EQ(report.sections.size(), 2U);
    EXPECT_EQ(report.vocabulary, 5U);
    EXPECT_EQ(report.sections[0].questions, 4U);
    EXPECT_EQ(report.sections[0].answered, 3U);
    EXPECT_EQ(report.sections[0].correct, 2U);
    EXPECT_DOUBLE_EQ(report.sections[0].accuracy(), 2.0 / 3);
    EXPECT_EQ(report.sections[1].questions, 2U);
    EXPECT_EQ(report.sections[1].answered, 1U);
    EXPECT_EQ(report.sections[1].correct, 1U);
    EXPECT_EQ(report.total.questions, 6U);
    EXPECT_EQ(report.total.answered, 4U);
    EXPECT_EQ(report.total.correct, 3U);
    EXPECT_EQ(report.semantic.correct, 2U);
    EXPECT_EQ(report.syntactic.correct, 1U);
}

TEST(Analogies, StopWhenTold) {
    const Scratch scratch;
    std::string text = ": many\n";
    for (int i = 0; i < 2000; ++i) text += "man king woman queen\n";
    std::atomic<int> calls{0};
    AnalogyOptions options;
    options.threads = 2;
    options.progress = [&](double fraction) {
        EXPECT_GT(fraction, 0);
        EXPECT_LE(fraction, 1);
        ++calls;
        return false;
    };
    (void)evaluate(royal(scratch), parse_analogies(text, "q.txt"), options);
    EXPECT_LE(calls, 2);
    options.progress = nullptr;
    EXPECT_EQ(evaluate(royal(scratch), parse_analogies(text, "q.txt"), options).total.correct,
              2000U);
}

TEST(Analogies, TheOriginalTestHasFourteenSections) {
    const char* data = std::getenv("LECTERN_DATA");
    const std::string path =
        std::string(data == nullptr ? "" : data) + "/word2vec/questions-words.txt";
    if (data == nullptr || !std::filesystem::exists(path))
        GTEST_SKIP() << "LECTERN_DATA names no folder with word2vec/questions-words.txt";
    const auto sections = parse_analogies(read_file(path), path);
    EXPECT_EQ(sections.size(), 14U);
    std::size_t questions = 0;
    for (const auto& section : sections) questions += section.questions.size();
    EXPECT_EQ(questions, 19544U);
    EXPECT_EQ(sections.front().name, "capital-common-countries");
}

}  // namespace
}  // namespace lectern::word2vec
