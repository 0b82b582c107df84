#include "plugins/translate/network.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string_view>

#include "plugins/shared/failure.hpp"

namespace lectern::translate {

// Finds the items of a model by name, and checks their shapes.
class Network::Builder {
 public:
    Builder(const std::vector<Item>& items, const Shape& shape, const std::string& name)
        : size_(shape.size), name_(name) {
        for (const Item& item : items) items_.emplace(item.name, &item);
    }

    [[nodiscard]] Table table(const std::string& item) const {
        const Item& found = at(item);
        if (found.columns != size_ || found.rows == 0) wrong(found, "N x " + std::to_string(size_));
        if (found.type == ItemType::int8)
            return Table::int8(found.rows, found.columns, 1 / found.scale, bytes(found));
        return Table::f32(found.rows, found.columns, numbers(found).data());
    }
    // A row of `count` numbers, padded.
    [[nodiscard]] std::vector<float> row(const std::string& item, std::size_t count) const {
        const Item& found = at(item);
        if (found.type != ItemType::f32 || found.elements() != count)
            wrong(found, "1 x " + std::to_string(count) + " of float32");
        std::vector<float> out = numbers(found);
        out.resize(padded(count), 0);
        return out;
    }
    [[nodiscard]] Affine affine(const std::string& weights, const std::string& bias,
                                std::size_t inputs, std::size_t outputs) const {
        const Item& found = at(weights);
        if (found.rows != inputs || found.columns != outputs || found.type == ItemType::bytes)
            wrong(found, std::to_string(inputs) + " x " + std::to_string(outputs));
        Affine out;
        if (found.type == ItemType::int8)
            out.weights = Weights::int8(inputs, outputs, 1 / found.scale, bytes(found));
        else
            out.weights = Weights::f32(inputs, outputs, numbers(found).data());
        if (!bias.empty()) out.bias = row(bias, outputs);
        return out;
    }
    [[nodiscard]] Norm norm(const std::string& prefix) const {
        return {row(prefix + "_ln_scale", size_), row(prefix + "_ln_bias", size_)};
    }
    [[nodiscard]] Attention attention(const std::string& prefix) const {
        const auto part = [&](const char* one) {
            return affine(prefix + "_W" + one, prefix + "_b" + one, size_, size_);
        };
        return {part("q"), part("k"), part("v"), part("o"), norm(prefix + "_Wo")};
    }
    [[nodiscard]] Ffn ffn(const std::string& prefix) const {
        const std::size_t inner = at(prefix + "_W1").columns;
        if (inner == 0 || inner > 65536) wrong(at(prefix + "_W1"), std::to_string(size_) + " x N");
        return {affine(prefix + "_W1", prefix + "_b1", size_, inner),
                affine(prefix + "_W2", prefix + "_b2", inner, size_), norm(prefix + "_ffn")};
    }

 private:
    [[nodiscard]] const Item& at(const std::string& item) const {
        const auto found = items_.find(item);
        if (found == items_.end())
            shared::fail(LECTERN_CORRUPT,
                         name_ + ": it has no '" + item + "', which a model of its settings has");
        return *found->second;
    }
    [[noreturn]] void wrong(const Item& item, const std::string& wanted) const {
        shared::fail(LECTERN_CORRUPT,
                     name_ + ": '" + item.name + "' is " + std::to_string(item.rows) + " x " +
                         std::to_string(item.columns) + ", and " + wanted + " fits its settings");
    }
    static const std::int8_t* bytes(const Item& item) {
        return reinterpret_cast<const std::int8_t*>(item.data.data());
    }
    [[nodiscard]] std::vector<float> numbers(const Item& item) const {
        if (item.type != ItemType::f32) wrong(item, "numbers of float32");
        std::vector<float> out(item.elements());
        if (!out.empty()) std::memcpy(out.data(), item.data.data(), item.data.size());
        return out;
    }

