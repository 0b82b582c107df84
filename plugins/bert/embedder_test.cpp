// Vectors against a NumPy float64 reference (testdata/make_golden.py), and failures.
#include "embedder.hpp"

#include <map>
#include <openvino/openvino.hpp>
#include <thread>

#include "model_graph.hpp"
#include "test_support.hpp"

namespace lectern::bert {
namespace {

EmbedderOptions options_for(const std::filesystem::path& model, Precision precision) {
    EmbedderOptions out;
    out.model = model;
    out.precision = precision;
    out.threads = 2;
    return out;
}

struct Golden {
    std::vector<Ids> ids;
    std::vector<Vector> vectors;
};

Golden minilm_golden() {
    Golden out;
    const auto rows = read_json(testdata() / "minilm.json");
    for (const auto& row : rows.as_array())
        out.ids.push_back(boost::json::value_to<Ids>(row.at("ids")));
    const std::string bytes = shared::read_text_file(testdata() / "minilm.f32");
    const std::size_t dimension = bytes.size() / sizeof(float) / out.ids.size();
    for (std::size_t i = 0; i < out.ids.size(); ++i) {
        Vector vector(dimension);
        std::memcpy(vector.data(), bytes.data() + i * dimension * sizeof(float),
                    dimension * sizeof(float));
        out.vectors.push_back(std::move(vector));
    }
    return out;
}

void expect_golden(Precision precision, double least) {
    ov::Core core;
    if (precision == Precision::bf16 && !has_bf16(core))
        GTEST_SKIP() << "this CPU does not multiply bf16";
    const Golden golden = minilm_golden();
    ASSERT_EQ(golden.ids.size(), 24U);
    const Embedder embedder(options_for(minilm(), precision));
    EXPECT_EQ(embedder.info().dimension, 384U);
    EXPECT_EQ(embedder.info().max_tokens, 256U);
    EXPECT_EQ(embedder.info().precision, name(precision));
    const auto vectors = embed(embedder, golden.ids);
    double smallest = 1;
    for (std::size_t i = 0; i < vectors.size(); ++i) {
        const double similarity = cosine(vectors[i], golden.vectors[i]);
        EXPECT_GE(similarity, least) << "text " << i;
        smallest = std::min(smallest, similarity);
        EXPECT_NEAR(cosine(vectors[i], vectors[i]), 1, 1e-6);
    }
    std::cout << name(precision) << ": smallest cosine " << smallest << '\n';
}

TEST(MiniLm, F32EqualsTheReference) {
    expect_golden(Precision::f32, 0.9999);
}
TEST(MiniLm, Bf16IsCloseToTheReference) {
    expect_golden(Precision::bf16, 0.995);
}
TEST(MiniLm, Int8IsCloseToTheReference) {
    expect_golden(Precision::int8, 0.995);
}

TEST(MiniLm, PaddingHasNoInfluence) {
    const Golden golden = minilm_golden();
    const Embedder embedder(options_for(minilm(), Precision::f32));
    const auto together = embed(embedder, golden.ids);
    for (std::size_t i = 0; i < golden.ids.size(); i += 3) {
        // In one batch with the longest text: nearly all of it is padding.
        const auto padded = embed(embedder, {golden.ids[i], golden.ids.back()});
        const auto alone = embed(embedder, {golden.ids[i]});
        EXPECT_GE(cosine(alone[0], together[i]), 0.99999);
        EXPECT_GE(cosine(alone[0], padded[0]), 0.99999);
    }
}

TEST(MiniLm, ManyThreadsGetTheirOwnVectors) {
    const Golden golden = minilm_golden();
    const Embedder embedder(options_for(minilm(), Precision::f32));
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (std::size_t i = t; i < golden.ids.size(); i += 4) {
                const auto vectors = embed(embedder, {golden.ids[i], golden.ids[t]});
                EXPECT_GE(cosine(vectors[0], golden.vectors[i]), 0.999);
                EXPECT_GE(cosine(vectors[1], golden.vectors[t]), 0.999);
            }
        });
    for (auto& thread : threads) thread.join();
}

