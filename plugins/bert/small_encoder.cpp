#include "small_encoder.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <string>
#include <utility>

#include "failure.hpp"
#include "layer_names.hpp"

namespace lectern::bert {
namespace {

using Text = std::span<const std::int32_t>;

// Tokens of one pass over the weights; more take memory, and the weights are no longer waited for.
constexpr std::size_t rows_of_a_pass = 256;
// Panels of weights that are one part of a product.
constexpr std::size_t panels_of_a_part = 2;
constexpr std::size_t rows_of_a_part = 4;

std::size_t parts_of(std::size_t count, std::size_t each) {
    return (count + each - 1) / each;
}

const float* values(const std::shared_ptr<ov::op::v0::Constant>& constant) {
    return constant->get_data_ptr<float>();
}

void pool(Pooling pooling, const float* hidden, std::size_t tokens, std::size_t size, float* out) {
    const auto row = [&](std::size_t token) { return hidden + token * size; };
    const auto weighted = [&](const auto& weight) {
        std::fill_n(out, size, 0.0F);
        for (std::size_t i = 0; i < tokens; ++i) add_scaled(weight(i), row(i), out, size);
    };
    const auto count = static_cast<float>(tokens);
    switch (pooling) {
        case Pooling::cls: std::copy_n(row(0), size, out); break;
        case Pooling::lasttoken: std::copy_n(row(tokens - 1), size, out); break;
        case Pooling::mean: weighted([&](std::size_t) { return 1 / count; }); break;
        case Pooling::mean_sqrt_len_tokens:
            weighted([&](std::size_t) { return 1 / std::sqrt(count); });
            break;
        case Pooling::weightedmean:
            weighted([&](std::size_t i) {
                return static_cast<float>(i + 1) / (count * (count + 1) / 2);
            });
            break;
        case Pooling::max:
            std::copy_n(row(0), size, out);
            for (std::size_t i = 1; i < tokens; ++i)
                for (std::size_t k = 0; k < size; ++k) out[k] = std::max(out[k], row(i)[k]);
            break;
    }
}

}  // namespace

// Texts that go through the weights together, their tokens one below the other.
class SmallEncoder::Pass {
 public:
    Pass(const SmallEncoder& encoder, Team::Session& team, std::span<const Text> texts)
        : encoder_(encoder), team_(team), texts_(texts), size_(encoder.config_.hidden) {
        for (const Text& text : texts) {
            firsts_.push_back(rows_);
            rows_ += text.size();
        }
        hidden_.resize(rows_ * size_);
        projected_.resize(rows_ * 3 * size_);
        context_.resize(rows_ * size_);
        product_.resize(rows_ * size_);
        inner_.resize(rows_ * encoder.config_.intermediate);
    }

    void run() {
        embed();
        for (const Layer& layer : encoder_.layers_) {
            project(layer);
            attend();
            dense(layer.joined, context_, product_);
            add_product(layer.attended);
            dense(layer.inner, hidden_, inner_, encoder_.config_.activation);
            dense(layer.outer, inner_, product_);
            add_product(layer.finished);
        }
    }

    [[nodiscard]] const float* hidden(std::size_t text) const {
        return hidden_.data() + firsts_[text] * size_;
    }

 private:
    void embed() {
        const float* const words = values(encoder_.words_);
        const float* const positions =
            values(encoder_.positions_) + encoder_.config_.first_position * size_;
        float* row = hidden_.data();
        for (const Text& text : texts_)
            for (std::size_t i = 0; i < text.size(); ++i, row += size_) {
                std::copy_n(words + static_cast<std::size_t>(text[i]) * size_, size_, row);
                add_scaled(1, positions + i * size_, row, size_);
                if (encoder_.types_ != nullptr) add_scaled(1, values(encoder_.types_), row, size_);
                finish(encoder_.embedded_, row);
            }
    }

