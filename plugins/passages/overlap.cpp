#include "passages/overlap.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "text/content_words.hpp"

namespace lectern::passages {
namespace {

constexpr double context_part = 0.5;

bool has(const std::vector<text::Word>& words, std::string_view wanted) {
    return std::any_of(words.begin(), words.end(), [wanted](const text::Word& word) {
        return text::same_stem(word.folded, wanted);
    });
}

}  // namespace

std::vector<std::string> content_words(std::string_view text) {
    std::vector<std::string> all;
    std::vector<std::string> out;
    const auto add = [](std::vector<std::string>& to, const std::string& word) {
        if (std::find(to.begin(), to.end(), word) == to.end()) to.push_back(word);
    };
    for (const text::Word& word : text::words(text)) {
        add(all, word.folded);
        if (!text::is_stop_word(word.folded)) add(out, word.folded);
    }
    return out.empty() ? all : out;
}

Overlap::Overlap(std::string_view question, const std::vector<Candidate>& candidates,
                 const std::vector<Passage>& passages)
    : values_(candidates.size()) {
    const std::vector<std::string> wanted = content_words(question);
    known_ = !wanted.empty();
    double total = 0;
    std::vector<char> found(candidates.size());
    std::vector<text::Word> context;
    for (const std::string& word : wanted) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            found[i] = has(candidates[i].words, word) ? 1 : 0;
            count += static_cast<std::size_t>(found[i]);
        }
        const auto all = static_cast<double>(candidates.size());
        const auto some = static_cast<double>(count);
        const double weight = std::log(1 + (all - some + 0.5) / (some + 0.5));
        total += weight;

        const Candidate* before = nullptr;  // whose context was looked at last
        bool in_context = false;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (found[i] != 0) {
                values_[i] += weight;
                continue;
            }
            const Candidate& candidate = candidates[i];
            if (before == nullptr || before->passage != candidate.passage ||
                before->heading.data() != candidate.heading.data()) {
                in_context = has(text::words(passages[candidate.passage].title), word) ||
                             has(text::words(candidate.heading), word);
                before = &candidate;
            }
            if (in_context) values_[i] += weight * context_part;
        }
    }
    if (total > 0)
        for (double& value : values_) value /= total;
}

bool asks_for_number(std::string_view question) {
    std::string folded = " ";
    for (const text::Word& word : text::words(question)) folded += word.folded + " ";
    constexpr std::array<std::string_view, 16> spaced{
        " when ",       " how many ",  " how much ",   " how old ",         " how long ",
        " how large ",  " what year ", " which year ", " what percentage ", " what percent ",
        " what share ", " wann ",      " wie viele ",  " wie viel ",        " combien ",
        " cuántos "};
    constexpr std::array<std::string_view, 4> unspaced{"多少", "哪一年", "哪年", "何时"};
    const auto in = [](std::string_view text) {
        return [text](std::string_view part) { return text.find(part) != std::string_view::npos; };
    };
    return std::any_of(spaced.begin(), spaced.end(), in(folded)) ||
           std::any_of(unspaced.begin(), unspaced.end(), in(question));
}

}  // namespace lectern::passages
