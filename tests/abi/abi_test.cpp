// A plugin binary of release 1.0 is loaded and every stage of it is run: see README.md here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "engine/plugin_host/plugin_host.hpp"

namespace lectern::host {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

lectern_text text(std::string_view value) {
    return {value.data(), value.size()};
}
std::string string(lectern_text value) {
    return {value.data, value.size};
}

struct Origin {
    std::string name;
    fs::path file;
    friend void PrintTo(const Origin& origin, std::ostream* out) { *out << origin.name; }
};

// The plugin alone in a folder; its stages by their types' names.
class EveryKind : public ::testing::TestWithParam<Origin> {
 protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("lectern-abi-test-" + std::to_string(::getpid()));
        fs::create_directories(folder_);
        fs::copy_file(GetParam().file, folder_ / "every_kind.so",
                      fs::copy_options::overwrite_existing);
        HostOptions options;
        options.plugin_folders = {folder_};
        options.probe_program = LECTERN_PROBE_PROGRAM;
        options.log = [this](LogLevel, std::string_view, std::string_view message) {
            log_.emplace_back(message);
        };
        auto host = PluginHost::open(std::move(options));
        ASSERT_TRUE(host) << host.status().message();
        host_ = std::move(*host);
    }
    void TearDown() override {
        host_.reset();
        fs::remove_all(folder_);
    }
    Stage stage(const std::string& type, boost::json::object options = {}) {
        auto made = host_->create({.plugin = "every-kind",
                                   .type = type,
                                   .name = "the " + type,
                                   .options = std::move(options)});
        EXPECT_TRUE(made) << made.status().message();
        return std::move(*made);
    }

    fs::path folder_;
    std::vector<std::string> log_;
    std::unique_ptr<PluginHost> host_;
};

// Collects what a stage gives through a document sink.
struct Documents {
    std::vector<std::string> given;
    std::vector<std::string> failed;
    lectern_document_sink sink{
        sizeof(lectern_document_sink),
        0,
        this,
        [](const lectern_document_sink* self, const lectern_document* document) -> lectern_code {
            static_cast<Documents*>(self->host_data)->given.push_back(string(document->text));
            return LECTERN_OK;
        },
        [](const lectern_document_sink* self, lectern_text what, lectern_code code,
           lectern_text message) {
            static_cast<Documents*>(self->host_data)
                ->failed.push_back(string(what) + " " + std::to_string(code) + " " +
                                   string(message));
        },
        nullptr};
};

TEST_P(EveryKind, IsListed) {
    ASSERT_EQ(host_->plugins().size(), 1u) << host_->refused().front().reason;
    const UsablePlugin plugin = host_->plugins().front();
    EXPECT_EQ(plugin.name, "every-kind");
    EXPECT_EQ(plugin.abi_major, 1u);
    EXPECT_EQ(plugin.abi_minor, 0u);
    std::vector<std::string> kinds;
    for (const StageType& type : plugin.stage_types) {
        kinds.emplace_back(name(type.kind));
        EXPECT_EQ(type.name, kinds.back());
    }
    EXPECT_THAT(kinds, ElementsAre("extractor", "splitter", "tokenizer", "embedder", "reranker",
                                   "reader", "generator", "custom", "trainer"));
    EXPECT_TRUE(plugin.left_out.empty());
}

TEST_P(EveryKind, Extracts) {
    const Stage extractor = stage("extractor");
    EXPECT_THAT(log_, ElementsAre("the extractor"));
    const auto* table = extractor.table<lectern_extractor>();
    EXPECT_EQ(table->fits(extractor.get(), text("notes.abi"), text("")), 90u);
    EXPECT_EQ(table->fits(extractor.get(), text("notes.txt"), text("")), 0u);
    const lectern_source source{sizeof(lectern_source), 0,       text("notes.abi"), text(""),
                                text("one\n\ntwo"),     text("")};
    Documents documents;
    CallContext call;
    EXPECT_EQ(table->extract(extractor.get(), call.get(), &source, &documents.sink), LECTERN_OK);
    EXPECT_THAT(documents.given, ElementsAre("one", "two"));
    EXPECT_THAT(documents.failed, ElementsAre("a line 1 it is empty"));

    std::stop_source stop;
    stop.request_stop();
    CallContext cancelled({.stop = stop.get_token()});
    EXPECT_EQ(table->extract(extractor.get(), cancelled.get(), &source, &documents.sink),
              LECTERN_CANCELLED);
}

