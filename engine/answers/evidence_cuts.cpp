#include "engine/answers/evidence_cuts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "engine/answers/phrasing.hpp"
#include "engine/answers/question_parts.hpp"
#include "engine/answers/verifier.hpp"
#include "text/one_line.hpp"
#include "text/question.hpp"
#include "text/tables.hpp"
#include "text/text.hpp"
#include "text/wording.hpp"

namespace lectern {
namespace {

constexpr std::size_t most_words = 80;  // longer evidence is quoted
constexpr std::size_t most_cuts = 8;

// The marks that part a sentence, and what must follow for them to do so: "1,000" is one number.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> marks{{{",", " "},
                                                                              {";", " "},
                                                                              {":", " "},
                                                                              {" –", " "},
                                                                              {" —", " "},
                                                                              {"，", ""},
                                                                              {"；", ""},
                                                                              {"：", ""},
                                                                              {"、", ""}}};

// Between the marks, and where a clause of its own ends whatever stands before it.
struct Part {
    text::Range range;
    bool clause = false;  // ends at a semicolon
};

std::vector<Part> parts_of(std::string_view line) {
    std::vector<Part> out{Part{{0, line.size()}}};
    for (std::size_t at = 1; at < line.size(); ++at)
        for (const auto& [mark, behind] : marks) {
            const std::size_t next = at + mark.size() + behind.size();
            if (next >= line.size() || !line.substr(at).starts_with(mark) ||
                !line.substr(at + mark.size()).starts_with(behind))
                continue;
            out.back() = {{out.back().range.begin, at}, mark == ";" || mark == "；"};
            out.push_back({{next, line.size()}});
            at = next - 1;
            break;
        }
    return out;
}

std::size_t count_of(std::string_view text, std::string_view mark) {
    std::size_t out = 0;
    for (std::size_t at = text.find(mark); at != std::string_view::npos;
         at = text.find(mark, at + mark.size()))
        ++out;
    return out;
}

// Not cut within brackets or quotation marks. “ opens in English and closes in German.
bool is_balanced(std::string_view text) {
    for (const auto& [open, close] :
         {std::pair{"(", ")"}, {"（", "）"}, {"«", "»"}, {"「", "」"}, {"『", "』"}, {"《", "》"}})
        if (count_of(text, open) != count_of(text, close)) return false;
    std::size_t quotes = 0;
    for (const std::string_view mark : {"\"", "“", "”", "„"}) quotes += count_of(text, mark);
    return quotes % 2 == 0;
}

// Takes the stop at the end away, and gives it; "." where there is none.
std::string take_stop(std::string& line) {
    for (const std::string_view stop : {".", "!", "。", "！"})
        if (line.ends_with(stop)) {
            line.resize(line.size() - stop.size());
            return std::string(stop);
        }
    line.resize(line.find_last_not_of(" ,;:") + 1);
    return ".";
}

// "…it is so." with the quotation mark that closes it.
std::string stopped(std::string sentence, std::string_view stop) {
    for (const std::string_view end :
         {".\"", "!\"", ".”", "!”", ".“", "!“", ".»", "!»", "。”", "！”", "。」", "！」"})
        if (sentence.ends_with(end)) return sentence;
    return sentence.append(stop);
}

// A colon says that what matters follows: "It is stored in an index: for each word, …" does not end
// there, nor at a mark behind it but the last.
bool announces(std::string_view cut, std::string_view rest) {
    return !rest.empty() &&
           (cut.find(": ") != std::string_view::npos || cut.find("：") != std::string_view::npos ||
            rest.starts_with(":") || rest.starts_with("："));
}

// Before the first mark of "Nucleus sampling, described by Holtzman in 2020, draws …" stands
// nothing but what the question asks about, perhaps with an article: no sentence ends at the second
// mark.
bool is_asked(std::string_view beginning, std::string_view question) {
    constexpr std::size_t longest_article = 3;
    const std::string asked = text::fold(question);
    const std::size_t space = beginning.find(' ');
    return asked.find(text::fold(beginning)) != std::string::npos ||
           (space <= longest_article &&
            asked.find(text::fold(beginning.substr(space))) != std::string::npos);
}

