#include "plugins/wordpiece/encoder.hpp"

#include <unicode/utf8.h>

#include <algorithm>
#include <iterator>

namespace lectern::wordpiece {
namespace {

constexpr CodePoint replacement = 0xFFFD;

void append_utf8(std::string& out, CodePoint code) {
    char bytes[U8_MAX_LENGTH];
    std::int32_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, code);
    out.append(bytes, static_cast<std::size_t>(size));
}

constexpr bool is_ascii(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x80;
}

}  // namespace

void Encoder::run() {
    AddedTokens::Search search(model_.raw, text_);
    std::size_t done = 0;
    while (!full()) {
        const auto match = search.next();
        const std::size_t end = match ? match->begin : text_.size();
        if (done < end) stretch(done, end);
        if (!match) break;
        token(match->id, {match->begin, match->end});
        done = match->end;
    }
}

void Encoder::token(std::int32_t id, Range range) {
    if (full()) return;
    out_.ids.push_back(id);
    out_.ranges.push_back({range.begin, range.end});
}

void Encoder::stretch(std::size_t begin, std::size_t end) {
    if (!model_.normalized.empty()) return normalized_stretch(begin, end);
    characters(begin, end);
    end_word();
}

void Encoder::normalized_stretch(std::size_t begin, std::size_t end) {
    std::vector<Normal> normal;
    kept_ = &normal;
    characters(begin, end);
    kept_ = nullptr;

    std::string bytes;
    std::vector<std::size_t> starts;  // of each character in `bytes`
    for (const Normal& one : normal) {
        starts.push_back(bytes.size());
        append_utf8(bytes, one.code);
    }
    const auto index = [&starts](std::size_t byte) {
        return static_cast<std::size_t>(std::lower_bound(starts.begin(), starts.end(), byte) -
                                        starts.begin());
    };
    const auto words = [&](std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to && !full(); ++i) to_word(normal[i].code, normal[i].range);
        end_word();
    };
    AddedTokens::Search search(model_.normalized, bytes);
    std::size_t done = 0;
    while (const auto match = search.next()) {
        const std::size_t from = index(match->begin);
        const std::size_t to = index(match->end);
        words(done, from);
        token(match->id, {normal[from].range.begin, normal[to - 1].range.end});
        done = std::max(done, to);
    }
    words(done, normal.size());
}

std::string Encoder::normalized(const Model& model, std::string_view text) {
    Encoding unused;
    std::vector<Normal> normal;
    Encoder encoder(model, text, 1, unused);
    encoder.kept_ = &normal;
    encoder.characters(0, text.size());
    std::string out;
    for (const Normal& one : normal) append_utf8(out, one.code);
    return out;
}

void Encoder::characters(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end && !full();) {
        if (is_ascii(text_[at])) {
            at = ascii_run(at, end);
            continue;
        }
        CodePoint code = 0;
        std::int32_t size = 0;
        const char* bytes = text_.data() + at;
        const auto left = static_cast<std::int32_t>(std::min<std::size_t>(end - at, 4));
        U8_NEXT(bytes, size, left, code);
        const std::size_t next = at + static_cast<std::size_t>(size);
        wide_character(code < 0 ? replacement : code, {at, next});
        at = next;
    }
}

// Takes the ASCII character at `begin`, and the word characters behind it when it is one.
std::size_t Encoder::ascii_run(std::size_t begin, std::size_t end) {
    const AsciiRule rule = model_.ascii[static_cast<unsigned char>(text_[begin])];
    std::size_t at = begin + 1;
    if (kept_ != nullptr) {
        if (rule.kind != AsciiRule::dropped) give(rule.lower, {begin, at});
        return at;
    }
    switch (rule.kind) {
        case AsciiRule::dropped: break;
        case AsciiRule::space: end_word(); break;
        case AsciiRule::punctuation:
            end_word();
            append_ascii(begin, at);
            end_word();
            break;
        case AsciiRule::letter:
            while (at < end && is_ascii(text_[at]) &&
                   model_.ascii[static_cast<unsigned char>(text_[at])].kind == AsciiRule::letter)
                ++at;
            append_ascii(begin, at);
            break;
    }
    return at;
}

void Encoder::wide_character(CodePoint code, Range range) {
    const Normalizer& rules = model_.normalizer;
    if (rules.clean_text) {
        if (is_dropped(code)) return;
        if (is_white_space(code)) return give(' ', range);
    }
    const bool apart = rules.handle_chinese_chars && is_chinese(code);
    if (apart) give(' ', range);
    Decomposition parts{{code}, 1};
    if (rules.strip_accents) parts = decompose(code);
    for (int i = 0; i < parts.size; ++i) {
        const CodePoint part = parts.codes[i];
        if (rules.strip_accents && is_accent(part)) continue;
        if (!rules.lowercase) {
            give(part, range);
            continue;
        }
        const Decomposition lower = lower_case(part);
        for (int j = 0; j < lower.size; ++j) give(lower.codes[j], range);
    }
    if (apart) give(' ', range);
}

