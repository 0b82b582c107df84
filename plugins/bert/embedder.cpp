#include "embedder.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "failure.hpp"
#include "fingerprint.hpp"
#include "model_graph.hpp"
#include "plugins/wordpiece/wordpiece.hpp"

namespace lectern::bert {
namespace {

constexpr std::uint32_t usual_max_tokens = 512;

// Everything that the vectors depend on except the precision: vectors of different precisions of
// one model can be compared.
std::string space_fingerprint(const ModelGraph& graph, const EmbedderOptions& options,
                              const plugin::EmbedderInfo& info) {
    std::string parts;
    for (const auto& file : graph.files)
        parts += hexadecimal(file_hash(file, options.cache_folder)) + "\n";
    parts += info.tokens_fingerprint + "\n" + graph.pooling + "\n" +
             (options.normalise ? "normalised" : "as they are") + "\n" +
             std::to_string(info.query_prefix.size()) + " " + info.query_prefix + "\n" +
             std::to_string(info.passage_prefix.size()) + " " + info.passage_prefix;
    return "bert:" + hexadecimal(xxh64(parts));
}

std::uint32_t max_tokens(const ModelGraph& graph, const ModelFolder& folder,
                         const EmbedderOptions& options) {
    const auto limit = static_cast<std::uint32_t>(graph.max_tokens);
    if (options.max_tokens) {
        if (limit > 0 && *options.max_tokens > limit)
            fail(LECTERN_INVALID_ARGUMENT,
                 "the option 'max_tokens' is " + std::to_string(*options.max_tokens) +
                     "; the model has positions for " + std::to_string(limit));
        return *options.max_tokens;
    }
    const auto wanted = static_cast<std::uint32_t>(
        folder.settings.max_tokens.value_or(limit > 0 ? limit : usual_max_tokens));
    return limit > 0 ? std::min(wanted, limit) : wanted;
}

void read_tokenizer(const std::filesystem::path& folder, const ModelGraph& graph,
                    plugin::EmbedderInfo& info) {
    info.special_tokens = 2;
    if (folder.empty()) return;
    const auto tokenizer = wordpiece::WordPiece::load(folder.string());
    if (graph.vocabulary > 0 && tokenizer.vocabulary_size() > graph.vocabulary)
        fail(LECTERN_INVALID_ARGUMENT, "the tokenizer in " + folder.string() + " has " +
                                           std::to_string(tokenizer.vocabulary_size()) +
                                           " tokens, the model's embedding table " +
                                           std::to_string(graph.vocabulary) +
                                           "; they do not belong together");
    info.tokens_fingerprint = tokenizer.fingerprint();
    info.special_tokens = static_cast<std::uint32_t>(tokenizer.special_tokens());
}

}  // namespace

Embedder::Embedder(const EmbedderOptions& options) : core_(std::make_unique<ov::Core>()) {
    const ModelFolder folder = open_model_folder(options.model);
    const ModelGraph graph = build_model_graph(*core_, folder, options.pooling, options.normalise);

    info_.dimension = graph.dimension;
    info_.max_tokens = max_tokens(graph, folder, options);
    info_.batch_tokens = std::max(options.batch_tokens, info_.max_tokens);
    info_.query_prefix =
        options.query_prefix ? *options.query_prefix : folder.settings.query_prefix.value_or("");
    info_.passage_prefix = options.passage_prefix ? *options.passage_prefix
                                                  : folder.settings.passage_prefix.value_or("");
    read_tokenizer(options.tokenizer.empty() ? folder.tokenizer : options.tokenizer, graph, info_);
    info_.fingerprint = space_fingerprint(graph, options, info_);

    limits_ = {info_.dimension, graph.vocabulary, info_.max_tokens, info_.batch_tokens};
    compile(graph, options);
    info_.concurrency = runner_->streams();
}

void Embedder::compile(const ModelGraph& graph, const EmbedderOptions& options) {
    const Precision precision = options.precision ? *options.precision : best_precision(*core_);
    const auto make = [&](Precision chosen) {
        runner_ = std::make_unique<Runner>(*core_, graph.model,
                                           RunnerOptions{chosen, options.threads, options.streams});
        info_.precision = name(chosen);
    };
    if (options.precision || precision == Precision::f32) return make(precision);
    try {  // what the CPU promises is tried before it is relied on
        make(precision);
        const std::array<std::int32_t, 2> ids{};
        const std::span<const std::int32_t> text(ids);
        std::vector<float> vector(info_.dimension);
        embed(
            Turn::passage, {&text, 1}, vector.data(),
            [](std::size_t, lectern_code code, const std::string& message) { fail(code, message); },
            [] {});
    } catch (const Failure&) {
        make(Precision::f32);
    }
}

void Embedder::embed(Turn turn, std::span<const std::span<const std::int32_t>> sequences,
                     float* out, const ItemError& item_error,
                     const std::function<void()>& check) const {
    encode_texts(*runner_, limits_, turn, sequences, out, item_error, check);
}

}  // namespace lectern::bert
