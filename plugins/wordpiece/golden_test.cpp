// Token for token and byte for byte the same as Hugging Face's tokenizers. The golden files are
// made by testdata/make_golden.py; their first lines say with which version.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "plugins/wordpiece/characters.hpp"
#include "plugins/wordpiece/wordpiece.hpp"
#include "test_folders.hpp"

namespace lectern::wordpiece {
namespace {

namespace json = boost::json;

std::ifstream open(const std::string& name) {
    std::ifstream in(LECTERN_SOURCE_DIR "/plugins/wordpiece/testdata/" + name);
    EXPECT_TRUE(in) << name;
    std::string header;
    std::getline(in, header);
    EXPECT_NE(header.find("\"tokenizers\":"), std::string::npos) << header;
    return in;
}

// A case is [text, ids, [begin, end, ...]]; -1, -1 stands for an added special token.
void check(const WordPiece& tokenizer, const json::array& example) {
    const std::string_view text(example[0].as_string().data(), example[0].as_string().size());
    const json::array& ids = example[1].as_array();
    const json::array& offsets = example[2].as_array();
    Encoding got;
    tokenizer.encode(text, true, 0, got);
    ASSERT_EQ(json::value_from(got.ids), json::value(ids)) << text;
    ASSERT_EQ(got.ranges.size(), got.ids.size()) << text;
    for (std::size_t i = 0; i < got.ranges.size(); ++i) {
        const auto [begin, end] = got.ranges[i];
        if (offsets[2 * i].as_int64() < 0) {
            ASSERT_EQ(begin, end) << text;
            continue;
        }
        ASSERT_EQ(begin, static_cast<std::uint64_t>(offsets[2 * i].as_int64())) << text << " " << i;
        ASSERT_EQ(end, static_cast<std::uint64_t>(offsets[2 * i + 1].as_int64()))
            << text << " " << i;
    }
    // Cut short, it is the beginning of the same tokens, between the special tokens.
    for (const std::size_t most : {std::size_t{3}, got.ids.size() / 2, got.ids.size()}) {
        const std::size_t special = tokenizer.special_tokens();
        if (most < special || most > got.ids.size()) continue;
        Encoding cut;
        tokenizer.encode(text, true, most, cut);
        ASSERT_EQ(cut.ids.size(), most) << text;
        for (std::size_t i = 0; i + 1 < most; ++i) ASSERT_EQ(cut.ids[i], got.ids[i]) << text;
        ASSERT_EQ(cut.ids.back(), got.ids.back()) << text;
    }
}

TEST(Golden, AllMiniLm) {
    const std::string folder = LECTERN_MODELS_DIR "/all-MiniLM-L6-v2";
    if (!std::filesystem::exists(folder))
        GTEST_SKIP() << folder << " is missing; ./quickstart fetches it";
    const WordPiece tokenizer = WordPiece::load(folder);
    std::ifstream in = open("golden.jsonl");
    std::size_t cases = 0;
    for (std::string line; std::getline(in, line); ++cases) {
        check(tokenizer, json::parse(line).as_array());
        if (HasFatalFailure()) return;
    }
    EXPECT_GE(cases, 2500U);
}

// Small tokenizers with other rules: each line is a tokenizer.json or a case for the last one.
TEST(Golden, OtherRules) {
    std::ifstream in = open("variants.jsonl");
    std::string tokenizer_json;
    std::optional<WordPiece> tokenizer;
    std::size_t cases = 0;
    for (std::string line; std::getline(in, line);) {
        const json::value value = json::parse(line);
        if (value.is_object()) {
            tokenizer_json = line;
            tokenizer = WordPiece::parse(line);
            continue;
        }
        ++cases;
        check(*tokenizer, value.as_array());
        if (HasFatalFailure()) FAIL() << tokenizer_json;
    }
    EXPECT_GE(cases, 1500U);
}

// Every code point beyond ASCII: [first, last, flags]; what is not listed has no flag.
TEST(Golden, ClassesOfCharacters) {
    std::ifstream in = open("characters.jsonl");
    std::size_t failures = 0;
    const auto expect = [&failures](CodePoint code, std::string_view flags) {
        std::string got;
        if (is_dropped(code)) got += 'd';
        if (is_white_space(code)) got += 'w';
        if (is_chinese(code)) got += 'c';
        if (is_punctuation(code)) got += 'p';
        if (is_accent(code)) got += 'a';
        if (got != flags && ++failures < 20)
            ADD_FAILURE() << std::hex << code << " is '" << got << "', expected '" << flags << "'";
    };
    CodePoint next = 0x80;
    for (std::string line; std::getline(in, line);) {
        const json::array run = json::parse(line).as_array();
        const auto first = static_cast<CodePoint>(run[0].as_int64());
        const auto last = static_cast<CodePoint>(run[1].as_int64());
        for (; next < first; ++next)
            if (next < 0xD800 || next > 0xDFFF) expect(next, "");
        for (; next <= last; ++next)
            if (next < 0xD800 || next > 0xDFFF) expect(next, run[2].as_string().c_str());
    }
    for (; next < 0x110000; ++next) expect(next, "");
    EXPECT_EQ(failures, 0U);
}

}  // namespace
}  // namespace lectern::wordpiece
