#include "config/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <fstream>
#include <string>

#include "test_folders.hpp"

namespace lectern::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A whole file of six lines; `lines` come behind it, from line 7.
std::string with(const std::string& lines) {
    return "version: 1\n"
           "pipeline: p\n"
           "stages: {a: {plugin: x}}\n"
           "ingest: [source, a, commit]\n"
           "query: [query, search]\n"
           "\n" +
           lines;
}

TEST(PipelineThatShips, BertIsWholeAndWithoutWarnings) {
    const auto read =
        load_pipeline(std::filesystem::path(LECTERN_SOURCE_DIR) / "config/pipelines/bert.yaml");
    ASSERT_TRUE(read) << read.status().message();
    const PipelineConfig& pipeline = *read;
    EXPECT_EQ(pipeline.name, "bert");
    EXPECT_EQ(pipeline.memory, 256u << 20);
    EXPECT_EQ(pipeline.max_document, 32u << 20);
    EXPECT_EQ(pipeline.threads, 0u);
    EXPECT_THAT(pipeline.warnings, IsEmpty());
    EXPECT_EQ(pipeline.stages.size(), 14u);

    ASSERT_EQ(pipeline.ingest.size(), 6u);
    EXPECT_EQ(pipeline.ingest[0].kind, StepKind::source);
    EXPECT_EQ(pipeline.ingest[1].kind, StepKind::choice);
    EXPECT_THAT(pipeline.ingest[1].stages, ElementsAre("text", "html", "pdf", "jsonl", "office",
                                                       "mail", "archive", "ocr", "data"));
    EXPECT_EQ(pipeline.ingest[5].kind, StepKind::commit);
    ASSERT_EQ(pipeline.query.size(), 7u);
    EXPECT_EQ(pipeline.query[3].kind, StepKind::search);
    EXPECT_THAT(pipeline.query[4].stages, ElementsAre("evidence"));
    EXPECT_EQ(pipeline.query[6].kind, StepKind::verify);

    const StageConfig* vectors = pipeline.find("vectors");
    ASSERT_NE(vectors, nullptr);
    EXPECT_EQ(vectors->plugin, "bert");
    EXPECT_EQ(vectors->stage, "");
    EXPECT_EQ(vectors->parallelism, 0u);  // every stream that the embedder has
    EXPECT_EQ(boost::json::serialize(vectors->options),
              R"({"model":"all-MiniLM-L6-v2","precision":"auto"})");
    EXPECT_EQ(pipeline.answer.passages, 6u);
    EXPECT_DOUBLE_EQ(pipeline.answer.abstain_below, 0.6);
    EXPECT_EQ(pipeline.answer.writing, "phrased");
    EXPECT_TRUE(pipeline.base_folder.is_absolute());
    EXPECT_THAT(pipeline.text, HasSubstr("BERT reads, GPT writes"));
}

TEST(PipelineThatShips, EveryOtherOneReads) {
    for (const std::string name : {"word2vec", "search-only"}) {
        const auto read = load_pipeline(std::filesystem::path(LECTERN_SOURCE_DIR) /
                                        "config/pipelines" / (name + ".yaml"));
        ASSERT_TRUE(read) << read.status().message();
        EXPECT_EQ(read->name, name);
        EXPECT_THAT(read->warnings, IsEmpty());
    }
}

TEST(Pipeline, KeepsThePlacesOfStagesAndOptions) {
    const auto read = parse_pipeline(
        "version: 1\n"
        "pipeline: p\n"
        "stages:\n"
        "  a:\n"
        "    plugin: words\n"
        "    stage: icu\n"
        "    options:\n"
        "      window:\n"
        "        size: 3\n"
        "      stop: [the,\n"
        "             a]\n"
        "ingest: [source, a, commit]\n"
        "query: [query, search]\n",
        "p.yaml");
    ASSERT_TRUE(read) << read.status().message();
    const StageConfig& stage = *read->find("a");
    EXPECT_EQ(stage.place.text(), "p.yaml:4:3");
    EXPECT_EQ(stage.plugin_place.text(), "p.yaml:5:13");
    EXPECT_EQ(stage.stage_place.text(), "p.yaml:6:12");
    EXPECT_EQ(stage.option_place("window/size").text(), "p.yaml:9:9");
    EXPECT_EQ(stage.option_place("stop/1").text(), "p.yaml:11:14");
    EXPECT_EQ(stage.option_place("window/missing").text(), "p.yaml:8:7");
    EXPECT_EQ(stage.option_place("missing").text(), "p.yaml:4:3");
    EXPECT_EQ(read->ingest[1].place.text(), "p.yaml:12:18");
}