TEST_P(EveryKind, Splits) {
    const Stage splitter = stage("splitter");
    lectern_document document{};
    document.struct_size = sizeof document;
    document.text = text("abcdef");
    std::vector<std::pair<std::uint64_t, std::uint64_t>> chunks;
    const lectern_chunk_sink sink{
        sizeof(lectern_chunk_sink), 0, &chunks,
        [](const lectern_chunk_sink* self, const lectern_chunk* chunk) -> lectern_code {
            static_cast<decltype(chunks)*>(self->host_data)->emplace_back(chunk->begin, chunk->end);
            return LECTERN_OK;
        }};
    CallContext call;
    EXPECT_EQ(
        splitter.table<lectern_splitter>()->split(splitter.get(), call.get(), &document, &sink),
        LECTERN_OK);
    EXPECT_THAT(chunks, ElementsAre(std::pair{0, 3}, std::pair{3, 6}));
}

TEST_P(EveryKind, TokenizesAndEmbeds) {
    const Stage tokenizer = stage("tokenizer");
    const Stage embedder = stage("embedder");
    EXPECT_EQ(describe(tokenizer.output()), "tokens of bytes:1");
    EXPECT_EQ(describe(embedder.output()), "vectors of dimension 2 of letters:1");
    EXPECT_TRUE(check_ports(tokenizer, embedder).ok());
    EXPECT_TRUE(check_ports(stage("splitter"), tokenizer).ok());
    EXPECT_EQ(check_ports(embedder, tokenizer).message(),
              "'the embedder' gives vectors of dimension 2 of letters:1, but 'the tokenizer' takes "
              "text; put a stage that takes vectors and gives text between them, or change their "
              "order");

    const lectern_text texts[] = {text("bcd"), text("abc")};
    std::vector<std::vector<std::int32_t>> ids(2);
    const lectern_token_sink sink{
        sizeof(lectern_token_sink), 0, &ids,
        [](const lectern_token_sink* self, std::uint64_t index,
           const lectern_tokens* tokens) -> lectern_code {
            auto& out = *static_cast<std::vector<std::vector<std::int32_t>>*>(self->host_data);
            out[index].assign(tokens->ids, tokens->ids + tokens->count);
            return LECTERN_OK;
        }};
    CallContext call;
    EXPECT_EQ(tokenizer.table<lectern_tokenizer>()->tokenize(tokenizer.get(), call.get(), texts, 2,
                                                             0, 2, &sink),
              LECTERN_OK);
    EXPECT_THAT(ids, ElementsAre(ElementsAre('b', 'c'), ElementsAre('a', 'b')));

    const auto* table = embedder.table<lectern_embedder>();
    lectern_embedder_info info{};
    info.struct_size = sizeof info;
    EXPECT_EQ(table->info(embedder.get(), &info), LECTERN_OK);
    EXPECT_EQ(info.dimension, 2u);
    EXPECT_STREQ(info.precision, "f32");
    lectern_tokens sequences[3]{};
    for (std::size_t i = 0; i < 3; ++i) sequences[i].struct_size = sizeof(lectern_tokens);
    for (std::size_t i = 0; i < 2; ++i) {
        sequences[i].count = ids[i].size();
        sequences[i].ids = ids[i].data();
    }
    std::vector<float> vectors(6, -1.0F);
    EXPECT_EQ(
        table->embed(embedder.get(), call.get(), sequences, 3, LECTERN_PASSAGE, vectors.data()),
        LECTERN_OK);
    EXPECT_THAT(vectors, ElementsAre(1, 0, 0, 1, 0, 0));
    ASSERT_EQ(call.item_errors().size(), 1u);
    EXPECT_EQ(call.item_errors()[0].index, 2u);
    EXPECT_EQ(call.item_errors()[0].message, "no tokens");
}

TEST_P(EveryKind, RanksAndReads) {
    const Stage reranker = stage("reranker");
    const lectern_text passages[] = {text("short"), text("much longer")};
    float scores[2]{};
    CallContext call;
    EXPECT_EQ(reranker.table<lectern_reranker>()->rerank(reranker.get(), call.get(), text("?"),
                                                         passages, 2, scores),
              LECTERN_OK);
    EXPECT_THAT(scores, ElementsAre(5, 11));

    const Stage reader = stage("reader");
    const lectern_passage read[] = {
        {sizeof(lectern_passage), 0.5F, text("t"), text("short")},
        {sizeof(lectern_passage), 0.25F, text("t"), text("much longer")}};
    std::vector<std::uint64_t> ends;
    const lectern_evidence_sink sink{
        sizeof(lectern_evidence_sink), 0, &ends,
        [](const lectern_evidence_sink* self, const lectern_evidence* evidence) -> lectern_code {
            static_cast<std::vector<std::uint64_t>*>(self->host_data)->push_back(evidence->end);
            return LECTERN_OK;
        }};
    EXPECT_EQ(reader.table<lectern_reader>()->read(reader.get(), call.get(), text("?"), read, 2, 9,
                                                   &sink),
              LECTERN_OK);
    EXPECT_THAT(ends, ElementsAre(5, 11));
}

