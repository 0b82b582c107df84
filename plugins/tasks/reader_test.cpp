// The reader that ships reads here as it did where it was trained: logits and spans of
// testdata/reader/golden.json, which training/golden.py has computed with PyTorch from the same
// file.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "plugins/tasks/answer_spans.hpp"
#include "plugins/tasks/test_support.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::tasks {
namespace {

namespace fs = std::filesystem;

TEST(ShippedReader, ReadsAsItWasTrained) {
    const fs::path models = LECTERN_MODELS_DIR;
    if (!fs::exists(models / "all-MiniLM-L6-v2"))
        GTEST_SKIP() << "the model all-MiniLM-L6-v2 is not in " << models;
    const fs::path folder = fs::path(LECTERN_SOURCE_DIR) / "models/reader-minilm";
    TaskOptions options = options_for(folder);
    options.models = models;
    const AnswerReader reader(options, {}, {.min_score = 0});
    const auto golden = read_json(testdata() / "reader/golden.json");
    ASSERT_GE(golden.at("rows").as_array().size(), 10U);
    for (const auto& row : golden.at("rows").as_array()) {
        const std::string question(row.at("question").as_string());
        const std::string passage(row.at("passage").as_string());
        const AnswerPassage read{"", passage, 0};
        const auto found = reader.read(question, {&read, 1}, 1, [] {});
        ASSERT_EQ(found.size(), 1U) << question;
        EXPECT_NEAR(found[0].signs.answers, row.at("answerable").to_number<double>(), 0.01)
            << question;
        EXPECT_NEAR(found[0].signs.sureness, row.at("span_log_probability").to_number<double>(),
                    0.01)
            << question;
        EXPECT_NEAR(std::log(found[0].span_probability),
                    row.at("span_log_probability").to_number<double>(), 0.01)
            << question;
        EXPECT_LE(found[0].other_probability, found[0].span_probability) << question;
        EXPECT_EQ(passage.substr(found[0].span_begin, found[0].span_end - found[0].span_begin),
                  row.at("text").as_string())
            << question;
    }
}

TEST(ShippedReader, AnotherBaseIsRefused) {
    TestFolder home;
    const fs::path folder = home.path() / "reader";
    fs::create_directories(folder);
    fs::copy(fs::path(LECTERN_SOURCE_DIR) / "models/reader-minilm", folder);
    const auto without = failure_of([&] { AnswerReader(options_for(folder), {}, {}); });
    EXPECT_NE(std::string(without.what()).find("was trained from the model 'all-MiniLM-L6-v2'"),
              std::string::npos)
        << without.what();
    // A folder of that name that holds another model.
    fs::create_directories(home.path() / "all-MiniLM-L6-v2");
    fs::copy(testdata() / "answers/model.safetensors", home.path() / "all-MiniLM-L6-v2");
    const auto other = failure_of([&] { AnswerReader(options_for(folder), {}, {}); });
    EXPECT_NE(std::string(other.what()).find("was trained from another"), std::string::npos)
        << other.what();
}

}  // namespace
}  // namespace lectern::tasks
