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

double number(const boost::json::value& of, const char* name) {
    const auto* const found = of.as_object().if_contains(name);
    return found == nullptr ? 0 : found->to_number<double>();
}

TEST(ShippedReader, ReadsAsItWasTrained) {
    const fs::path models = LECTERN_MODELS_DIR;
    if (!fs::exists(models / "all-MiniLM-L6-v2"))
        GTEST_SKIP() << "the model all-MiniLM-L6-v2 is not in " << models;
    const fs::path folder = fs::path(LECTERN_SOURCE_DIR) / "models/reader-minilm";
    TaskOptions options = options_for(folder);
    options.models = models;
    const AnswerReader reader(options, {}, {.min_score = 0});
    const auto calibration = read_json(folder / "config.json").at("reader").at("calibration");
    const auto golden = read_json(testdata() / "reader/golden.json");
    ASSERT_GE(golden.at("rows").as_array().size(), 10U);
    for (const auto& row : golden.at("rows").as_array()) {
        const std::string question(row.at("question").as_string());
        const std::string passage(row.at("passage").as_string());
        const AnswerPassage read{"", passage, 0};
        const auto found = reader.read(question, {&read, 1}, 1, [] {});
        ASSERT_EQ(found.size(), 1U) << question;
        const double logit =
            number(calibration, "bias") +
            number(calibration, "weight") * number(row, "answerable") +
            number(calibration, "span_weight") * number(row, "span_log_probability");
        EXPECT_NEAR(found[0].score, 1 / (1 + std::exp(-logit)), 2e-3) << question;
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
