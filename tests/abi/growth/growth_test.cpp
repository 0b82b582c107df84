// Structs grow, on either side first. This program is built twice, against today's header and
// against a later one (grow.py): a host of today and a later one. Each runs plugins of both
// headers, in C and through plugin.hpp, and the binary of release 1.0; all do the same, so one test
// serves for all. Host and plugins are built with the address sanitiser, which sees what is read or
// written beyond.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/plugin_host/abi_text.hpp"
#include "engine/plugin_host/calls.hpp"
#include "engine/plugin_host/plugin_host.hpp"

namespace lectern::host {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

struct Origin {
    std::string name;
    std::string folder;
    friend void PrintTo(const Origin& origin, std::ostream* out) { *out << origin.name; }
};

class Growth : public ::testing::TestWithParam<Origin> {
 protected:
    void SetUp() override {
        HostOptions options;
        options.plugin_folders = {GetParam().folder};
        options.probe = false;
        auto host = PluginHost::open(std::move(options));
        ASSERT_TRUE(host) << host.status().message();
        ASSERT_TRUE((*host)->refused().empty()) << (*host)->refused().front().reason;
        host_ = std::move(*host);
    }
    Stage stage(const std::string& type) {
        auto made = host_->create({.plugin = "every-kind", .type = type, .name = type});
        EXPECT_TRUE(made) << made.status().message();
        return std::move(*made);
    }
    // What came with 1.3 goes through whatever plugin knows it.
    static bool of_before_1_3() { return GetParam().name == "release_1_0"; }