void expect_vectors(const Embedder& embedder, const boost::json::value& ids,
                    const boost::json::value& expected, const std::string& what) {
    const auto wanted = boost::json::value_to<std::vector<Vector>>(expected);
    const auto vectors = embed(embedder, boost::json::value_to<std::vector<Ids>>(ids));
    ASSERT_EQ(embedder.info().dimension, wanted.front().size()) << what;
    for (std::size_t i = 0; i < vectors.size(); ++i)
        for (std::size_t k = 0; k < wanted[i].size(); ++k)
            EXPECT_NEAR(vectors[i][k], wanted[i][k], 2e-5)
                << what << " text " << i << " [" << k << "]";
}

// Tiny models with random weights: each architecture, each pooling; names with a prefix.
void expect_model(const std::filesystem::path& model, const std::filesystem::path& expected_file) {
    const auto expected = read_json(expected_file);
    for (const Pooling pooling : all_poolings) {
        EmbedderOptions options = options_for(model, Precision::f32);
        options.pooling = pooling;
        expect_vectors(Embedder(options), expected.at("ids"),
                       expected.at(boost::json::string_view(name(pooling))),
                       model.string() + " " + std::string(name(pooling)));
    }
}

TEST(TinyModels, EqualTheReferenceInEveryPooling) {
    for (const char* model : {"bert", "roberta", "distilbert"})
        expect_model(testdata() / model, testdata() / model / "expected.json");
}

TEST(TinyModels, AnOnnxFileGetsItsPooling) {
    expect_model(testdata() / "onnx/model.onnx", testdata() / "onnx/expected.json");
    expect_model(testdata() / "onnx", testdata() / "onnx/expected.json");
}

TEST(TinyModels, AnOpenVinoFileIsReadBack) {
    const TestFolder folder;
    ov::Core core;
    ov::serialize(core.read_model((testdata() / "onnx/model.onnx").string()),
                  (folder.path() / "openvino_model.xml").string());
    expect_model(folder.path(), testdata() / "onnx/expected.json");
    expect_model(folder.path() / "openvino_model.xml", testdata() / "onnx/expected.json");
}

// A copy of a tiny model with files of sentence-transformers beside it.
class ModelCopy {
 public:
    explicit ModelCopy(const char* model = "bert") {
        std::filesystem::copy(testdata() / model, folder_.path(),
                              std::filesystem::copy_options::recursive);
    }
    void write(const std::string& file, std::string_view content) const {
        write_file(folder_.path() / file, content);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
    [[nodiscard]] plugin::EmbedderInfo info() const {
        return Embedder(options_for(path(), Precision::f32)).info();
    }
    [[nodiscard]] plugin::Failure failure() const {
        return failure_of([&] { (void)info(); });
    }

 private:
    TestFolder folder_;
};

TEST(TinyModels, FilesOfEitherFormChooseThePooling) {
    struct Case {
        const char* config;
        const char* expected;
    };
    const Case cases[] = {
        {R"({"pooling_mode": "cls", "embedding_dimension": 16})", "cls"},
        {R"({"pooling_mode": ["lasttoken"], "embedding_dimension": 16})", "lasttoken"},
        {R"({"pooling_mode_cls_token": true, "word_embedding_dimension": 16})", "cls"},
        {R"({"pooling_mode_weightedmean_tokens": true})", "weightedmean"},
        {R"({"pooling_mode": ["cls", "mean"], "embedding_dimension": 16})", "cls+mean"},
        {R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true})", "cls+mean"},
    };
    for (const char* model : {"bert", "distilbert"})
        for (const Case& test : cases) {
            const ModelCopy copy(model);
            copy.write("1_Pooling/config.json", test.config);
            const auto expected = read_json(testdata() / model / "expected.json");
            expect_vectors(Embedder(options_for(copy.path(), Precision::f32)), expected.at("ids"),
                           expected.at(test.expected), test.config);
        }
}

TEST(TinyModels, PaddingHasNoInfluenceInAnyPooling) {
    const std::vector<Ids> texts{{2, 5, 3}, {2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 3}};
    for (const Pooling pooling : all_poolings) {
        EmbedderOptions options = options_for(testdata() / "bert", Precision::f32);
        options.pooling = pooling;
        const Embedder embedder(options);
        EXPECT_GE(cosine(embed(embedder, texts)[0], embed(embedder, {texts[0]})[0]), 0.99999)
            << name(pooling);
    }
}

