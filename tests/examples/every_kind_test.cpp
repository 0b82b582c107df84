// plugins/examples/kinds: a whole pipeline of stages that the guide shows, without a model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "lectern/lectern.hpp"
#include "lectern/pipeline.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::AnswerStatus;
using lectern::Collection;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EveryKind : public testing::Test {
 protected:
    void SetUp() override {
        std::ofstream(folder / "kinds.yaml")
            << "version: 1\npipeline: kinds\nstages:\n"
               "  text: {plugin: kinds, stage: paged-text}\n"
               "  chunks: {plugin: kinds, stage: paragraphs}\n"
               "  tokens: {plugin: kinds, stage: raw-text}\n"
               "  vectors: {plugin: kinds, stage: trigrams}\n"
               "  order: {plugin: kinds, stage: recent-first, options: {prefer: report-o}}\n"
               "  evidence: {plugin: kinds, stage: most-words}\n"
               "  write: {plugin: kinds, stage: first-evidence}\n"
               "  check: {plugin: kinds, stage: same-numbers}\n"
               "ingest: [source, text, chunks, tokens, vectors, commit]\n"
               "query: [query, tokens, vectors, search, order, evidence, write, check, verify]\n"
               "answer: {writing: free, abstain_below: 0.3}\n";
    }
    [[nodiscard]] static lectern::Folders folders() {
        lectern::Folders out;
        out.plugins = {LECTERN_EXAMPLES "/kinds"};
        return out;
    }
    [[nodiscard]] Collection filled() const {
        lectern::OpenOptions options;
        options.pipeline = (folder / "kinds.yaml").string();
        options.folders = folders();
        auto made = Collection::open(folder / "collection", std::move(options));
        if (!made) throw std::runtime_error(std::string(made.status().message()));
        std::ofstream(folder / "manual.txt", std::ios::binary)
            << "The pump needs 3 litres of oil.\n\n"
               "It stands beside the boiler.\n\f\n"
               "The valve opens at 80 degrees. It closes slowly.\n";
        const auto files = made->ingest({folder / "manual.txt"});
        if (!files || files->documents != 1) throw std::runtime_error("no manual");
        const std::string text = "The turbine was built in Ghent.";
        const std::vector<lectern::DocumentInput> turbines{
            {"report-old", "", text, R"({"year": 1998})"},
            {"report-mid", "", text + " It runs.", R"({"year": 2010})"},
            {"report-new", "", text, R"({"year": 2020})"}};
        const auto reports = made->ingest_documents(turbines);
        if (!reports || reports->documents != 3) throw std::runtime_error("no reports");
        return std::move(*made);
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
};

TEST_F(EveryKind, TheirPortsFit) {
    const auto graph = lectern::describe_pipeline((folder / "kinds.yaml").string(), folders());
    ASSERT_TRUE(graph.ok()) << graph.status().message();
    EXPECT_THAT(graph->problems, IsEmpty());
    std::map<std::string, std::string> takes;
    for (const lectern::PipelineStep& step : graph->steps) takes[step.name] = step.takes;
    EXPECT_EQ(takes["vectors"], "tokens of raw-text:1");
    EXPECT_EQ(takes["search"], "vectors");
}

TEST_F(EveryKind, PagesAndParagraphsAreHits) {
    const Collection collection = filled();
    const auto found = collection.search("valve", {.k = 1, .mode = lectern::SearchMode::lexical});
    ASSERT_TRUE(found.ok()) << found.status().message();
    ASSERT_EQ(found->hits.size(), 1U);
    EXPECT_EQ(found->hits[0].text, "The valve opens at 80 degrees. It closes slowly.");
    EXPECT_EQ(found->hits[0].place.kind, "page");
    EXPECT_EQ(found->hits[0].place.first, 2U);
    EXPECT_EQ(found->hits[0].metadata, R"({"pages": 2})");
    const auto pump = collection.search("litres", {.k = 1, .mode = lectern::SearchMode::lexical});
    ASSERT_TRUE(pump.ok()) << pump.status().message();
    ASSERT_EQ(pump->hits.size(), 1U);
    EXPECT_EQ(pump->hits[0].text, "The pump needs 3 litres of oil.");
    EXPECT_EQ(pump->hits[0].place.first, 1U);
}

// Raw text reaches the embedder: words that are written alike are near each other, though none of
// them is the same.
TEST_F(EveryKind, AnEmbedderGetsRawText) {
    const Collection collection = filled();
    const auto found =
        collection.search("turbines buildt", {.k = 9, .mode = lectern::SearchMode::dense});
    ASSERT_TRUE(found.ok()) << found.status().message();
    std::map<std::string, float> nearness;
    for (const lectern::Hit& hit : found->hits) {
        ASSERT_TRUE(hit.dense_score) << hit.document;
        const bool report = hit.document.find("report") == 0;
        float& best = nearness[report ? hit.document : "manual"];
        best = std::max(best, *hit.dense_score);
    }
    ASSERT_EQ(nearness.size(), 4U);
    EXPECT_GT(nearness["report-new"], nearness["manual"] + 0.1F);
    EXPECT_FLOAT_EQ(nearness["report-new"], nearness["report-old"]);
}

// By the document's id, by its metadata, and by the score of the search.
TEST_F(EveryKind, ARerankerSeesIdMetadataAndScore) {
    const Collection collection = filled();
    const auto found = collection.search("turbine", {.k = 3});
    ASSERT_TRUE(found.ok()) << found.status().message();
    std::vector<std::string> order;
    for (const lectern::Hit& hit : found->hits) order.push_back(hit.document);
    EXPECT_THAT(order, ElementsAre("report-old", "report-new", "report-mid"));
}

TEST_F(EveryKind, AnAnswerIsReadWrittenAndVerified) {
    const Collection collection = filled();
    const auto answer = collection.ask("At how many degrees does the valve open?");
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_EQ(answer->status, AnswerStatus::answered) << answer->text;
    EXPECT_THAT(answer->text, HasSubstr("The valve opens at 80 degrees [1]."));
    ASSERT_EQ(answer->citations.size(), 1U);
    EXPECT_EQ(answer->citations[0].quote, "The valve opens at 80 degrees.");
    EXPECT_EQ(answer->citations[0].place.first, 2U);
    const auto nothing = collection.ask("Who painted the harbour?");
    ASSERT_TRUE(nothing.ok()) << nothing.status().message();
    EXPECT_EQ(nothing->status, AnswerStatus::abstained) << nothing->text;
}

class Trained : public EveryKind {
 protected:
    [[nodiscard]] lectern::TrainOptions options(std::string chosen = "{}") const {
        lectern::TrainOptions out;
        out.plugin = "kinds";
        out.stage = "common-words";
        out.options = std::move(chosen);
        out.folders = folders();
        return out;
    }
    [[nodiscard]] static lectern::TextFeed feed(std::vector<std::string> texts) {
        return [texts = std::move(texts),
                next = std::size_t{0}]() mutable -> lectern::Result<std::optional<std::string>> {
            if (next == texts.size()) return std::optional<std::string>();
            return std::optional<std::string>(texts[next++]);
        };
    }
    [[nodiscard]] std::string written() const {
        std::ifstream file(model, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    fs::path model = folder / "common.txt";
    const std::vector<std::string> texts{"The pump and the valve", "the Valve, and oil", "Öl"};
};

TEST_F(Trained, AModelIsWhatTheTextsSay) {
    const auto report = lectern::train(feed(texts), model, options());
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(*report, R"({"texts": 3, "words": 3})");
    EXPECT_EQ(written(), "and\nthe\nvalve\n");
    const auto all = lectern::train(feed(texts), model, options(R"({"share": 0})"));
    ASSERT_TRUE(all.ok()) << all.status().message();
    EXPECT_EQ(written(), "and\noil\npump\nthe\nvalve\nÖl\n");
    std::ofstream(folder / "asked.txt") << "the\nboiler\nvalve\n";
    const auto measured = lectern::evaluate(model, folder / "asked.txt", options());
    ASSERT_TRUE(measured.ok()) << measured.status().message();
    EXPECT_EQ(*measured, R"({"questions": 3, "correct": 2})");
}

TEST_F(Trained, WhatFailsSaysWhyAndLeavesTheModelThatIsThere) {
    ASSERT_TRUE(lectern::train(feed(texts), model, options()).ok());
    const std::string before = written();
    const auto none = lectern::train(feed({}), model, options());
    EXPECT_EQ(none.status().code(), lectern::Code::invalid_argument);
    EXPECT_THAT(std::string(none.status().message()), HasSubstr("there are no texts"));
    lectern::TrainOptions stopped = options();
    std::stop_source stop;
    stop.request_stop();
    stopped.stop = stop.get_token();
    EXPECT_EQ(lectern::train(feed(texts), model, stopped).status().code(),
              lectern::Code::cancelled);
    const auto refused = lectern::train(feed(texts), model, options(R"({"share": 2})"));
    EXPECT_EQ(refused.status().code(), lectern::Code::invalid_argument);
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr("share"));
    EXPECT_EQ(written(), before);
    const auto missing = lectern::evaluate(model, folder / "none.txt", options());
    EXPECT_EQ(missing.status().code(), lectern::Code::not_found);
    EXPECT_THAT(std::string(missing.status().message()), HasSubstr("none.txt"));
}

}  // namespace