TEST(Pipeline, PromptsAndLanguagesOfAnswers) {
    const auto read = parse_pipeline(
        "version: 1\n"
        "pipeline: p\n"
        "stages:\n"
        "  a: {plugin: words}\n"
        "  pt: {plugin: translate}\n"
        "  de: {plugin: gpt, prompt: \"Into German: {text}\"}\n"
        "ingest: [source, a, commit]\n"
        "query: [query, search]\n"
        "answer: {languages: {pt: pt, de: de}}\n",
        "p.yaml");
    ASSERT_TRUE(read) << read.status().message();
    EXPECT_EQ(read->find("de")->prompt, "Into German: {text}");
    EXPECT_EQ(read->find("pt")->prompt, "");
    EXPECT_EQ(read->answer.languages,
              (std::map<std::string, std::string, std::less<>>{{"pt", "pt"}, {"de", "de"}}));
    EXPECT_THAT(read->warnings, IsEmpty());
}

TEST(Pipeline, OptionsBecomeJsonByTheCoreSchema) {
    const auto options = parse_pipeline(
        "version: 1\npipeline: p\nstages:\n  a:\n    plugin: x\n    options:\n"
        "      plain: text with spaces\n      quoted: '12'\n      integer: -12\n"
        "      hex: 0x1F\n      octal: 0o17\n      double: 1.5e3\n      yes_is_text: yes\n"
        "      boolean: true\n      nothing: ~\n      list: [1, two, [3.0]]\n"
        "      block: |\n        two\n        lines\n"
        "      big: 18446744073709551615\n      version: 1.2.3\n      unicode: 词向量\n"
        "ingest: [source, a, commit]\nquery: [query, search]\n",
        "p.yaml");
    ASSERT_TRUE(options) << options.status().message();
    EXPECT_EQ(boost::json::serialize(options->find("a")->options),
              R"({"plain":"text with spaces","quoted":"12","integer":-12,"hex":31,"octal":15,)"
              R"("double":1.5E3,"yes_is_text":"yes","boolean":true,"nothing":null,)"
              R"("list":[1,"two",[3E0]],"block":"two\nlines\n","big":18446744073709551615,)"
              R"("version":"1.2.3","unicode":"词向量"})");
}

TEST(Pipeline, SeveralSearchesThatAreFused) {
    const auto read = parse_pipeline(
        "version: 1\npipeline: p\nstages:\n  a: {plugin: x}\n  b: {plugin: y}\n"
        "ingest: [source, a, commit]\n"
        "query:\n"
        "  - query\n"
        "  - - [a, search]\n"
        "    - [a, b, {search: {mode: lexical, candidates: 200, share: 0.5}}]\n"
        "  - {fuse: {fusion: convex}}\n",
        "p.yaml");
    ASSERT_TRUE(read) << read.status().message();
    EXPECT_THAT(read->warnings, IsEmpty());
    ASSERT_EQ(read->query.size(), 3U);
    EXPECT_EQ(read->query[1].kind, StepKind::branches);
    EXPECT_EQ(read->query[1].place.text(), "p.yaml:9:5");
    ASSERT_EQ(read->query[1].branches.size(), 2U);
    const std::vector<Step>& second = read->query[1].branches[1];
    ASSERT_EQ(second.size(), 3U);
    EXPECT_EQ(second[2].kind, StepKind::search);
    EXPECT_EQ(second[2].search.mode, SearchMode::lexical);
    EXPECT_EQ(second[2].search.candidates, 200U);
    EXPECT_FALSE(second[2].search.weight);
    EXPECT_DOUBLE_EQ(second[2].search.share, 0.5);
    EXPECT_FALSE(read->query[1].branches[0][1].search.mode);
    EXPECT_EQ(read->query[2].kind, StepKind::fuse);
    EXPECT_EQ(read->query[2].fuse.fusion, Fusion::convex);
    std::string names;
    for (const Step* step : all_steps(read->query))
        names += " " + (step->stages.empty() ? std::string(name(step->kind)) : step->stages[0]);
    EXPECT_EQ(names, " query a search a b search fuse");
}

