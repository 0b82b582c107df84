// Pipelines with the stages of the plugin `tasks`, whose tiny models are in its testdata.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lectern/lectern.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Collection;
using lectern::DocumentInput;

const fs::path models = fs::path(LECTERN_SOURCE_DIR) / "plugins/tasks/testdata";

boost::json::value read_json(const fs::path& path) {
    std::ifstream in(path);
    return boost::json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

class TasksTest : public testing::Test {
 protected:
    // A collection whose pipeline has `stages` beside the usual ones.
    lectern::Result<Collection> open(const std::string& name, const std::string& stages,
                                     const std::string& ingest, const std::string& query,
                                     const std::string& more = "") const {
        const fs::path file = folder / (name + ".yaml");
        std::ofstream(file) << "version: 1\npipeline: " << name
                            << "\nstages:\n"
                               "  text: {plugin: documents, stage: text}\n"
                               "  chunks: {plugin: passages, stage: splitter}\n"
                               "  tokens: {plugin: wordpiece, options: {model: all-MiniLM-L6-v2}}\n"
                               "  vectors: {plugin: bert, options: {model: all-MiniLM-L6-v2}}\n"
                            << stages << "ingest: " << ingest << "\nquery: " << query << "\n"
                            << more;
        lectern::OpenOptions options;
        options.pipeline = file.string();
        options.folders.plugins = {LECTERN_BINARY_DIR "/tests/scripted"};
        return Collection::open(folder / name, std::move(options));
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
};

std::string model(const std::string& name) {
    return "{model: \"" + (models / name).string() + "\", precision: f32}";
}

constexpr const char* plain_ingest = "[source, text, chunks, tokens, vectors, commit]";

TEST_F(TasksTest, ARerankerPutsTheBestHitsInItsOrder) {
    const auto expected = read_json(models / "reranker/expected.json");
    const auto& query = expected.at(0);
    const std::string text(query.at("query").as_string());
    std::vector<DocumentInput> documents;
    std::vector<std::pair<float, std::string>> order;  // by the NumPy reference's scores
    for (std::size_t i = 0; i < query.at("passages").as_array().size(); ++i) {
        const std::string passage(query.at("passages").at(i).as_string());
        documents.push_back({"d" + std::to_string(i), "", passage, ""});
        order.emplace_back(query.at("scores").at(i).to_number<float>(), documents.back().id);
    }
    std::sort(order.rbegin(), order.rend());

    const std::string stage =
        "  rank: {plugin: tasks, stage: reranker, options: " + model("reranker") + "}\n";
    const auto search_with = [&](const std::string& name, const std::string& stages,
                                 const std::string& steps, const std::string& more,
                                 std::size_t k) -> std::vector<lectern::Hit> {
        auto collection = open(name, stages, plain_ingest, steps, more);
        EXPECT_TRUE(collection.ok()) << collection.status().message();
        EXPECT_EQ(collection->ingest_documents(documents)->documents, documents.size());
        auto found = collection->search(text, {.k = k});
        EXPECT_TRUE(found.ok()) << found.status().message();
        return std::move(found->hits);
    };
    const auto plain =
        search_with("plain", "", "[query, tokens, vectors, search]", "", documents.size());
    const auto ranked = search_with("ranked", stage, "[query, tokens, vectors, search, rank]", "",
                                    documents.size());
    ASSERT_EQ(ranked.size(), order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        EXPECT_EQ(ranked[i].document, order[i].second);
        EXPECT_NEAR(ranked[i].score, order[i].first, 1e-4);
    }
    EXPECT_NE(plain.front().document, ranked.front().document);  // so the order did change

    // Fewer hits than it reads: the best by its order, not the first of the search.
    const auto best = search_with("best", stage, "[query, tokens, vectors, search, rank]", "", 1);
    ASSERT_EQ(best.size(), 1U);
    EXPECT_EQ(best.front().document, order.front().second);

    // Only the two best of the search are read; the others stay behind them.
    const auto two = search_with("two", stage, "[query, tokens, vectors, search, rank]",
                                 "search: {rerank: 2}\n", documents.size());
    for (std::size_t i = 2; i < two.size(); ++i) EXPECT_EQ(two[i].document, plain[i].document);
    for (std::size_t i = 1; i < two.size(); ++i) EXPECT_LE(two[i].score, two[i - 1].score);
}

TEST_F(TasksTest, AQuestionAnsweringModelReads) {
    const std::string stage =
        "  evidence: {plugin: tasks, stage: question-answering, options: " + model("answers") +
        "}\n";
    auto collection =
        open("read", stage, plain_ingest, "[query, tokens, vectors, search, evidence]");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const std::vector<DocumentInput> documents{
        {"bridge", "", "A river is water. The bridge of stone was built in 1876.", ""},
        {"tide", "", "The tide rises with the moon.", ""}};
    ASSERT_EQ(collection->ingest_documents(documents)->documents, 2U);
    const auto answer = collection->ask("When was the bridge built?");
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_EQ(answer->status, lectern::AnswerStatus::extractive);
    ASSERT_EQ(answer->citations.size(), 1U);
    EXPECT_EQ(answer->citations[0].document, "bridge");
    EXPECT_EQ(answer->citations[0].quote, "The bridge of stone was built in 1876.");

    const std::vector<std::string> gone{"bridge"};
    ASSERT_EQ(*collection->remove(gone), 1U);
    EXPECT_EQ(collection->ask("When was the bridge built?")->status,
              lectern::AnswerStatus::abstained);
}

// How certain the reader is of its span comes to the writer.
TEST_F(TasksTest, AroundAnUncertainSpanNothingIsWritten) {
    const std::vector<DocumentInput> documents{
        {"bridge", "", "The bridge of stone by the river was built in 1876.", ""}};
    const auto ask = [&](const std::string& name, const std::string& more) {
        const std::string stages =
            "  evidence: {plugin: tasks, stage: question-answering, options: " + model("answers") +
            "}\n"
            "  write: {plugin: scripted, options: {text: \"The bridge of stone was built in "
            "1876.\"}}\n";
        auto collection = open(name, stages, plain_ingest,
                               "[query, tokens, vectors, search, evidence, write, verify]", more);
        EXPECT_TRUE(collection.ok()) << collection.status().message();
        EXPECT_EQ(collection->ingest_documents(documents)->documents, 1U);
        auto answer = collection->ask("When was the bridge of stone built?");
        EXPECT_TRUE(answer.ok()) << answer.status().message();
        return std::move(*answer);
    };
    const auto any = ask("any", "answer: {min_certainty: 0}\n");
    EXPECT_EQ(any.status, lectern::AnswerStatus::answered);
    EXPECT_EQ(any.text, "The bridge of stone was built in 1876 [1].");
    const auto certain = ask("certain", "answer: {min_certainty: 1}\n");
    EXPECT_EQ(certain.status, lectern::AnswerStatus::extractive);
    EXPECT_EQ(certain.text, "The bridge of stone by the river was built in 1876 [1].");
}

// All words of what is written occur in the evidence, so the check of words lets it pass; only
// reading shows that it does not follow.
TEST_F(TasksTest, AnEntailmentModelReplacesWhatDoesNotFollow) {
    const std::vector<DocumentInput> documents{
        {"bridge", "", "The bridge of stone by the river was maybe built in 1876.", ""}};
    const auto ask = [&](const std::string& name, bool verified, const std::string& more) {
        std::string stages =
            "  evidence: {plugin: passages, stage: reader}\n"
            "  write: {plugin: scripted, options: {text: \"The bridge was built in 1876 [1].\"}}\n";
        if (verified)
            stages +=
                "  entails: {plugin: tasks, stage: entailment, options: " + model("inference") +
                "}\n";
        auto collection = open(name, stages, plain_ingest,
                               std::string("[query, tokens, vectors, search, evidence, write, ") +
                                   (verified ? "entails, " : "") + "verify]",
                               more);
        EXPECT_TRUE(collection.ok()) << collection.status().message();
        EXPECT_EQ(collection->ingest_documents(documents)->documents, 1U);
        auto answer = collection->ask("When was the bridge of stone built?");
        EXPECT_TRUE(answer.ok()) << answer.status().message();
        return std::move(*answer);
    };
    const auto words = ask("words", false, "answer: {writing: free}\n");
    EXPECT_EQ(words.status, lectern::AnswerStatus::answered);
    EXPECT_EQ(words.text, "The bridge was built in 1876 [1].");

    const auto read = ask("read", true, "answer: {writing: free}\n");  // "maybe": neutral
    EXPECT_EQ(read.status, lectern::AnswerStatus::extractive);
    EXPECT_EQ(read.dropped_sentences, 1U);
    EXPECT_EQ(read.text, "The bridge of stone by the river was maybe built in 1876 [1].");

    const auto lenient = ask("lenient", true, "answer: {min_entailment: 0, writing: free}\n");
    EXPECT_EQ(lenient.text, "The bridge was built in 1876 [1].");
}

// Small models say things again in other words; the second time is left out.
TEST_F(TasksTest, ASummarySaysNothingTwice) {
    const std::string stages =
        "  evidence: {plugin: passages, stage: reader}\n"
        "  write: {plugin: scripted, options: {text: \"The bridge of stone was built in 1876 [1]. "
        "The "
        "stone bridge was built in 1876 [1].\"}}\n";
    auto collection = open("twice", stages, plain_ingest,
                           "[query, tokens, vectors, search, evidence, write, verify]");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const std::vector<DocumentInput> documents{
        {"bridge", "", "The bridge of stone was built in 1876.", ""}};
    ASSERT_EQ(collection->ingest_documents(documents)->documents, 1U);
    const auto summary = collection->summarize("bridge");
    ASSERT_TRUE(summary.ok()) << summary.status().message();
    EXPECT_EQ(summary->text, "The bridge of stone was built in 1876 [1].");
    EXPECT_EQ(summary->dropped_sentences, 1U);
}

TEST_F(TasksTest, AnEntailmentStageStandsBehindTheGenerator) {
    const auto collection =
        open("order",
             "  evidence: {plugin: passages, stage: reader}\n"
             "  write: {plugin: scripted, options: {text: Yes.}}\n"
             "  entails: {plugin: tasks, stage: entailment, options: " +
                 model("inference") + "}\n",
             plain_ingest, "[query, tokens, vectors, search, evidence, entails, write, verify]");
    ASSERT_FALSE(collection.ok());
    EXPECT_NE(
        collection.status().message().find("'evidence' gives evidence, but 'entails' takes an "
                                           "answer"),
        std::string::npos)
        << collection.status().message();
}

boost::json::value metadata_of(const Collection& collection, const std::string& id) {
    const auto document = collection.get(id);
    EXPECT_TRUE(document.ok()) << document.status().message();
    return boost::json::parse(document->metadata);
}

TEST_F(TasksTest, AnLstmWritesItsClassIntoTheMetadataAtIngest) {
    const auto lstm = models / "lstm";
    const std::string stage = "  mood: {plugin: tasks, stage: classifier, options: {model: \"" +
                              (lstm / "model.onnx").string() + "\", vocabulary: \"" +
                              (lstm / "words.txt").string() +
                              "\", labels: [negative, positive], into: mood}}\n";
    auto collection = open("mood", stage, "[source, text, mood, chunks, tokens, vectors, commit]",
                           "[query, tokens, vectors, search]");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const std::vector<DocumentInput> documents{
        {"one", "", "The bread is good.", R"({"year": 1998})"},
        {"two", "", "The bread is awful.", ""}};
    ASSERT_EQ(collection->ingest_documents(documents)->documents, 2U);
    const auto one = metadata_of(*collection, "one");
    EXPECT_EQ(one.at("mood"), "positive");
    EXPECT_EQ(one.at("year"), 1998);
    EXPECT_GT(one.at("mood_score").to_number<double>(), 0.5);
    EXPECT_EQ(metadata_of(*collection, "two").at("mood"), "negative");
}

TEST_F(TasksTest, ATrainedClassifierNamesTopicsAtIngest) {
    const std::vector<std::pair<const char*, const char*>> examples{
        {"cooking", "Knead the dough and let the bread rise for an hour."},
        {"cooking", "Fry the onions in butter until they are golden."},
        {"cooking", "Add salt and pepper to the soup and let it simmer."},
        {"cooking", "Bake the cake at 180 degrees for forty minutes."},
        {"space", "The probe entered an orbit around Saturn."},
        {"space", "Astronauts repaired the telescope above the Earth."},
        {"space", "A comet consists of ice and dust and circles the Sun."},
        {"space", "The rocket carried two satellites into orbit."}};
    std::size_t next = 0;
    lectern::TrainOptions options;
    options.plugin = "tasks";
    options.pipeline = "search-only";
    const fs::path file = folder / "topic.json";
    const auto feed = [&]() -> lectern::Result<std::optional<std::string>> {
        if (next == examples.size()) return std::optional<std::string>{};
        const auto& [label, text] = examples[next++];
        return std::optional(
            boost::json::serialize(boost::json::object{{"label", label}, {"text", text}}));
    };
    const auto report = lectern::train(feed, file, options);
    ASSERT_TRUE(report.ok()) << report.status().message();
    const auto trained = boost::json::parse(*report);
    EXPECT_EQ(trained.at("examples"), 8);
    EXPECT_EQ(trained.at("folds"), 4);
    EXPECT_GE(trained.at("cross_validated").at("accuracy").to_number<double>(), 0.75);

    const std::string stage =
        "  topic: {plugin: tasks, stage: linear-classifier, options: {model: \"" + file.string() +
        "\", into: topic}}\n";
    const std::string ingest = "[source, text, topic, chunks, tokens, vectors, commit]";
    auto collection = open("topics", stage, ingest, "[query, tokens, vectors, search]");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    const std::vector<DocumentInput> documents{
        {"moon", "", "A lander has touched down on the far side of the Moon.", ""},
        {"pasta", "", "Cook the pasta in plenty of salted water.", ""}};
    ASSERT_EQ(collection->ingest_documents(documents)->documents, 2U);
    EXPECT_EQ(metadata_of(*collection, "moon").at("topic"), "space");
    EXPECT_EQ(metadata_of(*collection, "pasta").at("topic"), "cooking");

    // Trained on other vectors: every document is refused with both names.
    std::ifstream in(file);
    std::string other{std::istreambuf_iterator<char>(in), {}};
    const auto at = other.find("bert:");
    ASSERT_NE(at, std::string::npos);
    std::ofstream(file) << other.replace(at, 5, "else:");
    auto wrong = open("wrong", stage, ingest, "[query, tokens, vectors, search]");
    ASSERT_TRUE(wrong.ok()) << wrong.status().message();
    const auto refused = wrong->ingest_documents(documents);
    ASSERT_EQ(refused->failed.size(), 2U);
    EXPECT_NE(refused->failed[0].error.message().find("was trained on vectors of else:"),
              std::string::npos)
        << refused->failed[0].error.message();
}

}  // namespace
