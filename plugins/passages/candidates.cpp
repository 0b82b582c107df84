#include "passages/candidates.hpp"

#include <algorithm>
#include <utility>

#include "passages/outline.hpp"
#include "passages/tables.hpp"
#include "text/instructions.hpp"
#include "text/wording.hpp"

namespace lectern::passages {
namespace {

constexpr std::size_t fewest_words = 3;

std::string_view without_marks(std::string_view heading) noexcept {
    if (const std::string_view name = described(heading); !name.empty()) return name;
    // A line that is drawn above it is none of its text.
    if (heading.find_first_not_of(heading.substr(0, 1)) == heading.find_first_of("\r\n"))
        heading.remove_prefix(std::min(heading.find_first_of("\r\n"), heading.size()));
    const std::size_t begin = heading.find_first_not_of("# \t\r\n");
    if (begin == std::string_view::npos) return {};
    heading = heading.substr(begin, heading.find('\n', begin) - begin);
    return heading.substr(0, heading.find_last_not_of("# \t\r") + 1);
}

// Without what Markdown writes in front of a sentence: "- ", "> ", "**".
Range without_marks(std::string_view text, Range range) noexcept {
    while (range.begin < range.end &&
           std::string_view("-*+>#|_ \t").find(text[range.begin]) != std::string_view::npos) {
        // "-5 degrees" and "*Emphasis* counts" begin with their text.
        const char c = text[range.begin];
        const std::size_t next = range.begin + 1;
        const bool mark = c == '>' || c == '#' || c == '|' || c == ' ' || c == '\t' ||
                          (next < range.end && text[next] == ' ');
        if (!mark) break;
        ++range.begin;
    }
    return trimmed(text, range);
}

// The sentence without what closes it.
std::string_view to_its_end(std::string_view sentence) noexcept {
    return sentence.substr(0, sentence.find_last_not_of("\"')]*_` \r\n") + 1);
}

bool is_question(std::string_view sentence) noexcept {
    sentence = to_its_end(sentence);
    return sentence.ends_with("?") || sentence.ends_with("？") || sentence.ends_with("؟");
}

// Ends as sentences do. What is not ASCII at its end is taken for one that does: not every script
// has such marks.
bool ends_as_prose(std::string_view sentence) noexcept {
    // Behind a note: "is so.[12]"
    const std::size_t note = sentence.find_last_of('[');
    if (note != std::string_view::npos &&
        sentence.find_first_not_of("0123456789,; ]", note + 1) == std::string_view::npos)
        sentence = sentence.substr(0, note);
    sentence = to_its_end(sentence);
    if (sentence.empty()) return false;
    const char last = sentence.back();
    return static_cast<unsigned char>(last) >= 0x80 ||
           std::string_view(".!?:;").find(last) != std::string_view::npos;
}

// The mark of a role in reStructuredText, as in :class:`Name`.
bool is_role(std::string_view text, Range word) noexcept {
    return word.begin > 0 && text[word.begin - 1] == ':' && text.substr(word.end).starts_with(":`");
}

// "~module.Class" of such a role is read as "Class".
void take_last_part(std::string_view text, text::Word& word) {
    const std::size_t dot = word.folded.rfind('.');
    if (dot == std::string::npos || word.number || word.range.begin == 0) return;
    const char before = text[word.range.begin - 1];
    if (before != '~' && before != '`') return;
    word.range.begin += dot + 1;
    word.folded.erase(0, dot + 1);
}

std::vector<text::Word> words_of(std::string_view sentence) {
    std::vector<text::Word> out = text::words(sentence);
    std::erase_if(out, [&](const text::Word& word) { return is_role(sentence, word.range); });
    for (text::Word& word : out) take_last_part(sentence, word);
    return out;
}

// ":synopsis: …" of reStructuredText.
bool is_field(std::string_view sentence) noexcept {
    const std::size_t end = sentence.find(": ", 1);
    return sentence.starts_with(':') && end != std::string_view::npos &&
           sentence.find_first_of(" `") > end;
}

// Says where else to look, or stands in parentheses.
bool is_aside(std::string_view sentence, const std::vector<text::Word>& words) {
    return sentence.starts_with('(') ||
           (!words.empty() && text::is_worded(text::Wording::pointing, words.front().folded));
}

// "Default: 30": a name and what it is, in few words.
bool is_entry(std::string_view sentence, const std::vector<text::Word>& words) noexcept {
    constexpr std::size_t most_words_of_a_name = 4;
    const std::size_t colon = sentence.find(": ");
    if (colon == std::string_view::npos) return false;
    const auto behind = std::find_if(words.begin(), words.end(), [&](const text::Word& word) {
        return word.range.begin > colon;
    });
    const auto before = static_cast<std::size_t>(behind - words.begin());
    return behind != words.end() && before > 0 && before <= most_words_of_a_name;
}

// True for a sentence that says of something that the sentence before names.
bool leans_on_the_last(const std::vector<text::Word>& words) {
    const bool joint =
        !words.empty() && text::is_worded(text::Wording::sentence_joint, words.front().folded);
    const std::size_t first = joint ? 1 : 0;
    return words.size() > first && text::is_worded(text::Wording::pronoun, words[first].folded);
}

bool the_same_words(const std::vector<text::Word>& a, const std::vector<text::Word>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.folded == y.folded; });
}

}  // namespace

