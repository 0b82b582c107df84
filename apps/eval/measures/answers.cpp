#include "apps/eval/measures/answers.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "text/ascii.hpp"
#include "text/text.hpp"

namespace lectern::evaluation {
namespace {

bool punctuation(char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u > 0x20 && u < 0x30) || (u >= 0x3A && u <= 0x40) || (u >= 0x5B && u <= 0x60) ||
           (u >= 0x7B && u <= 0x7E);
}

// Letters of other scripts have bytes above 0x7F.
bool letter_or_digit(char c) {
    return text::is_digit(c) || (c >= 'a' && c <= 'z') ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
}

std::vector<std::string> tokens(std::string_view text) {
    std::string kept;
    for (const char c : text::fold(text))
        if (!punctuation(c)) kept.push_back(c);
    std::vector<std::string> out;
    constexpr std::string_view spaces = " \t\r\n\v\f";
    std::size_t at = 0;
    while ((at = kept.find_first_not_of(spaces, at)) != std::string::npos) {
        const std::size_t end = std::min(kept.find_first_of(spaces, at), kept.size());
        std::string token = kept.substr(at, end - at);
        at = end;
        if (token != "a" && token != "an" && token != "the") out.push_back(std::move(token));
    }
    return out;
}

double f1(const std::vector<std::string>& given, const std::vector<std::string>& right) {
    if (given.empty() || right.empty()) return given == right ? 1 : 0;
    std::map<std::string_view, long> left;
    for (const std::string& token : right) ++left[token];
    double common = 0;
    for (const std::string& token : given)
        if (left[token]-- > 0) ++common;
    if (common == 0) return 0;
    const double precision = common / static_cast<double>(given.size());
    const double recall = common / static_cast<double>(right.size());
    return 2 * precision * recall / (precision + recall);
}

bool letters_between_word_ends(std::string_view text, std::string_view part) {
    if (part.empty()) return false;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        const std::size_t end = at + part.size();
        const bool before = at > 0 && letter_or_digit(text[at - 1]) && letter_or_digit(part[0]);
        const bool after =
            end < text.size() && letter_or_digit(text[end]) && letter_or_digit(part.back());
        if (!before && !after) return true;
    }
    return false;
}

double share(std::size_t part, std::size_t all) {
    return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

bool overlap(const ByteRange& a, const ByteRange& b) {
    return a.begin < b.end && b.begin < a.end;
}

bool covers(const ByteRange& outer, const ByteRange& inner) {
    return outer.begin <= inner.begin && inner.end <= outer.end;
}

}  // namespace

std::string normalise_answer(std::string_view text) {
    std::string out;
    for (const std::string& token : tokens(text)) out.append(out.empty() ? "" : " ").append(token);
    return out;
}

std::string without_marks(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        if (text[at] == '[') {
            ++end;
            while (end < text.size() && text::is_digit(text[end])) ++end;
        }
        if (end > at + 1 && end < text.size() && text[end] == ']') {
            while (!out.empty() && out.back() == ' ') out.pop_back();
            at = end + 1;
        } else {
            out.push_back(text[at++]);
        }
    }
    return out;
}

double exact_match(std::string_view text, std::span<const std::string> right) {
    const auto given = tokens(text);
    return std::any_of(right.begin(), right.end(),
                       [&](const std::string& answer) { return tokens(answer) == given; })
               ? 1
               : 0;
}

double token_f1(std::string_view text, std::span<const std::string> right) {
    const auto given = tokens(text);
    double best = 0;
    for (const std::string& answer : right) best = std::max(best, f1(given, tokens(answer)));
    return best;
}

bool answer_in_text(std::string_view text, std::span<const std::string> right) {
    const auto given = tokens(text);
    const std::string folded = text::fold(text);
    return std::any_of(right.begin(), right.end(), [&](const std::string& answer) {
        const auto wanted = tokens(answer);
        if (!wanted.empty() &&
            std::search(given.begin(), given.end(), wanted.begin(), wanted.end()) != given.end())
            return true;
        return letters_between_word_ends(folded, text::fold(answer));
    });
}

std::uint64_t byte_of_character(std::string_view text, std::uint64_t characters) {
    std::uint64_t seen = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) continue;
        if (seen++ == characters) return at;
    }
    return text.size();
}

AnswerScores score_answer(const Question& question, const GivenAnswer& given) {
    AnswerScores out;
    out.answerable = !question.answers.empty();
    out.answered = given.answered;
    out.confidence = given.confidence;
    if (!given.answered) return out;
    out.sentences = given.sentences;
    out.supported = given.supported;
    out.citations = given.citations.size();
    for (const CitedRange& cited : given.citations) out.valid_citations += cited.valid ? 1 : 0;
    if (!out.answerable) return out;

    const std::string text = without_marks(given.text);
    out.exact_match = exact_match(text, question.answers);
    out.token_f1 = token_f1(text, question.answers);
    out.in_text = answer_in_text(text, question.answers);
    out.span_token_f1 = token_f1(given.span, question.answers);
    out.best_token_f1 = token_f1(given.best_evidence, question.answers);
    out.best_in_text = answer_in_text(given.best_evidence, question.answers);
    out.located = !question.document.empty();
    if (!out.located) return out;
    for (const CitedRange& cited : given.citations) {
        if (cited.document != question.document) continue;
        const auto& gold = question.ranges;
        const auto any = [&](auto matches) {
            return std::any_of(gold.begin(), gold.end(),
                               [&](const ByteRange& range) { return matches(cited.range, range); });
        };
        if (gold.empty() || any(overlap)) ++out.right_citations;
        if (gold.empty() || any(covers)) out.gold_cited = true;
    }
    return out;
}

