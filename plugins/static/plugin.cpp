// The plugin `static`: the embedder `static` and the trainer `trainer`.
#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "lectern/plugin.hpp"
#include "plugins/shared/file_hash.hpp"
#include "plugins/static/distill.hpp"
#include "plugins/static/token_vectors.hpp"

namespace lectern::static_vectors {
namespace {

namespace json = boost::json;

constexpr const char* embedder_options = R"schema({
  "type": "object",
  "required": ["model"],
  "properties": {
    "model": {"type": "string",
      "description": "A file that 'lectern train static' wrote, or a Model2Vec folder"}
  }
})schema";

class StaticEmbedder : public plugin::Embedder {
 public:
    explicit StaticEmbedder(const plugin::Config& config)
        : model_(open(config.path("model"))), spare_(model_.dimension) {
        const std::string file = file_of(config.path("model"));
        info_.dimension = model_.dimension;
        info_.max_tokens = 0;
        info_.batch_tokens = 1U << 16U;
        info_.concurrency = std::max(1U, config.host().threads());
        info_.fingerprint =
            "static:" + shared::hexadecimal(shared::file_hash(file, config.host().cache_folder()));
        info_.tokens_fingerprint = model_.tokens;
        info_.vocabulary = static_cast<std::uint32_t>(model_.size());
        spare_.front() = 1;
    }

    [[nodiscard]] const plugin::EmbedderInfo& info() const override { return info_; }

    void embed(const plugin::Call& call, const lectern_tokens* sequences, std::uint64_t count,
               std::uint32_t /*purpose*/, float* out) const override {
        constexpr std::uint64_t between_checks = 64;
        for (std::uint64_t i = 0; i < count; ++i) {
            if (i % between_checks == 0) call.check();
            const lectern_tokens& tokens = *LECTERN_ITEM(lectern_tokens, sequences, i);
            if (tokens.count > 0 && tokens.ids == nullptr)
                throw plugin::Failure(
                    LECTERN_INVALID_ARGUMENT,
                    "static vectors need a tokenizer that gives ids: put the stage 'wordpiece' "
                    "of the same model before them");
            const std::span<float> vector(out + i * model_.dimension, model_.dimension);
            // A text without a token that says anything points where no token does.
            if (!add_up(model_, {tokens.ids, tokens.count}, vector))
                std::copy(spare_.begin(), spare_.end(), vector.begin());
        }
    }

 private:
    static TokenVectors open(const std::string& path) {
        std::error_code error;
        if (!std::filesystem::exists(file_of(path), error))
            throw plugin::Failure(LECTERN_NOT_FOUND, "there is no model '" + path +
                                                         "'; make it: lectern train static -o '" +
                                                         path + "'");
        return read_token_vectors(path);
    }

    TokenVectors model_;
    std::vector<float> spare_;
    plugin::EmbedderInfo info_;
};

constexpr const char* trainer_options = R"schema({
  "type": "object",
  "properties": {
    "dim": {"type": "integer", "minimum": 2, "maximum": 4096, "default": 256,
      "description": "Dimension of the vectors, at most the encoder's"},
    "sif_a": {"type": "number", "minimum": 1e-9, "maximum": 1, "default": 0.0001,
      "description": "Weight of a token: sif_a / (sif_a + its probability)"},
    "hold": {"type": "number", "minimum": 1e-9, "maximum": 1e6, "default": 0.001,
      "description": "With texts: how hard vectors are held where the vocabulary alone puts them"},
    "texts": {"type": "integer", "minimum": 1, "maximum": 10000000, "default": 100000,
      "description": "Of the texts that are given, the most that are read"}
  }
})schema";

class StaticTrainer : public plugin::Trainer {
 public:
    explicit StaticTrainer(const plugin::Config& config) : pipeline_(config.pipeline()) {
        options_.dimension = static_cast<std::uint32_t>(
            std::max<std::int64_t>(2, config.integer("dim").value_or(options_.dimension)));
        options_.a = config.number("sif_a").value_or(options_.a);
        options_.hold = config.number("hold").value_or(options_.hold);
        most_texts_ = static_cast<std::size_t>(
            std::max<std::int64_t>(1, config.integer("texts").value_or(100'000)));
    }

    [[nodiscard]] std::string train(const plugin::Call& call, const plugin::TextSource& texts,
                                    const std::string& model,
                                    const plugin::ProgressSink& progress) const override {
        std::vector<std::string> read;
        while (read.size() < most_texts_) {
            const auto text = texts.next();
            if (!text) break;
            call.check();
            if (text->find_first_not_of(" \t\r\n") != std::string_view::npos)
                read.emplace_back(*text);
        }
        DistillReport report;
        const TokenVectors vectors = distill(
            call, pipeline_, read, options_,
            [&progress](double fraction, std::string_view step) {
                progress.progress(fraction, step, "");
            },
            report);
        write_token_vectors(vectors, model);
        json::object out{
            {"model", model},      {"tokens", report.tokens},  {"dimension", vectors.dimension},
            {"kept", report.kept}, {"source", vectors.source}, {"texts", report.texts}};
        if (report.texts > 0) {
            out["cosine_before"] = report.cosine_before;
            out["cosine_after"] = report.cosine_after;
        }
        return json::serialize(out);
    }

    [[nodiscard]] std::string evaluate(const plugin::Call& /*call*/, const std::string& /*model*/,
                                       const std::string& /*test*/,
                                       const plugin::ProgressSink& /*progress*/) const override {
        throw plugin::Failure(LECTERN_UNSUPPORTED,
                              "static vectors are measured by 'lectern eval' on a collection");
    }

 private:
    plugin::Pipeline pipeline_;
    DistillOptions options_;
    std::size_t most_texts_ = 0;
};

}  // namespace
}  // namespace lectern::static_vectors

LECTERN_PLUGIN("static", "1.0.0",
               "Vectors without a transformer: of tokens, distilled from an encoder, added up",
               "Apache-2.0",
               lectern::plugin::stage<lectern::static_vectors::StaticEmbedder>(
                   "static", "Embeds texts as sums of their tokens' vectors",
                   lectern::static_vectors::embedder_options),
               lectern::plugin::stage<lectern::static_vectors::StaticTrainer>(
                   "trainer", "Distils vectors of tokens from a pipeline's embedder",
                   lectern::static_vectors::trainer_options))