std::vector<Candidate> candidates(std::string_view question, const std::vector<Passage>& passages) {
    const std::vector<text::Word> asked = text::words(question);
    std::vector<Candidate> out;
    for (std::size_t i = 0; i < passages.size(); ++i) {
        const std::string_view passage = passages[i].text;
        const std::vector<Part> parts = outline(passage);
        Tables tables(passage);
        tables.read_to(passage.size());
        std::size_t part = 0;
        std::string_view heading;
        Range before;       // the last sentence
        bool first = true;  // under its heading
        for (const Range& sentence : text::sentences(passage)) {
            // Headings up to here; a passage that is nothing but one line is no heading.
            while (part < parts.size() && parts[part].range.begin <= sentence.begin) {
                if (parts[part].level > 0 && parts.size() > 1) {
                    heading = without_marks(piece(passage, parts[part].range));
                    first = true;
                }
                ++part;
            }
            if (part > 0 && parts.size() > 1 && parts[part - 1].level > 0 &&
                sentence.begin < parts[part - 1].range.end)
                continue;
            const Range range = without_marks(passage, sentence);
            const Range last = std::exchange(before, range);
            if (range.begin == range.end || is_question(piece(passage, range)) ||
                tables.is_header(range.begin))
                continue;
            const std::string_view written = piece(passage, range);
            if (written.starts_with(".. ")) continue;  // a directive of reStructuredText
            std::vector<text::Word> words = words_of(written);
            const Range header = tables.header_at(range.begin).value_or(Range{});
            for (text::Word& word : words_of(piece(passage, header)))
                words.push_back(std::move(word));
            const bool field = is_field(written);
            const bool entry = header.end > 0 || (!field && is_entry(written, words));
            const bool aside = is_aside(written, words);
            if ((words.size() < fewest_words && !entry) || the_same_words(words, asked)) continue;
            const bool same_paragraph =
                last.end > last.begin && last.end <= range.begin &&
                passage.substr(last.end, range.begin - last.end).find('\n') == std::string::npos;
            const std::size_t context = same_paragraph && leans_on_the_last(words) &&
                                                !text::speaks_to_a_model(piece(passage, last))
                                            ? last.begin
                                            : range.begin;
            out.push_back({i, range, heading, header, std::move(words),
                           text::speaks_to_a_model(written), context,
                           same_paragraph ? last : Range{range.begin, range.begin},
                           entry || (!field && ends_as_prose(written)), aside,
                           !aside && std::exchange(first, false)});
        }
    }
    return out;
}

}  // namespace lectern::passages
