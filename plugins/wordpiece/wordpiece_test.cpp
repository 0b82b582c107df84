#include "plugins/wordpiece/wordpiece.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

namespace lectern::wordpiece {
namespace {

using Ids = std::vector<std::int32_t>;

// Ids: [UNK] 0, [CLS] 1, [SEP] 2, [MASK] 3, then the words.
WordPiece small() {
    return WordPiece::parse_vocabulary(
        "[UNK]\n[CLS]\n[SEP]\n[MASK]\nbert\nread\n##s\n.\ne\n##e\ncafe\n我\n", "");
}

struct Encoded {
    Ids ids;
    std::vector<std::string> pieces;
};
Encoded encode(const WordPiece& tokenizer, std::string_view text, bool special = false,
               std::size_t most = 0) {
    Encoding out;
    tokenizer.encode(text, special, most, out);
    Encoded result{out.ids, {}};
    for (const auto [begin, end] : out.ranges)
        result.pieces.emplace_back(text.substr(begin, end - begin));
    return result;
}

TEST(WordPiece, CutsWordsIntoPiecesAndKeepsTheirBytes) {
    const auto [ids, pieces] = encode(small(), "BERT reads Café.我");
    EXPECT_EQ(ids, (Ids{4, 5, 6, 10, 7, 11}));
    EXPECT_EQ(pieces, (std::vector<std::string>{"BERT", "read", "s", "Café", ".", "我"}));
}

TEST(WordPiece, AddsSpecialTokens) {
    const auto [ids, pieces] = encode(small(), "bert", true);
    EXPECT_EQ(ids, (Ids{1, 4, 2}));
    EXPECT_EQ(pieces, (std::vector<std::string>{"", "bert", ""}));
    EXPECT_EQ(encode(small(), "", true).ids, (Ids{1, 2}));
    EXPECT_EQ(encode(small(), "").ids, Ids{});
}

TEST(WordPiece, CutsTheEndOfTheTextAndKeepsSpecialTokens) {
    const WordPiece tokenizer = small();
    EXPECT_EQ(encode(tokenizer, "bert reads bert", true, 4).ids, (Ids{1, 4, 5, 2}));
    EXPECT_EQ(encode(tokenizer, "bert reads bert", false, 3).ids, (Ids{4, 5, 6}));
    EXPECT_EQ(encode(tokenizer, "bert reads bert", true, 2).ids, (Ids{1, 2}));
    EXPECT_EQ(encode(tokenizer, "bert reads bert", true, 1).ids, (Ids{1}));
    EXPECT_EQ(encode(tokenizer, "[MASK] bert", true, 3).ids, (Ids{1, 3, 2}));
}

TEST(WordPiece, MakesAWordOfTooManyCharactersUnknown) {
    const WordPiece tokenizer = small();
    EXPECT_EQ(encode(tokenizer, std::string(100, 'e')).ids.size(), 100U);
    const auto [ids, pieces] = encode(tokenizer, std::string(101, 'e') + " bert");
    EXPECT_EQ(ids, (Ids{0, 4}));
    EXPECT_EQ(pieces[0].size(), 101U);
    EXPECT_EQ(encode(tokenizer, std::string(50'000'000, 'e')).ids, (Ids{0}));
}

TEST(WordPiece, TakesBytesThatAreNotUtf8) {
    const auto [ids, pieces] = encode(small(), "bert\xFF\xC3 read\xE6\x88s");
    EXPECT_EQ(ids, (Ids{4, 5, 6}));  // dropped, as U+FFFD is
    EXPECT_EQ(pieces, (std::vector<std::string>{"bert", "read", "s"}));
}

TEST(WordPiece, GivesRangesInOrderInsideAnyText) {
    const WordPiece tokenizer = small();
    std::mt19937 random(5);
    for (int round = 0; round < 2000; ++round) {
        std::string text(random() % 64, ' ');
        for (char& c : text) c = static_cast<char>(random());
        Encoding out;
        tokenizer.encode(text, true, 0, out);
        std::uint64_t last = 0;
        for (const auto [begin, end] : out.ranges) {
            ASSERT_LE(last, begin);
            ASSERT_LE(begin, end);
            ASSERT_LE(end, text.size());
            last = end;
        }
    }
}

TEST(WordPiece, RunsOnManyThreads) {
    const WordPiece tokenizer = small();
    const std::string text = "Bert reads café. [MASK] 我 unknown";
    const Ids expected = encode(tokenizer, text).ids;
    std::vector<Ids> got(4);
    std::vector<std::thread> threads;
    for (Ids& out : got)
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) out = encode(tokenizer, text).ids;
        });
    for (auto& thread : threads) thread.join();
    for (const Ids& out : got) EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace lectern::wordpiece
