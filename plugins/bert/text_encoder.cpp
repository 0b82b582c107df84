#include "text_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

#include "failure.hpp"

namespace lectern::bert {
namespace {

using Sequence = std::span<const std::int32_t>;

// Below this, a batch does not gain from being shared by two streams.
constexpr std::size_t smallest_share = 256;

// Widths are rounded up to a multiple of a step. OpenVINO keeps what it prepared for each shape it
// has seen: with every width a shape of its own, 5,000 abstracts took 900 MB more. What is short
// has smaller steps, as there the rest is a large part of the work: of a query of 11 tokens a third
// with steps of 8, of a token alone between special ones more than half.
std::size_t width_step(std::size_t length) {
    if (length <= 4) return 1;
    return length <= 32 ? 4 : 8;
}

// Columns that a sequence of `length` tokens takes.
std::size_t width_of(std::size_t length, std::size_t most) {
    const std::size_t step = width_step(length);
    const std::size_t rounded = (length + step - 1) / step * step;
    return std::max(length, std::min(rounded, most));
}

class Encoding {
 public:
    Encoding(Runner& runner, const EncoderLimits& limits, Turn turn,
             std::span<const Sequence> sequences, float* out, const ItemError& item_error)
        : runner_(runner),
          limits_(limits),
          turn_(turn),
          sequences_(sequences),
          out_(out),
          item_error_(item_error) {}

    void run(const std::function<void()>& check) {
        const std::vector<std::size_t> widths = usable_widths();
        for (const Batch& batch :
             batches_of(widths, share_of(widths, runner_.streams(), limits_.batch_tokens))) {
            check();
            start(batch);
        }
        while (!running_.empty()) finish_oldest();
    }

 private:
    struct Running {
        Runner::Lease lease;
        Batch batch;
    };

    [[nodiscard]] std::string problem(Sequence ids) const {
        if (ids.empty()) return "the text has no tokens";
        if (ids.size() > limits_.max_tokens)
            return "the text has " + std::to_string(ids.size()) + " tokens, the model takes " +
                   std::to_string(limits_.max_tokens) + "; split it into smaller passages";
        for (const std::int32_t id : ids)
            if (id < 0 ||
                (limits_.vocabulary > 0 && static_cast<std::uint64_t>(id) >= limits_.vocabulary))
                return "the token id " + std::to_string(id) +
                       " is not in the model's vocabulary of " +
                       std::to_string(limits_.vocabulary) +
                       "; the tokenizer belongs to another model";
        return {};
    }

    void zero(std::size_t item) const {
        std::fill_n(out_ + item * limits_.dimension, limits_.dimension, 0.0F);
    }

    // 0 for a sequence that is not computed.
    std::vector<std::size_t> usable_widths() const {
        std::vector<std::size_t> widths(sequences_.size());
        for (std::size_t i = 0; i < sequences_.size(); ++i) {
            const std::string reason = problem(sequences_[i]);
            if (reason.empty()) {
                widths[i] = width_of(sequences_[i].size(), limits_.max_tokens);
                continue;
            }
            zero(i);
            item_error_(i, LECTERN_INVALID_ARGUMENT, reason);
        }
        return widths;
    }

    Runner::Lease free_lease() {
        if (auto free = runner_.try_lease(turn_)) return std::move(*free);
        if (running_.empty()) return runner_.lease(turn_);
        // Others use the rest of the streams: go on with one of our own.
        finish_oldest();
        return runner_.lease(turn_);
    }

    void start(const Batch& batch) {
        running_.push_back(Running{free_lease(), batch});
        ov::InferRequest& request = running_.back().lease.request();
        try {
            fill(request, batch);
            request.start_async();
        } catch (const ov::Exception& error) {
            fail(LECTERN_INTERNAL, std::string("OpenVINO: ") + error.what());
        }
    }

    void fill(ov::InferRequest& request, const Batch& batch) const {
        ov::Tensor ids = request.get_input_tensor(0);
        ov::Tensor mask = request.get_input_tensor(1);
        const ov::Shape shape{batch.items.size(), batch.longest};
        ids.set_shape(shape);
        mask.set_shape(shape);
        auto* id = ids.data<std::int32_t>();
        auto* used = mask.data<std::int32_t>();
        for (const std::size_t item : batch.items) {
            const Sequence sequence = sequences_[item];
            std::copy(sequence.begin(), sequence.end(), id);
            std::fill(id + sequence.size(), id + batch.longest, 0);
            std::fill(used, used + sequence.size(), 1);
            std::fill(used + sequence.size(), used + batch.longest, 0);
            id += batch.longest;
            used += batch.longest;
        }
    }

    void finish_oldest() {
        Running oldest = std::move(running_.front());
        running_.pop_front();
        ov::InferRequest& request = oldest.lease.request();
        try {
            request.wait();
        } catch (const ov::Exception& error) {
            fail(LECTERN_INTERNAL, std::string("OpenVINO: ") + error.what());
        }
        const auto* vector = request.get_output_tensor().data<float>();
        for (const std::size_t item : oldest.batch.items) {
            take(item, {vector, limits_.dimension});
            vector += limits_.dimension;
        }
    }

    void take(std::size_t item, std::span<const float> vector) const {
        const bool finite = std::all_of(vector.begin(), vector.end(),
                                        [](float value) { return std::isfinite(value); });
        if (finite) {
            std::copy(vector.begin(), vector.end(), out_ + item * limits_.dimension);
            return;
        }
        zero(item);
        item_error_(item, LECTERN_INTERNAL,
                    "the model gave a vector that is not finite; try the precision f32");
    }

    Runner& runner_;
    const EncoderLimits& limits_;
    Turn turn_;
    std::span<const Sequence> sequences_;
    float* out_;
    const ItemError& item_error_;
    std::deque<Running> running_;  // oldest first
};

}  // namespace

std::vector<Batch> batches_of(std::span<const std::size_t> lengths, std::size_t limit) {
    std::vector<std::size_t> order(lengths.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return lengths[a] > lengths[b]; });
    std::vector<Batch> out;
    for (const std::size_t item : order) {
        if (lengths[item] == 0) break;
        if (out.empty() || (out.back().items.size() + 1) * out.back().longest > limit)
            out.push_back(Batch{{}, lengths[item]});
        out.back().items.push_back(item);
    }
    return out;
}

std::size_t share_of(std::span<const std::size_t> lengths, std::size_t streams, std::size_t most) {
    if (lengths.empty() || streams <= 1) return most;
    const std::size_t all = std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
    const std::size_t longest = *std::max_element(lengths.begin(), lengths.end());
    const std::size_t each = (all + (streams - 1) * longest) / streams;
    return std::clamp<std::size_t>(each, std::min(smallest_share, most), most);
}

void encode_texts(Runner& runner, const EncoderLimits& limits, Turn turn,
                  std::span<const Sequence> sequences, float* out, const ItemError& item_error,
                  const std::function<void()>& check) {
    Encoding(runner, limits, turn, sequences, out, item_error).run(check);
}

}  // namespace lectern::bert
