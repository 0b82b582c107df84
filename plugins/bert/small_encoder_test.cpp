// Vectors of short texts against the NumPy reference and against those of the graph.
#include "small_encoder.hpp"

#include <map>
#include <openvino/runtime/core.hpp>

#include "model_graph.hpp"
#include "test_support.hpp"

namespace lectern::bert {
namespace {

constexpr const char* architectures[]{"bert", "roberta", "distilbert"};

std::vector<Vector> encoded(const std::filesystem::path& model, Pooling pooling,
                            std::uint32_t threads, const std::vector<Ids>& texts) {
    ov::Core core;
    const ModelGraph graph = build_model_graph(core, open_model_folder(model), pooling, true);
    Team team(threads);
    const auto encoder = graph.small(team);
    EXPECT_EQ(encoder->dimension(), graph.dimension);
    const std::vector<std::span<const std::int32_t>> spans(texts.begin(), texts.end());
    Vector all(texts.size() * encoder->dimension());
    encoder->encode(team, spans, all.data());
    std::vector<Vector> out;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto first = all.begin() + static_cast<std::ptrdiff_t>(i * encoder->dimension());
        out.emplace_back(first, first + static_cast<std::ptrdiff_t>(encoder->dimension()));
    }
    return out;
}

TEST(SmallEncoder, EqualsTheReferenceInEveryPooling) {
    for (const char* model : architectures) {
        const auto expected = read_json(testdata() / model / "expected.json");
        const auto texts = boost::json::value_to<std::vector<Ids>>(expected.at("ids"));
        for (const Pooling pooling : all_poolings) {
            const auto wanted = boost::json::value_to<std::vector<Vector>>(
                expected.at(boost::json::string_view(name(pooling))));
            for (const std::uint32_t threads : {1U, 2U}) {
                const auto vectors = encoded(testdata() / model, pooling, threads, texts);
                for (std::size_t i = 0; i < vectors.size(); ++i)
                    for (std::size_t k = 0; k < wanted[i].size(); ++k)
                        EXPECT_NEAR(vectors[i][k], wanted[i][k], 1e-3)
                            << model << ' ' << name(pooling) << " text " << i << " [" << k << ']';
            }
        }
    }
}

EmbedderOptions options_for(const std::filesystem::path& model) {
    EmbedderOptions out;
    out.model = model;
    out.precision = Precision::f32;
    out.threads = 2;
    return out;
}

// Of all texts in one call for `turn`, and the messages of those that failed.
struct Embedded {
    Vector all;
    std::map<std::size_t, std::string> failed;
};
Embedded embedded(const Embedder& embedder, Turn turn, const std::vector<Ids>& texts) {
    Embedded out{Vector(texts.size() * embedder.info().dimension, 7.0F), {}};
    const std::vector<std::span<const std::int32_t>> spans(texts.begin(), texts.end());
    embedder.embed(
        turn, spans, out.all.data(),
        [&](std::size_t item, lectern_code, const std::string& message) {
            out.failed[item] = message;
        },
        [] {});
    return out;
}

Ids some_ids(std::size_t count, std::int32_t vocabulary) {
    Ids out(count);
    for (std::size_t i = 0; i < count; ++i)
        out[i] = static_cast<std::int32_t>(i * 7919 + 3) % vocabulary;
    return out;
}

TEST(SmallEncoder, AQueryHasTheVectorOfAPassage) {
    const Embedder embedder(options_for(minilm()));
    for (const std::size_t length : {1U, 2U, 3U, 7U, 12U, 31U, 64U, 65U}) {
        const std::vector<Ids> text{some_ids(length, 30000)};
        const Vector query = embedded(embedder, Turn::query, text).all;
        const Vector passage = embedded(embedder, Turn::passage, text).all;
        EXPECT_GE(cosine(query, passage), 0.999995) << length;
        // Weights that are rounded show who computed it.
        EXPECT_EQ(query == passage, length > SmallEncoder::most_tokens) << length;
        EXPECT_NEAR(cosine(query, query), 1, 1e-6);
    }
}

TEST(SmallEncoder, QueriesTogetherHaveTheVectorsOfEachAlone) {
    const Embedder embedder(options_for(minilm()));
    std::vector<Ids> texts;
    for (std::size_t i = 0; i < 20; ++i) texts.push_back(some_ids(1 + i * 3, 30000));
    const Vector together = embedded(embedder, Turn::query, texts).all;
    const std::size_t dimension = embedder.info().dimension;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const Vector alone = embedded(embedder, Turn::query, {texts[i]}).all;
        EXPECT_GE(cosine(alone, std::span(together).subspan(i * dimension, dimension)), 0.9999999)
            << i;
    }
}