TEST_P(EveryKind, Generates) {
    const Stage generator = stage("generator");
    const auto* table = generator.table<lectern_generator>();
    EXPECT_EQ(table->warm, nullptr);  // optional
    const std::string long_text(200, 'x');
    lectern_message messages[] = {{sizeof(lectern_message), LECTERN_ROLE_SYSTEM, text("say ")},
                                  {sizeof(lectern_message), LECTERN_ROLE_USER, text("hello")}};
    lectern_generation request{};
    request.struct_size = sizeof request;
    request.messages = messages;
    request.message_count = 2;
    std::string out;
    const lectern_text_sink sink{
        sizeof(lectern_text_sink), 0, &out, [](const lectern_text_sink* self, lectern_text piece) {
            static_cast<std::string*>(self->host_data)->append(piece.data, piece.size);
            return lectern_code{LECTERN_OK};
        }};
    lectern_generation_report report{};
    report.struct_size = sizeof report;
    CallContext call;
    EXPECT_EQ(table->generate(generator.get(), call.get(), &request, &sink, &report), LECTERN_OK);
    EXPECT_EQ(out, "say hello");
    EXPECT_EQ(report.prompt_tokens, 9u);
    EXPECT_EQ(report.answer_tokens, 2u);

    messages[1].text = text(long_text);
    const Status status = call.status(
        table->generate(generator.get(), call.get(), &request, &sink, nullptr), "answer");
    EXPECT_EQ(status.code(), Code::resource_exhausted);
    EXPECT_EQ(status.message(), "answer: the prompt is too long");
}

TEST_P(EveryKind, ProcessesWithItsOptions) {
    lectern_document record{};
    record.struct_size = sizeof record;
    record.text = text("again");
    CallContext call;
    for (const auto& [options, times] :
         {std::pair<boost::json::object, std::size_t>{{}, 2}, {{{"times", 3}}, 3}}) {
        const Stage custom = stage("custom", options);
        Documents documents;
        EXPECT_EQ(custom.table<lectern_custom>()->process(custom.get(), call.get(), &record,
                                                          &documents.sink),
                  LECTERN_OK);
        EXPECT_EQ(documents.given, std::vector<std::string>(times, "again"));
    }
    EXPECT_EQ(
        host_
            ->create(
                {.plugin = "every-kind", .type = "custom", .name = "c", .options = {{"times", 4}}})
            .status()
            .message(),
        "stages.c.options.times: 4 is too large; the most is 3");
}

TEST_P(EveryKind, Trains) {
    const Stage trainer = stage("trainer");
    int left = 2;
    const lectern_text_source source{
        sizeof(lectern_text_source), 0, &left,
        [](const lectern_text_source* self, lectern_text* out) {
            int& count = *static_cast<int*>(self->host_data);
            *out = text("words");
            return lectern_code{count-- > 0 ? LECTERN_OK : LECTERN_NOT_FOUND};
        }};
    double fraction = 0;
    const lectern_progress_sink progress{
        sizeof(lectern_progress_sink), 0, &fraction,
        [](const lectern_progress_sink* self, double value, lectern_text, lectern_text) {
            *static_cast<double*>(self->host_data) = value;
        }};
    std::string report;
    const lectern_text_sink sink{sizeof(lectern_text_sink), 0, &report,
                                 [](const lectern_text_sink* self, lectern_text piece) {
                                     *static_cast<std::string*>(self->host_data) = string(piece);
                                     return lectern_code{LECTERN_OK};
                                 }};
    CallContext call;
    const auto* table = trainer.table<lectern_trainer>();
    EXPECT_EQ(table->train(trainer.get(), call.get(), &source, "/m", &progress, &sink), LECTERN_OK);
    EXPECT_EQ(report, R"({"texts":2})");
    EXPECT_EQ(fraction, 1.0);
    EXPECT_EQ(table->evaluate(trainer.get(), call.get(), "/m", "/t", &progress, &sink),
              LECTERN_UNSUPPORTED);
}

const Origin origins[] = {
#if defined(__x86_64__)
    {"binary", LECTERN_ABI_FOLDER "/v1_0/every_kind-x86_64.so"},
#endif
    {"rebuilt", LECTERN_ABI_REBUILT},
};
INSTANTIATE_TEST_SUITE_P(Release1_0, EveryKind, ::testing::ValuesIn(origins),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lectern::host