TEST(TinyModels, LayersBehindThePoolingEqualTheReference) {
    for (const char* kind : {"tanh", "identity", "joined", "residual", "projected", "sigmoid"}) {
        const auto layer = testdata() / "dense" / kind;
        const auto expected = read_json(layer / "expected.json");
        const ModelCopy copy;
        copy.write("1_Pooling/config.json",
                   R"({"pooling_mode": )" + boost::json::serialize(expected.at("pooling")) + "}");
        std::filesystem::copy(layer, copy.path() / "2_Dense");
        const std::string alone = copy.info().fingerprint;  // without modules.json
        for (const bool normalise : {false, true}) {
            copy.write(
                "modules.json",
                std::string(
                    R"([{"path": "", "type": "sentence_transformers.models.Transformer"},
                               {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                               {"path": "2_Dense", "type": "sentence_transformers.models.Dense"})") +
                    (normalise
                         ? R"(,{"path": "3", "type": "sentence_transformers.models.Normalize"}])"
                         : "]"));
            const Embedder embedder(options_for(copy.path(), Precision::f32));
            expect_vectors(embedder, expected.at("ids"), expected.at("vectors"), kind);
            EXPECT_EQ(embedder.info().fingerprint, alone);
        }
        std::filesystem::remove(copy.path() / "2_Dense/model.safetensors");
        EXPECT_NE(std::string(copy.failure().what()).find("model.safetensors"), std::string::npos);
    }
}

TEST(TinyModels, TheFirstDimensionsAlone) {
    const ModelCopy copy;
    const std::vector<Ids> texts{{2, 5, 3}};
    const auto whole = embed(Embedder(options_for(copy.path(), Precision::f32)), texts);
    const std::string fingerprint = copy.info().fingerprint;
    copy.write("config_sentence_transformers.json", R"({"truncate_dim": 6})");
    const Embedder embedder(options_for(copy.path(), Precision::f32));
    ASSERT_EQ(embedder.info().dimension, 6U);
    EXPECT_NE(embedder.info().fingerprint, fingerprint);
    EXPECT_NEAR(cosine(embed(embedder, texts)[0], std::span(whole[0]).first(6)), 1, 1e-6);
    copy.write("config_sentence_transformers.json", R"({"truncate_dim": 16})");
    EXPECT_EQ(copy.info().fingerprint, fingerprint);
}

TEST(TinyModels, WithoutNormalisationTheLengthStays) {
    EmbedderOptions options = options_for(testdata() / "bert", Precision::f32);
    const std::vector<Ids> ids{{2, 5, 3}};
    const auto unit = embed(Embedder(options), ids);
    options.normalise = false;
    const auto plain = embed(Embedder(options), ids);
    EXPECT_NEAR(cosine(unit[0], plain[0]), 1, 1e-6);
    double length = 0;
    for (const float x : plain[0]) length += double{x} * x;
    EXPECT_GT(std::abs(std::sqrt(length) - 1), 0.1);
}

TEST(Embedder, ABadSequenceFailsAloneWithZeros) {
    const Embedder embedder(options_for(testdata() / "bert", Precision::f32));
    EXPECT_EQ(embedder.info().max_tokens, 24U);
    const std::vector<Ids> ids{{2, 5, 3}, {}, Ids(25, 4), {2, 20, 3}, {2, -1, 3}, {2, 3}};
    const std::vector<std::span<const std::int32_t>> spans(ids.begin(), ids.end());
    Vector out(ids.size() * 16, 7.0F);
    std::map<std::size_t, std::string> errors;
    embedder.embed(
        Turn::passage, spans, out.data(),
        [&](std::size_t item, lectern_code code, const std::string& message) {
            EXPECT_EQ(code, LECTERN_INVALID_ARGUMENT);
            errors[item] = message;
        },
        [] {});
    ASSERT_EQ(errors.size(), 4U);
    EXPECT_NE(errors[1].find("no tokens"), std::string::npos);
    EXPECT_NE(errors[2].find("25 tokens, the model takes 24"), std::string::npos);
    EXPECT_NE(errors[3].find("id 20"), std::string::npos);
    EXPECT_NE(errors[4].find("id -1"), std::string::npos);
    const auto good = embed(embedder, {ids[0], ids[5]});
    for (std::size_t k = 0; k < 16; ++k) {
        EXPECT_NEAR(out[k], good[0][k], 1e-6);
        EXPECT_NEAR(out[5 * 16 + k], good[1][k], 1e-6);
        for (const std::size_t bad : {1U, 2U, 3U, 4U}) EXPECT_EQ(out[bad * 16 + k], 0);
    }
}

TEST(Embedder, StopsBetweenBatchesWhenAsked) {
    const Embedder embedder(options_for(testdata() / "bert", Precision::f32));
    const std::vector<Ids> ids(3000, Ids{2, 5, 3});
    const std::vector<std::span<const std::int32_t>> spans(ids.begin(), ids.end());
    Vector out(ids.size() * 16);
    int calls = 0;
    const auto stop = [&] {
        if (++calls == 3) throw plugin::Failure(LECTERN_CANCELLED, "cancelled");
    };
    const auto ignore = [](std::size_t, lectern_code, const std::string&) {};
    EXPECT_EQ(
        failure_of([&] { embedder.embed(Turn::passage, spans, out.data(), ignore, stop); }).code(),
        LECTERN_CANCELLED);
    EXPECT_EQ(embed(embedder, {ids[0]}).size(), 1U);  // and works on
}

TEST(Embedder, TheFingerprintNamesTheSpaceNotThePrecision) {
    EmbedderOptions options = options_for(testdata() / "bert", Precision::f32);
    const std::string first = Embedder(options).info().fingerprint;
    EXPECT_EQ(first.substr(0, 5), "bert:");
    options.precision = Precision::int8;
    options.max_tokens = 12;
    EXPECT_EQ(Embedder(options).info().fingerprint, first);

    EmbedderOptions other = options;
    other.pooling = Pooling::cls;
    EXPECT_NE(Embedder(other).info().fingerprint, first);
    other = options;
    other.normalise = false;
    EXPECT_NE(Embedder(other).info().fingerprint, first);
    other = options;
    other.query_prefix = "query: ";
    EXPECT_NE(Embedder(other).info().fingerprint, first);
    other = options;
    other.model = testdata() / "roberta";
    EXPECT_NE(Embedder(other).info().fingerprint, first);
}

// The names of collections that exist.
TEST(Embedder, FingerprintsOfEarlierVersionsStay) {
    EXPECT_EQ(Embedder(options_for(minilm(), Precision::f32)).info().fingerprint,
              "bert:375079a5c7143fb6");
    EXPECT_EQ(Embedder(options_for(testdata() / "bert", Precision::f32)).info().fingerprint,
              "bert:8530182fcea54a1c");
}

TEST(Embedder, TheFingerprintCoversWhatTheFilesSay) {
    const ModelCopy plain;
    const std::string mean = plain.info().fingerprint;
    struct Case {
        const char* file;
        const char* content;
        bool same;  // as the files that say nothing
    };
    const Case cases[] = {
        {"1_Pooling/config.json", R"({"pooling_mode": "mean"})", true},
        {"1_Pooling/config.json", R"({"pooling_mode": ["mean"], "embedding_dimension": 16})", true},
        {"1_Pooling/config.json", R"({"pooling_mode_mean_tokens": true})", true},
        {"1_Pooling/config.json", R"({"pooling_mode": "cls"})", false},
        {"1_Pooling/config.json", R"({"pooling_mode": "max"})", false},
        {"1_Pooling/config.json", R"({"pooling_mode": "mean_sqrt_len_tokens"})", false},
        {"1_Pooling/config.json", R"({"pooling_mode": "weightedmean"})", false},
        {"1_Pooling/config.json", R"({"pooling_mode": "lasttoken"})", false},
        {"1_Pooling/config.json", R"({"pooling_mode": ["cls", "mean"]})", false},
        {"1_Pooling/config.json", R"({"pooling_mode": ["mean", "cls"]})", false},
        {"tokenizer_config.json", R"({"model_max_length": 24})", true},
        {"tokenizer_config.json", R"({"model_max_length": 512})", true},
        {"tokenizer_config.json", R"({"model_max_length": 1000000000000000019884624838656})", true},
        {"tokenizer_config.json", R"({"model_max_length": 12})", false},
        {"tokenizer_config.json", R"({"model_max_length": 8})", false},
        {"config_sentence_transformers.json", R"({"prompts": {"query": "", "document": ""}})",
         true},
        {"config_sentence_transformers.json", R"({"prompts": {"query": "q: "}})", false},
        {"config_sentence_transformers.json", R"({"prompts": {"document": "d: "}})", false},
        {"config_sentence_transformers.json",
         R"({"prompts": {"all": "a: "}, "default_prompt_name": "all"})", false},
    };
    std::map<std::string, const char*> seen;
    for (const Case& test : cases) {
        const ModelCopy copy;
        copy.write(test.file, test.content);
        const std::string fingerprint = copy.info().fingerprint;
        EXPECT_EQ(fingerprint == mean, test.same) << test.content;
        if (test.same) continue;
        const auto [place, fresh] = seen.emplace(fingerprint, test.content);
        EXPECT_TRUE(fresh) << test.content << " as " << place->second;
    }
    for (const char* kind : {"tanh", "identity"}) {
        const ModelCopy copy;
        copy.write("1_Pooling/config.json", R"({"pooling_mode": "mean"})");
        std::filesystem::copy(testdata() / "dense" / kind, copy.path() / "2_Dense");
        EXPECT_TRUE(seen.emplace(copy.info().fingerprint, kind).second) << kind;
        EXPECT_NE(copy.info().fingerprint, mean);
        // Other weights of the same shape.
        std::string weights = shared::read_text_file(copy.path() / "2_Dense/model.safetensors");
        weights.back() = static_cast<char>(weights.back() ^ 1);
        copy.write("2_Dense/model.safetensors", weights);
        EXPECT_TRUE(seen.emplace(copy.info().fingerprint, kind).second) << kind;
    }
}

TEST(Embedder, TakesTheLengthThatTheFilesSay) {
    struct Case {
        const char* sentence;
        const char* tokenizer;
        std::uint32_t tokens;  // the tiny model has positions for 24
    };
    const Case cases[] = {
        {R"({})", R"({})", 24},
        {R"({"max_seq_length": 10})", R"({"model_max_length": 12})", 10},
        {R"({"max_seq_length": 100})", R"({})", 24},
        {R"({})", R"({"model_max_length": 12})", 12},
        {R"({})", R"({"model_max_length": 512})", 24},
        {R"({})", R"({"model_max_length": 1000000000000000019884624838656})", 24},
    };
    for (const Case& test : cases) {
        const ModelCopy copy;
        copy.write("sentence_bert_config.json", test.sentence);
        copy.write("tokenizer_config.json", test.tokenizer);
        EXPECT_EQ(copy.info().max_tokens, test.tokens) << test.sentence << test.tokenizer;
        EmbedderOptions options = options_for(copy.path(), Precision::f32);
        options.max_tokens = 20;
        EXPECT_EQ(Embedder(options).info().max_tokens, 20U);
    }
}

TEST(Embedder, APromptThatIsNotPooledIsRefused) {
    const ModelCopy copy;
    copy.write("1_Pooling/config.json", R"({"pooling_mode": "mean", "include_prompt": false})");
    EXPECT_EQ(copy.info().fingerprint, ModelCopy().info().fingerprint);  // there is no prompt
    for (const char* prompts :
         {R"({"prompts": {"query": "q: "}})", R"({"prompts": {"document": "d: "}})"}) {
        copy.write("config_sentence_transformers.json", prompts);
        EXPECT_EQ(copy.failure().code(), LECTERN_UNSUPPORTED);
        EXPECT_NE(std::string(copy.failure().what()).find("'include_prompt'"), std::string::npos);
    }
    EmbedderOptions options = options_for(copy.path(), Precision::f32);
    options.query_prefix = "";
    options.passage_prefix = "";
    EXPECT_NO_THROW((void)Embedder(options));
}

TEST(Embedder, FilesThatContradictEachOtherOrAskForMoreAreRefused) {
    struct Case {
        const char* file;
        const char* content;
        lectern_code code;
        const char* message;
        bool option_helps;
    };
    const Case cases[] = {
        {"1_Pooling/config.json", R"({"pooling_mode": "attention"})", LECTERN_UNSUPPORTED,
         "mean_sqrt_len_tokens, weightedmean and lasttoken. One of them can be chosen", true},
        {"1_Pooling/config.json", R"({"embedding_dimension": 16})", LECTERN_UNSUPPORTED,
         "has no 'pooling_mode'", true},
        {"1_Pooling/config.json", R"({"pooling_mode": "cls", "pooling_mode_mean_tokens": true})",
         LECTERN_UNSUPPORTED, "contradicts itself", true},
        {"1_Pooling/config.json", R"({"pooling_mode": "cls", "embedding_dimension": 384})",
         LECTERN_CORRUPT, "vectors of 384 dimensions, the model's have 16", true},
        {"2_Dense/config.json", R"({"in_features": 32, "out_features": 8})", LECTERN_CORRUPT,
         "'in_features' is 32, the vectors before it have 16 dimensions", false},
    };
    for (const Case& test : cases) {
        const ModelCopy copy;
        copy.write("1_Pooling/config.json", R"({"pooling_mode": "mean"})");
        copy.write(test.file, test.content);
        EXPECT_EQ(copy.failure().code(), test.code) << test.content;
        EXPECT_NE(std::string(copy.failure().what()).find(test.message), std::string::npos)
            << copy.failure().what();
        if (!test.option_helps) continue;
        EmbedderOptions options = options_for(copy.path(), Precision::f32);
        options.pooling = Pooling::cls;
        EXPECT_NO_THROW((void)Embedder(options)) << test.content;
    }
}

TEST(Embedder, ATokenizerThatKeepsCapitalsDoesNotServeAModelOfSmallLetters) {
    const ModelCopy copy;
    copy.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nA\na\n");
    copy.write("sentence_bert_config.json", R"({"do_lower_case": true})");
    EXPECT_NO_THROW((void)copy.info());
    copy.write("tokenizer_config.json", R"({"do_lower_case": false})");
    EXPECT_NE(std::string(copy.failure().what()).find("'do_lower_case'"), std::string::npos);
}

TEST(Embedder, PicksAPrecisionThatTheCpuHas) {
    EmbedderOptions options = options_for(testdata() / "bert", Precision::f32);
    options.precision.reset();
    ov::Core core;
    EXPECT_EQ(Embedder(options).info().precision, name(best_precision()));
    EXPECT_EQ(best_precision() == Precision::bf16, has_bf16(core));  // found without OpenVINO
}

TEST(Embedder, KnowsItsTokenizer) {
    const Embedder embedder(options_for(minilm(), Precision::f32));
    EXPECT_EQ(embedder.info().tokens_fingerprint.substr(0, 10), "wordpiece:");
    EXPECT_EQ(embedder.info().special_tokens, 2U);
    EXPECT_EQ(Embedder(options_for(testdata() / "bert", Precision::f32)).info().tokens_fingerprint,
              "");
}

TEST(Embedder, SaysWhyAModelCannotBeOpened) {
    const std::string config = shared::read_text_file(testdata() / "bert/config.json");
    const std::string weights = shared::read_text_file(testdata() / "bert/model.safetensors");
    const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return at == std::string::npos ? text : text.replace(at, from.size(), to);
    };
    struct Case {
        std::string config;
        std::string weights;
        lectern_code code;
        std::string message;
    };
    const Case cases[] = {
        {config, weights.substr(0, weights.size() / 2), LECTERN_CORRUPT, "truncated"},
        {replaced(config, R"("hidden_size": 16)", R"("hidden_size": 32)"), weights, LECTERN_CORRUPT,
         "has the shape [20, 16], config.json asks for [20, 32]"},
        {replaced(config, R"("num_hidden_layers": 2)", R"("num_hidden_layers": 3)"), weights,
         LECTERN_CORRUPT, "no tensor 'encoder.layer.2."},
        {config, replaced(weights, "embeddings.word_", "embeddings.w0rd_"), LECTERN_CORRUPT,
         "no tensor 'embeddings.word_embeddings.weight'"},
        {"", weights, LECTERN_CORRUPT, "config.json is not JSON"},
    };
    for (const Case& test : cases) {
        const TestFolder folder;
        write_file(folder.path() / "config.json", test.config);
        write_file(folder.path() / "model.safetensors", test.weights);
        const auto failure =
            failure_of([&] { Embedder(options_for(folder.path(), Precision::f32)); });
        EXPECT_EQ(failure.code(), test.code) << failure.what();
        EXPECT_NE(std::string(failure.what()).find(test.message), std::string::npos)
            << failure.what();
    }
    const TestFolder empty;
    EXPECT_EQ(failure_of([&] { Embedder(options_for(empty.path(), Precision::f32)); }).code(),
              LECTERN_NOT_FOUND);
    write_file(empty.path() / "model.onnx", "no model");
    EXPECT_EQ(failure_of([&] { Embedder(options_for(empty.path(), Precision::f32)); }).code(),
              LECTERN_CORRUPT);
}

}  // namespace
}  // namespace lectern::bert
