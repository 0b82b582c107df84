// Scores of pairs against a NumPy float64 reference (testdata/make_golden.py), and failures.
#include "plugins/tasks/cross_encoder.hpp"

#include <gtest/gtest.h>

#include "plugins/tasks/test_support.hpp"

namespace lectern::tasks {
namespace {

std::vector<float> scores_of(const CrossEncoder& encoder, const std::string& query,
                             const std::vector<std::string>& passages) {
    const std::vector<std::string_view> views(passages.begin(), passages.end());
    std::vector<float> out(passages.size());
    encoder.score(query, views, out, [] {});
    return out;
}

class CrossEncoderTest : public testing::TestWithParam<const char*> {};

TEST_P(CrossEncoderTest, ScoresEqualTheReference) {
    const auto folder = testdata() / GetParam();
    const CrossEncoder encoder(options_for(folder), {});
    const auto queries = read_json(folder / "expected.json");
    for (const auto& query : queries.as_array()) {
        const auto passages = boost::json::value_to<std::vector<std::string>>(query.at("passages"));
        const auto expected = boost::json::value_to<std::vector<float>>(query.at("scores"));
        const std::string text(query.at("query").as_string());
        const auto together = scores_of(encoder, text, passages);
        for (std::size_t i = 0; i < passages.size(); ++i) {
            EXPECT_NEAR(together[i], expected[i], 2e-5) << text << " | " << passages[i];
            // Alone, without the padding of a batch.
            EXPECT_NEAR(scores_of(encoder, text, {passages[i]})[0], expected[i], 2e-5);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(OneAndTwoLabels, CrossEncoderTest,
                         testing::Values("reranker", "two-labels"),
                         [](const auto& test) { return test.index == 0 ? "One" : "Two"; });

TEST(CrossEncoder, TokenTypesTellTheTwoTextsApart) {
    const CrossEncoder encoder(options_for(testdata() / "reranker"), {});
    const float one = scores_of(encoder, "the moon", {"the sea"})[0];
    const float other = scores_of(encoder, "the sea", {"the moon"})[0];
    EXPECT_GT(std::abs(one - other), 1e-4F);
}

TEST(CrossEncoder, ALongPassageIsCutAndALongQuestionLeavesHalfOfTheRoom) {
    const CrossEncoder encoder(options_for(testdata() / "reranker"), {});
    const auto repeated = [](const std::string& word, std::size_t times) {
        std::string out;
        for (std::size_t i = 0; i < times; ++i) out += word + " ";
        return out;
    };
    // 32 positions: [CLS] 2 [SEP] 27 [SEP]; what comes behind has no influence.
    const auto cut = scores_of(encoder, "the moon", {repeated("sea", 27), repeated("sea", 500)});
    EXPECT_EQ(cut[0], cut[1]);
    const auto question = scores_of(encoder, repeated("moon", 500), {repeated("sea", 500)});
    EXPECT_NEAR(question[0], scores_of(encoder, repeated("moon", 14), {repeated("sea", 15)})[0],
                1e-6);
}

TEST(CrossEncoder, StopsWhenAsked) {
    const CrossEncoder encoder(options_for(testdata() / "reranker"), {});
    const std::vector<std::string_view> passages{"the sea"};
    std::vector<float> scores(1);
    EXPECT_EQ(failure_of([&] {
                  encoder.score("moon", passages, scores,
                                [] { throw plugin::Failure(LECTERN_CANCELLED, "cancelled"); });
              }).code(),
              LECTERN_CANCELLED);
}

TEST(CrossEncoder, SaysWhyAModelIsNone) {
    const TestFolder folder;
    const auto copy = [&](const std::string& name) {
        std::filesystem::copy(testdata() / "reranker", folder.path() / name);
        return folder.path() / name;
    };
    const auto no_tokenizer = copy("no-tokenizer");
    std::filesystem::remove(no_tokenizer / "vocab.txt");
    const auto no_head = copy("no-head");
    std::filesystem::copy_file(LECTERN_SOURCE_DIR "/plugins/bert/testdata/bert/model.safetensors",
                               no_head / "model.safetensors",
                               std::filesystem::copy_options::overwrite_existing);
    auto config =
        shared::read_text_file(LECTERN_SOURCE_DIR "/plugins/bert/testdata/bert/config.json");
    bert::write_file(no_head / "config.json", config);

    const std::pair<std::filesystem::path, std::string> cases[] = {
        {no_tokenizer, "name its folder with the option 'tokenizer'"},
        {no_head, "has no head that classifies sequences"},
        {folder.path() / "nowhere", "does not exist"},
    };
    for (const auto& [model, message] : cases) {
        const auto failure =
            failure_of([&, &path = model] { CrossEncoder(options_for(path), {}); });
        EXPECT_NE(std::string(failure.what()).find(message), std::string::npos) << failure.what();
    }
    // The tokenizer of another folder serves a model without one.
    EXPECT_NO_THROW(CrossEncoder(options_for(no_tokenizer), testdata() / "reranker"));
}

}  // namespace
}  // namespace lectern::tasks
