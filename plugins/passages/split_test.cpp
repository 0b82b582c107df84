#include "passages/split.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>
#include <string>

#include "passages/outline.hpp"
#include "test_folders.hpp"
#include "text/headings.hpp"

namespace lectern::passages {
namespace {

// One token a word, as the tokenizer of the word2vec pipeline counts.
std::vector<std::uint64_t> word_ends(std::string_view text) {
    std::vector<std::uint64_t> out;
    for (const text::Word& word : text::words(text)) out.push_back(word.range.end);
    return out;
}

// One token for everything between spaces, however long: the [UNK] of WordPiece.
std::vector<std::uint64_t> space_ends(std::string_view text) {
    std::vector<std::uint64_t> out;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (space_at(text, at) == 0 && (at + 1 == text.size() || space_at(text, at + 1) > 0))
            out.push_back(at + 1);
    return out;
}

std::vector<Chunk> split_all(std::string_view text, const SplitOptions& options,
                             const TokenEnds& ends = word_ends) {
    std::vector<Chunk> out;
    split(text, options, ends, [&](const Chunk& chunk) { out.push_back(chunk); });
    return out;
}

std::vector<std::string> texts(std::string_view text, const SplitOptions& options) {
    std::vector<std::string> out;
    for (const Chunk& chunk : split_all(text, options)) out.emplace_back(piece(text, chunk.range));
    return out;
}

SplitOptions tokens(std::size_t target) {
    return {target, target, 0, true};
}

using Texts = std::vector<std::string>;

TEST(Split, ATextThatFitsIsOneChunk) {
    EXPECT_EQ(texts("\n # A\n\nOne two.\n\n# B\n\nThree. \n", tokens(10)),
              (Texts{"# A\n\nOne two.\n\n# B\n\nThree."}));
    EXPECT_TRUE(texts(" \n\u3000", tokens(10)).empty());
    EXPECT_TRUE(texts("", tokens(10)).empty());
}

TEST(Split, ChunksWithinATableKnowItsHeader) {
    std::string text = "# Boats\n\nBoat | Price\n";
    for (int i = 0; i < 40; ++i) text += "Heron " + std::to_string(i) + " | 120\n";
    text += "\nOne two three four five six seven eight nine ten eleven.\n";
    const SplitOptions options{20, 18, 0, true};
    const std::vector<Chunk> chunks = split_all(text, options);
    ASSERT_GT(chunks.size(), 5U);
    for (const Chunk& chunk : chunks) {
        const std::string words(piece(text, chunk.range));
        const bool inside = words.starts_with("Heron");
        EXPECT_EQ(piece(text, chunk.context), inside ? "Boat | Price" : "") << words;
        EXPECT_LE(chunk.tokens + (inside ? 2 : 0), options.limit) << words;
    }
    EXPECT_EQ(piece(text, chunks.front().range).substr(0, 7), "# Boats");
    // No room beside the chunk.
    for (const Chunk& chunk : split_all(text, {5, 5, 0, true}))
        EXPECT_TRUE(chunk.context.begin == chunk.context.end);
}

TEST(Split, ATableOfSeveralWindowsKeepsItsHeader) {
    std::string text = "Boat | Price\n";
    while (text.size() < 2'200'000) text += "Heron and gull | 120 and more\n";
    std::size_t without = 0;
    split(text, {200, 200, 0, true}, word_ends, [&](const Chunk& chunk) {
        if (chunk.context.end == 0) ++without;
        EXPECT_TRUE(chunk.context.end == 0 || piece(text, chunk.context) == "Boat | Price");
    });
    EXPECT_EQ(without, 1U) << "the first chunk has the header itself";
}

TEST(Split, SectionsAreKeptApartAndHeadingsWithTheirText) {
    EXPECT_EQ(
        texts("# A\n\none two three four\n\n# B\n\nfive six seven\n\neight nine ten\n", tokens(8)),
        (Texts{"# A\n\none two three four", "# B\n\nfive six seven\n\neight nine ten"}));
}

TEST(Split, ATinySectionIsJoinedWithTheNext) {
    EXPECT_EQ(texts("# A\n\none\n\n## B\n\n"
                    "two three four five six.\n\n## C\n\nseven eight nine ten eleven.",
                    tokens(12)),
              (Texts{"# A\n\none\n\n## B\n\ntwo three four five six.",
                     "## C\n\nseven eight nine ten eleven."}));
}

TEST(Split, CutsAtParagraphsThenSentencesThenWords) {
    EXPECT_EQ(texts("a b c d.\n\ne f g h.\n\ni j k l.", tokens(8)).size(), 2U);
    EXPECT_EQ(texts("One two three. Four five six. Seven eight nine.", tokens(4)),
              (Texts{"One two three.", "Four five six.", "Seven eight nine."}));
    EXPECT_EQ(texts("one two three four five", tokens(2)),
              (Texts{"one two", "three four", "five"}));
}

TEST(Split, ChunksOfASectionAreOfAboutEqualSize) {
    std::string text;
    for (int i = 0; i < 21; ++i) text += "One two three four five six seven eight nine ten. ";
    const auto chunks = split_all(text, tokens(200));
    ASSERT_EQ(chunks.size(), 2U);
    EXPECT_NEAR(static_cast<double>(chunks[0].tokens), 105, 10) << "not 200 and 10";
}

TEST(Split, AHeadingIsNeverParted) {
    std::string text = "## Words\n\n";
    for (int i = 0; i < 40; ++i) text += "word ";
    const auto found = texts(text, tokens(10));
    EXPECT_EQ(found.front().substr(0, 14), "## Words\n\nword");
}

TEST(Split, HeadingsAtTheEndStayWithTheTextBefore) {
    EXPECT_EQ(texts("a b c d e f.\n\ng h i j.\n\n## End", tokens(7)).back(), "g h i j.\n\n## End");
}

TEST(Split, OverlapRepeatsSentencesInsideASection) {
    SplitOptions options{10, 6, 1, true};
    EXPECT_EQ(texts("One two three. Four five six. Seven eight nine. Ten eleven twelve.", options),
              (Texts{"One two three. Four five six.",
                     "Four five six. Seven eight nine. Ten eleven twelve."}));
}

TEST(Split, AWordWithoutEndIsCutByBytes) {
    const std::string text(std::size_t{100000}, 'x');
    const auto chunks = split_all(text, tokens(20), space_ends);
    EXPECT_EQ(chunks.size(), 100000U / 640 + 1);
}

TEST(Split, TheSameTextGivesTheSameChunks) {
    std::ifstream file(LECTERN_SOURCE_DIR "/samples/bert.md");
    std::stringstream bytes;
    bytes << file.rdbuf();
    const std::string text = bytes.str();
    EXPECT_EQ(texts(text, tokens(200)), texts(text, tokens(200)));
    for (const std::string& chunk : texts(text, {248, 200, 0, true}))
        EXPECT_EQ(text::hash_level(chunk.substr(chunk.rfind('\n') + 1)), 0) << chunk;
}

// ---- properties over random and hostile texts

void expect_promises(const std::string& text, const SplitOptions& options, const TokenEnds& ends) {
    std::size_t covered = 0;  // everything before is in a chunk, or white space
    std::size_t before = 0;
    for (const Chunk& chunk : split_all(text, options, ends)) {
        const auto [begin, end] = chunk.range;
        ASSERT_LT(begin, end);
        ASSERT_LE(end, text.size());
        ASSERT_GE(begin, before) << "in order";
        ASSERT_EQ(boundary_before(text, begin), begin);
        ASSERT_EQ(boundary_before(text, end), end);
        ASSERT_EQ(trimmed(text, chunk.range), chunk.range);
        ASSERT_LE(chunk.tokens, options.limit);
        if (begin > covered) {
            const Range gap = trimmed(text, {covered, begin});
            ASSERT_EQ(gap.begin, gap.end) << "lost: " << piece(text, gap);
        }
        covered = std::max(covered, end);
        before = begin;
    }
    const Range rest = trimmed(text, {covered, text.size()});
    ASSERT_EQ(rest.begin, rest.end) << "lost at the end";
}

std::string random_text(std::mt19937& random) {
    const std::string_view pieces[] = {"word ",       "Sentence ends. ",
                                       "\n",          "\n\n",
                                       "# Heading\n", "## Deeper\n\n",
                                       "- item\n",    "中文。",
                                       "日本語",      "é",
                                       "😀",           "```\n",
                                       "---\n",       "A Title Alone\n\n",
                                       "\u3000",      "\t",
                                       "1. one\n",    "x",
                                       "| a | b |\n", "===\n",
                                       "Why? ",       "\r\n",
                                       "...",         "\xE2\x80\xA8",
                                       "e.g. this ",  "\x01"};
    std::string out;
    const std::size_t count = random() % 300;
    for (std::size_t i = 0; i < count; ++i) out += pieces[random() % std::size(pieces)];
    return out;
}

TEST(Split, PromisesHoldForRandomTexts) {
    std::mt19937 random(20240501);
    for (int i = 0; i < 1500; ++i) {
        const std::string text = random_text(random);
        SplitOptions options;
        options.target = 1 + random() % 40;
        options.limit = options.target + random() % 10;
        options.overlap = random() % 3;
        options.headings = random() % 4 != 0;
        expect_promises(text, options, random() % 2 == 0 ? word_ends : space_ends);
        ASSERT_FALSE(testing::Test::HasFatalFailure()) << "text " << i << ": " << text;
    }
}

TEST(Split, PromisesHoldForHostileTexts) {
    std::string headings;
    for (int i = 0; i < 3000; ++i) headings += "# Heading\n";
    std::string lines;
    for (int i = 0; i < 20000; ++i) lines += "Line " + std::to_string(i) + "\n";
    const std::string cases[] = {
        headings,
        lines,
        std::string(50000, '#'),
        std::string(50000, '\n') + "x",
        std::string(5000, '.'),
        std::string(200, '\0'),
        [] {
            std::string out;
            for (int i = 0; i < 60000; ++i) out += "中";
            return out;
        }(),
    };
    for (const std::string& text : cases) {
        expect_promises(text, tokens(50), word_ends);
        ASSERT_FALSE(testing::Test::HasFatalFailure()) << text.substr(0, 20);
    }
}

TEST(Split, LongTextsGoWindowByWindow) {
    std::string text;
    for (int i = 0; text.size() < (std::size_t{5} << 19); ++i)
        text += "# Section " + std::to_string(i) +
                "\n\nSome words that are said here, and more of them.\n\n";
    std::size_t largest = 0;
    const TokenEnds ends = [&](std::string_view window) {
        largest = std::max(largest, window.size());
        return space_ends(window);
    };
    expect_promises(text, tokens(100), ends);
    EXPECT_LE(largest, std::size_t{1} << 20);
}

}  // namespace
}  // namespace lectern::passages
