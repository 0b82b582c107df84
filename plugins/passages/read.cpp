#include "passages/read.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>

#include "passages/asked_kind.hpp"
#include "passages/overlap.hpp"
#include "text/question.hpp"

namespace lectern::passages {
namespace {

constexpr std::size_t long_sentence = 60;    // words
constexpr double cost_per_word = 0.02;       // of a long sentence, beyond that
constexpr std::size_t longest_joined = 600;  // bytes of a sentence and the one before
constexpr double cost_of_instruction = 8.0;  // in effect: never
constexpr double cost_of_no_prose = 1.0;
constexpr double cost_of_aside = 0.5;        // in parentheses
constexpr double near_bonus = 1.5;           // beside evidence that explains
constexpr double same_vector = 0.97;         // cosine of near-duplicates
constexpr double same_share_of_words = 0.8;  // Jaccard similarity of near-duplicates

// What is embedded for a candidate: a sentence from the middle of an article seldom names its
// subject, so what it leans on, its title, heading and table's header go before it, unless it has
// them.
std::string in_context(const Candidate& candidate, const Passage& passage) {
    const std::string_view sentence =
        piece(passage.text, {candidate.context_begin, candidate.range.end});
    std::string out;
    for (const std::string_view part :
         {passage.title, candidate.heading, piece(passage.text, candidate.header)}) {
        if (part.empty() || sentence.find(part) != std::string_view::npos ||
            out.find(part) != std::string::npos)
            continue;
        out.append(part).append(": ");
    }
    return out.append(sentence);
}

double dot(const float* a, const float* b, std::size_t size) noexcept {
    return std::inner_product(a, a + size, b, 0.0);
}

double cost(const Candidate& candidate) noexcept {
    double out = 0;
    if (candidate.speaks_to_a_model) out += cost_of_instruction;
    if (!candidate.prose) out += cost_of_no_prose;
    if (candidate.aside) out += cost_of_aside;
    if (candidate.words.size() > long_sentence)
        out += cost_per_word * static_cast<double>(candidate.words.size() - long_sentence);
    return out;
}

double jaccard(const std::vector<text::Word>& a, const std::vector<text::Word>& b) {
    std::set<std::string_view> left;
    std::set<std::string_view> right;
    for (const auto& word : a) left.insert(word.folded);
    for (const auto& word : b) right.insert(word.folded);
    const auto common = static_cast<double>(std::count_if(
        left.begin(), left.end(), [&](std::string_view word) { return right.contains(word); }));
    return common / (static_cast<double>(left.size() + right.size()) - common);
}

// A sentence that leans on the one before is given with it, unless that one is evidence already.
Range with_context(const Candidate& candidate, const std::vector<Evidence>& taken) {
    const Range joined{candidate.context_begin, candidate.range.end};
    const bool there = std::any_of(taken.begin(), taken.end(), [&](const Evidence& other) {
        return other.passage == candidate.passage && other.range.begin < candidate.range.begin &&
               joined.begin < other.range.end;
    });
    return there || joined.end - joined.begin > longest_joined ? candidate.range : joined;
}

// In a paragraph, the one right behind the other.
bool follows(const Candidate& second, const Candidate& first) noexcept {
    return second.passage == first.passage && second.before.end > second.before.begin &&
           second.before == first.range;
}

void keep_best(std::vector<Scored>& sentences, const ReadOptions& options) {
    if (sentences.size() <= options.max_sentences) return;
    std::stable_sort(sentences.begin(), sentences.end(), [&](const Scored& a, const Scored& b) {
        return score(a.features, options) > score(b.features, options);
    });
    sentences.erase(sentences.begin() + static_cast<std::ptrdiff_t>(options.max_sentences),
                    sentences.end());
}

}  // namespace

double score(const Features& features, const ReadOptions& options, double bonus) noexcept {
    const double value =
        options.bias + options.similarity_weight * features.similarity +
        options.overlap_weight * features.overlap + options.passage_weight * features.passage +
        options.number_weight * features.number + options.name_weight * features.name +
        options.definition_weight * features.definition +
        options.missing_name_weight * features.missing_name +
        options.missing_term_weight * features.missing_term - features.cost + bonus;
    return 1 / (1 + std::exp(-value));
}

ScoredSentences features(std::string_view question, const std::vector<Passage>& passages,
                         const ReadOptions& options, const Embed& embed) {
    ScoredSentences out;
    std::vector<Candidate> found = candidates(question, passages);
    if (found.empty()) return out;

    const Overlap overlap(question, found, passages);
    const std::vector<char> missing = missing_names(content_words(question), passages);
    const AskedKind asked_kind(question);
    double best = 0;
    for (const Passage& passage : passages) best = std::max(best, passage.score);
    for (std::size_t i = 0; i < found.size(); ++i) {
        Scored& sentence = out.sentences.emplace_back();
        sentence.features.overlap = overlap.values()[i];
        sentence.features.passage =
            best > 0 ? std::clamp(passages[found[i].passage].score / best, 0.0, 1.0) : 0;
        sentence.features.missing_name = missing[found[i].passage];
        const std::string_view text = passages[found[i].passage].text;
        sentence.features.number = asked_kind.number(found[i], text);
        sentence.features.name = asked_kind.name(found[i], text);
        sentence.features.definition =
            asked_kind.definition(found[i], passages[found[i].passage].title);
        sentence.features.missing_term =
            asked_kind.lacks_term(found[i], passages[found[i].passage]) ? 1 : 0;
        sentence.features.cost = cost(found[i]);
        sentence.candidate = std::move(found[i]);
    }
    keep_best(out.sentences, options);

    const std::vector<float> asked = embed({question}, Purpose::query);
    std::vector<std::string> texts;
    texts.reserve(out.sentences.size());
    for (const Scored& sentence : out.sentences)
        texts.push_back(in_context(sentence.candidate, passages[sentence.candidate.passage]));
    out.vectors = embed({texts.begin(), texts.end()}, Purpose::passage);
    out.dimension = asked.size();
    if (out.vectors.size() != asked.size() * texts.size())
        throw std::logic_error("the embedder gave another number of vectors than texts");
    for (std::size_t i = 0; i < out.sentences.size(); ++i) {
        out.sentences[i].vector = i;
        out.sentences[i].features.similarity =
            dot(asked.data(), out.vectors.data() + i * out.dimension, out.dimension);
    }
    return out;
}

std::vector<Evidence> read(std::string_view question, const std::vector<Passage>& passages,
                           std::size_t most, const ReadOptions& options, const Embed& embed) {
    const ScoredSentences all = features(question, passages, options, embed);
    const bool explain = text::asks_to_explain(question);
    std::vector<Evidence> out;
    std::vector<std::size_t> taken;
    std::vector<char> left(all.sentences.size(), 1);
    const auto vector = [&](std::size_t i) {
        return all.vectors.data() + all.sentences[i].vector * all.dimension;
    };
    // What stands beside a sentence that is taken goes on explaining.
    const auto value = [&](std::size_t i) {
        const Scored& sentence = all.sentences[i];
        const bool near =
            explain && std::any_of(taken.begin(), taken.end(), [&](std::size_t other) {
                const Candidate& beside = all.sentences[other].candidate;
                return follows(sentence.candidate, beside) || follows(beside, sentence.candidate);
            });
        const double alone = score(sentence.features, options);
        if (!near) return alone;
        return std::min(out.front().score, score(sentence.features, options, near_bonus));
    };
    while (out.size() < most) {
        std::size_t best = left.size();
        double best_value = 0;
        for (std::size_t i = 0; i < left.size(); ++i) {
            if (left[i] == 0) continue;
            const double one = value(i);
            if (!(one >= options.min_score) || (best < left.size() && one <= best_value)) continue;
            best = i;
            best_value = one;
        }
        if (best == left.size()) break;
        left[best] = 0;
        const Candidate& candidate = all.sentences[best].candidate;
        const bool again = std::any_of(taken.begin(), taken.end(), [&](std::size_t other) {
            return dot(vector(best), vector(other), all.dimension) > same_vector ||
                   jaccard(candidate.words, all.sentences[other].candidate.words) >
                       same_share_of_words;
        });
        const bool given = std::any_of(out.begin(), out.end(), [&](const Evidence& other) {
            return other.passage == candidate.passage &&
                   other.range.begin <= candidate.range.begin &&
                   candidate.range.end <= other.range.end;
        });
        if (again || given) continue;
        taken.push_back(best);
        out.push_back({candidate.passage, with_context(candidate, out), best_value});
    }
    return out;
}

}  // namespace lectern::passages