void Encoder::give(CodePoint code, Range range) {
    if (kept_ == nullptr) return to_word(code, range);
    kept_->push_back({code, range});
    if (!model_.normalizer.strip_accents) return;
    // Canonical order, as append keeps it.
    const int order = combining_class(code);
    for (std::size_t i = kept_->size() - 1; order != 0 && i > 0; --i) {
        if (combining_class((*kept_)[i - 1].code) <= order) break;
        std::swap((*kept_)[i].code, (*kept_)[i - 1].code);
    }
}

// BERT's pre-tokenizer: words end at white space, punctuation stands alone.
void Encoder::to_word(CodePoint code, Range range) {
    if (is_white_space(code)) return end_word();
    if (!is_punctuation(code)) return append(code, range);
    end_word();
    append(code, range);
    end_word();
}

// Appends text_[begin,end), ASCII.
void Encoder::append_ascii(std::size_t begin, std::size_t end) {
    if (word_.characters == 0) word_.origin = begin;
    if (word_.plain && word_.characters != 0 && word_.last_end != begin) {
        // Something was dropped in between.
        for (std::size_t i = 0; i < word_.bytes.size(); ++i)
            word_.from.push_back({word_.origin + i, word_.origin + i + 1});
        word_.plain = false;
    }
    // A word that is too long becomes one unknown token: its bytes are not needed.
    const std::size_t limit = model_.max_word_characters + 1;
    const std::size_t room = limit > word_.characters ? limit - word_.characters : 0;
    const std::size_t count = std::min(room, end - begin);
    const std::size_t old = word_.bytes.size();
    word_.bytes.resize(old + count);
    for (std::size_t i = 0; i < count; ++i)
        word_.bytes[old + i] = model_.ascii[static_cast<unsigned char>(text_[begin + i])].lower;
    if (!word_.plain)
        for (std::size_t i = 0; i < count; ++i) word_.from.push_back({begin + i, begin + i + 1});
    word_.characters += end - begin;
    word_.last_end = end;
}

void Encoder::append(CodePoint code, Range range) {
    if (word_.characters == 0) word_.origin = range.begin;
    if (word_.plain) {
        for (std::size_t i = 0; i < word_.bytes.size(); ++i)
            word_.from.push_back({word_.origin + i, word_.origin + i + 1});
        word_.plain = false;
    }
    ++word_.characters;
    word_.last_end = range.end;
    if (word_.characters > model_.max_word_characters + 1) return;

    std::string& bytes = word_.bytes;
    std::size_t at = bytes.size();
    // Canonical order: marks that strip_accents leaves are sorted by combining class, stably.
    const int order = model_.normalizer.strip_accents ? combining_class(code) : 0;
    while (order != 0 && at > 0) {
        auto previous = static_cast<std::int32_t>(at);
        CodePoint before = 0;
        U8_PREV(bytes.data(), 0, previous, before);
        if (combining_class(before) <= order) break;
        at = static_cast<std::size_t>(previous);
    }
    std::string encoded;
    append_utf8(encoded, code);
    bytes.insert(at, encoded);
    word_.from.insert(word_.from.begin() + static_cast<std::ptrdiff_t>(at), encoded.size(), range);
}

void Encoder::end_word() {
    if (word_.characters == 0) return;
    cut_word();
    word_.bytes.clear();
    word_.from.clear();
    word_.characters = 0;
    word_.plain = true;
}

Encoder::Range Encoder::range_of(std::size_t begin, std::size_t end) const noexcept {
    if (word_.plain) return {word_.origin + begin, word_.origin + end};
    return {word_.from[begin].begin, word_.from[end - 1].end};
}

// Longest piece first, from left to right; a word that cannot be cut is one unknown token.
void Encoder::cut_word() {
    const Range all{word_.origin, word_.last_end};
    if (word_.characters > model_.max_word_characters) return token(model_.unknown, all);
    const std::string_view bytes = word_.bytes;
    const std::size_t before = out_.ids.size();
    Trie::Node root = model_.whole;
    for (std::size_t at = 0; at < bytes.size();) {
        const Trie::Match match = model_.trie.longest(root, bytes.substr(at));
        if (match.id == Trie::none) {
            out_.ids.resize(before);
            out_.ranges.resize(before);
            return token(model_.unknown, all);
        }
        const Range range = range_of(at, at + match.size);
        out_.ids.push_back(match.id);
        out_.ranges.push_back({range.begin, range.end});
        at += match.size;
        root = model_.continuing;
    }
    if (out_.ids.size() > end_size_) {
        out_.ids.resize(end_size_);
        out_.ranges.resize(end_size_);
    }
}

}  // namespace lectern::wordpiece
