#include "plugins/static/frequency.hpp"

#include <algorithm>

namespace lectern::static_vectors {
namespace {

constexpr double place_of_characters = 10;

}  // namespace

std::vector<double> zipf_probabilities(std::size_t tokens, std::size_t first_word) {
    first_word = std::min(first_word, tokens);
    double all = 0;  // of the words alone: most characters stand in no text
    for (std::size_t id = first_word; id < tokens; ++id)
        all += 1.0 / static_cast<double>(id - first_word + 1);
    if (!(all > 0)) all = 1;
    std::vector<double> out(tokens, 1.0 / place_of_characters / all);
    for (std::size_t id = first_word; id < tokens; ++id)
        out[id] = 1.0 / static_cast<double>(id - first_word + 1) / all;
    return out;
}

std::size_t first_word_of(const std::vector<std::vector<std::int32_t>>& frequent) {
    std::int32_t out = -1;
    for (const auto& ids : frequent)
        if (ids.size() == 1 && ids.front() >= 0)
            out = out < 0 ? ids.front() : std::min(out, ids.front());
    return out < 0 ? 0 : static_cast<std::size_t>(out);
}

std::vector<double> counted_probabilities(std::vector<double> prior,
                                          const std::vector<std::vector<std::int32_t>>& texts) {
    const auto beside = static_cast<double>(prior.size());
    double counted = 0;
    for (const auto& text : texts) counted += static_cast<double>(text.size());
    if (!(counted > 0)) return prior;
    for (double& each : prior) each *= beside;
    for (const auto& text : texts)
        for (const std::int32_t id : text)
            if (id >= 0 && static_cast<std::size_t>(id) < prior.size())
                prior[static_cast<std::size_t>(id)] += 1;
    for (double& each : prior) each /= counted + beside;
    return prior;
}

}  // namespace lectern::static_vectors
