// The embedder stage "bert": any BERT-architecture model through OpenVINO.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "embedder.hpp"
#include "failure.hpp"
#include "lectern/plugin.hpp"

namespace {

using lectern::bert::EmbedderOptions;
using lectern::bert::Precision;
using lectern::bert::Turn;
namespace plugin = lectern::plugin;

std::optional<Precision> precision_of(const std::string& value) {
    for (const Precision precision : {Precision::f32, Precision::bf16, Precision::int8})
        if (value == name(precision)) return precision;
    return std::nullopt;
}

EmbedderOptions options_of(const plugin::Config& config) {
    EmbedderOptions out;
    out.model = config.path("model");
    if (config.string("tokenizer")) out.tokenizer = config.path("tokenizer");
    // Nothing for "auto"; the host has checked the schema's enum.
    out.pooling = lectern::bert::pooling_of(config.string("pooling").value_or("auto"));
    out.normalise = config.boolean("normalise").value_or(true);
    if (const auto tokens = config.integer("max_tokens"); tokens && *tokens > 0)
        out.max_tokens = static_cast<std::uint32_t>(*tokens);
    out.query_prefix = config.string("query_prefix");
    out.passage_prefix = config.string("passage_prefix");
    out.precision = precision_of(config.string("precision").value_or("auto"));
    out.batch_tokens = static_cast<std::uint32_t>(
        config.integer("batch_tokens").value_or(std::int64_t{out.batch_tokens}));
    out.streams = static_cast<std::uint32_t>(config.integer("streams").value_or(0));
    out.threads = config.host().threads();
    out.cache_folder = config.host().cache_folder();
    return out;
}

class BertEmbedder : public plugin::Embedder {
 public:
    explicit BertEmbedder(const plugin::Config& config) : embedder_(options_of(config)) {}

    [[nodiscard]] const plugin::EmbedderInfo& info() const override { return embedder_.info(); }

    void embed(const plugin::Call& call, const lectern_tokens* sequences, std::uint64_t count,
               std::uint32_t purpose, float* out) const override {
        std::vector<std::span<const std::int32_t>> ids;
        ids.reserve(count);
        for (const lectern_tokens& sequence : std::span(sequences, count)) {
            if (sequence.ids == nullptr && sequence.count > 0)
                throw plugin::Failure(LECTERN_INVALID_ARGUMENT,
                                      "the tokenizer gives words without ids; this model needs the "
                                      "tokenizer of its own folder (wordpiece)");
            ids.emplace_back(sequence.ids, sequence.count);
        }
        // The host has put the prefix of the purpose before the text.
        embedder_.embed(
            purpose == LECTERN_QUERY ? Turn::query : Turn::passage, ids, out,
            [&call](std::size_t item, lectern_code code, const std::string& message) {
                call.item_error(item, code, message);
            },
            [&call] { call.check(); });
    }

 private:
    lectern::bert::Embedder embedder_;
};

constexpr const char* options_schema = R"({
  "type": "object",
  "required": ["model"],
  "properties": {
    "model": {"type": "string",
      "description": "A Hugging Face folder (config.json, model.safetensors), an .onnx or an .xml file"},
    "tokenizer": {"type": "string",
      "description": "The folder of the model's tokenizer, when it is not the model's own"},
    "pooling": {"type": "string", "default": "auto",
      "enum": ["auto", "mean", "cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"],
      "description": "From the tokens' vectors to the text's; auto: as the model's files say, or mean"},
    "normalise": {"type": "boolean", "default": true,
      "description": "Give vectors of length 1, as inner product search expects"},
    "max_tokens": {"type": "integer", "minimum": 3, "maximum": 1000000,
      "description": "Most tokens of one text with special tokens; without it, as the model's files say"},
    "query_prefix": {"type": "string",
      "description": "Put before a query; without it, as the model's files say"},
    "passage_prefix": {"type": "string",
      "description": "Put before a passage; without it, as the model's files say"},
    "precision": {"type": "string", "enum": ["auto", "f32", "bf16", "int8"], "default": "auto",
      "description": "auto: bf16 where the CPU multiplies it, else int8, else f32"},
    "batch_tokens": {"type": "integer", "minimum": 16, "maximum": 1000000, "default": 2048,
      "description": "Sequences times the longest of them in one batch"},
    "streams": {"type": "integer", "minimum": 0, "maximum": 64, "default": 0,
      "description": "Batches computed at once, sharing the threads; 0: chosen by their number"}
  }
})";

}  // namespace

LECTERN_PLUGIN("bert", "1.0.0", "Embeddings from BERT-architecture models through OpenVINO",
               "Apache-2.0",
               plugin::stage<BertEmbedder>("bert", "Embeds token sequences with a BERT encoder",
                                           options_schema))
