#include "passages/split.hpp"

#include <algorithm>
#include <optional>

#include "passages/outline.hpp"
#include "passages/tables.hpp"
#include "passages/token_count.hpp"

namespace lectern::passages {
namespace {

constexpr std::size_t window_bytes = std::size_t{1} << 20;
// A tokenizer may give one token for a word of a megabyte, so chunks are bounded in bytes as well.
constexpr std::size_t bytes_per_token = 32;
// A section of less than this part of the target is joined with what follows.
constexpr std::size_t tiny_part = 4;
// A table's header of more than this part of the limit is not repeated.
constexpr std::size_t header_part = 3;

// A stretch that is not cut any more.
struct Piece {
    Range range;
    std::size_t tokens = 0;
    int level = 0;  // of the heading it begins with; 0: none
};

struct Header {
    Range range;
    std::size_t tokens = 0;  // 0: there is none
};

// The headers of a text's tables, each counted once.
class Headers {
 public:
    Headers(std::string_view text, const TokenEnds& token_ends)
        : text_(text), tables_(text), token_ends_(token_ends) {}

    void read_to(std::size_t end) { tables_.read_to(end); }
    [[nodiscard]] Header at(std::size_t place) {
        const auto range = tables_.header_at(place);
        if (!range) return {};
        if (range->begin != last_.range.begin || last_.tokens == 0)
            last_ = {*range, token_ends_(piece(text_, *range)).size()};
        return last_;
    }

 private:
    std::string_view text_;
    Tables tables_;
    const TokenEnds& token_ends_;
    Header last_;
};

class Window {
 public:
    // `headers`: of the whole text, in which the window begins at `offset`.
    Window(std::string_view text, std::size_t offset, const SplitOptions& options,
           const TokenEnds& token_ends, Headers& headers)
        : text_(text),
          offset_(offset),
          options_(options),
          largest_(options.target * bytes_per_token),
          count_(token_ends(text)),
          headers_(headers) {}

    [[nodiscard]] std::vector<Chunk> chunks() {
        const Range all = trimmed(text_, {0, text_.size()});
        if (all.begin == all.end) return {};
        if (fits(all, options_.limit)) return {with_context({all, count_.in(all)})};
        make_pieces();
        std::vector<Chunk> out;
        for (std::size_t begin = 0; begin < pieces_.size();) {
            const std::size_t end = section_end(begin);
            pack(begin, end, out);
            begin = end;
        }
        for (Chunk& chunk : out) chunk = with_context(chunk);
        return out;
    }

 private:
    // The header that a chunk that begins at `at` needs.
    [[nodiscard]] Header header_at(std::size_t at) const {
        const Header header = headers_.at(offset_ + at);
        return header.tokens <= options_.limit / header_part ? header : Header{};
    }
    [[nodiscard]] Chunk with_context(Chunk chunk) const {
        const Header header = header_at(chunk.range.begin);
        if (header.tokens > 0 && chunk.tokens + header.tokens <= options_.limit)
            chunk.context = header.range;
        return chunk;
    }

    [[nodiscard]] bool fits(Range range, std::size_t tokens) const noexcept {
        return count_.in(range) <= tokens && range.end - range.begin <= largest_;
    }

    // ---- pieces: headings with what they head, paragraphs, sentences, words

    void make_pieces() {
        std::optional<Range> headings;  // that wait for their paragraph
        int level = 0;                  // the highest of them
        for (const Part& part : outline(text_)) {
            if (options_.headings && part.level > 0) {
                // Headings upon headings (a table of contents) are text in their own right.
                if (headings &&
                    count_.in({headings->begin, part.range.end}) > options_.target / 2) {
                    add(*headings, 0, level);
                    headings.reset();
                }
                level = headings ? std::min(level, part.level) : part.level;
                headings = Range{headings ? headings->begin : part.range.begin, part.range.end};
                continue;
            }
            const std::size_t begin = headings ? headings->begin : part.range.begin;
            add({begin, part.range.end}, part.range.begin - begin, headings ? level : 0);
            headings.reset();
        }
        if (headings) add_last_headings(*headings);
    }

    // Headings at the end of the text stay with the text before them when there is room.
    void add_last_headings(Range headings) {
        if (!pieces_.empty()) {
            Piece& last = pieces_.back();
            const Range joined{last.range.begin, headings.end};
            if (fits(joined, options_.target)) {
                last = {joined, count_.in(joined), last.level};
                return;
            }
        }
        add(headings, 0, 0);
    }

    // Adds a range as one piece when it fits, otherwise sentence by sentence. The first `head`
    // bytes, headings, are not parted from what follows them.
    void add(Range range, std::size_t head, int level) {
        if (fits(range, options_.target)) {
            pieces_.push_back({range, count_.in(range), level});
            return;
        }
        const std::size_t body = range.begin + head;
        std::size_t begin = range.begin;
        for (const Range& sentence : text::sentences(piece(text_, {body, range.end}))) {
            const std::size_t end = body + sentence.end;
            // Sentences may leave marks between them ("---"): each takes what stands before it.
            begin = add_sentence({begin, end}, level);
            level = begin > range.begin ? 0 : level;
        }
        add_sentence({begin, range.end}, level);
    }

