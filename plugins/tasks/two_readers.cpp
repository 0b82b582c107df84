#include "plugins/tasks/two_readers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "passages/asked_kind.hpp"
#include "plugins/tasks/probabilities.hpp"

namespace lectern::tasks {
namespace {

// Of the two log odds, and what it adds that both mean the same sentence. Chosen on samples/, on
// XQuAD's near misses and on release notes and manuals (docs/evaluation.md).
constexpr double read_weight = 0.7;
constexpr double compared_weight = 0.4;
constexpr double same_sentence = 0.7;
constexpr double least = 0.02;  // of a sentence that one of them did not name
// No number, date or person where one is asked for, or a sentence about another of the same kind.
constexpr double of_another_kind = -1.2;

double log_odds(double probability) {
    const double p = std::clamp(probability, 0.005, 0.995);
    return std::log(p / (1 - p));
}

double both(double read, double compared, double more) {
    return logistic(static_cast<float>(read_weight * log_odds(read) +
                                       compared_weight * log_odds(compared) + more));
}

}  // namespace

std::vector<AnswerSentence> combine(std::string_view question,
                                    std::span<const AnswerPassage> passages,
                                    std::span<const AnswerSentence> read,
                                    std::span<const passages::Evidence> compared,
                                    std::size_t most) {
    const passages::AskedKind asked_kind(question);
    const auto lacks = [&](std::size_t passage, std::size_t begin, std::size_t end) {
        return asked_kind.in(passages[passage].text, {begin, end}) < 0;
    };
    const auto is_of_another = [&](std::size_t passage, std::size_t begin, std::size_t end) {
        return asked_kind.of_another(passages[passage].text.substr(begin, end - begin));
    };
    std::vector<AnswerSentence> all;
    for (const passages::Evidence& one : compared) {
        AnswerSentence out;
        out.passage = one.passage;
        out.begin = one.range.begin;
        out.end = one.range.end;
        const auto known = std::find_if(read.begin(), read.end(), [&](const AnswerSentence& other) {
            return other.passage == one.passage;
        });
        const bool same = known != read.end() && one.range.begin <= known->span_begin &&
                          known->span_end <= one.range.end;
        if (same) {
            out.span_begin = known->span_begin;
            out.span_end = known->span_end;
            out.span_probability = known->span_probability;
            out.other_probability = known->other_probability;
        }
        const bool other_kind =
            (!same && lacks(one.passage, out.begin, out.end)) ||
            (known != read.end() && lacks(one.passage, known->span_begin, known->span_end)) ||
            is_of_another(one.passage, out.begin, out.end);
        out.score = both(known == read.end() ? least : known->score, one.score,
                         (same ? same_sentence : 0) + (other_kind ? of_another_kind : 0));
        all.push_back(out);
    }
    for (const AnswerSentence& one : read) {
        AnswerSentence out = one;
        const bool other_kind = lacks(one.passage, one.span_begin, one.span_end) ||
                                is_of_another(one.passage, one.begin, one.end);
        out.score = both(one.score, least, other_kind ? of_another_kind : 0);
        all.push_back(out);
    }
    std::stable_sort(all.begin(), all.end(), [](const AnswerSentence& a, const AnswerSentence& b) {
        return a.score > b.score;
    });
    std::vector<AnswerSentence> apart;
    for (const AnswerSentence& one : all) {
        const bool again =
            std::any_of(apart.begin(), apart.end(), [&](const AnswerSentence& other) {
                return other.passage == one.passage && one.begin < other.end &&
                       other.begin < one.end;
            });
        if (!again && apart.size() < most) apart.push_back(one);
    }
    return apart;
}

std::vector<std::size_t> worth_reading(std::span<const passages::Evidence> compared,
                                       std::size_t count, std::size_t most) {
    std::vector<double> best(count);
    for (const passages::Evidence& one : compared)
        best[one.passage] = std::max(best[one.passage], one.score);
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return best[a] > best[b]; });
    order.resize(std::min(count, most));
    std::sort(order.begin(), order.end());
    return order;
}

}  // namespace lectern::tasks