    std::size_t size_;
    const std::string& name_;
    std::map<std::string, const Item*, std::less<>> items_;
};

void Network::Affine::apply(const Rows& in, Rows& out, bool rectify) const {
    out.resize(in.rows(), weights.outputs());
    weights.multiply(in.row(0), in.stride(), in.rows(), bias, rectify, out.row(0), out.stride());
}

void Network::Norm::add(Rows& x, const Rows& added) const {
    for (std::size_t i = 0; i < x.rows(); ++i)
        add_and_normalise(x.row(i), added.row(i), scale.data(), bias.data(), x.columns());
}

void Network::Ffn::apply(Rows& x) const {
    // Some rows at a time, so that what is between the two stays in the cache.
    constexpr std::size_t at_once = 48;
    Rows inner;
    Rows added;
    for (std::size_t begin = 0; begin < x.rows(); begin += at_once) {
        const std::size_t rows = std::min(at_once, x.rows() - begin);
        inner.resize(rows, first.weights.outputs());
        added.resize(rows, x.columns());
        first.weights.multiply(x.row(begin), x.stride(), rows, first.bias, true, inner.row(0),
                               inner.stride());
        second.weights.multiply(inner.row(0), inner.stride(), rows, second.bias, false,
                                added.row(0), added.stride());
        for (std::size_t i = 0; i < rows; ++i)
            add_and_normalise(x.row(begin + i), added.row(i), norm.scale.data(), norm.bias.data(),
                              x.columns());
    }
}

Network::Network(const std::vector<Item>& items, const Shape& shape, const std::string& name)
    : shape_(shape) {
    const Builder builder(items, shape, name);
    source_ = builder.table(shape.shared_vocabulary ? "Wemb" : "encoder_Wemb");
    target_ = shape.shared_vocabulary ? source_ : builder.table("decoder_Wemb");
    output_bias_ = builder.row("decoder_ff_logit_out_b", target_.rows());
    const std::size_t half = shape.size / 2;
    for (std::size_t i = 0; i < half; ++i)
        rates_.push_back(static_cast<float>(std::exp(
            -std::log(10'000.0) / static_cast<double>(half - 1) * static_cast<double>(i))));
    for (std::uint32_t layer = 1; layer <= shape.encoder_layers; ++layer) {
        const std::string prefix = "encoder_l" + std::to_string(layer);
        encoder_.push_back({builder.attention(prefix + "_self"), builder.ffn(prefix + "_ffn")});
    }
    for (std::uint32_t layer = 1; layer <= shape.decoder_layers; ++layer) {
        const std::string prefix = "decoder_l" + std::to_string(layer);
        decoder_.push_back(
            {builder.affine(prefix + "_rnn_W", "", shape.size, shape.size),
             builder.affine(prefix + "_rnn_Wf", prefix + "_rnn_bf", shape.size, shape.size),
             builder.norm(prefix + "_rnn_ffn"), builder.attention(prefix + "_context"),
             builder.ffn(prefix + "_ffn")});
    }
}

void Network::add_position(std::size_t position, float* row) const {
    const std::size_t half = rates_.size();
    for (std::size_t i = 0; i < half; ++i) {
        const float angle = static_cast<float>(position) * rates_[i];
        row[i] += std::sin(angle);
        row[half + i] += std::cos(angle);
    }
}

void Network::attend(const float* query, const Rows& keys, const Rows& values, std::size_t begin,
                     std::size_t end, std::vector<float>& scores, float* out) const {
    const std::size_t width = shape_.size / shape_.heads;
    const float scale = 1 / std::sqrt(static_cast<float>(width));
    scores.resize(end - begin);
    std::fill_n(out, shape_.size, 0.0F);
    for (std::size_t head = 0; head < shape_.heads; ++head) {
        const std::size_t at = head * width;
        for (std::size_t i = begin; i < end; ++i)
            scores[i - begin] = scale * dot(query + at, keys.row(i) + at, width);
        softmax(scores.data(), scores.size());
        for (std::size_t i = begin; i < end; ++i)
            add_scaled(scores[i - begin], values.row(i) + at, out + at, width);
    }
}

Rows Network::encode(std::span<const std::vector<std::uint32_t>> sentences,
                     const Check& check) const {
    const Starts starts = starts_of(sentences);
    Rows x(starts.back(), shape_.size);
    const float factor = std::sqrt(static_cast<float>(shape_.size));
    for (std::size_t s = 0; s < sentences.size(); ++s)
        for (std::size_t i = 0; i < sentences[s].size(); ++i) {
            source_.read(sentences[s][i], factor, x.row(starts[s] + i));
            add_position(i, x.row(starts[s] + i));
        }
    Rows query;
    Rows key;
    Rows value;
    Rows joined(x.rows(), shape_.size);
    std::vector<float> scores;
    for (const EncoderLayer& layer : encoder_) {
        check();
        layer.self.query.apply(x, query);
        layer.self.key.apply(x, key);
        layer.self.value.apply(x, value);
        for (std::size_t s = 0; s + 1 < starts.size(); ++s)
            for (std::size_t i = starts[s]; i < starts[s + 1]; ++i)
                attend(query.row(i), key, value, starts[s], starts[s + 1], scores, joined.row(i));
        layer.self.out.apply(joined, query);
        layer.self.norm.add(x, query);
        layer.ffn.apply(x);
    }
    return x;
}

Memory Network::memory(const Rows& encoded, Starts starts) const {
    Memory out;
    out.starts = std::move(starts);
    out.keys.resize(decoder_.size());
    out.values.resize(decoder_.size());
    for (std::size_t layer = 0; layer < decoder_.size(); ++layer) {
        decoder_[layer].context.key.apply(encoded, out.keys[layer]);
        decoder_[layer].context.value.apply(encoded, out.values[layer]);
    }
    return out;
}

States Network::start(std::size_t lines) const {
    return States(decoder_.size(), Rows(lines, shape_.size));
}

void Network::step(const Memory& memory, std::span<const Line> lines, std::size_t position,
                   States& states, Rows& out) const {
    Rows& x = out;
    x.resize(lines.size(), shape_.size);
    const float factor = std::sqrt(static_cast<float>(shape_.size));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].last) target_.read(*lines[i].last, factor, x.row(i));
        add_position(position, x.row(i));
    }
    Rows first;
    Rows second;
    std::vector<float> scores;
    for (std::size_t l = 0; l < decoder_.size(); ++l) {
        const DecoderLayer& layer = decoder_[l];
        layer.input.apply(x, first);
        layer.gate.apply(x, second);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            float* state = states[l].row(i);
            for (std::size_t j = 0; j < shape_.size; ++j) {
                const float open = 1 / (1 + std::exp(-second.row(i)[j]));
                state[j] = open * state[j] + (1 - open) * first.row(i)[j];
                first.row(i)[j] = std::max(state[j], 0.0F);
            }
        }
        layer.norm.add(x, first);
        layer.context.query.apply(x, first);
        second.resize(lines.size(), shape_.size);
        for (std::size_t i = 0; i < lines.size(); ++i)
            attend(first.row(i), memory.keys[l], memory.values[l], memory.starts[lines[i].sentence],
                   memory.starts[lines[i].sentence + 1], scores, second.row(i));
        layer.context.out.apply(second, first);
        layer.context.norm.add(x, first);
        layer.ffn.apply(x);
    }
}

void Network::logits(const float* row, std::span<const std::uint32_t> words, float* out) const {
    target_.multiply(row, words, out);
    for (std::size_t i = 0; i < words.size(); ++i) out[i] += output_bias_[words[i]];
}

Starts starts_of(std::span<const std::vector<std::uint32_t>> sentences) {
    Starts out{0};
    for (const auto& sentence : sentences) out.push_back(out.back() + sentence.size());
    return out;
}

}  // namespace lectern::translate
