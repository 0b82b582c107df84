#include "plugins/wordpiece/tokenizer_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "lectern/plugin.hpp"
#include "plugins/wordpiece/wordpiece.hpp"

namespace lectern::wordpiece {
namespace {

using ::testing::HasSubstr;

// The message of the failure, "[code] message", or "".
std::string failure(const std::function<void()>& work) {
    try {
        work();
    } catch (const plugin::Failure& e) {
        return "[" + std::to_string(e.code()) + "] " + e.what();
    }
    return "";
}

constexpr std::string_view small = R"({
  "added_tokens": [
    {"id": 1, "content": "[CLS]", "special": true, "normalized": false},
    {"id": 2, "content": "[SEP]", "special": true, "normalized": false}],
  "normalizer": {"type": "BertNormalizer", "lowercase": true, "strip_accents": null},
  "pre_tokenizer": {"type": "BertPreTokenizer"},
  "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
  "model": {"type": "WordPiece", "unk_token": "[UNK]",
            "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "read": 3, "##s": 4}}})";

// `small` with one part replaced.
std::string with(std::string_view part, std::string_view instead) {
    std::string out(small);
    const std::size_t at = out.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return out.replace(at, part.size(), instead);
}

TEST(TokenizerFile, ReadsTokenizerJson) {
    const TokenizerFile file = read_tokenizer_json(small, "tokenizer.json");
    EXPECT_EQ(file.vocabulary.size(), 5U);
    EXPECT_EQ(file.added.size(), 2U);
    EXPECT_TRUE(file.normalizer.strip_accents);  // null: as lowercase
    EXPECT_EQ(file.prefix, "##");
    EXPECT_EQ(file.before, std::vector<std::int32_t>{1});
    EXPECT_EQ(file.behind, std::vector<std::int32_t>{2});
}

TEST(TokenizerFile, AnswersWithWhatIsWrongAndWhere) {
    struct Case {
        std::string json;
        std::string message;
    };
    const Case cases[] = {
        {std::string(small.substr(0, 300)), "[4] t.json is not valid JSON (incomplete JSON): is"},
        {"", "[4] t.json is not valid JSON"},
        {"[]", "[1] t.json is not a JSON object"},
        {"{}", "[1] t.json has no \"model\""},
        {with("\"type\": \"WordPiece\"", "\"type\": \"BPE\""),
         "[3] t.json: model.type is \"BPE\"; this plugin does WordPiece only"},
        {with("\"type\": \"WordPiece\"", "\"type\": \"Unigram\""), "model.type is \"Unigram\""},
        {with("\"type\": \"WordPiece\"", "\"merges\": []"), "model.type is \"BPE\""},
        {with("\"[UNK]\": 0, ", ""), "[1] the vocabulary has no entry \"[UNK]\""},
        {with("\"read\": 3", "\"read\": -3"), "[1] t.json: model.vocab.read is not a token id"},
        {with("\"read\": 3", "\"read\": \"x\""), "model.vocab.read is not a token id"},
        {with("\"lowercase\": true", "\"lowercase\": 1"), "normalizer.lowercase is not true"},
        {with("BertNormalizer", "NFKC"), "[3] t.json: normalizer.type is \"NFKC\""},
        {with("BertPreTokenizer", "ByteLevel"), "[3] t.json: pre_tokenizer.type is \"ByteLevel\""},
        {with("BertProcessing", "RobertaProcessing"), "post_processor.type is"},
        {with("[\"[SEP]\", 2]", "7"), "post_processor.sep is not a pair"},
        {with("\"id\": 1, ", ""), "added_tokens.id is missing"},
    };
    for (const Case& c : cases)
        EXPECT_THAT(failure([&] { (void)WordPiece::parse(c.json, "t.json"); }),
                    HasSubstr(c.message));
}

// Whatever the bytes are, they are read or refused.
TEST(TokenizerFile, RefusesEveryTruncation) {
    for (std::size_t size = 0; size < small.size(); ++size)
        EXPECT_NE(failure([&] { (void)WordPiece::parse(small.substr(0, size)); }), "") << size;
}

TEST(TokenizerFile, ReadsVocabTxt) {
    const auto cased = WordPiece::parse_vocabulary(
        "[PAD]\r\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nRead\n##s", R"({"do_lower_case": false})");
    Encoding out;
    cased.encode("Reads read [MASK]", true, 0, out);
    EXPECT_EQ(out.ids, (std::vector<std::int32_t>{2, 5, 6, 1, 4, 3}));
    EXPECT_EQ(cased.vocabulary_size(), 7U);
    EXPECT_EQ(cased.id_of("##s"), 6);
    EXPECT_EQ(cased.id_of("nothing"), std::nullopt);

    EXPECT_THAT(failure([] { (void)WordPiece::parse_vocabulary("a\nb\n", ""); }),
                HasSubstr("vocab.txt has no line \"[CLS]\""));
    EXPECT_THAT(failure([] { (void)WordPiece::parse_vocabulary("[CLS]\n[SEP]\n", ""); }),
                HasSubstr("no entry \"[UNK]\""));
    EXPECT_THAT(failure([] { (void)WordPiece::parse_vocabulary("[CLS]\n", "{"); }),
                HasSubstr("tokenizer_config.json is not valid JSON"));
}

class ModelFolder : public ::testing::Test {
 protected:
    ModelFolder()
        : path_(std::filesystem::temp_directory_path() /
                ("lectern-wordpiece-" + std::to_string(getpid()))) {
        std::filesystem::create_directories(path_);
    }
    ~ModelFolder() override { std::filesystem::remove_all(path_); }
    void write(const std::string& name, std::string_view content) const {
        std::ofstream(path_ / name, std::ios::binary) << content;
    }
    const std::filesystem::path path_;
};

TEST_F(ModelFolder, PrefersTokenizerJson) {
    write("tokenizer.json", small);
    write("vocab.txt", "nothing of use");
    EXPECT_EQ(WordPiece::load(path_).vocabulary_size(), 5U);
}

TEST_F(ModelFolder, TellsEqualTokenizersFromOthers) {
    write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\nread\n##s\n");
    const std::string from_text = WordPiece::load(path_).fingerprint();
    EXPECT_THAT(from_text, ::testing::MatchesRegex("wordpiece:[0-9a-f]{32}"));
    // The same vocabulary and rules in the other format; vocab.txt makes [UNK] an added token.
    const std::string json =
        with("\"added_tokens\": [",
             "\"added_tokens\": [{\"id\": 0, \"content\": \"[UNK]\", \"special\": true},");
    EXPECT_EQ(WordPiece::parse(json).fingerprint(), from_text);
    write("tokenizer_config.json", R"({"do_lower_case": false})");
    EXPECT_NE(WordPiece::load(path_).fingerprint(), from_text);
    write("vocab.txt", "[UNK]\n[CLS]\n[SEP]\nread\n##t\n");
    EXPECT_NE(WordPiece::load(path_).fingerprint(), from_text);
}

TEST_F(ModelFolder, SaysWhatIsMissing) {
    EXPECT_THAT(failure([&] { (void)WordPiece::load(path_ / "no"); }),
                HasSubstr("/no does not exist; option 'model' names a Hugging Face folder"));
    EXPECT_THAT(failure([&] { (void)WordPiece::load(path_); }),
                HasSubstr("has neither tokenizer.json nor vocab.txt"));
    write("file", "");
    EXPECT_THAT(failure([&] { (void)WordPiece::load(path_ / "file"); }),
                HasSubstr("file is not a folder"));
}

}  // namespace
}  // namespace lectern::wordpiece
