#include "model_folder.hpp"

#include "bert_config.hpp"
#include "plugins/shared/file_hash.hpp"
#include "test_support.hpp"
#include "text_encoder.hpp"

namespace lectern::bert {
namespace {

TEST(ModelFolder, PrefersSafetensorsAndFindsGraphs) {
    const TestFolder folder;
    write_file(folder.path() / "model.onnx", "");
    EXPECT_EQ(open_model_folder(folder.path()).graph_file, folder.path() / "model.onnx");
    write_file(folder.path() / "model.safetensors", "");
    EXPECT_EQ(open_model_folder(folder.path()).kind, ModelKind::safetensors);
    EXPECT_EQ(open_model_folder(folder.path() / "model.onnx").kind, ModelKind::graph);
}

TEST(ModelFolder, TheEncoderMayHaveAFolderOfItsOwn) {
    const TestFolder folder;
    write_file(folder.path() / "modules.json",
               R"([{"path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
                   {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}])");
    write_file(folder.path() / "1_Pooling/config.json", R"({"pooling_mode": "cls"})");
    write_file(folder.path() / "0_Transformer/model.safetensors", "");
    write_file(folder.path() / "0_Transformer/vocab.txt", "");
    write_file(folder.path() / "0_Transformer/sentence_bert_config.json",
               R"({"max_seq_length": 128})");
    const ModelFolder model = open_model_folder(folder.path());
    EXPECT_EQ(model.kind, ModelKind::safetensors);
    EXPECT_EQ(model.folder, folder.path() / "0_Transformer");
    EXPECT_EQ(model.tokenizer, folder.path() / "0_Transformer");
    EXPECT_EQ(model.settings.pooling, Poolings{Pooling::cls});
    EXPECT_EQ(model.settings.max_tokens.tokens, 128U);
}

// A cross-encoder is read for its task, whatever its files say of vectors.
TEST(ModelFolder, IsFoundWithoutTheSettingsOfAnEmbedder) {
    const TestFolder folder;
    write_file(folder.path() / "model.safetensors", "");
    write_file(
        folder.path() / "modules.json",
        R"([{"path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
                   {"path": "1_LogitScore",
                    "type": "sentence_transformers.cross_encoder.modules.logit_score.LogitScore"}])");
    EXPECT_EQ(find_model(folder.path()).folder, folder.path());
    EXPECT_EQ(failure_of([&] { (void)open_model_folder(folder.path()); }).code(),
              LECTERN_UNSUPPORTED);
}

TEST(ModelFolder, AMissingOrForeignPathIsNamed) {
    EXPECT_EQ(failure_of([] { (void)open_model_folder("/no/such/model"); }).code(),
              LECTERN_NOT_FOUND);
    const TestFolder folder;
    write_file(folder.path() / "model.bin", "");
    EXPECT_EQ(failure_of([&] { (void)open_model_folder(folder.path() / "model.bin"); }).code(),
              LECTERN_UNSUPPORTED);
}

TEST(BertConfig, RefusesWhatItDoesNotCompute) {
    struct Case {
        const char* change;  // keys that come last win
        lectern_code code;
        const char* message;
    };
    const Case cases[] = {
        {R"("model_type": "deberta")", LECTERN_UNSUPPORTED, "'model_type' is 'deberta'"},
        {R"("position_embedding_type": "relative_key")", LECTERN_UNSUPPORTED, "relative_key"},
        {R"("hidden_act": "mish")", LECTERN_UNSUPPORTED, "'mish'"},
        {R"("hidden_size": 17)", LECTERN_INVALID_ARGUMENT, "do not divide"},
        {R"("hidden_size": -1)", LECTERN_INVALID_ARGUMENT, "'hidden_size'"},
        {R"("vocab_size": null)", LECTERN_INVALID_ARGUMENT, "'vocab_size' is missing"},
        {R"("layer_norm_eps": 0)", LECTERN_INVALID_ARGUMENT, "layer_norm_eps"},
    };
    std::string whole = shared::read_text_file(testdata() / "bert/config.json");
    EXPECT_EQ(parse_bert_config(whole, "config.json").max_tokens(), 24U);
    whole = whole.substr(0, whole.rfind('}'));
    for (const Case& test : cases) {
        const auto failure = failure_of(
            [&] { (void)parse_bert_config(whole + "," + test.change + "}", "config.json"); });
        EXPECT_EQ(failure.code(), test.code) << failure.what();
        EXPECT_NE(std::string(failure.what()).find(test.message), std::string::npos)
            << failure.what();
    }
}

// Values of the reference implementation (xxhsum -H1), and of its specification.
TEST(Fingerprint, IsXxh64) {
    EXPECT_EQ(shared::xxh64(""), 0xEF46DB3751D8E999U);
    EXPECT_EQ(shared::xxh64("a"), 0xD24EC4F1A98C6E5BU);
    EXPECT_EQ(shared::xxh64("abc"), 0x44BC2CF5AD770999U);
    EXPECT_EQ(shared::xxh64("Nobody inspects the spammish repetition"), 0xFBCEA83C8A378BF1U);
    EXPECT_EQ(shared::hexadecimal(0x0123456789ABCDEF), "0123456789abcdef");
}

TEST(Fingerprint, ARememberedHashFollowsTheFile) {
    const TestFolder folder;
    const auto file = folder.path() / "weights";
    const auto cache = folder.path() / "cache";
    std::string content(3U << 20U, 'x');
    write_file(file, content);
    const std::uint64_t before = shared::file_hash(file, cache);
    EXPECT_EQ(before, shared::xxh64(content));
    EXPECT_FALSE(std::filesystem::is_empty(cache / "bert"));
    EXPECT_EQ(shared::file_hash(file, cache), before);
    content.back() = 'y';
    std::filesystem::remove(file);
    write_file(file, content);
    EXPECT_EQ(shared::file_hash(file, cache), shared::xxh64(content));
}

TEST(Batches, PutSimilarLengthsTogetherWithinTheLimit) {
    const std::vector<std::size_t> lengths{3, 10, 0, 9, 4, 30};
    const auto batches = batches_of(lengths, 20);
    ASSERT_EQ(batches.size(), 3U);
    EXPECT_EQ(batches[0].items, (std::vector<std::size_t>{5}));  // longer than the limit: alone
    EXPECT_EQ(batches[1].items, (std::vector<std::size_t>{1, 3}));
    EXPECT_EQ(batches[1].longest, 10U);
    EXPECT_EQ(batches[2].items, (std::vector<std::size_t>{4, 0}));
}

TEST(Batches, SmallCallsUseAllStreams) {
    const std::vector<std::size_t> six{200, 210, 220, 190, 200, 180};
    EXPECT_EQ(batches_of(six, share_of(six, 1, 2048)).size(), 1U);
    const auto two = batches_of(six, share_of(six, 2, 2048));
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(two[0].items.size(), 3U);
    const std::vector<std::size_t> few{20, 20, 20};  // too few to be worth a second stream
    EXPECT_EQ(batches_of(few, share_of(few, 2, 2048)).size(), 1U);
    EXPECT_EQ(share_of(six, 2, 100), 100U);
    EXPECT_EQ(share_of({}, 2, 2048), 2048U);
}

}  // namespace
}  // namespace lectern::bert