AnswerSummary summarise(std::span<const AnswerScores> scores) {
    AnswerSummary out;
    std::size_t in_text = 0;
    std::size_t best_in_text = 0;
    std::size_t citations = 0;
    std::size_t valid = 0;
    std::size_t located = 0;
    std::size_t located_citations = 0;
    std::size_t right = 0;
    std::size_t gold_cited = 0;
    std::size_t sentences = 0;
    std::size_t supported = 0;
    for (const AnswerScores& one : scores) {
        ++out.questions;
        ++(one.answerable ? out.answerable : out.unanswerable);
        if (one.answered) ++(one.answerable ? out.answered : out.false_answers);
        out.exact_match += one.exact_match;
        out.token_f1 += one.token_f1;
        in_text += one.in_text ? 1 : 0;
        out.span_token_f1 += one.span_token_f1;
        out.best_token_f1 += one.best_token_f1;
        best_in_text += one.best_in_text ? 1 : 0;
        if (one.in_text != one.best_in_text) ++(one.in_text ? out.better : out.worse);
        citations += one.citations;
        valid += one.valid_citations;
        sentences += one.sentences;
        supported += one.supported;
        if (!one.located) continue;
        ++located;
        located_citations += one.citations;
        right += one.right_citations;
        gold_cited += one.gold_cited ? 1 : 0;
    }
    if (out.answerable > 0) {
        out.exact_match /= static_cast<double>(out.answerable);
        out.token_f1 /= static_cast<double>(out.answerable);
        out.span_token_f1 /= static_cast<double>(out.answerable);
        out.best_token_f1 /= static_cast<double>(out.answerable);
    }
    out.coverage = share(out.answered, out.answerable);
    out.false_answer_rate = share(out.false_answers, out.unanswerable);
    out.answer_in_text = share(in_text, out.answerable);
    out.answer_in_text_answered = share(in_text, out.answered);
    out.best_in_text = share(best_in_text, out.answerable);
    out.citation_validity = share(valid, citations);
    out.citation_precision = share(right, located_citations);
    out.citation_recall = share(gold_cited, located);
    out.support_rate = share(supported, sentences);
    return out;
}

std::vector<RiskPoint> risk_coverage(std::span<const AnswerScores> scores) {
    std::vector<AnswerScores> given;
    std::size_t answerable = 0;
    std::size_t unanswerable = 0;
    for (const AnswerScores& one : scores) {
        ++(one.answerable ? answerable : unanswerable);
        if (one.answered) given.push_back(one);
    }
    std::sort(given.begin(), given.end(), [](const AnswerScores& a, const AnswerScores& b) {
        return a.confidence > b.confidence;
    });
    std::vector<RiskPoint> out;
    std::size_t covered = 0;
    std::size_t wrong = 0;
    std::size_t false_answers = 0;
    std::size_t next_tenth = 1;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const AnswerScores& one = given[i];
        ++(one.answerable ? covered : false_answers);
        wrong += one.in_text ? 0 : 1;
        // One threshold cannot tell equal confidences apart.
        const bool last = i + 1 == given.size();
        if (!last && given[i + 1].confidence == one.confidence) continue;
        if (!last && covered * 10 < next_tenth * answerable) continue;
        while (covered * 10 >= next_tenth * answerable && next_tenth <= 10) ++next_tenth;
        out.push_back({one.confidence, share(covered, answerable), share(wrong, i + 1),
                       share(false_answers, unanswerable)});
    }
    return out;
}

double threshold_for(std::span<const AnswerScores> scores, double most_false_answers) {
    std::vector<double> wrong;  // confidences of false answers, best first
    std::vector<double> all;
    std::size_t unanswerable = 0;
    for (const AnswerScores& one : scores) {
        if (!one.answerable) ++unanswerable;
        if (!one.answered) continue;
        all.push_back(one.confidence);
        if (!one.answerable) wrong.push_back(one.confidence);
    }
    std::sort(wrong.begin(), wrong.end(), std::greater<>());
    std::sort(all.begin(), all.end());
    const auto allowed =
        static_cast<std::size_t>(most_false_answers * static_cast<double>(unanswerable) + 1e-9);
    // The first false answer too many must stay below.
    const double beyond = allowed < wrong.size() ? wrong[allowed] : -1;
    const auto least = std::upper_bound(all.begin(), all.end(), beyond);
    if (least != all.end()) return *least;
    return std::nextafter(std::max(beyond, 0.0), 2.0);
}

std::vector<AnswerScores> at_threshold(std::span<const AnswerScores> scores, double threshold) {
    std::vector<AnswerScores> out;
    for (const AnswerScores& one : scores) {
        out.push_back(one);
        if (!one.answered || one.confidence >= threshold) continue;
        AnswerScores& abstained = out.back();
        abstained = {};
        abstained.answerable = one.answerable;
        abstained.confidence = one.confidence;
    }
    return out;
}

}  // namespace lectern::evaluation
