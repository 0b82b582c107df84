#include "embedder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "failure.hpp"
#include "model_graph.hpp"
#include "plugins/shared/file_hash.hpp"
#include "plugins/wordpiece/wordpiece.hpp"

namespace lectern::bert {
namespace {

constexpr std::uint32_t usual_max_tokens = 512;
// Of one that is alone; more wait for each other longer than they compute.
constexpr std::uint32_t most_threads_of_a_query = 4;

// Everything that the vectors depend on except the precision: vectors of different precisions of
// one model can be compared.
std::string space_fingerprint(const ModelGraph& graph, const EmbedderOptions& options,
                              const plugin::EmbedderInfo& info, bool cut_by_tokenizer) {
    std::string parts;
    for (const auto& file : graph.files)
        parts += shared::hexadecimal(shared::file_hash(file, options.cache_folder)) + "\n";
    parts += info.tokens_fingerprint + "\n" + graph.pooling + "\n" +
             (options.normalise ? "normalised" : "as they are") + "\n" +
             std::to_string(info.query_prefix.size()) + " " + info.query_prefix + "\n" +
             std::to_string(info.passage_prefix.size()) + " " + info.passage_prefix;
    // What follows stands there only where it says something: collections have kept the
    // fingerprints of the models without it.
    if (!graph.steps.empty()) parts += "\n" + graph.steps;
    if (cut_by_tokenizer) parts += "\nat most " + std::to_string(info.max_tokens) + " tokens";
    return "bert:" + shared::hexadecimal(shared::xxh64(parts));
}

// Of a model whose files say nothing of it.
std::uint32_t unstated_max_tokens(const ModelGraph& graph) {
    return graph.max_tokens > 0 ? static_cast<std::uint32_t>(graph.max_tokens) : usual_max_tokens;
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
    const StatedLength& stated = folder.settings.max_tokens;
    const std::uint32_t most = unstated_max_tokens(graph);
    if (stated.source == LengthSource::none) return most;
    const auto tokens = static_cast<std::uint32_t>(stated.tokens);
    // A tokenizer may be made for longer texts than its model.
    const bool unlimited = limit == 0 && stated.source == LengthSource::sentence_config;
    return unlimited ? tokens : std::min(tokens, most);
}

// "do_lower_case" of sentence_bert_config.json.
void check_lowercase(const wordpiece::WordPiece& tokenizer, const std::filesystem::path& folder) {
    wordpiece::Encoding large;
    wordpiece::Encoding small;
    tokenizer.encode("A", false, 0, large);
    tokenizer.encode("a", false, 0, small);
    if (large.ids != small.ids)
        fail(LECTERN_UNSUPPORTED, folder.string() +
                                      ": the model wants text in small letters "
                                      "('do_lower_case'), and its tokenizer does not make them");
}

// Some models leave the tokens of the prefix out of the pooling, which is not computed here.
void check_prompt(const SentenceSettings& settings, const plugin::EmbedderInfo& info) {
    if (settings.include_prompt || (info.query_prefix.empty() && info.passage_prefix.empty()))
        return;
    fail(LECTERN_UNSUPPORTED,
         "the model's pooling leaves out the tokens of the prefix ('include_prompt' is false), "
         "which this plugin does not compute, and there is a prefix; the options 'query_prefix' "
         "and 'passage_prefix' can be \"\"");
}

void read_tokenizer(const std::filesystem::path& folder, const ModelGraph& graph, bool lowercase,
                    plugin::EmbedderInfo& info) {
    info.special_tokens = 2;
    if (folder.empty()) return;
    const auto tokenizer = wordpiece::WordPiece::load(folder.string());
    if (lowercase) check_lowercase(tokenizer, folder);
    if (graph.vocabulary > 0 && tokenizer.vocabulary_size() > graph.vocabulary)
        fail(LECTERN_INVALID_ARGUMENT, "the tokenizer in " + folder.string() + " has " +
                                           std::to_string(tokenizer.vocabulary_size()) +
                                           " tokens, the model's embedding table " +
                                           std::to_string(graph.vocabulary) +
                                           "; they do not belong together");
    info.tokens_fingerprint = tokenizer.fingerprint();
    info.special_tokens = static_cast<std::uint32_t>(tokenizer.special_tokens());
    info.vocabulary = static_cast<std::uint32_t>(tokenizer.vocabulary_size());
}

}  // namespace

Embedder::Embedder(const EmbedderOptions& options) : core_(std::make_unique<ov::Core>()) {
    const ModelFolder folder = open_model_folder(options.model);
    const ModelGraph graph = build_model_graph(*core_, folder, options.pooling, options.normalise);

    info_.dimension = graph.dimension;
    info_.any_length = !options.normalise;
    info_.max_tokens = max_tokens(graph, folder, options);
    info_.batch_tokens = std::max(options.batch_tokens, info_.max_tokens);
    const SentenceSettings& settings = folder.settings;
    info_.query_prefix =
        options.query_prefix ? *options.query_prefix : settings.query_prefix.value_or("");
    info_.passage_prefix =
        options.passage_prefix ? *options.passage_prefix : settings.passage_prefix.value_or("");
    check_prompt(settings, info_);
    read_tokenizer(options.tokenizer.empty() ? folder.tokenizer : options.tokenizer, graph,
                   settings.lowercase, info_);
    const bool cut_by_tokenizer = !options.max_tokens &&
                                  settings.max_tokens.source == LengthSource::tokenizer_config &&
                                  info_.max_tokens < unstated_max_tokens(graph);
    info_.fingerprint = space_fingerprint(graph, options, info_, cut_by_tokenizer);

    limits_ = {info_.dimension, graph.vocabulary, info_.max_tokens, info_.batch_tokens};
    precision_chosen_ = !options.precision;
    running_ = {options.precision ? *options.precision : best_precision(), options.threads,
                options.streams};
    check_precision(*core_, running_.precision);
    info_.precision = name(running_.precision);
    info_.concurrency = chosen_streams(running_);
    source_ = graph.model;
    // Who asks for a precision below f32 gets it.
    if (graph.small && (precision_chosen_ || running_.precision == Precision::f32)) {
        small_source_ = graph.small;
        team_ = std::make_unique<Team>(
            std::clamp<std::uint32_t>(options.threads, 1, most_threads_of_a_query));
    }
    if (folder.kind == ModelKind::graph) (void)compiled();
}

// What the CPU promises is tried before it is relied on.
std::unique_ptr<Runner> Embedder::compile() const {
    RunnerOptions options = running_;
    if (precision_chosen_ && options.precision != Precision::f32) {
        try {
            auto out = std::make_unique<Runner>(*core_, source_, options);
            try_out(*out);
            return out;
        } catch (const Failure&) {
            options.precision = Precision::f32;
        }
    }
    return std::make_unique<Runner>(*core_, source_, options);
}

void Embedder::try_out(Runner& runner) const {
    const std::array<std::int32_t, 2> ids{};
    const std::span<const std::int32_t> text(ids);
    std::vector<float> vector(info_.dimension);
    encode_texts(
        runner, limits_, Turn::passage, {&text, 1}, vector.data(),
        [](std::size_t, lectern_code code, const std::string& message) { fail(code, message); },
        [] {});
}

Runner& Embedder::compiled() const {
    if (Runner* const ready = ready_.load(std::memory_order_acquire)) return *ready;
    const std::lock_guard lock(mutex_);
    if (runner_ == nullptr) {
        runner_ = compile();
        source_.reset();
        ready_.store(runner_.get(), std::memory_order_release);
    }
    return *runner_;
}

const SmallEncoder* Embedder::small() const {
    std::call_once(small_once_, [this] {
        try {
            small_ = small_source_(*team_);
        } catch (const Failure&) {  // weights that are too large for halves
        }
        small_source_ = nullptr;
    });
    return small_.get();
}

bool Embedder::embed_small(std::span<const std::span<const std::int32_t>> sequences,
                           float* out) const {
    const std::size_t most = std::min<std::size_t>(SmallEncoder::most_tokens, limits_.max_tokens);
    // A CPU with instructions for lower precisions has more to gain from the graph.
    const std::size_t together = running_.precision == Precision::f32
                                     ? std::numeric_limits<std::size_t>::max()
                                     : SmallEncoder::most_tokens;
    std::size_t tokens = 0;
    for (const auto& ids : sequences) tokens += ids.size();
    if (tokens > together) return false;
    // What is wrong with a text is encode_texts()'s to say.
    const bool fit = std::all_of(sequences.begin(), sequences.end(), [&](const auto& ids) {
        return !ids.empty() && ids.size() <= most &&
               std::all_of(ids.begin(), ids.end(), [&](std::int32_t id) {
                   return id >= 0 && static_cast<std::uint64_t>(id) < limits_.vocabulary;
               });
    });
    if (!fit || small() == nullptr) return false;
    small()->encode(*team_, sequences, out);
    const std::size_t numbers = sequences.size() * limits_.dimension;
    return std::all_of(out, out + numbers, [](float value) { return std::isfinite(value); });
}

void Embedder::embed(Turn turn, std::span<const std::span<const std::int32_t>> sequences,
                     float* out, const ItemError& item_error,
                     const std::function<void()>& check) const {
    if (turn == Turn::query && team_ != nullptr) {
        check();
        if (embed_small(sequences, out)) return;
    }
    encode_texts(compiled(), limits_, turn, sequences, out, item_error, check);
}

}  // namespace lectern::bert
