#include "plugins/tasks/reader_states.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "plugins/bert/weights.hpp"
#include "plugins/tasks/test_support.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::tasks {
namespace {

namespace fs = std::filesystem;

fs::path shipped_reader() {
    return fs::path(LECTERN_SOURCE_DIR) / "models/reader-minilm";
}

TEST(ReaderStates, ALayerIsWrittenAndReadAgain) {
    TestFolder home;
    const fs::path folder = home.path() / "reader";
    fs::copy(shipped_reader(), folder);
    ASSERT_TRUE(has_output_layer(folder));
    EXPECT_FALSE(has_output_layer(home.path()));
    OutputLayer layer = read_output_layer(folder);
    ASSERT_EQ(layer.width, 384U);
    ASSERT_EQ(layer.values.size(), 3U * 385U);
    for (std::size_t i = 0; i < layer.values.size(); ++i)
        layer.values[i] = static_cast<double>(static_cast<float>(layer.values[i] * 1.001 + 0.25));
    write_output_layer(folder, layer);
    EXPECT_EQ(read_output_layer(folder).values, layer.values);
    EXPECT_FALSE(fs::exists(folder / "model.safetensors.part"));
    // All else is as it was.
    const auto before = bert::Weights::open_layer(shipped_reader());
    const auto after = bert::Weights::open_layer(folder);
    const std::string name = "bert.encoder.layer.5.output.dense.weight";
    const ov::Shape shape{384, 1536};
    EXPECT_EQ(before.constant(name, shape)->cast_vector<float>(),
              after.constant(name, shape)->cast_vector<float>());
}

// The states of the examples, through the layer that ships, are the logits of the reader.
TEST(ReaderStates, StatesAreWhatTheReaderReads) {
    const fs::path models = LECTERN_MODELS_DIR;
    if (!fs::exists(models / "all-MiniLM-L6-v2"))
        GTEST_SKIP() << "the model all-MiniLM-L6-v2 is not in " << models;
    TaskOptions options = options_for(shipped_reader());
    options.models = models;
    ReadingRow row;
    row.question = "When did the Orion project start?";
    row.passages.push_back({"Orion", "The Orion project started in March 2019.", 0, true, "a", {}});
    row.passages.push_back({"", "The budget of Vega is 40,000 euros.", 0, false, "b", {}});
    const std::string& text = row.passages[0].text;
    const std::size_t at = text.find("March 2019");
    row.passages[0].spans.push_back({at, at + 10});
    const LayerExamples examples = layer_examples(options, {}, 128, {row}, {0}, [] {});
    ASSERT_EQ(examples.judged.size(), 2U);
    ASSERT_EQ(examples.marked.size(), 1U);
    EXPECT_TRUE(examples.judged[0].answers);
    EXPECT_FALSE(examples.judged[1].answers);
    const OutputLayer layer = read_output_layer(shipped_reader());
    const AnswerReader reader(options, {}, {.min_score = 0});
    const auto of_state = [&](std::size_t output, const float* state) {
        const auto weights = layer.of(output);
        double sum = weights[layer.width];
        for (std::size_t i = 0; i < layer.width; ++i) sum += weights[i] * double{state[i]};
        return sum;
    };
    for (std::size_t i = 0; i < 2; ++i) {
        const ReadingRow::Passage& passage = row.passages[i];
        const AnswerPassage one{passage.title, passage.text, 0};
        const auto found = reader.read(row.question, {&one, 1}, 1, [] {});
        ASSERT_EQ(found.size(), 1U);
        EXPECT_NEAR(of_state(OutputLayer::answers, examples.judged[i].state.data()),
                    found[0].signs.answers, 1e-3);
    }
    // The right tokens are the likeliest ones.
    const auto& marked = examples.marked[0];
    for (const auto& [output, right] :
         {std::pair{OutputLayer::begins, marked.begins}, {OutputLayer::ends, marked.ends}}) {
        ASSERT_EQ(right.size(), 1U);
        std::size_t best = 0;
        for (std::size_t i = 1; i < marked.states.size() / examples.width; ++i)
            if (of_state(output, &marked.states[i * examples.width]) >
                of_state(output, &marked.states[best * examples.width]))
                best = i;
        EXPECT_EQ(best, right[0]);
    }
}

TEST(ReaderStates, DocumentsAreKeptApart) {
    std::vector<ReadingRow> rows;
    for (std::size_t i = 0; i < 240; ++i) {
        ReadingRow& row = rows.emplace_back();
        row.passages.push_back(
            {"", "text", 0, i % 2 == 0, "document " + std::to_string(i / 2 % 12), {}});
    }
    const RowsApart apart = rows_apart(rows);
    EXPECT_TRUE(apart.by_document);
    EXPECT_EQ(apart.kept.size(), 60U);
    EXPECT_EQ(apart.fitted.size(), 180U);
    for (const std::size_t kept : apart.kept)
        for (const std::size_t fitted : apart.fitted)
            ASSERT_NE(rows[kept].passages[0].document, rows[fitted].passages[0].document);
    // Of one document: by question, with both kinds on either side.
    for (ReadingRow& row : rows) row.passages[0].document = "one";
    const RowsApart questions = rows_apart(rows);
    EXPECT_FALSE(questions.by_document);
    EXPECT_EQ(questions.kept.size(), 60U);
    EXPECT_EQ(questions.fitted.size(), 180U);
    const auto answered = [&](std::size_t one) { return rows[one].passages[0].answers; };
    EXPECT_EQ(std::count_if(questions.kept.begin(), questions.kept.end(), answered), 30);
}

}  // namespace
}  // namespace lectern::tasks
