#include "plugins/static/distill.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plugins/static/fit.hpp"
#include "plugins/static/frequency.hpp"
#include "plugins/static/principal.hpp"

namespace lectern::static_vectors {
namespace {

constexpr std::size_t tokens_at_once = 1024;
constexpr std::size_t texts_at_once = 64;

// Between what the tokenizer puts around an empty text.
std::vector<std::int32_t> alone(const std::vector<std::int32_t>& special, std::int32_t token) {
    std::vector<std::int32_t> out = special;
    out.insert(out.begin() + static_cast<std::ptrdiff_t>((special.size() + 1) / 2), token);
    return out;
}

std::vector<float> embed_vocabulary(const plugin::Call& call, const plugin::Pipeline& pipeline,
                                    const std::vector<std::int32_t>& special, std::size_t count,
                                    const Progress& progress) {
    std::vector<float> out;
    out.reserve(count * pipeline.dimension());
    for (std::size_t begin = 0; begin < count; begin += tokens_at_once) {
        call.check();
        progress(static_cast<double>(begin) / static_cast<double>(count), "embedding tokens");
        std::vector<std::vector<std::int32_t>> sequences;
        for (std::size_t id = begin; id < std::min(begin + tokens_at_once, count); ++id)
            sequences.push_back(alone(special, static_cast<std::int32_t>(id)));
        const std::vector<float> rows = pipeline.embed_ids(call, sequences, LECTERN_PASSAGE);
        out.insert(out.end(), rows.begin(), rows.end());
    }
    return out;
}

// Of several languages, each among the most frequent of its own.
const std::vector<std::string_view> frequent_words{"the", "of",  "and", "der", "und", "les",
                                                   "que", "het", "och", "per", "ve",  "jest"};

class Distiller {
 public:
    Distiller(const plugin::Call& call, const plugin::Pipeline& pipeline,
              const DistillOptions& options, const Progress& progress)
        : call_(call),
          pipeline_(pipeline),
          options_(options),
          progress_(progress),
          special_(pipeline.token_ids(call, {std::string_view()}, true, 0).front()) {}

    TokenVectors run(const std::vector<std::string>& texts, DistillReport& report) {
        const std::size_t count = pipeline_.vocabulary();
        std::vector<float> rows = embed_vocabulary(call_, pipeline_, special_, count, progress_);
        const std::size_t wide = pipeline_.dimension();
        progress_(0, "principal components");
        components_ = principal_components(rows, wide, options_.dimension,
                                           [this] { return call_.cancelled(); });
        call_.check();
        TokenVectors out;
        out.dimension = static_cast<std::uint32_t>(components_.size());
        out.values.resize(count * out.dimension);
        out.tokens = pipeline_.tokens_fingerprint();
        out.source = pipeline_.fingerprint();
        const auto ids = ids_of(texts);
        const std::vector<double> probability = counted_probabilities(
            zipf_probabilities(count,
                               first_word_of(pipeline_.token_ids(call_, frequent_words, false, 0))),
            ids);
        for (std::size_t id = 0; id < count; ++id)
            components_.project({rows.data() + id * wide, wide}, out.row(id));
        // Texts are fitted to where the embedder puts them, in its own measure.
        if (texts.empty()) even_out(out.values, out.dimension);
        for (std::size_t id = 0; id < count; ++id) {
            const auto weight =
                is_special(static_cast<std::int32_t>(id))
                    ? 0.0F
                    : static_cast<float>(options_.a / (options_.a + probability[id]));
            for (float& each : out.row(id)) each *= weight;
        }
        report.tokens = count;
        report.kept = components_.kept;
        report.texts = texts.size();
        if (!texts.empty()) fit_to(texts, ids, out, report);
        return out;
    }

 private:
    [[nodiscard]] bool is_special(std::int32_t id) const {
        return std::find(special_.begin(), special_.end(), id) != special_.end();
    }

    // Without special tokens, as far as the embedder reads.
    [[nodiscard]] std::vector<std::vector<std::int32_t>> ids_of(
        const std::vector<std::string>& texts) const {
        const std::uint32_t most = texts.empty() ? 0 : pipeline_.max_tokens();
        std::vector<std::vector<std::int32_t>> out;
        for (std::size_t begin = 0; begin < texts.size(); begin += texts_at_once) {
            call_.check();
            const auto end = std::min(begin + texts_at_once, texts.size());
            const std::vector<std::string_view> part(
                texts.begin() + static_cast<std::ptrdiff_t>(begin),
                texts.begin() + static_cast<std::ptrdiff_t>(end));
            for (auto& ids : pipeline_.token_ids(call_, part, false, most))
                out.push_back(std::move(ids));
        }
        return out;
    }

    void fit_to(const std::vector<std::string>& texts,
                const std::vector<std::vector<std::int32_t>>& ids, TokenVectors& out,
                DistillReport& report) const {
        const std::size_t wide = pipeline_.dimension();
        std::vector<float> targets(texts.size() * out.dimension);
        for (std::size_t begin = 0; begin < texts.size(); begin += texts_at_once) {
            call_.check();
            progress_(static_cast<double>(begin) / static_cast<double>(texts.size()),
                      "embedding texts");
            const auto end = std::min(begin + texts_at_once, texts.size());
            const std::vector<std::string_view> part(
                texts.begin() + static_cast<std::ptrdiff_t>(begin),
                texts.begin() + static_cast<std::ptrdiff_t>(end));
            const std::vector<float> rows = pipeline_.embed(call_, part, LECTERN_PASSAGE);
            for (std::size_t i = 0; i < part.size(); ++i) {
                const std::span<float> target(targets.data() + (begin + i) * out.dimension,
                                              out.dimension);
                components_.project({rows.data() + i * wide, wide}, target);
                const double length = std::sqrt(
                    std::inner_product(target.begin(), target.end(), target.begin(), 0.0));
                if (length > 0)
                    for (float& each : target) each /= static_cast<float>(length);
            }
        }
        FitOptions how;
        how.hold = options_.hold;
        how.progress = [this](double fraction) {
            progress_(fraction, "fitting");
            return !call_.cancelled();
        };
        const FitReport fitted = fit(out, ids, targets, how);
        call_.check();
        report.cosine_before = fitted.before;
        report.cosine_after = fitted.after;
    }

    const plugin::Call& call_;
    const plugin::Pipeline& pipeline_;
    const DistillOptions& options_;
    const Progress& progress_;
    std::vector<std::int32_t> special_;
    Components components_;
};

}  // namespace

TokenVectors distill(const plugin::Call& call, const plugin::Pipeline& pipeline,
                     const std::vector<std::string>& texts, const DistillOptions& options,
                     const Progress& progress, DistillReport& report) {
    return Distiller(call, pipeline, options, progress).run(texts, report);
}

}  // namespace lectern::static_vectors