TEST(Pipeline, AStageMayBeCalledBranches) {
    const auto read = parse_pipeline(
        "version: 1\npipeline: p\nstages: {a: {plugin: x}, branches: {plugin: y}}\n"
        "ingest: [source, a, commit]\n"
        "query: [query, branches, [[search], [search]], fuse]\n",
        "p.yaml");
    EXPECT_TRUE(read) << read.status().message();
}

// As with 'quote': files are older than the step.
TEST(Pipeline, AStageMayBeCalledFuse) {
    const auto read = parse_pipeline(
        "version: 1\npipeline: p\nstages: {a: {plugin: x}, fuse: {plugin: y}}\n"
        "ingest: [source, a, commit]\nquery: [query, search, fuse]\n",
        "p.yaml");
    ASSERT_TRUE(read) << read.status().message();
    EXPECT_EQ(read->query[2].kind, StepKind::stage);
}

TEST(Pipeline, AStageThatNobodyUsesIsAWarning) {
    const auto read = parse_pipeline(
        "version: 1\npipeline: p\nstages:\n  a: {plugin: x}\n  spare: {plugin: y}\n"
        "ingest: [source, a, commit]\nquery: [query, search]\n",
        "p.yaml");
    ASSERT_TRUE(read) << read.status().message();
    EXPECT_THAT(read->warnings,
                ElementsAre("p.yaml:5:3: 'spare' is defined but stands in neither ingest nor "
                            "query; use it or remove it"));
}

// -------------------------------------------------------------- wrong files

struct Wrong {
    std::string name;
    std::string text;
    std::string message;
    friend void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }
};

class WrongPipeline : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongPipeline, SaysWhereWhatAndWhatToDo) {
    const auto read = parse_pipeline(GetParam().text, "p.yaml");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.status().message(), GetParam().message);
    EXPECT_EQ(read.status().code(), Code::invalid_argument);
}

const Wrong wrong_files[] = {
#include "config/wrong_pipelines.inc"
};

INSTANTIATE_TEST_SUITE_P(Table, WrongPipeline, ::testing::ValuesIn(wrong_files),
                         [](const auto& test) { return test.param.name; });

// ------------------------------------------------------------ hostile files