    std::unique_ptr<PluginHost> host_;
};

TEST_P(Growth, SourcesWithinSources) {
    const Stage extractor = stage("extractor");
    for (const auto& [name, fit] : {std::pair{"notes.abi", 90U}, {"notes.txt", 0U}}) {
        const auto fits_it = fits(extractor, name, "head");
        ASSERT_TRUE(fits_it) << fits_it.status().message();
        EXPECT_EQ(*fits_it, fit) << name;
    }
    std::vector<std::string> given;
    std::vector<std::string> failed;
    std::vector<std::string> inner;
    RecordTaker taker{[&](const Record& record) {
                          given.emplace_back(record.text);
                          return Status();
                      },
                      [&](const std::string& what, const Status& why) {
                          failed.push_back(what + ": " + why.message());
                      }};
    taker.source = [&](const Input& source) {
        inner.push_back(std::string(source.name) + "|" + std::string(source.bytes) + "|" +
                        std::string(source.metadata));
        return Status();
    };
    const Status extracted =
        extract(extractor, {}, {.name = "notes.abi", .bytes = "one\n\ntwo"}, taker);
    EXPECT_TRUE(extracted.ok()) << extracted.message();
    EXPECT_THAT(given, ElementsAre("one", "two"));
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_THAT(failed[0], ::testing::HasSubstr("it is empty"));
    if (of_before_1_3())
        EXPECT_THAT(inner, ::testing::IsEmpty());
    else
        EXPECT_THAT(inner, ElementsAre("notes.abi#inner|within|{\"deep\":1}"));
}

TEST_P(Growth, DocumentsAndChunks) {
    const bool knows_places = !of_before_1_3();
    std::vector<std::string> given;
    const RecordTaker taker{
        [&](const Record& record) {
            if (knows_places) {
                EXPECT_EQ(record.places.size(), 2U);
                EXPECT_EQ(record.places.back().begin, 4U);
                EXPECT_EQ(record.places.back().number, 8U);
                EXPECT_EQ(record.places.back().name, "viii");
            } else {
                EXPECT_TRUE(record.places.empty());
            }
            given.push_back(std::string(record.id) + "|" + std::string(record.title) + "|" +
                            std::string(record.text) + "|" + std::string(record.metadata));
            return Status();
        },
        {}};
    const std::vector<Place> places{
        {.kind = LECTERN_PLACE_PAGE, .begin = 0, .number = 7},
        {.kind = LECTERN_PLACE_PAGE, .begin = 4, .number = 8, .name = "viii"}};
    const Record record{"i", "t", "abcdef", "{}", places};
    const Status processed = process(stage("custom"), {}, record, taker);
    EXPECT_TRUE(processed.ok()) << processed.message();
    EXPECT_THAT(given, ElementsAre("i|t|abcdef|{}", "i|t|abcdef|{}"));
    const auto chunks = split(stage("splitter"), {}, record);
    ASSERT_TRUE(chunks) << chunks.status().message();
    ASSERT_EQ(chunks->size(), 2U);
    EXPECT_EQ((*chunks)[1].begin, 3U);
    EXPECT_EQ((*chunks)[1].end, 6U);
    EXPECT_EQ((*chunks)[1].context_end, knows_places ? 1U : 0U);
}

TEST_P(Growth, TokensAndVectors) {
    const std::vector<lectern_text> texts{span("bcd"), span("abc"), span("dd"), span("a")};
    std::vector<std::vector<std::int32_t>> ids(texts.size());
    std::vector<ItemError> failed;
    const Status tokenized = tokenize(
        stage("tokenizer"), {}, texts, 0, 0,
        [&](std::size_t index, const lectern_tokens& tokens) {
            ids[index].assign(tokens.ids, tokens.ids + tokens.count);
        },
        failed);
    ASSERT_TRUE(tokenized.ok() && failed.empty()) << tokenized.message();
    EXPECT_THAT(ids[0], ElementsAre('b', 'c', 'd'));

    const Stage embedder = stage("embedder");
    EXPECT_EQ(describe(embedder.output()), "vectors of dimension 2 of letters:1");
    const auto info = embedder_info(embedder);
    ASSERT_TRUE(info) << info.status().message();
    EXPECT_EQ(info->dimension, 2U);
    EXPECT_EQ(info->precision, "f32");
    EXPECT_FALSE(info->any_length);
    std::vector<lectern_tokens> sequences(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        sequences[i].struct_size = sizeof(lectern_tokens);
        sequences[i].count = ids[i].size();
        sequences[i].ids = ids[i].data();
    }
    std::vector<float> vectors(2 * sequences.size(), -1);
    const Status embedded =
        embed(embedder, *info, {}, sequences, LECTERN_PASSAGE, vectors.data(), failed);
    EXPECT_TRUE(embedded.ok() && failed.empty()) << embedded.message();
    EXPECT_THAT(vectors, ElementsAre(1, 0, 0, 1, 1, 0, 0, 1));
}

TEST_P(Growth, HitsAndEvidence) {
    const std::vector<RankedHit> hits{{.text = "short", .passage = "short"},
                                      {.text = "much longer", .passage = "much longer"},
                                      {.text = "x", .passage = "x"}};
    std::vector<float> scores(hits.size());
    const Status ranked = rerank(stage("reranker"), {}, "?", hits, scores);
    EXPECT_TRUE(ranked.ok()) << ranked.message();
    EXPECT_THAT(scores, ElementsAre(5, 11, 1));

    const std::vector<Passage> passages{
        {0.5F, "t", "short"}, {0.25F, "t", "much longer"}, {0.75F, "", "x"}};
    const auto evidence = read(stage("reader"), {}, "?", passages, 9);
    ASSERT_TRUE(evidence) << evidence.status().message();
    ASSERT_EQ(evidence->size(), 3U);
    EXPECT_EQ((*evidence)[1].end, 11U);
    EXPECT_EQ((*evidence)[2].end, 1U);
    EXPECT_EQ((*evidence)[2].score, 0.75F);
    // What came with 1.1 and 1.4.
    const bool knows_answers = std::string(GetParam().name) != "release_1_0";
    EXPECT_EQ((*evidence)[1].answer_end, knows_answers ? 1U : 0U);
    EXPECT_EQ((*evidence)[1].answer_probability, knows_answers ? 0.5F : 0.0F);
    EXPECT_EQ((*evidence)[1].other_probability, knows_answers ? 0.25F : 0.0F);
}

TEST_P(Growth, Generation) {
    const Stage generator = stage("generator");
    const auto info = generator_info(generator);
    ASSERT_TRUE(info) << info.status().message();
    EXPECT_EQ(info->context_tokens, 100U);
    EXPECT_EQ(info->model, "echo");
    std::vector<lectern_message> messages(3);
    const char* texts[] = {"say ", "hello", "!"};
    for (std::size_t i = 0; i < messages.size(); ++i) {
        messages[i].struct_size = sizeof(lectern_message);
        messages[i].role = static_cast<std::uint32_t>(i);
        messages[i].text = span(texts[i]);
    }
    const auto tokens = count_tokens(generator, {}, messages);
    ASSERT_TRUE(tokens) << tokens.status().message();
    EXPECT_EQ(*tokens, 10U);
    lectern_generation request{};
    request.messages = messages.data();
    request.message_count = messages.size();
    std::string out;
    Generation report;
    const Status generated = generate(
        generator, {}, request,
        [&](std::string_view piece) {
            out += piece;
            return true;
        },
        report);
    EXPECT_TRUE(generated.ok()) << generated.message();
    EXPECT_EQ(out, "say hello!");
    EXPECT_EQ(report.prompt_tokens, 10U);
    EXPECT_EQ(report.answer_tokens, 3U);
    EXPECT_FALSE(report.truncated);
}

TEST_P(Growth, Entailment) {
    if (of_before_1_3()) {  // verifiers came with 1.1
        EXPECT_FALSE(host_->create({.plugin = "every-kind", .type = "verifier", .name = "v"}).ok());
        return;
    }
    const Stage verifier = stage("verifier");
    for (const auto& [hypothesis, entailment] : {std::pair{"same", 0.75F}, {"another", 0.25F}}) {
        const auto inferred = infer(verifier, {}, "long", hypothesis);
        ASSERT_TRUE(inferred) << inferred.status().message();
        EXPECT_EQ(inferred->entailment, entailment) << hypothesis;
        EXPECT_EQ(inferred->contradiction, 1 - entailment) << hypothesis;
    }
}

TEST_P(Growth, Training) {
    const Stage trainer = stage("trainer");
    int left = 2;
    double fraction = 0;
    const auto trained = train(
        trainer, {},
        [&]() -> Result<std::string_view> {
            if (left-- > 0) return std::string_view("words");
            return Status{Code::not_found, "the end"};
        },
        "/model", [&](double value, std::string_view, std::string_view) { fraction = value; });
    ASSERT_TRUE(trained) << trained.status().message();
    EXPECT_EQ(*trained, R"({"texts":2})");
    EXPECT_EQ(fraction, 1.0);
    EXPECT_EQ(evaluate(trainer, {}, "/model", "/test", {}).status().code(), Code::unsupported);
}

const Origin origins[] = {
    {"today_c", LECTERN_GROWTH_PLUGINS "/today_c"},
    {"today_cpp", LECTERN_GROWTH_PLUGINS "/today_cpp"},
    {"later_c", LECTERN_GROWTH_PLUGINS "/later_c"},
    {"later_cpp", LECTERN_GROWTH_PLUGINS "/later_cpp"},
    {"later_greedy", LECTERN_GROWTH_PLUGINS "/later_greedy"},
#if defined(__x86_64__)
    {"release_1_0", LECTERN_GROWTH_RELEASE},
#endif
};
INSTANTIATE_TEST_SUITE_P(Plugins, Growth, ::testing::ValuesIn(origins),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lectern::host