    std::size_t add_sentence(Range range, int level) {
        Range rest = trimmed(text_, range);
        while (rest.begin < rest.end) {
            const std::size_t cut = fits(rest, options_.target) ? rest.end : word_end(rest);
            const Range part = trimmed(text_, {rest.begin, cut});
            pieces_.push_back({part, count_.in(part), level});
            level = 0;
            rest = trimmed(text_, {cut, rest.end});
        }
        return range.end;
    }

    // Where a range that is too long is cut: behind its last word that fits; inside a word when
    // that would leave less than half.
    [[nodiscard]] std::size_t word_end(Range range) const noexcept {
        std::size_t most = count_.end_of(range.begin, options_.target, range.end);
        most = std::min({most, range.begin + largest_, range.end});
        most = std::max(boundary_before(text_, most), next_character(text_, range.begin));
        if (most >= range.end || space_at(text_, most) > 0) return std::min(most, range.end);
        const std::size_t half = range.begin + (most - range.begin) / 2;
        for (std::size_t at = boundary_before(text_, most - 1); at > half;
             at = boundary_before(text_, at - 1))
            if (space_at(text_, at) > 0) return at;
        return most;
    }

    // ---- packing

    [[nodiscard]] Range joined(std::size_t first, std::size_t last) const noexcept {
        return {pieces_[first].range.begin, pieces_[last].range.end};
    }

    // Behind the pieces that may share chunks with piece `begin`: its section, and the next ones as
    // long as what has gathered is tiny.
    [[nodiscard]] std::size_t section_end(std::size_t begin) const noexcept {
        std::size_t end = begin + 1;
        for (; end < pieces_.size(); ++end) {
            if (pieces_[end].level == 0) continue;
            if (count_.in(joined(begin, end - 1)) >= options_.target / tiny_part) break;
        }
        return end;
    }

    // Packs the pieces of one section into as few chunks as fit, of about equal size.
    void pack(std::size_t begin, std::size_t end, std::vector<Chunk>& out) const {
        const std::size_t total = count_.in(joined(begin, end - 1));
        std::size_t header = 0;  // the largest that one of the chunks may need
        for (std::size_t i = begin; i < end; ++i)
            header = std::max(header, header_at(pieces_[i].range.begin).tokens);
        const std::size_t target = std::min(options_.target, options_.limit - header);
        const std::size_t parts = std::max<std::size_t>(1, (total + target - 1) / target);
        const std::size_t even = total / parts;
        const std::size_t first_chunk = out.size();
        std::size_t first = begin;
        for (std::size_t next = begin + 1; next <= end; ++next) {
            if (next < end && fits(joined(first, next), target) &&
                count_.in(joined(first, next - 1)) + pieces_[next].tokens / 2 <= even)
                continue;
            const Range range = joined(first, next - 1);
            out.push_back({range, count_.in(range)});
            first = next;
        }
        if (options_.overlap > 0) overlap(first_chunk, out);
    }

    // Moves the begin of each chunk but the section's first back over whole sentences.
    void overlap(std::size_t first, std::vector<Chunk>& out) const {
        std::vector<Range> before;  // ranges as they were
        for (std::size_t i = first; i < out.size(); ++i) before.push_back(out[i].range);
        for (std::size_t i = first + 1; i < out.size(); ++i) {
            const Range last = before[i - first - 1];
            const std::vector<Range> sentences = text::sentences(piece(text_, last));
            const std::size_t wanted = std::min(options_.overlap, sentences.size());
            for (std::size_t k = wanted; k > 0; --k) {
                const std::size_t begin = last.begin + sentences[sentences.size() - k].begin;
                const Range longer{begin, out[i].range.end};
                // Never the whole chunk before it again.
                if (begin <= last.begin || !fits(longer, options_.limit)) continue;
                out[i] = {longer, count_.in(longer), {}};
                break;
            }
        }
    }

    std::string_view text_;
    std::size_t offset_;
    const SplitOptions& options_;
    std::size_t largest_;  // bytes of a chunk
    TokenCount count_;
    Headers& headers_;
    std::vector<Piece> pieces_;
};

// Where the window that begins at `begin` ends: before the last heading or behind the last blank
// line in its second half, else behind the last line, the last word, anywhere.
std::size_t window_end(std::string_view text, std::size_t begin) noexcept {
    if (text.size() - begin <= window_bytes) return text.size();
    const std::size_t most = boundary_before(text, begin + window_bytes);
    const std::string_view half =
        text.substr(begin + window_bytes / 2, most - begin - window_bytes / 2);
    for (const std::string_view mark : {"\n\n# ", "\n\n## ", "\n\n", "\n", " "})
        if (const std::size_t at = half.rfind(mark); at != std::string_view::npos)
            return begin + window_bytes / 2 + at + 1;
    return most;
}

}  // namespace

void split(std::string_view text, const SplitOptions& options, const TokenEnds& token_ends,
           const std::function<void(const Chunk&)>& chunk) {
    Headers headers(text, token_ends);
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = window_end(text, begin);
        headers.read_to(end);
        Window window(text.substr(begin, end - begin), begin, options, token_ends, headers);
        for (Chunk found : window.chunks()) {
            found.range.begin += begin;
            found.range.end += begin;
            chunk(found);
        }
        begin = end;
    }
}

}  // namespace lectern::passages
