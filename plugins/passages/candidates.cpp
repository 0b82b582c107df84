#include "passages/candidates.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "passages/outline.hpp"
#include "text/instructions.hpp"
#include "text/wording.hpp"

namespace lectern::passages {
namespace {

constexpr std::size_t fewest_words = 3;

std::string_view without_marks(std::string_view heading) noexcept {
    const std::size_t begin = heading.find_first_not_of("# \t");
    if (begin == std::string_view::npos) return {};
    heading = heading.substr(begin, heading.find('\n', begin) - begin);
    return heading.substr(0, heading.find_last_not_of("# \t\r") + 1);
}

bool names_sources(std::string_view heading) {
    constexpr std::array<std::string_view, 14> names{"sources",        "references",
                                                     "bibliography",   "further reading",
                                                     "external links", "see also",
                                                     "literature",     "quellen",
                                                     "literatur",      "einzelnachweise",
                                                     "références",     "bibliographie",
                                                     "参考文献",       "来源"};
    const std::string folded = text::fold(heading);
    return std::find(names.begin(), names.end(), folded) != names.end();
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

bool is_question(std::string_view sentence) noexcept {
    const std::size_t last = sentence.find_last_not_of("\"')]*_ ");
    if (last == std::string_view::npos) return false;
    sentence = sentence.substr(0, last + 1);
    return sentence.ends_with("?") || sentence.ends_with("？") || sentence.ends_with("؟");
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
        std::size_t part = 0;
        std::string_view heading;
        bool sources = false;
        Range before;  // the last sentence
        for (const Range& sentence : text::sentences(passage)) {
            // Headings up to here; a passage that is nothing but one line is no heading.
            while (part < parts.size() && parts[part].range.begin <= sentence.begin) {
                if (parts[part].level > 0 && parts.size() > 1) {
                    heading = without_marks(piece(passage, parts[part].range));
                    sources = names_sources(heading);
                }
                ++part;
            }
            if (part > 0 && parts.size() > 1 && parts[part - 1].level > 0 &&
                sentence.begin < parts[part - 1].range.end)
                continue;
            const Range range = without_marks(passage, sentence);
            const Range last = std::exchange(before, range);
            if (range.begin == range.end || is_question(piece(passage, range))) continue;
            std::vector<text::Word> words = text::words(piece(passage, range));
            if (words.size() < fewest_words || the_same_words(words, asked)) continue;
            const bool same_paragraph =
                last.end > last.begin && last.end <= range.begin &&
                passage.substr(last.end, range.begin - last.end).find('\n') == std::string::npos;
            const std::size_t context = same_paragraph && leans_on_the_last(words) &&
                                                !text::speaks_to_a_model(piece(passage, last))
                                            ? last.begin
                                            : range.begin;
            out.push_back({i, range, heading, std::move(words), sources,
                           text::speaks_to_a_model(piece(passage, range)), context,
                           same_paragraph ? last : Range{range.begin, range.begin}});
        }
    }
    return out;
}

}  // namespace lectern::passages