TEST(SmallEncoder, ABadQueryFailsAloneWithZeros) {
    const Embedder embedder(options_for(testdata() / "bert"));
    const auto [all, failed] = embedded(embedder, Turn::query, {{1, 2, 3}, {}, {4, 500}, {-1}});
    ASSERT_EQ(failed.size(), 3U);
    EXPECT_NE(failed.at(1).find("no tokens"), std::string::npos);
    EXPECT_NE(failed.at(2).find("500"), std::string::npos);
    EXPECT_NE(failed.at(3).find("-1"), std::string::npos);
    const std::size_t dimension = embedder.info().dimension;
    EXPECT_NE(all[0], 7.0F);
    EXPECT_EQ(Vector(all.begin() + static_cast<std::ptrdiff_t>(dimension), all.end()),
              Vector(3 * dimension));
}

TEST(SmallEncoder, WhoAsksForALowerPrecisionGetsIt) {
    EmbedderOptions options = options_for(testdata() / "bert");
    options.precision = Precision::int8;
    const Embedder embedder(options);
    const std::vector<Ids> text{{1, 2, 3, 4}};
    EXPECT_EQ(embedded(embedder, Turn::query, text).all,
              embedded(embedder, Turn::passage, text).all);
}

// A copy of the tiny model that the files beside it say more of.
void write_copy(const std::filesystem::path& folder, const std::string& modules) {
    std::filesystem::copy(testdata() / "bert", folder, std::filesystem::copy_options::recursive);
    std::filesystem::copy(testdata() / "dense/tanh", folder / "2_Dense");
    write_file(folder / "1_Pooling/config.json",
               R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true})");
    write_file(folder / "modules.json", modules);
}

constexpr const char* up_to_the_pooling =
    R"([{"path": "", "type": "sentence_transformers.models.Transformer"},
        {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"})";

TEST(SmallEncoder, JoinedPoolingsTheFirstDimensionsAndNoNormalisation) {
    const TestFolder folder;
    write_copy(folder.path(),
               std::string(up_to_the_pooling) +
                   R"(,{"path": "3", "type": "sentence_transformers.models.Normalize"}])");
    for (const bool cut : {false, true}) {
        if (cut)
            write_file(folder.path() / "config_sentence_transformers.json",
                       R"({"truncate_dim": 20})");
        for (const bool normalise : {true, false}) {
            EmbedderOptions options = options_for(folder.path());
            options.normalise = normalise;
            const Embedder embedder(options);
            ASSERT_EQ(embedder.info().dimension, cut ? 20U : 32U);
            const std::vector<Ids> texts{{1, 2, 3}, {4}};
            const Vector query = embedded(embedder, Turn::query, texts).all;
            const Vector passage = embedded(embedder, Turn::passage, texts).all;
            EXPECT_NE(query, passage);
            for (std::size_t i = 0; i < query.size(); ++i)
                EXPECT_NEAR(query[i], passage[i], 5e-3) << cut << normalise << i;
        }
    }
}

TEST(SmallEncoder, WhatItDoesNotComputeIsTheGraphs) {
    ov::Core core;
    const TestFolder folder;
    write_copy(folder.path(),
               std::string(up_to_the_pooling) +
                   R"(,{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}])");
    const auto small = [&](const std::filesystem::path& model) {
        return build_model_graph(core, open_model_folder(model), Pooling::mean, true).small;
    };
    EXPECT_EQ(small(folder.path()), nullptr);
    EXPECT_EQ(small(testdata() / "onnx/model.onnx"), nullptr);
    EXPECT_NE(small(testdata() / "bert"), nullptr);
}

}  // namespace
}  // namespace lectern::bert
