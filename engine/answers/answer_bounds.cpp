#include "engine/answers/answer_bounds.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "engine/answers/phrasing.hpp"
#include "engine/answers/question_parts.hpp"
#include "text/ascii.hpp"
#include "text/blocks.hpp"
#include "text/instructions.hpp"
#include "text/wording.hpp"

namespace lectern {
namespace {

constexpr std::size_t longest_evidence = 900;  // bytes, with what follows
constexpr std::size_t most_items = 12;         // of a list
constexpr std::size_t most_of_several = 3;     // sentences behind "in three places"

// Whether a sentence, `gap` behind the one before, is of an item of a list: it begins one or goes
// on in it. An indent keeps the next line in the item.
bool is_of_an_item(const text::Block& block, const text::Range& sentence, std::string_view gap) {
    if (block.whole || block.body == block.range.begin) return false;
    const std::size_t line = gap.rfind('\n');
    return sentence.begin <= block.body || line == std::string_view::npos || line + 1 < gap.size();
}

// A number stands in the question: "in which three places".
bool asks_for_several(const QuestionParts& parts) {
    return std::any_of(parts.terms.begin(), parts.terms.end(), [](const Term& term) {
        return term.number || text::is_worded(text::Wording::figure, term.folded);
    });
}

bool is_of_a_word(char c) {
    return text::is_ascii_letter(c) || text::is_digit(c);
}

}  // namespace

text::Range with_what_follows(std::string_view question, std::string_view passage,
                              text::Range evidence) {
    std::string_view said = passage.substr(evidence.begin, evidence.end - evidence.begin);
    said = said.substr(0, said.find_last_not_of(" \t\r\n*_") + 1);
    const bool to_a_list = said.ends_with(':') || said.ends_with("：");
    const QuestionParts parts(question);
    if (said.empty() || parts.asks_yes_or_no() || (!to_a_list && says_more(said, question)))
        return evidence;
    const std::size_t most = to_a_list ? most_items : asks_for_several(parts) ? most_of_several : 1;
    const std::vector<text::Block> blocks = text::blocks(passage);
    auto block = blocks.begin();
    text::Range out = evidence;
    std::size_t taken = 0;
    bool items = false;
    for (const text::Range& next : text::sentences(passage)) {
        if (next.begin < out.end) continue;
        while (block != blocks.end() && block->range.end < next.end) ++block;
        const std::string_view sentence = passage.substr(next.begin, next.end - next.begin);
        const std::string_view gap = passage.substr(out.end, next.begin - out.end);
        // The rest of a sentence that was cut, or a fence of code, stands between.
        const bool apart = gap.find_first_not_of(" \t\r\n") != std::string_view::npos;
        // `whole`: a heading, or a row of a table.
        if (taken == most || next.end - evidence.begin > longest_evidence || apart ||
            block == blocks.end() || block->whole || text::speaks_to_a_model(sentence))
            break;
        // What answers stands in the same paragraph, or is what a colon leads to.
        if (!to_a_list && block->range.begin >= out.end) break;
        const bool item = is_of_an_item(*block, next, gap);
        if (taken == 0)
            items = item;
        else if (items != item || (to_a_list && !items))
            break;  // the list has ended, or there was none
        out.end = next.end;
        ++taken;
    }
    return out;
}

text::Range whole_words(std::string_view passage, text::Range answer) {
    if (answer.begin >= answer.end || answer.end > passage.size()) return answer;
    const auto at = [&](std::size_t i) { return passage[i]; };
    const auto within = [&](std::size_t i) {  // between the bytes i - 1 and i
        return i > 0 && i < passage.size() && is_of_a_word(at(i - 1)) && is_of_a_word(at(i));
    };
    // "1,024", "0.6", "GPT-2": what joins has a digit behind it.
    const auto joined = [&](std::size_t i) {  // the joint is byte i
        return i > 0 && i + 1 < passage.size() && text::is_digit(at(i + 1)) &&
               (((at(i) == ',' || at(i) == '.') && text::is_digit(at(i - 1))) ||
                (at(i) == '-' && text::is_ascii_letter(at(i - 1))));
    };
    while (true) {
        if (within(answer.begin))
            --answer.begin;
        else if (answer.begin > 1 && text::is_digit(at(answer.begin)) && joined(answer.begin - 1))
            answer.begin -= 2;
        else
            break;
    }
    while (true) {
        if (within(answer.end))
            ++answer.end;
        else if (answer.end < passage.size() && joined(answer.end))
            answer.end += 2;
        else
            break;
    }
    for (const std::string_view sign : {"$", "€", "£", "¥", "-"})
        if (text::is_digit(at(answer.begin)) && answer.begin >= sign.size() &&
            passage.substr(answer.begin - sign.size()).starts_with(sign) &&
            (sign != "-" || answer.begin == 1 || at(answer.begin - 2) == ' '))
            answer.begin -= sign.size();
    for (const std::string_view sign : {"%", "‰", "°", " %", "€"})
        if (answer.end < passage.size() && text::is_digit(at(answer.end - 1)) &&
            passage.substr(answer.end).starts_with(sign))
            answer.end += sign.size();
    return answer;
}

std::string with_its_bound(std::string_view evidence, std::string_view answer) {
    const std::size_t at = evidence.find(answer);
    const auto said = text::words(answer);
    if (at == std::string_view::npos || said.empty() || !text::is_number(said.front()))
        return std::string(answer);
    // The words before, as far as nothing but a space parts them.
    const std::string_view before = evidence.substr(0, at);
    const std::vector<text::Word> words = text::words(before);
    std::size_t begin = at;
    std::size_t taken = 0;
    const auto next = [&]() -> std::string_view {
        if (taken == words.size()) return {};
        const text::Word& word = words[words.size() - 1 - taken];
        return before.substr(word.range.end, begin - word.range.end) == " " ? word.folded
                                                                            : std::string_view();
    };
    const auto take = [&] { begin = words[words.size() - 1 - taken++].range.begin; };
    constexpr std::array<std::string_view, 8> alone{"about", "almost", "around", "above",
                                                    "below", "over",   "some",   "under"};
    constexpr std::array<std::string_view, 4> behind_another{"least", "most", "than", "to"};
    const std::string_view last = next();
    const auto is_one = [&](const auto& of) {
        return std::find(of.begin(), of.end(), last) != of.end();
    };
    // "roughly", but neither "July" nor "Italy".
    const auto is_adverb = [&] {
        if (last.size() <= 3 || !last.ends_with("ly")) return false;
        const std::size_t first = words.back().range.begin;
        const bool name = first > 0 && before[first] >= 'A' && before[first] <= 'Z';
        return !name && !text::is_worded(text::Wording::calendar, last);
    };
    if (is_one(alone) || is_adverb()) {
        take();
    } else if (is_one(behind_another)) {
        const bool to = last == "to";
        take();
        const std::string_view first = next();
        if (first.empty() || (to && first != "up")) return std::string(answer);  // "from 2 to 40"
        take();
    }
    return std::string(evidence.substr(begin, at + answer.size() - begin));
}

}  // namespace lectern
