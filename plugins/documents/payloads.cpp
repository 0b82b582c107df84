#include "documents/payloads.hpp"

#include <algorithm>

#include "text/ascii.hpp"

namespace lectern::documents {
namespace {

// Characters of a data: URI; shorter ones may stay, which are words for all we know. Base64 is
// none.
constexpr std::size_t shortest_payload = 32;
constexpr std::size_t shortest_base64 = 8;
constexpr std::size_t longest_media_type = 200;
constexpr std::size_t shortest_word = 512;  // that is base64 by its looks
constexpr std::size_t shortest_line = 56;   // of base64 in lines (PEM has 64, MIME 76)
constexpr std::size_t fewest_lines = 4;

bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_base64(char c) noexcept {
    return text::is_ascii_letter(c) || text::is_digit(c) || c == '+' || c == '/' || c == '=' ||
           c == '-' || c == '_';
}

// Hexadecimal digits, genes and paths are no base64: that has letters of both cases and digits.
bool is_mixed(std::string_view word) noexcept {
    bool small = false;
    bool large = false;
    bool digit = false;
    for (const char c : word) {
        small = small || (c >= 'a' && c <= 'z');
        large = large || (c >= 'A' && c <= 'Z');
        digit = digit || text::is_digit(c);
    }
    return small && large && digit;
}

// The payload of the data: URI that begins at `at`, with its comma and ";base64".
Cut payload_of_uri(std::string_view text, std::size_t at) noexcept {
    std::size_t comma = at + 5;
    bool has_type = false;
    for (; comma < text.size() && comma - at < longest_media_type; ++comma) {
        const char c = text[comma];
        if (c == ',') break;
        if (c == '/') has_type = true;
        if (!text::is_ascii_letter(c) && !text::is_digit(c) &&
            std::string_view("/;=+-._\"").find(c) == std::string_view::npos)
            return {};
    }
    if (comma >= text.size() || text[comma] != ',') return {};
    std::string_view type = text.substr(at, comma - at);
    const bool base64 = type.ends_with(";base64");
    if (!has_type && !base64) return {};
    std::size_t end = comma + 1;
    const char before = at > 0 ? text[at - 1] : ' ';
    if (!base64 && (before == '"' || before == '\'')) {
        while (end < text.size() && text[end] != before && text[end] != '\n') ++end;
    } else {
        constexpr std::string_view stops = " \t\r\n)>]}\"'`\\<|";
        while (end < text.size() && stops.find(text[end]) == std::string_view::npos) ++end;
        // Base64 may go on in the next line.
        while (base64 && end < text.size() && (text[end] == '\n' || text[end] == '\r')) {
            std::size_t next = end;
            while (next < text.size() &&
                   (text[next] == ' ' || text[next] == '\n' || text[next] == '\r'))
                ++next;
            std::size_t stop = next;
            while (stop < text.size() && is_base64(text[stop])) ++stop;
            if (stop - next < 16 || !is_mixed(text.substr(next, stop - next))) break;
            end = stop;
        }
    }
    const std::string_view payload = text.substr(comma + 1, end - comma - 1);
    const bool all_base64 = base64 && payload.size() >= shortest_base64 &&
                            std::all_of(payload.begin(), payload.end(), is_base64);
    if (payload.size() < shortest_payload && !all_base64) return {};
    return {base64 ? comma - 7 : comma, end};
}

struct Lines {
    std::size_t end = 0;
    std::size_t count = 0;
    bool mixed = false;
};

// Behind the space between two lines, which extractors of markup make one blank; npos where more
// than the end of one line stands there.
std::size_t behind_end_of_line(std::string_view text, std::size_t at) noexcept {
    std::size_t ends = 0;
    for (; at < text.size() && is_blank(text[at]); ++at) ends += text[at] == '\n' ? 1 : 0;
    return ends < 2 ? at : std::string_view::npos;
}

// Lines that could be base64, from the one that begins at `at`: all but the last equally long.
Lines base64_lines(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view closing = "\"'`<)]},;";
    Lines out{at, 0, false};
    std::size_t first = 0;
    for (std::size_t begin = at; begin < text.size();) {
        std::size_t stop = begin;
        while (stop < text.size() && is_base64(text[stop])) ++stop;
        const std::size_t length = stop - begin;
        const bool closed = stop < text.size() && !is_blank(text[stop]);
        if (closed && closing.find(text[stop]) == std::string_view::npos) break;
        if (out.count == 0) first = length;
        if (length == 0 || length > first || first < shortest_line) break;
        const std::string_view line = text.substr(begin, length);
        const bool last = closed || length < first;
        // A word behind base64 is not of it, but where it has a line of its own.
        const bool alone = text[begin - (begin > 0 ? 1 : 0)] == '\n' &&
                           (stop == text.size() || text[stop] == '\n' || text[stop] == '\r');
        if (length < first && !alone && !is_mixed(line) && !line.ends_with('=')) break;
        out.mixed = out.mixed || is_mixed(line);
        ++out.count;
        out.end = stop;
        if (last) break;
        begin = behind_end_of_line(text, stop);
    }
    return out;
}

// Whether the colon at `at` ends the scheme of a data: URI.
bool ends_scheme(std::string_view text, std::size_t at) noexcept {
    if (at < 4 || text.substr(at - 4, 4).find_first_not_of("dDaAtT") != std::string_view::npos)
        return false;
    constexpr std::string_view scheme = "data";
    for (std::size_t i = 0; i < scheme.size(); ++i)
        if ((text[at - 4 + i] | 0x20) != scheme[i]) return false;
    if (at == 4) return true;
    const char before = text[at - 5];
    return !text::is_ascii_letter(before) && !text::is_digit(before) && before != '_' &&
           before != '-';
}

}  // namespace

std::string_view without_payloads(std::string_view text, std::string& storage,
                                  std::vector<Cut>* cuts) {
    storage.clear();
    std::size_t kept = 0;  // up to here `text` is copied or cut
    const auto cut = [&](Cut range) {
        storage += text.substr(kept, range.begin - kept);
        kept = range.end;
        if (cuts != nullptr) cuts->push_back(range);
        return range.end;
    };
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == ':' && ends_scheme(text, at)) {
            const Cut uri = payload_of_uri(text, at - 4);
            if (uri.end > uri.begin) {
                at = cut(uri);
                continue;
            }
        }
        if (!is_base64(text[at])) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < text.size() && is_base64(text[at])) ++at;
        if (at - begin >= shortest_line) {
            const Lines lines = base64_lines(text, begin);
            if (lines.count >= fewest_lines) {
                at = lines.mixed ? cut({begin, lines.end}) : lines.end;
                continue;
            }
        }
        if (at - begin >= shortest_word && is_mixed(text.substr(begin, at - begin)))
            cut({begin, at});
    }
    if (kept == 0) return text;
    storage += text.substr(kept);
    return storage;
}

}  // namespace lectern::documents