TEST(HostilePipeline, IsRefusedWithoutHarm) {
    const std::string many(200'000, '[');
    const std::string maps(200'000, '{');
    std::string indented;
    for (int i = 0; i < 400; ++i)
        indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    std::string dashes;
    for (int i = 0; i < 50'000; ++i) dashes += "- ";
    std::string questions;
    for (int i = 0; i < 50'000; ++i) questions += "? ";
    std::string colons;
    for (int i = 0; i < 50'000; ++i) colons += "a: ";
    const std::string bomb =
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
        "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n";
    for (const std::string& text :
         {many, maps, indented, dashes, questions, colons, bomb,
          std::string(max_pipeline_bytes, 'x'), std::string(max_pipeline_bytes + 1, ' '),
          std::string("\0\0", 2), std::string("\xff\xfe"),
          std::string("\xff\xfe"
                      "a\0",
                      4),
          std::string("%YAML 9.9\n---\na"), std::string("!!binary x"),
          std::string("a: \"unterminated"), std::string("\t\t- x: [\n")}) {
        const auto read = parse_pipeline(text, "p.yaml");
        ASSERT_FALSE(read) << text.substr(0, 40);
        EXPECT_THAT(read.status().message(), HasSubstr("p.yaml:")) << text.substr(0, 40);
    }
}

// Every file that can be made from a good one by cutting it or by changing one byte is read or
// refused with a message; nothing else happens.
TEST(HostilePipeline, EveryCutAndManyChangedBytesOfAGoodFile) {
    const auto good = load_pipeline(std::filesystem::path(LECTERN_SOURCE_DIR) /
                                    "config/pipelines/search-only.yaml");
    ASSERT_TRUE(good);
    const std::string& text = good->text;
    int refused = 0;
    for (std::size_t cut = 0; cut < text.size(); cut += 3) {
        const auto read = parse_pipeline(text.substr(0, cut), "p.yaml");
        if (read) continue;
        ++refused;
        ASSERT_THAT(read.status().message(), HasSubstr("p.yaml:"));
    }
    for (std::size_t at = 0; at < text.size(); at += 5) {
        for (const char byte : {'{', '[', '&', '*', ':', '\n', '"', '\x01'}) {
            std::string changed = text;
            changed[at] = byte;
            const auto read = parse_pipeline(changed, "p.yaml");
            if (read) continue;
            ++refused;
            ASSERT_THAT(read.status().message(), HasSubstr("p.yaml:"));
        }
    }
    EXPECT_GT(refused, 1000);
}

// -------------------------------------------------------------------- files

class PipelineFiles : public ::testing::Test {
 protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("lectern-pipeline-test-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "mine.yaml") << with("");
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path folder_;
};

TEST_F(PipelineFiles, AreFoundByNameAndByPath) {
    const std::vector<std::filesystem::path> folders{folder_ / "none", folder_};
    for (const std::string& name :
         {std::string("mine"), std::string("mine.yaml"), (folder_ / "mine.yaml").string()}) {
        const auto found = find_pipeline(name, folders);
        ASSERT_TRUE(found) << found.status().message();
        EXPECT_EQ(*found, folder_ / "mine.yaml");
    }
    EXPECT_EQ(find_pipeline("mien", folders).status().message(),
              "no pipeline file 'mien'; did you mean 'mine'?");
    EXPECT_EQ(find_pipeline("other", folders).status().message(),
              "no pipeline file 'other'; give a path, or one of mine");
    EXPECT_EQ(find_pipeline("other", {}).status().message(),
              "no pipeline file 'other'; give the path of one");
}

TEST_F(PipelineFiles, ThatCannotBeReadAreNamed) {
    const auto missing = load_pipeline(folder_ / "none.yaml");
    EXPECT_EQ(missing.status().code(), Code::not_found);
    EXPECT_EQ(missing.status().message(),
              (folder_ / "none.yaml").string() +
                  ": cannot be read: No such file or directory; check the path of the pipeline "
                  "file");
    EXPECT_EQ(load_pipeline(folder_).status().message(),
              folder_.string() + ": is a folder; name the pipeline file in it");
    std::ofstream(folder_ / "huge.yaml") << std::string(max_pipeline_bytes + 1, '#');
    EXPECT_EQ(load_pipeline(folder_ / "huge.yaml").status().message(),
              (folder_ / "huge.yaml").string() +
                  ": the file has more than 262144 bytes; it is not a pipeline file");
}

// Files are older than the step: a stage of that name is meant where there is one.
TEST(Pipeline, QuoteIsAStepOrAStage) {
    const std::string head = "version: 1\npipeline: p\nstages:\n  a: {plugin: x}\n";
    const std::string flows =
        "ingest: [source, a, commit]\nquery: [query, search, a, quote, verify]\n";
    const auto step = parse_pipeline(head + flows, "p.yaml");
    ASSERT_TRUE(step.ok()) << step.status().message();
    ASSERT_EQ(step->query.size(), 5U);
    EXPECT_EQ(step->query[3].kind, StepKind::quote);
    const auto stage = parse_pipeline(head + "  quote: {plugin: y}\n" + flows, "p.yaml");
    ASSERT_TRUE(stage.ok()) << stage.status().message();
    EXPECT_EQ(stage->query[3].kind, StepKind::stage);
    EXPECT_EQ(stage->query[3].stages, std::vector<std::string>{"quote"});
}

}  // namespace
}  // namespace lectern::config
