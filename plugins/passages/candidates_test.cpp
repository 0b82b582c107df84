#include "passages/candidates.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lectern::passages {
namespace {

std::vector<std::string> sentences(std::string_view question, std::string_view text) {
    const std::vector<Passage> passages{{"Title", text, 1}};
    std::vector<std::string> out;
    for (const Candidate& c : candidates(question, passages))
        out.emplace_back(piece(text, c.range));
    return out;
}

using Sentences = std::vector<std::string>;

TEST(Candidates, SentencesWithoutHeadingsQuestionsAndMarks) {
    EXPECT_EQ(sentences("What is BERT?",
                        "# What BERT is\n\nBERT is an encoder. Why is BERT not GPT? It does not "
                        "write.\n\n- BERT reads a text.\n- **BERT** has twelve layers.\n\n> It was "
                        "quoted here.\n\nOh no.\n"),
              (Sentences{"BERT is an encoder.", "It does not write.", "BERT reads a text.",
                         "**BERT** has twelve layers.", "It was quoted here."}));
}

TEST(Candidates, TheQuestionItselfIsNoEvidence) {
    EXPECT_TRUE(sentences("why is BERT not GPT", "Why is BERT, not GPT.").empty());
}

TEST(Candidates, PlainHeadingsAreNoEvidenceButASingleLineIs) {
    EXPECT_EQ(sentences("q", "The History of BERT\n\nIt began in 2018."),
              (Sentences{"It began in 2018."}));
    EXPECT_EQ(sentences("q", "BERT reads and GPT writes"),
              (Sentences{"BERT reads and GPT writes"}));
}

TEST(Candidates, KnowTheirHeading) {
    const std::vector<Passage> passages{{"T",
                                         "Before any heading here.\n\n## Size ##\n\nIt has twelve "
                                         "layers.\n\n## Sources\n\n- J. Devlin wrote about BERT.",
                                         1}};
    const auto found = candidates("q", passages);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].heading, "");
    EXPECT_EQ(found[1].heading, "Size");
}

TEST(Candidates, KnowWhatIsNoProse) {
    struct {
        const char* text;
        bool prose;
    } const cases[] = {
        {"It has twelve layers.", true},
        {"It has twelve layers.[12]", true},
        {"(It has \"twelve layers\".)", true},
        {"The default is as follows:", true},
        {"Default: 30", true},
        {"它有十二层", true},
        {"How to deploy the site", false},
        {"site = models.ForeignKey(Site, on_delete=models.CASCADE)", false},
        {":synopsis: What the module is good for.", false},
    };
    for (const auto& c : cases) {
        const std::vector<Passage> passages{{"", c.text, 1}};
        const auto found = candidates("q", passages);
        ASSERT_EQ(found.size(), 1U) << c.text;
        EXPECT_EQ(found[0].prose, c.prose) << c.text;
    }
}

TEST(Candidates, ARowHasTheWordsOfItsHeader) {
    const std::string_view text =
        "# Boats\n\n| boat | price |\n|---|---|\n| Heron | 120 |\n| Gull | 60 |\n\nAll are sold.";
    const std::vector<Passage> passages{{"T", text, 1}};
    const auto found = candidates("q", passages);
    ASSERT_EQ(found.size(), 3U) << "a header is no evidence";
    EXPECT_EQ(piece(text, found[1].range), "Gull | 60 |");
    EXPECT_EQ(piece(text, found[1].header), "| boat | price |");
    EXPECT_TRUE(found[1].prose);
    std::string words;
    for (const text::Word& word : found[1].words) words += word.folded + " ";
    EXPECT_EQ(words, "gull 60 boat price ");
    EXPECT_EQ(found[2].header.end, 0U);
}

TEST(Candidates, ReadReStructuredText) {
    const std::string_view text =
        "=======\nQueries\n=======\n\n.. _label:\n\nMaking one\n~~~~~~~~~~\n\n"
        "A :class:`~db.models.QuerySet` represents a collection.\n\n.. note:: Mind the gap.\n\n"
        ".. method:: all()\n\nReturns them all.\n";
    const std::vector<Passage> passages{{"T", text, 1}};
    const auto found = candidates("q", passages);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].heading, "Making one");
    ASSERT_GE(found[0].words.size(), 2U);
    EXPECT_EQ(found[0].words[1].folded, "queryset");
    EXPECT_EQ(found[1].heading, "all()");
    EXPECT_TRUE(found[1].first_under_heading);
}

TEST(Candidates, HostilePassages) {
    EXPECT_TRUE(sentences("", "").empty());
    EXPECT_TRUE(sentences("q", std::string(10000, '#')).empty());
    EXPECT_TRUE(sentences("q", std::string(10000, '-') + "\n" + std::string(10000, '?')).empty());
    EXPECT_EQ(sentences("q", "它是一个编码器。为什么？").size(), 1U);
}

}  // namespace
}  // namespace lectern::passages
