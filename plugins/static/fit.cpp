#include "plugins/static/fit.hpp"

#include <cmath>
#include <numeric>

namespace lectern::static_vectors {
namespace {

using Matrix = std::vector<float>;  // rows of the vectors' dimension

double inner(const Matrix& a, const Matrix& b) {
    double out = 0;
    for (std::size_t i = 0; i < a.size(); ++i) out += static_cast<double>(a[i]) * b[i];
    return out;
}

// a += factor * b
void add(Matrix& a, double factor, const Matrix& b) {
    const auto times = static_cast<float>(factor);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += times * b[i];
}

// The means of texts' tokens, as a linear map of the tokens' rows.
class Means {
 public:
    Means(const std::vector<std::vector<std::int32_t>>& texts, std::size_t tokens,
          std::size_t dimension)
        : texts_(texts), tokens_(tokens), dimension_(dimension) {}

    [[nodiscard]] Matrix of(const Matrix& rows) const {
        Matrix out(texts_.size() * dimension_);
        for (std::size_t i = 0; i < texts_.size(); ++i)
            each(i, [&](std::size_t token, float share) {
                for (std::size_t d = 0; d < dimension_; ++d)
                    out[i * dimension_ + d] += share * rows[token * dimension_ + d];
            });
        return out;
    }
    // The other way round: what each text has goes to its tokens.
    [[nodiscard]] Matrix back(const Matrix& means) const {
        Matrix out(tokens_ * dimension_);
        for (std::size_t i = 0; i < texts_.size(); ++i)
            each(i, [&](std::size_t token, float share) {
                for (std::size_t d = 0; d < dimension_; ++d)
                    out[token * dimension_ + d] += share * means[i * dimension_ + d];
            });
        return out;
    }

 private:
    template <typename Visit>
    void each(std::size_t text, const Visit& visit) const {
        const float share =
            1.0F / static_cast<float>(std::max<std::size_t>(texts_[text].size(), 1));
        for (const std::int32_t id : texts_[text])
            if (id >= 0 && static_cast<std::size_t>(id) < tokens_)
                visit(static_cast<std::size_t>(id), share);
    }
    const std::vector<std::vector<std::int32_t>>& texts_;
    std::size_t tokens_;
    std::size_t dimension_;
};

double mean_cosine(const TokenVectors& vectors, const std::vector<std::vector<std::int32_t>>& texts,
                   std::span<const float> targets) {
    std::vector<float> sum(vectors.dimension);
    double all = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (!add_up(vectors, texts[i], sum)) continue;
        all +=
            std::inner_product(sum.begin(), sum.end(),
                               targets.begin() + static_cast<std::ptrdiff_t>(i * sum.size()), 0.0);
        ++count;
    }
    return count == 0 ? 0 : all / static_cast<double>(count);
}

}  // namespace

FitReport fit(TokenVectors& vectors, const std::vector<std::vector<std::int32_t>>& texts,
              std::span<const float> targets, const FitOptions& options) {
    FitReport report;
    report.before = mean_cosine(vectors, texts, targets);
    report.after = report.before;
    const Means means(texts, vectors.size(), vectors.dimension);
    // As long as the targets are, on the whole: what is fitted then is where they point.
    Matrix rest(targets.begin(), targets.end());
    Matrix now = means.of(vectors.values);
    const double square = inner(now, now);
    if (!(square > 0)) return report;
    const double scale = inner(now, rest) / square;
    Matrix start = vectors.values;
    for (float& each : start) each *= static_cast<float>(scale);
    add(rest, -scale, now);

    Matrix change(start.size());
    Matrix residual = means.back(rest);
    Matrix direction = residual;
    double size = inner(residual, residual);
    const double enough = size * 1e-6;
    for (int i = 0; i < options.iterations && size > enough; ++i) {
        if (options.progress && !options.progress(static_cast<double>(i) / options.iterations))
            return report;
        Matrix image = means.back(means.of(direction));
        add(image, options.hold, direction);
        const double step = size / inner(direction, image);
        add(change, step, direction);
        add(residual, -step, image);
        const double next = inner(residual, residual);
        for (std::size_t j = 0; j < direction.size(); ++j)
            direction[j] = residual[j] + static_cast<float>(next / size) * direction[j];
        size = next;
    }
    add(start, 1, change);
    vectors.values = std::move(start);
    report.after = mean_cosine(vectors, texts, targets);
    return report;
}

}  // namespace lectern::static_vectors
