#include "engine/answers/keeps.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "text/content_words.hpp"
#include "text/question.hpp"
#include "text/text.hpp"
#include "text/wording.hpp"

namespace lectern {
namespace {

constexpr double least_kept = 0.5;      // share of the content words that the evidence adds
constexpr double least_in_order = 0.8;  // share of a sentence's content words

bool same(const text::Word& a, const text::Word& b) {
    return a.number || b.number ? a.folded == b.folded : text::same_stem(a.folded, b.folded);
}

bool has(const std::vector<text::Word>& words, const text::Word& wanted) {
    return std::any_of(words.begin(), words.end(),
                       [&](const text::Word& word) { return same(word, wanted); });
}

// In figures or in words.
bool is_number(const text::Word& word) {
    return word.number || text::is_worded(text::Wording::figure, word.folded);
}

// Written with a capital that the beginning of a sentence does not explain.
bool is_name(std::string_view in, const text::Word& word) {
    const std::string_view written = in.substr(word.range.begin, word.range.end - word.range.begin);
    const std::string_view first = text::prefix(written, 4);
    if (text::fold(first) == first || word.number) return false;
    const std::size_t before = in.substr(0, word.range.begin).find_last_not_of(" \"'([*_\n");
    return before != std::string_view::npos &&
           std::string_view(".!?").find(in[before]) == std::string_view::npos;
}

std::vector<text::Word> content_of(std::string_view of) {
    std::vector<text::Word> out = text::words(of);
    std::erase_if(out, [](const text::Word& word) { return text::is_stop_word(word.folded); });
    return out;
}

// Where each word of `left` stands in `right`, in order; empty when some does not.
std::vector<std::size_t> places(const std::vector<text::Word>& left,
                                const std::vector<text::Word>& right) {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at < right.size() && out.size() < left.size(); ++at)
        if (right[at].folded == left[out.size()].folded) out.push_back(at);
    if (out.size() < left.size()) out.clear();
    return out;
}

// "110" in "110 million parameters", when it is asked how many parameters there are. Of dates, all
// are kept.
bool counts_what_is_asked(std::string_view question, std::string_view evidence,
                          const std::vector<text::Word>& known, std::size_t number) {
    constexpr std::size_t most_between = 3;
    if (text::asks_for_date(question)) return false;
    const std::vector<text::Word> asked = text::words(question);
    for (std::size_t i = number + 1; i < std::min(known.size(), number + 1 + most_between); ++i) {
        if (evidence[known[i - 1].range.end] == ',') return false;
        if (text::is_worded(text::Wording::conjunction, known[i].folded)) return false;
        if (!text::is_stop_word(known[i].folded) && has(asked, known[i])) return true;
    }
    return false;
}

// The last word of an item of a list: a comma stands behind it, or it joins the next.
bool ends_an_item(std::string_view in, const text::Word& word) {
    return (word.range.end < in.size() && in[word.range.end] == ',') ||
           text::is_worded(text::Wording::conjunction, word.folded);
}

// The longest common subsequence.
std::size_t in_order(const std::vector<text::Word>& left, const std::vector<text::Word>& right) {
    std::vector<std::size_t> row(right.size() + 1);
    for (const text::Word& word : left) {
        std::size_t diagonal = 0;
        for (std::size_t i = 0; i < right.size(); ++i) {
            const std::size_t above = row[i + 1];
            row[i + 1] = same(word, right[i]) ? diagonal + 1 : std::max(above, row[i]);
            diagonal = above;
        }
    }
    return row.back();
}

}  // namespace

bool follows(std::string_view sentence, std::string_view evidence) {
    const std::vector<text::Word> said = content_of(sentence);
    const std::vector<text::Word> known = content_of(evidence);
    if (!std::all_of(said.begin(), said.end(),
                     [&](const text::Word& word) { return has(known, word); }))
        return false;
    return static_cast<double>(in_order(said, known)) >=
           least_in_order * static_cast<double>(said.size());
}

bool cuts_safely(std::string_view sentence, std::string_view question, std::string_view evidence) {
    const std::vector<text::Word> said = text::words(sentence);
    const std::vector<text::Word> known = text::words(evidence);
    const std::vector<std::size_t> kept = places(said, known);
    if (kept.empty() || said.size() == known.size()) return true;
    if (kept.back() + 1 < known.size() && text::is_stop_word(known[kept.back()].folded))
        return false;
    std::size_t begin = 0;  // of what is left out
    for (std::size_t next = 0; next <= kept.size(); ++next) {
        const std::size_t end = next < kept.size() ? kept[next] : known.size();
        bool names = false;
        for (std::size_t i = begin; i < end; ++i) {
            if (text::is_worded(text::Wording::bound, known[i].folded)) return false;
            names = names || is_number(known[i]) || is_name(evidence, known[i]);
        }
        if (begin < end && next < kept.size()) {
            const std::size_t from = begin > 0 ? known[begin - 1].range.end : 0;
            const std::string_view gap = evidence.substr(from, known[end].range.begin - from);
            if (gap.find_first_of(":;.?!()") != std::string_view::npos) return false;
            if (!ends_an_item(evidence, known[end - 1])) return false;
            if (names &&
                !(is_number(known[end]) && counts_what_is_asked(question, evidence, known, end)))
                return false;
        }
        begin = end + 1;
    }
    return true;
}

bool keeps_the_answer(std::string_view sentence, std::string_view question,
                      std::string_view evidence) {
    const std::vector<text::Word> said = text::words(sentence);
    const std::vector<text::Word> asked = text::words(question);
    const std::vector<text::Word> known = text::words(evidence);
    std::vector<text::Word> added;
    std::vector<text::Word> counts;  // of what is asked for
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (text::is_stop_word(known[i].folded) || has(asked, known[i])) continue;
        added.push_back(known[i]);
        if (is_number(known[i]) && counts_what_is_asked(question, evidence, known, i))
            counts.push_back(known[i]);
    }

    const auto keeps_all = [&](auto wanted) {
        bool any = false;
        for (const text::Word& word : added) {
            if (!wanted(word)) continue;
            if (!has(said, word)) return false;
            any = true;
        }
        return any;
    };
    const auto is_named = [&](const text::Word& word) { return is_name(evidence, word); };
    if (text::asks_for_number(question) && !counts.empty())
        return std::all_of(counts.begin(), counts.end(),
                           [&](const text::Word& word) { return has(said, word); });
    if (text::asks_for_number(question) && std::any_of(added.begin(), added.end(), is_number))
        return keeps_all(is_number);
    if (text::asks_for_person(question) && std::any_of(added.begin(), added.end(), is_named))
        return keeps_all(is_named);
    const auto kept = std::count_if(added.begin(), added.end(),
                                    [&](const text::Word& word) { return has(said, word); });
    return static_cast<double>(kept) >= least_kept * static_cast<double>(added.size());
}

bool knows_what_to_keep(std::string_view question, std::string_view evidence) {
    const std::vector<text::Word> asked = text::words(question);
    const std::vector<text::Word> known = text::words(evidence);
    return std::any_of(known.begin(), known.end(), [&](const text::Word& word) {
        if (has(asked, word)) return false;
        return text::asks_for_number(question)
                   ? is_number(word)
                   : text::asks_for_person(question) && is_name(evidence, word);
    });
}

}  // namespace lectern
