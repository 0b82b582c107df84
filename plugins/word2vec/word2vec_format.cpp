#include "plugins/word2vec/word2vec_format.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "plugins/word2vec/failure.hpp"

namespace lectern::word2vec {
namespace {

constexpr std::uint64_t most_words = std::numeric_limits<std::uint32_t>::max() - 1;
constexpr std::size_t longest_word = 1U << 16U;  // bytes

struct Header {
    std::uint64_t words = 0;
    std::uint64_t dimension = 0;
    std::size_t size = 0;  // bytes, the line feed included
};

// "WORDS DIMENSION", spaces around allowed.
std::optional<Header> parse_header(std::string_view bytes) noexcept {
    constexpr std::size_t longest_header = 64;
    const std::size_t end = bytes.substr(0, longest_header).find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    Header out;
    out.size = end + 1;
    const char* at = bytes.data();
    const char* const stop = at + end;
    for (std::uint64_t* field : {&out.words, &out.dimension}) {
        while (at < stop && *at == ' ') ++at;
        const auto [after, error] = std::from_chars(at, stop, *field);
        if (error != std::errc{}) return std::nullopt;
        at = after;
    }
    const bool clean = std::all_of(at, stop, [](char c) { return c == ' ' || c == '\r'; });
    return clean ? std::optional(out) : std::nullopt;
}

Header checked_header(std::string_view bytes, const std::string& name, std::uint64_t smallest_fixed,
                      std::uint64_t smallest_a_value) {
    const auto header = parse_header(bytes);
    if (!header)
        corrupt("'" + name +
                "' is not a word2vec file: its first line is not \"WORDS DIMENSION\" (a GloVe file "
                "becomes one when that line is added)");
    if (header->words == 0) invalid("the word2vec file '" + name + "' has no words");
    if (header->dimension == 0 || header->dimension > most_dimensions || header->words > most_words)
        corrupt("the word2vec file '" + name + "' says " + std::to_string(header->words) +
                " words of dimension " + std::to_string(header->dimension) +
                " in its first line, which cannot be");
    // No overflow: below 2^32 words of below 2^19 bytes.
    const std::uint64_t least =
        header->words * (smallest_fixed + header->dimension * smallest_a_value);
    if (least > bytes.size() - header->size + 1)  // the last line feed may be missing
        corrupt("the word2vec file '" + name + "' says " + std::to_string(header->words) +
                " words of dimension " + std::to_string(header->dimension) +
                " in its first line, which do not fit its " + std::to_string(bytes.size()) +
                " bytes: it is truncated or damaged; copy it again");
    return *header;
}

WordMatrix sized(const Header& header) {
    WordMatrix out;
    out.dimension = static_cast<std::uint32_t>(header.dimension);
    out.words.reserve(header.words);
    out.values.resize(header.words * header.dimension);
    return out;
}

// One value of a text file; advances `at`.
bool parse_value(const char*& at, const char* end, float& out) noexcept {
    while (at < end && (*at == ' ' || *at == '\t')) ++at;
    double value = 0;
    const auto [after, error] = std::from_chars(at, end, value);
    if (error != std::errc{}) return false;
    if (after < end && *after != ' ' && *after != '\t' && *after != '\r') return false;
    at = after;
    out = static_cast<float>(value);
    return std::isfinite(out);
}

}  // namespace

Word2vecKind word2vec_kind(std::string_view bytes) noexcept {
    const auto header = parse_header(bytes);
    if (!header) return Word2vecKind::none;
    const std::string_view body = bytes.substr(header->size);
    const std::size_t space = body.find(' ');
    if (space == std::string_view::npos) return Word2vecKind::text;
    std::string_view values = body.substr(space + 1);
    values = values.substr(0, std::min<std::uint64_t>(values.size(), 4 * header->dimension));
    values = values.substr(0, values.find('\n'));
    const bool printable = std::all_of(values.begin(), values.end(), [](char c) {
        return (c >= ' ' && c <= '~') || c == '\t' || c == '\r';
    });
    return printable && !values.empty() ? Word2vecKind::text : Word2vecKind::binary;
}

WordMatrix parse_word2vec_text(std::string_view bytes, const std::string& name) {
    // A word and its space-separated digits: "w 1\n" is the shortest line of dimension 1.
    const Header header = checked_header(bytes, name, 2, 2);
    WordMatrix out = sized(header);
    std::size_t at = header.size;
    for (std::uint64_t row = 0; row < header.words; ++row) {
        const auto where = [&] {
            return "line " + std::to_string(row + 2) + " of the word2vec file '" + name + "'";
        };
        if (at >= bytes.size())
            corrupt("the word2vec file '" + name + "' ends after " + std::to_string(row) + " of " +
                    std::to_string(header.words) + " words: it is truncated; copy it again");
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
        const std::string_view line = bytes.substr(at, end - at);
        at = end + 1;
        const std::size_t space = line.find_first_of(" \t");
        if (space == std::string_view::npos || space == 0 || space > longest_word)
            corrupt(where() + " does not begin with a word and a space");
        const char* value = line.data() + space;
        const char* const stop = line.data() + line.size();
        float* const values = out.values.data() + row * header.dimension;
        for (std::uint64_t i = 0; i < header.dimension; ++i)
            if (!parse_value(value, stop, values[i]))
                corrupt(where() + " has " + std::to_string(i) + " good values and needs " +
                        std::to_string(header.dimension));
        if (std::any_of(value, stop, [](char c) { return c != ' ' && c != '\t' && c != '\r'; }))
            corrupt(where() + " has more than " + std::to_string(header.dimension) + " values");
        out.words.add(line.substr(0, space), 0);
    }
    return out;
}

WordMatrix parse_word2vec_binary(std::string_view bytes, const std::string& name) {
    const Header header = checked_header(bytes, name, 2, sizeof(float));
    WordMatrix out = sized(header);
    const std::size_t row_bytes = header.dimension * sizeof(float);
    std::size_t at = header.size;
    for (std::uint64_t row = 0; row < header.words; ++row) {
        const auto where = [&] {
            return "word " + std::to_string(row + 1) + " of the word2vec file '" + name + "'";
        };
        if (at < bytes.size() && bytes[at] == '\n') ++at;
        const std::size_t length = bytes.substr(at, longest_word + 1).find(' ');
        if (length == std::string_view::npos || length == 0)
            corrupt(where() + " (at byte " + std::to_string(at) +
                    ") has no end: the file is truncated or damaged; copy it again");
        const std::string_view word = bytes.substr(at, length);
        at += length + 1;
        if (bytes.size() - at < row_bytes)
            corrupt("the word2vec file '" + name + "' ends inside the values of word " +
                    std::to_string(row + 1) + " of " + std::to_string(header.words) +
                    ": it is truncated; copy it again");
        float* const values = out.values.data() + row * header.dimension;
        std::memcpy(values, bytes.data() + at, row_bytes);
        at += row_bytes;
        if (!std::all_of(values, values + header.dimension,
                         [](float value) { return std::isfinite(value); }))
            corrupt(where() + " has a value that is no number: the file is damaged");
        out.words.add(word, 0);
    }
    return out;
}

}  // namespace lectern::word2vec