    void finish(const Norm& norm, float* row) const {
        normalise(row, values(norm.scale), values(norm.bias),
                  static_cast<float>(encoder_.config_.layer_norm_epsilon), size_);
    }

    // Of query, key and value, beside each other.
    void project(const Layer& layer) {
        const std::array<const Dense*, 3> all{&layer.query, &layer.key, &layer.value};
        const std::size_t each = parts_of(layer.query.weights.panels(), panels_of_a_part);
        team_.step(all.size() * each, [&](std::size_t part) {
            const std::size_t which = part / each;
            (void)outputs(*all[which], part % each, {hidden_.data(), rows_, size_},
                          {projected_.data() + which * size_, 3 * size_});
        });
    }

    void dense(const Dense& layer, const std::vector<float>& x, std::vector<float>& out,
               std::optional<Activation> activation = {}) {
        const std::size_t stride = layer.weights.outputs();
        team_.step(parts_of(layer.weights.panels(), panels_of_a_part), [&](std::size_t part) {
            const auto [first, last] = outputs(
                layer, part, {x.data(), rows_, layer.weights.inputs()}, {out.data(), stride});
            for (std::size_t r = 0; r < rows_ && activation; ++r)
                activate(*activation, out.data() + r * stride + first, last - first);
        });
    }

    // Which they are.
    static std::pair<std::size_t, std::size_t> outputs(const Dense& layer, std::size_t part,
                                                       const RowsIn& x, const RowsOut& out) {
        const std::size_t first = part * panels_of_a_part;
        const std::size_t last = std::min(first + panels_of_a_part, layer.weights.panels());
        layer.weights.multiply(x, values(layer.bias), first, last, out);
        return {first * PackedWeights::panel,
                std::min(last * PackedWeights::panel, layer.weights.outputs())};
    }

    void attend() {
        const std::size_t heads = encoder_.config_.heads;
        team_.step(texts_.size() * heads,
                   [&](std::size_t part) { attend(part / heads, part % heads); });
    }

    // One head of one text.
    void attend(std::size_t text, std::size_t head) {
        const std::size_t tokens = texts_[text].size();
        const std::size_t width = size_ / encoder_.config_.heads;
        const std::size_t stride = 3 * size_;
        const float* const query = projected_.data() + firsts_[text] * stride + head * width;
        const float* const key = query + size_;
        const float* const value = key + size_;
        std::array<float, most_tokens> shares{};
        const float factor = 1 / std::sqrt(static_cast<float>(width));
        for (std::size_t i = 0; i < tokens; ++i) {
            dots(query + i * stride, {key, tokens, stride}, width, shares.data());
            softmax(factor, shares.data(), tokens);
            weighted_sum(shares.data(), {value, tokens, stride}, width,
                         context_.data() + (firsts_[text] + i) * size_ + head * width);
        }
    }

    void add_product(const Norm& norm) {
        team_.step(parts_of(rows_, rows_of_a_part), [&](std::size_t part) {
            const std::size_t last = std::min(rows_, (part + 1) * rows_of_a_part);
            for (std::size_t r = part * rows_of_a_part; r < last; ++r) {
                float* const row = hidden_.data() + r * size_;
                add_scaled(1, product_.data() + r * size_, row, size_);
                finish(norm, row);
            }
        });
    }

