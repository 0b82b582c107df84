#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "data/data_text.hpp"
#include "documents/markup.hpp"
#include "text/ascii.hpp"

namespace lectern::data {
namespace {

using documents::one_line;
using documents::trimmed;

constexpr std::size_t paragraph_size = 400;  // bytes, after which a sentence ends one

// "00:01:02,000 --> 00:01:04,000"
bool is_time(std::string_view line) noexcept {
    return line.find("-->") != std::string_view::npos && !line.empty() &&
           text::is_digit(line.front());
}

// "01:02:03,500" and "02:03.500": what stands before the arrow.
std::uint64_t milliseconds_of(std::string_view line) noexcept {
    constexpr std::uint64_t most = 1'000'000;  // of hours, minutes, seconds as they are written
    std::uint64_t seconds = 0;
    std::uint64_t part = 0;
    std::uint64_t fraction = 0;
    std::uint64_t unit = 0;  // of the next digit of the fraction; 0: before it
    for (const char c : trimmed(line.substr(0, line.find("-->")))) {
        if (c == ':') {
            seconds = (seconds + part) * 60;
            part = 0;
        } else if (c == ',' || c == '.') {
            unit = 100;
        } else if (!text::is_digit(c)) {
            break;
        } else if (unit > 0) {
            fraction += unit * static_cast<unsigned>(c - '0');
            unit /= 10;
        } else if (part < most && seconds < most * most) {
            part = part * 10 + static_cast<unsigned>(c - '0');
        }
    }
    return (seconds + part) * 1000 + fraction;
}

// Without <i>, {\an8} and other tags; "<v Ada>" becomes "Ada: ".
std::string without_tags(std::string_view line) {
    std::string out;
    for (std::size_t at = 0; at < line.size();) {
        const char c = line[at];
        const std::size_t end = c == '<'   ? line.find('>', at)
                                : c == '{' ? line.find('}', at)
                                           : std::string_view::npos;
        const bool tag = end != std::string_view::npos &&
                         (c == '<' || (at + 1 < line.size() && line[at + 1] == '\\'));
        if (!tag) {
            out += line[at++];
            continue;
        }
        const std::string_view name = line.substr(at + 1, end - at - 1);
        if (name.starts_with("v ") || name.starts_with("v.")) {
            const std::size_t space = name.find(' ');
            if (space != std::string_view::npos) out += std::string(name.substr(space + 1)) + ": ";
        }
        at = end + 1;
    }
    return out;
}

// "&amp;" and the like, which WebVTT has and many programs write in .srt, too.
std::string unescaped(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> all[] = {
        {"&amp;", "&"}, {"&lt;", "<"},   {"&gt;", ">"},       {"&nbsp;", " "},    {"&quot;", "\""},
        {"&#39;", "'"}, {"&apos;", "'"}, {"&lrm;", "\u200E"}, {"&rlm;", "\u200F"}};
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = text.substr(at);
        const auto* const found =
            std::find_if(std::begin(all), std::end(all),
                         [&](const auto& one) { return rest.starts_with(one.first); });
        if (text[at] != '&' || found == std::end(all)) {
            out += text[at++];
            continue;
        }
        out += found->second;
        at += found->first.size();
    }
    return out;
}

}  // namespace

documents::Extracted subtitles_text(std::string_view utf8) {
    documents::Markup out;
    std::string paragraph;
    std::string last;         // line, as some formats show it again in the next picture
    bool in_words = false;    // behind a time
    std::uint64_t time = 0;   // of what comes
    std::uint64_t begun = 0;  // of the paragraph
    const auto flush = [&] {
        out.place({.kind = LECTERN_PLACE_TIME, .number = begun});
        out.paragraph(std::exchange(paragraph, {}));
    };
    while (!utf8.empty()) {
        const std::size_t end = std::min(utf8.find_first_of("\r\n"), utf8.size());
        const std::string_view line = trimmed(utf8.substr(0, end));
        const bool crlf = utf8.substr(end).starts_with("\r\n");
        utf8.remove_prefix(std::min(end + (crlf ? 2 : 1), utf8.size()));
        if (is_time(line)) {
            in_words = true;
            time = milliseconds_of(line);
            continue;
        }
        if (line.empty()) {
            in_words = false;
            continue;
        }
        // Before a time there are counts, names, and WebVTT's own blocks (NOTE, STYLE).
        if (!in_words) continue;
        const std::string words = one_line(unescaped(without_tags(line)));
        if (words.empty() || words == last) continue;
        last = words;
        if (paragraph.empty())
            begun = time;
        else
            paragraph += ' ';
        paragraph += words;
        const bool ends = words.ends_with('.') || words.ends_with('!') || words.ends_with('?');
        if (paragraph.size() > paragraph_size && ends) flush();
    }
    flush();
    documents::Extracted found;
    found.text = out.take();
    found.places = out.take_places();
    if (found.text.empty())
        documents::fail(LECTERN_INVALID_ARGUMENT, "no text: the file has no subtitles");
    return found;
}

}  // namespace lectern::data