// Where, behind a mark and perhaps a conjunction, what the question asks about stands before the
// answer: "…: a Finnish noun has 15 cases", "…, and efSearch is the size …". npos: nowhere.
std::size_t subject_in(std::string_view line, std::string_view subject, std::span<const Part> parts,
                       std::size_t answer_at) {
    if (subject.empty()) return std::string_view::npos;
    const auto begins = [&](std::size_t at) {
        return at < answer_at && line.substr(at).starts_with(subject) &&
               line.substr(at + subject.size()).starts_with(' ');
    };
    for (std::size_t i = 1; i < parts.size() && parts[i].range.begin <= answer_at; ++i) {
        const std::size_t at = parts[i].range.begin;
        if (begins(at)) return at;
        const std::size_t space = line.find(' ', at);
        if (space != std::string_view::npos && begins(space + 1) &&
            text::is_worded(text::Wording::conjunction, text::fold(line.substr(at, space - at))))
            return space + 1;
    }
    return std::string_view::npos;
}

// Whether what is joined by "and" is one: "between 1913 and", "that was led by Anna Veld and".
bool binds_what_follows(const std::vector<text::Word>& words) {
    return std::any_of(words.begin(), words.end(), [](const text::Word& word) {
        return text::is_worded(text::Wording::binding, word.folded);
    });
}

// "BERT appeared in October 2018 | and kept only the encoder.", "It was led by Anna Veld | and was
// closed.": an "and" right behind the answer begins another statement where a verb follows it, or
// where a date is asked for and no other date follows. npos: none.
std::size_t end_of_statement(std::string_view question, std::string_view line,
                             std::size_t answer_end) {
    constexpr std::size_t few = 5;  // words: "and in the early 1920s"
    const auto words = text::words(line.substr(answer_end));
    if (words.size() < 3 || words.front().range.begin != 1 || line[answer_end] != ' ' ||
        !text::is_worded(text::Wording::conjunction, words.front().folded) ||
        // "in 1874 or earlier" is not "in 1874".
        text::is_worded(text::Wording::alternative, words.front().folded) ||
        binds_what_follows(text::words(line.substr(0, answer_end))))
        return std::string_view::npos;
    if (text::is_worded(text::Wording::auxiliary, words[1].folded)) return answer_end;
    const auto near = words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), few));
    const bool another = std::any_of(words.begin() + 1, near, [](const auto& word) {
        return word.number || text::is_worded(text::Wording::calendar, word.folded);
    });
    return text::asks_for_date(question) && !another ? answer_end : std::string_view::npos;
}

}  // namespace

std::vector<std::string> evidence_cuts(std::string_view question, std::string_view evidence,
                                       std::string_view answer) {
    std::vector<std::string> out;
    std::string line = text::one_plain_line(evidence);
    const std::string said = text::one_plain_line(answer);
    if (line.empty() || said.empty() || text::sentences(line).size() != 1 || line.ends_with("?") ||
        line.ends_with("？"))
        return out;
    if (text::is_table_row(line)) return out;
    const std::vector<text::Word> words = text::words(line);
    if (words.empty() || words.size() > most_words) return out;
    // Without the marker of a list or a heading.
    if (const std::size_t space = line.find(' ');
        space < words.front().range.begin && line.find_first_not_of("-*+#>") == space)
        line.erase(0, space + 1);
    const std::string stop = take_stop(line);
    const std::size_t answer_at = line.find(said);
    if (answer_at == std::string::npos) return out;
    const std::size_t answer_end = answer_at + said.size();

    const auto add = [&](std::string cut) {
        if (out.size() == most_cuts || !is_balanced(cut) || !covers_question(cut, question, line))
            return;
        cut = stopped(std::move(cut), stop);
        if (std::find(out.begin(), out.end(), cut) == out.end()) out.push_back(std::move(cut));
    };
    const std::string_view all = line;
    const std::vector<Part> parts = parts_of(line);
    const bool denies = negates(line);
    add(line);
    if (out.empty()) return out;
    const QuestionParts asked(question);
    const std::string_view about =
        asked.phrases.empty() ? std::string_view() : asked.piece(asked.phrases.front());
    const std::size_t subject = subject_in(line, about, parts, answer_at);
    const bool bare = parts.size() > 1 && is_asked(all.substr(0, parts[0].range.end), question);
    const auto add_part = [&](std::size_t from, std::size_t end) {
        const std::string_view cut = all.substr(from, end - from);
        if (negates(cut) != denies) return;  // what is denied elsewhere would be said of all
        if (!announces(cut, all.substr(end)))
            add(from == 0 ? std::string(cut) : text::with_capital(cut));
    };
    if (const std::size_t end = end_of_statement(question, all, answer_end);
        end != std::string_view::npos && (!bare || parts.front().range.end > answer_end)) {
        add_part(0, end);
        if (subject != std::string_view::npos) add_part(subject, end);
    }
    for (const auto& [part, clause] : parts) {
        if (part.end < answer_end) continue;
        if (!bare || clause) add_part(0, part.end);
        if (subject != std::string_view::npos) add_part(subject, part.end);
    }
    return out;
}

}  // namespace lectern