    const SmallEncoder& encoder_;
    Team::Session& team_;
    std::span<const Text> texts_;
    std::size_t size_;
    std::size_t rows_ = 0;
    std::vector<std::size_t> firsts_;  // rows of the texts
    std::vector<float> hidden_, projected_, context_, product_, inner_;
};

SmallEncoder::SmallEncoder(Team& team, const BertConfig& config, const Weights& weights,
                           TextVector vector)
    : config_(config), vector_(std::move(vector)) {
    const LayerNames& names = names_of(config.naming);
    const auto table = [&](const std::string& name, std::uint64_t rows) {
        return weights.constant("embeddings." + name + ".weight", {rows, config.hidden});
    };
    const auto norm = [&](const std::string& name) {
        return Norm{weights.constant(name + ".weight", {config.hidden}),
                    weights.constant(name + ".bias", {config.hidden})};
    };
    std::vector<Constant> unpacked;  // of one layer
    const auto dense = [&](const std::string& name, std::size_t in, std::size_t out) {
        unpacked.push_back(weights.constant(name + ".weight", {out, in}));
        return Dense{PackedWeights(in, out), weights.constant(name + ".bias", {out})};
    };
    words_ = table("word_embeddings", config.vocabulary);
    positions_ = table("position_embeddings", config.positions);
    if (config.token_types > 0) types_ = table("token_type_embeddings", config.token_types);
    embedded_ = norm("embeddings.LayerNorm");
    const std::size_t size = config.hidden;
    const std::size_t inner = config.intermediate;
    Team::Session session(team);
    for (std::uint64_t i = 0; i < config.layers; ++i) {
        const std::string prefix = names.prefix(i);
        layers_.push_back({dense(prefix + names.query, size, size),
                           dense(prefix + names.key, size, size),
                           dense(prefix + names.value, size, size),
                           dense(prefix + names.attention_output, size, size),
                           dense(prefix + names.intermediate, size, inner),
                           dense(prefix + names.output, inner, size),
                           norm(prefix + names.attention_norm), norm(prefix + names.output_norm)});
        Layer& layer = layers_.back();
        pack(session, unpacked,
             {&layer.query, &layer.key, &layer.value, &layer.joined, &layer.inner, &layer.outer});
        unpacked.clear();
    }
}

void SmallEncoder::pack(Team::Session& team, const std::vector<Constant>& from,
                        const std::vector<Dense*>& to) {
    std::vector<std::pair<std::size_t, std::size_t>> panels;  // which product, and which of it
    for (std::size_t i = 0; i < to.size(); ++i)
        for (std::size_t panel = 0; panel < to[i]->weights.panels(); ++panel)
            panels.emplace_back(i, panel);
    std::atomic<bool> fit = true;
    team.step(panels.size(), [&](std::size_t part) {
        const auto [which, panel] = panels[part];
        if (!to[which]->weights.pack(panel, values(from[which]))) fit = false;
    });
    if (!fit) fail(LECTERN_UNSUPPORTED, "the model has weights that are too large for halves");
}

std::size_t SmallEncoder::dimension() const noexcept {
    const std::size_t whole = config_.hidden * vector_.poolings.size();
    return std::min<std::size_t>(whole, vector_.first_dimensions.value_or(whole));
}

void SmallEncoder::encode(Team& team, std::span<const Text> texts, float* out) const {
    Team::Session session(team);
    const std::size_t size = config_.hidden;
    std::vector<float> pooled(size * vector_.poolings.size());
    while (!texts.empty()) {
        std::size_t count = 1;
        for (std::size_t rows = texts[0].size(); count < texts.size(); ++count) {
            rows += texts[count].size();
            if (rows > rows_of_a_pass) break;
        }
        const auto now = texts.first(count);
        texts = texts.subspan(count);
        Pass pass(*this, session, now);
        pass.run();
        for (std::size_t i = 0; i < count; ++i, out += dimension()) {
            for (std::size_t k = 0; k < vector_.poolings.size(); ++k)
                pool(vector_.poolings[k], pass.hidden(i), now[i].size(), size,
                     pooled.data() + k * size);
            std::copy_n(pooled.data(), dimension(), out);
            if (!vector_.normalise) continue;
            double squares = 0;
            for (std::size_t k = 0; k < dimension(); ++k) squares += double{out[k]} * out[k];
            // As the graph's: a vector of zeros stays one.
            const auto factor = static_cast<float>(1 / std::sqrt(std::max(squares, 1e-12)));
            for (std::size_t k = 0; k < dimension(); ++k) out[k] *= factor;
        }
    }
}

}  // namespace lectern::bert
