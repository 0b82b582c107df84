// The steps of a pipeline file are what runs, in its order, and a step that is left out is not run.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "lectern/lectern.hpp"
#include "lectern/pipeline.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::AnswerStatus;
using lectern::Collection;
using lectern::DocumentInput;
using lectern::SearchMode;

const std::vector<DocumentInput> bridges{
    {"bridge", "", "The bridge of stone was built in 1876.", R"({"place": "river"})"},
    {"tide", "", "The bridge of wood was swept away by a tide.", ""},
    {"road", "", "A road leads from the bridge of iron to the hill.", ""},
    {"bread", "", "Bread is made of flour, water and salt.", ""}};

class PipelineOrder : public testing::Test {
 protected:
    [[nodiscard]] fs::path file_of(const std::string& name, const std::string& stages,
                                   const std::string& query, const std::string& more = "") const {
        fs::path file = folder / (name + ".yaml");
        std::ofstream(file) << "version: 1\npipeline: " << name
                            << "\nstages:\n"
                               "  text: {plugin: documents, stage: text}\n"
                               "  chunks: {plugin: passages, stage: splitter}\n"
                               "  tokens: {plugin: wordpiece, options: {model: all-MiniLM-L6-v2}}\n"
                               "  vectors: {plugin: bert, options: {model: all-MiniLM-L6-v2}}\n"
                               "  evidence: {plugin: passages, stage: reader}\n"
                            << stages << "ingest: [source, text, chunks, tokens, vectors, commit]\n"
                            << "query: " << query << "\n"
                            << more;
        return file;
    }
    [[nodiscard]] lectern::Result<Collection> open(const std::string& name,
                                                   const std::string& stages,
                                                   const std::string& query,
                                                   const std::string& more = "") const {
        lectern::OpenOptions options;
        options.pipeline = file_of(name, stages, query, more).string();
        options.folders = folders();
        return Collection::open(folder / name, std::move(options));
    }
    [[nodiscard]] Collection filled(const std::string& name, const std::string& stages,
                                    const std::string& query, const std::string& more = "") const {
        auto made = open(name, stages, query, more);
        if (!made) throw std::runtime_error(std::string(made.status().message()));
        if (made->ingest_documents(bridges)->documents != bridges.size())
            throw std::runtime_error("not all documents went in");
        return std::move(*made);
    }
    [[nodiscard]] static lectern::Folders folders() {
        lectern::Folders out;
        out.plugins = {LECTERN_BINARY_DIR "/tests/scripted"};
        return out;
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
};

std::vector<std::string> names_of(const std::vector<lectern::Hit>& hits) {
    std::vector<std::string> out;
    for (const lectern::Hit& hit : hits) out.push_back(hit.document);
    return out;
}

constexpr const char* no_tides = "  no_tides: {plugin: choosing, options: {without: tide}}\n";
constexpr const char* writes =
    "  write: {plugin: scripted, options: {text: \"The bridge is pink [1]. It sings [7].\"}}\n";

TEST_F(PipelineOrder, ACustomStageBehindTheSearchChoosesHits) {
    const Collection all = filled("all", "", "[query, tokens, vectors, search]");
    const Collection some = filled(
        "some", std::string(no_tides) + "  named: {plugin: choosing, options: {title: Seen}}\n",
        "[query, tokens, vectors, search, no_tides, named, evidence]");
    const auto before = all.search("the bridge", {.k = 4});
    ASSERT_TRUE(before.ok()) << before.status().message();
    std::vector<std::string> wanted = names_of(before->hits);
    ASSERT_EQ(wanted.size(), 4U);
    ASSERT_EQ(std::erase(wanted, "tide"), 1U);
    const auto after = some.search("the bridge", {.k = 4});
    ASSERT_TRUE(after.ok()) << after.status().message();
    EXPECT_EQ(names_of(after->hits), wanted);
    for (const lectern::Hit& hit : after->hits) {
        EXPECT_EQ(hit.title, "Seen");
        EXPECT_EQ(hit.metadata.empty(), false);
        if (hit.document == "bridge") {
            EXPECT_NE(hit.metadata.find("river"), std::string::npos);
        }
    }
    // Pages are pieces of one list, of which one has a gap.
    std::vector<std::string> paged;
    for (std::size_t offset = 0; offset < 4; ++offset) {
        const auto page = some.search("the bridge", {.k = 1, .offset = offset});
        ASSERT_TRUE(page.ok()) << page.status().message();
        for (const lectern::Hit& hit : page->hits) paged.push_back(hit.document);
    }
    EXPECT_EQ(paged, wanted);
    // What it leaves out is no evidence.
    const auto answer = some.ask("What swept the bridge of wood away?");
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_EQ(answer->text.find("tide"), std::string::npos) << answer->text;
}

TEST_F(PipelineOrder, ACustomStageBehindTheReaderChoosesEvidence) {
    const Collection all = filled("all", "", "[query, tokens, vectors, search, evidence]");
    const auto told = all.ask("What swept the bridge of wood away?");
    ASSERT_TRUE(told.ok()) << told.status().message();
    ASSERT_NE(told->text.find("tide"), std::string::npos) << told->text;
    const Collection some =
        filled("some", no_tides, "[query, tokens, vectors, search, evidence, no_tides, quote]");
    const auto answer = some.ask("What swept the bridge of wood away?");
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_EQ(answer->text.find("tide"), std::string::npos) << answer->text;
    EXPECT_LT(answer->confidence, told->confidence);
    for (std::size_t i = 0; i < answer->citations.size(); ++i)
        EXPECT_NE(answer->citations[i].document, "tide");
    // The hits are not its business.
    EXPECT_EQ(names_of(answer->hits), names_of(told->hits));
}

TEST_F(PipelineOrder, TextsStayTheDocuments) {
    const Collection collection =
        filled("louder", "  louder: {plugin: choosing, options: {more: \"!\"}}\n",
               "[query, tokens, vectors, search, louder]");
    const auto found = collection.search("the bridge");
    ASSERT_FALSE(found.ok());
    EXPECT_NE(found.status().message().find("gives another text"), std::string::npos)
        << found.status().message();
}

TEST_F(PipelineOrder, WithoutVerifyWhatIsWrittenIsGivenAsItIsAndSaysSo) {
    const std::string free = "answer: {writing: free, abstain_below: 0}\n";
    const Collection checked = filled(
        "checked", writes, "[query, tokens, vectors, search, evidence, write, verify]", free);
    const auto held = checked.ask("When was the bridge of stone built?");
    ASSERT_TRUE(held.ok()) << held.status().message();
    EXPECT_EQ(held->status, AnswerStatus::extractive);
    EXPECT_EQ(held->text.find("pink"), std::string::npos) << held->text;

    const Collection open_handed =
        filled("trusting", writes, "[query, tokens, vectors, search, evidence, write]", free);
    lectern::AskOptions options;
    std::string streamed;
    options.on_text = [&streamed](std::string_view piece) { streamed += piece; };
    const auto answer = open_handed.ask("When was the bridge of stone built?", options);
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_EQ(answer->status, AnswerStatus::unverified);
    EXPECT_EQ(lectern::name(answer->status), "unverified");
    // A mark that points nowhere is no mark.
    EXPECT_EQ(answer->text, "The bridge is pink [1]. It sings.");
    EXPECT_EQ(streamed, answer->text);
    ASSERT_EQ(answer->citations.size(), 1U);
    EXPECT_EQ(answer->citations[0].n, 1U);
    for (const lectern::StageTiming& stage : answer->timing.stages)
        EXPECT_NE(stage.stage, "verify");
    const auto summary = open_handed.summarize("bridge");
    ASSERT_TRUE(summary.ok()) << summary.status().message();
    EXPECT_EQ(summary->status, AnswerStatus::unverified);
    // Quotes are quotes.
    options.extractive = true;
    const auto quoted = open_handed.ask("When was the bridge of stone built?", options);
    ASSERT_TRUE(quoted.ok()) << quoted.status().message();
    EXPECT_EQ(quoted->status, AnswerStatus::extractive);
}

constexpr const char* also_bread = "  bread: {plugin: choosing, options: {more: \" flour\"}}\n";
constexpr const char* by_both =
    "[query, [[tokens, vectors, {search: {mode: dense}}], [bread, {search: {mode: lexical}}]], "
    "fuse, evidence]";

// Each branch looks for what it makes of the query; what both find stands first.
TEST_F(PipelineOrder, HitsOfBranchesAreFused) {
    const Collection collection = filled("fused", also_bread, by_both);
    const auto found = collection.search("the bridge of stone", {.k = 4});
    ASSERT_TRUE(found.ok()) << found.status().message();
    ASSERT_EQ(found->hits.size(), 4U);
    EXPECT_EQ(found->hits[0].document, "bridge");
    EXPECT_FLOAT_EQ(found->hits[0].score, 1);  // first in both
    for (std::size_t i = 0; i < found->hits.size(); ++i) {
        EXPECT_TRUE(found->hits[i].dense_score) << i;  // of the query itself
        EXPECT_FALSE(found->hits[i].lexical_score) << i;
        if (i > 0) {
            EXPECT_GE(found->hits[i - 1].score, found->hits[i].score);
        }
    }
    const auto ran = [](const lectern::SearchResult& result, std::string_view step) {
        return std::count_if(result.timing.stages.begin(), result.timing.stages.end(),
                             [&](const auto& stage) { return stage.stage == step; });
    };
    for (const char* step : {"tokens", "vectors", "bread", "dense", "lexical", "fuse"})
        EXPECT_EQ(ran(*found, step), 1) << step;
    EXPECT_EQ(ran(*found, "search"), 0);
    // A request that says how to search makes one search of it.
    const auto words = collection.search("bridge stone", {.k = 4, .mode = SearchMode::lexical});
    ASSERT_TRUE(words.ok()) << words.status().message();
    EXPECT_EQ(ran(*words, "fuse"), 0);
    ASSERT_FALSE(words->hits.empty());
    for (const lectern::Hit& hit : words->hits) EXPECT_NE(hit.document, "bread");
    const auto answer = collection.ask("When was the bridge of stone built?");
    ASSERT_TRUE(answer.ok()) << answer.status().message();
    EXPECT_NE(answer->text.find("1876"), std::string::npos) << answer->text;
}

TEST_F(PipelineOrder, WhatBranchesFindIsOneListWithPagesConditionsAndFilters) {
    const Collection collection = filled("fused", also_bread, by_both);
    const auto all = collection.search("the bridge", {.k = 4});
    ASSERT_TRUE(all.ok()) << all.status().message();
    std::vector<std::string> paged;
    for (std::size_t offset = 0; offset < 5; ++offset) {
        const auto page = collection.search("the bridge", {.k = 1, .offset = offset});
        ASSERT_TRUE(page.ok()) << page.status().message();
        for (const lectern::Hit& hit : page->hits) paged.push_back(hit.document);
    }
    EXPECT_EQ(paged, names_of(all->hits));
    // A condition of the query holds in all branches.
    const auto without = collection.search("bridge -tide -flour", {.k = 4});
    ASSERT_TRUE(without.ok()) << without.status().message();
    EXPECT_FALSE(without->hits.empty());
    for (const lectern::Hit& hit : without->hits) {
        EXPECT_NE(hit.document, "tide");
        EXPECT_NE(hit.document, "bread");
    }
    const auto near = collection.search("bread", {.k = 4, .filter = R"(place = "river")"});
    ASSERT_TRUE(near.ok()) << near.status().message();
    EXPECT_EQ(names_of(near->hits), std::vector<std::string>{"bridge"});
    const auto strong = collection.search("the bridge of stone", {.k = 4, .min_score = 0.99});
    ASSERT_TRUE(strong.ok()) << strong.status().message();
    EXPECT_EQ(names_of(strong->hits), std::vector<std::string>{"bridge"});
}

// Their scores are of the hits beside each other, so collections are joined by places.
TEST_F(PipelineOrder, HitsOfBranchesOfSeveralCollections) {
    constexpr const char* by_scores =
        "[query, [[tokens, vectors, {search: {mode: dense}}], [{search: {mode: lexical}}]], "
        "{fuse: {fusion: convex}}]";
    const Collection one = filled("one", "", by_scores);
    const Collection other = filled("other", "", by_scores);
    const Collection* const both[] = {&one, &other};
    const auto found = lectern::search_all(both, "the bridge of stone", {.k = 4});
    ASSERT_TRUE(found.ok()) << found.status().message();
    ASSERT_EQ(found->hits.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(found->hits[i].collection, i % 2) << i;
        EXPECT_FLOAT_EQ(found->hits[i].hit.score, i < 2 ? 1.0F : 61.0F / 62.0F) << i;
    }
}

// A stage may have the name of the step, and then there are no branches: scores are comparable.
TEST_F(PipelineOrder, AStageThatIsCalledFuseIsNone) {
    constexpr const char* stage = "  fuse: {plugin: choosing, options: {title: Seen}}\n";
    constexpr const char* query = "[query, tokens, vectors, search, fuse]";
    const Collection one = filled("one", stage, query);
    const Collection other = filled("other", stage, query);
    const Collection* const both[] = {&one, &other};
    const auto found =
        lectern::search_all(both, "the bridge of stone", {.k = 4, .mode = SearchMode::dense});
    ASSERT_TRUE(found.ok()) << found.status().message();
    ASSERT_EQ(found->hits.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        const lectern::Hit& hit = found->hits[i].hit;
        EXPECT_EQ(hit.title, "Seen");
        ASSERT_TRUE(hit.dense_score) << i;
        EXPECT_NEAR(hit.score, *hit.dense_score, 1e-4) << i;
    }
    EXPECT_LT(found->hits[0].hit.score, 0.99F);  // as a first place it would have 1
}

// A share decides who stands first where branches disagree.
TEST_F(PipelineOrder, SharesOfBranches) {
    for (const char* favoured : {"bread", "road"}) {
        const std::string name = favoured;
        const Collection collection = filled(
            name,
            "  of_bread: {plugin: choosing, options: {more: \" flour salt\"}}\n"
            "  of_road: {plugin: choosing, options: {more: \" iron hill\"}}\n",
            "[query, [[of_bread, {search: {mode: lexical, share: " +
                std::string(name == "bread" ? "2" : "1") +
                "}}], [of_road, {search: {mode: lexical, share: " + (name == "road" ? "2" : "1") +
                "}}]], {fuse: {fusion: convex}}]");
        const auto found = collection.search("zebra", {.k = 4});
        ASSERT_TRUE(found.ok()) << found.status().message();
        ASSERT_GE(found->hits.size(), 2U);
        EXPECT_EQ(found->hits[0].document, name);
    }
}

class WithoutAnEmbedder : public PipelineOrder {
 protected:
    [[nodiscard]] fs::path words_only(const std::string& query = "[query, search]",
                                      const std::string& more = "") const {
        fs::path file = folder / "words-only.yaml";
        std::ofstream(file) << "version: 1\npipeline: words-only\nstages:\n"
                               "  text: {plugin: documents, stage: text}\n"
                               "  chunks: {plugin: passages, stage: splitter}\n"
                               "  bread: {plugin: choosing, options: {more: \" flour\"}}\n"
                               "ingest: [source, text, chunks, commit]\n"
                            << "query: " << query << "\n"
                            << more;
        return file;
    }
    [[nodiscard]] lectern::Result<Collection> open_words(const fs::path& pipeline) const {
        lectern::OpenOptions options;
        options.pipeline = pipeline.string();
        options.folders = folders();
        return Collection::open(folder / "notes", std::move(options));
    }
};

TEST_F(WithoutAnEmbedder, DocumentsAreFoundByTheirWords) {
    auto made = open_words(words_only());
    ASSERT_TRUE(made.ok()) << made.status().message();
    const auto stored = made->ingest_documents(bridges);
    ASSERT_TRUE(stored.ok()) << stored.status().message();
    EXPECT_EQ(stored->documents, bridges.size());
    const auto again = made->ingest_documents(bridges);
    ASSERT_TRUE(again.ok()) << again.status().message();
    EXPECT_EQ(again->skipped, bridges.size());
    const auto found = made->search("wood tide");
    ASSERT_TRUE(found.ok()) << found.status().message();
    ASSERT_FALSE(found->hits.empty());
    EXPECT_EQ(found->hits[0].document, "tide");
    EXPECT_TRUE(found->hits[0].lexical_score);
    EXPECT_FALSE(found->hits[0].dense_score);
    const auto like = made->search("", {.k = 2, .similar = "bridge"});
    ASSERT_TRUE(like.ok()) << like.status().message();
    EXPECT_FALSE(like->hits.empty());
    const auto stats = made->stats();
    ASSERT_TRUE(stats.ok()) << stats.status().message();
    EXPECT_EQ(stats->documents, bridges.size());
    EXPECT_EQ(stats->dimension, 0U);
    EXPECT_EQ(stats->fingerprint, "");
    const auto sound = made->verify();
    ASSERT_TRUE(sound.ok()) << sound.status().message();
    EXPECT_TRUE(sound->findings.empty());
    EXPECT_EQ(sound->vectors, 0U);
    const std::vector<std::string> gone{"road"};
    ASSERT_TRUE(made->remove(gone).ok());
    EXPECT_EQ(made->stats()->documents, bridges.size() - 1);
}

TEST_F(WithoutAnEmbedder, WhatNeedsVectorsIsRefusedWithWhatToDo) {
    auto made = open_words(words_only());
    ASSERT_TRUE(made.ok()) << made.status().message();
    const std::vector<float> vector{1, 0};
    const std::vector<std::string> texts{"a text"};
    const lectern::Status refused[] = {
        made->search("bridge", {.mode = SearchMode::dense}).status(),
        made->search("bridge", {.mode = SearchMode::hybrid}).status(),
        made->search("", {.vector = vector}).status(),
        made->embed(texts, lectern::EmbedAs::query).status(), made->recall("bridge").status()};
    for (const lectern::Status& status : refused) {
        EXPECT_EQ(status.code(), lectern::Code::unsupported) << status.message();
        EXPECT_NE(status.message().find("'lectern reembed' to a pipeline with an embedder"),
                  std::string::npos)
            << status.message();
    }
    const auto words = made->reembed(words_only().string());
    ASSERT_FALSE(words.ok());
    EXPECT_NE(words.status().message().find("has no embedder"), std::string::npos)
        << words.status().message();
}

// What is stored by its words gets vectors later, and is not without them by mistake again.
TEST_F(WithoutAnEmbedder, ReembedMakesVectors) {
    {
        auto made = open_words(words_only());
        ASSERT_TRUE(made.ok()) << made.status().message();
        ASSERT_TRUE(made->ingest_documents(bridges).ok());
        const fs::path with = file_of("with", "", "[query, tokens, vectors, search]");
        const auto report = made->reembed(with.string());
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_EQ(report->chunks, bridges.size());
        const auto found = made->search("a crossing over water", {.mode = SearchMode::dense});
        ASSERT_TRUE(found.ok()) << found.status().message();
        EXPECT_EQ(found->hits.size(), bridges.size());
    }
    const auto by_words = open_words(words_only());
    ASSERT_FALSE(by_words.ok());
    EXPECT_NE(by_words.status().message().find("holds vectors"), std::string::npos)
        << by_words.status().message();
    EXPECT_TRUE(open_words({}).ok());  // with the pipeline that it has now
}

TEST_F(WithoutAnEmbedder, BranchesByWordsAndWrongFiles) {
    auto made = open_words(words_only("[query, [[search], [bread, search]], fuse]"));
    ASSERT_TRUE(made.ok()) << made.status().message();
    ASSERT_TRUE(made->ingest_documents(bridges).ok());
    const auto found = made->search("zebra", {.k = 1});
    ASSERT_TRUE(found.ok()) << found.status().message();
    ASSERT_EQ(found->hits.size(), 1U);
    EXPECT_EQ(found->hits[0].document, "bread");

    const auto graph = lectern::describe_pipeline(words_only().string(), folders());
    ASSERT_TRUE(graph.ok()) << graph.status().message();
    EXPECT_TRUE(graph->problems.empty()) << graph->problems.front();
    EXPECT_EQ(graph->steps[3].name, "commit");
    EXPECT_EQ(graph->steps[3].takes, "chunks");
    EXPECT_TRUE(std::any_of(graph->notes.begin(), graph->notes.end(), [](const auto& note) {
        return note.find("no embedder in 'ingest'") != std::string::npos;
    }));

    for (const auto& [query, more, message] :
         {std::tuple{"[query, search]", "search: {mode: dense}\n",
                     "'search.mode' is dense, and 'ingest' has no embedder"},
          {"[query, [[search], [{search: {mode: dense}}]], fuse]", "",
           "'query' gives text, but 'search' takes vectors"}}) {
        const auto wrong = lectern::describe_pipeline(words_only(query, more).string(), folders());
        ASSERT_TRUE(wrong.ok()) << wrong.status().message();
        ASSERT_EQ(wrong->problems.size(), 1U) << query;
        EXPECT_NE(wrong->problems[0].find(message), std::string::npos) << wrong->problems[0];
    }
}

// Each is refused when the pipeline is opened, with its place and what to do.
TEST_F(PipelineOrder, WhatCannotRunIsRefused) {
    struct Case {
        const char* name;
        std::string stages;
        const char* query;
        const char* message;
    };
    const std::string verifier =
        "  entails: {plugin: tasks, stage: entailment, options: {model: nowhere}}\n";
    const std::string reader = "  other: {plugin: passages, stage: reader}\n";
    const std::string prompted = "  dream: {plugin: scripted, prompt: \"Say {text}\"}\n";
    const Case cases[] = {
        {"writer", writes, "[query, tokens, vectors, search, write]",
         "'search' gives hits, but 'write' takes evidence"},
        {"swapped", writes, "[query, tokens, vectors, search, write, evidence, verify]",
         "'search' gives hits, but 'write' takes evidence"},
        {"readers", reader, "[query, tokens, vectors, search, evidence, other]",
         "'other' is a second reader in this flow"},
        {"late", no_tides + std::string(writes),
         "[query, tokens, vectors, search, evidence, write, no_tides]",
         "'no_tides' is a custom stage behind the answer"},
        {"between", no_tides, "[query, tokens, no_tides, vectors, search]",
         "'tokens' gives tokens"},
        {"unheard", verifier + writes, "[query, tokens, vectors, search, evidence, write, entails]",
         "and 'query' has no such step; end it with 'verify'"},
        {"dreams", prompted, "[query, tokens, vectors, search, dream, evidence]",
         "'dream' writes other texts, and hits and evidence are what stands in the documents"},
        {"wordless", "", "[query, [[search], [tokens, vectors, search]], fuse]",
         "'query' gives text, but 'search' takes vectors"},
        {"halfway", "", "[query, [[tokens, search], [tokens, vectors, search]], fuse]",
         "'tokens' gives tokens"},
        {"early", "", "[query, [[evidence, search], [tokens, vectors, search]], fuse]",
         "'query' gives text, but 'evidence' takes hits"},
        {"strangers", "  nowhere: {plugin: bert, options: {model: no-such-model}}\n",
         "[query, [[tokens, nowhere, search], [tokens, nowhere, search]], fuse]",
         "'query' must use the tokenizer 'tokens' and the embedder 'vectors' of 'ingest'"},
        {"twice", writes, "[query, tokens, vectors, search, evidence, quote, write]",
         "'quote' gives an answer, but 'write' takes evidence"}};
    for (const Case& one : cases) {
        const auto made = open(one.name, one.stages, one.query);
        ASSERT_FALSE(made.ok()) << one.name;
        EXPECT_NE(made.status().message().find(one.message), std::string::npos)
            << one.name << ": " << made.status().message();
        EXPECT_NE(made.status().message().find(std::string(one.name) + ".yaml:"), std::string::npos)
            << made.status().message();
    }
}

TEST_F(PipelineOrder, TheGraphIsWhatRuns) {
    const fs::path file =
        file_of("shown", no_tides, "[query, tokens, vectors, search, no_tides, evidence, verify]");
    const auto graph = lectern::describe_pipeline(file.string(), folders());
    ASSERT_TRUE(graph.ok()) << graph.status().message();
    EXPECT_TRUE(graph->problems.empty()) << graph->problems.front();
    std::vector<std::string> query;
    for (const lectern::PipelineStep& step : graph->steps) {
        if (step.flow != "query") continue;
        EXPECT_EQ(step.position, query.size());
        query.push_back(step.name + ": " + step.takes.substr(0, step.takes.find(' ')) + "->" +
                        step.gives.substr(0, step.gives.find(' ')));
    }
    const std::vector<std::string> wanted{
        "query: ->text",         "tokens: text->tokens", "vectors: tokens->vectors",
        "search: vectors->hits", "no_tides: hits->hits", "evidence: hits->evidence",
        "quote: evidence->an",   "verify: an->an"};
    EXPECT_EQ(query, wanted);

    const auto branched =
        lectern::describe_pipeline(file_of("branched", also_bread, by_both).string(), folders());
    ASSERT_TRUE(branched.ok()) << branched.status().message();
    EXPECT_TRUE(branched->problems.empty()) << branched->problems.front();
    std::vector<std::string> edges;
    for (const lectern::PipelineStep& step : branched->steps) {
        if (step.flow != "query") continue;
        for (const std::size_t before : step.after)
            edges.push_back(std::to_string(step.branch) + " " + branched->steps[before].name +
                            "->" + step.name +
                            (step.settings.empty() ? "" : " (" + step.settings + ")"));
    }
    const std::vector<std::string> wanted_edges{"1 query->tokens",
                                                "1 tokens->vectors",
                                                "1 vectors->search (mode dense)",
                                                "2 query->bread",
                                                "2 bread->search (mode lexical)",
                                                "0 search->fuse (rrf)",
                                                "0 search->fuse (rrf)",
                                                "0 fuse->evidence",
                                                "0 evidence->quote"};
    EXPECT_EQ(edges, wanted_edges);

    const auto trusting = lectern::describe_pipeline(
        file_of("trusting", writes, "[query, tokens, vectors, search, evidence, write]").string(),
        folders());
    ASSERT_TRUE(trusting.ok()) << trusting.status().message();
    bool told = false;
    for (const std::string& note : trusting->notes)
        told = told || note.find("no 'verify' in 'query'") != std::string::npos;
    EXPECT_TRUE(told);
}

}  // namespace
