#include "plugins/wordpiece/added_tokens.hpp"

#include <unicode/utf8.h>

#include <algorithm>

#include "plugins/wordpiece/characters.hpp"

namespace lectern::wordpiece {
namespace {

constexpr std::size_t longest_character = 4;

struct Character {
    CodePoint code = 0;
    std::size_t size = 0;
};

// text is not empty.
Character first(std::string_view text) noexcept {
    std::int32_t size = 0;
    CodePoint code = 0;
    const auto left = static_cast<std::int32_t>(std::min(text.size(), longest_character));
    U8_NEXT(text.data(), size, left, code);
    return {code, static_cast<std::size_t>(size)};
}
Character last(std::string_view text) noexcept {
    const auto left = static_cast<std::int32_t>(std::min(text.size(), longest_character));
    const char* bytes = text.data() + text.size() - left;
    std::int32_t at = left;
    CodePoint code = 0;
    U8_PREV(bytes, 0, at, code);
    return {code, static_cast<std::size_t>(left - at)};
}

bool touches_word(std::string_view before, std::string_view behind) noexcept {
    return (!before.empty() && is_word(last(before).code)) ||
           (!behind.empty() && is_word(first(behind).code));
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
    std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
    std::stable_sort(tokens_.begin(), tokens_.end(), [](const auto& a, const auto& b) {
        return a.content.size() > b.content.size();
    });
    for (const AddedToken& token : tokens_)
        begins_[static_cast<unsigned char>(token.content.front())] = true;
    if (std::count(begins_.begin(), begins_.end(), true) == 1)
        only_byte_ =
            static_cast<int>(std::find(begins_.begin(), begins_.end(), true) - begins_.begin());
}

std::size_t AddedTokens::candidate(std::string_view text, std::size_t from) const noexcept {
    if (only_byte_ >= 0) return text.find(static_cast<char>(only_byte_), from);
    while (from < text.size() && !begins_[static_cast<unsigned char>(text[from])]) ++from;
    return from < text.size() ? from : std::string_view::npos;
}

const AddedToken* AddedTokens::at(std::string_view text) const noexcept {
    for (const AddedToken& token : tokens_)
        if (text.starts_with(token.content)) return &token;
    return nullptr;
}

std::optional<AddedTokens::Match> AddedTokens::Search::next() noexcept {
    if (tokens_.empty()) return std::nullopt;
    while ((at_ = tokens_.candidate(text_, at_)) != std::string_view::npos) {
        const AddedToken* token = tokens_.at(text_.substr(at_));
        if (token == nullptr) {
            ++at_;
            continue;
        }
        Match match{token->id, at_, at_ + token->content.size()};
        at_ = match.end;
        if (token->single_word &&
            touches_word(text_.substr(0, match.begin), text_.substr(match.end)))
            continue;
        while (token->lstrip && match.begin > taken_) {
            const Character before = last(text_.substr(0, match.begin));
            if (!is_white_space(before.code)) break;
            match.begin -= before.size;
        }
        while (token->rstrip && match.end < text_.size()) {
            const Character behind = first(text_.substr(match.end));
            if (!is_white_space(behind.code)) break;
            match.end += behind.size;
        }
        taken_ = match.end;
        return match;
    }
    return std::nullopt;
}

}  // namespace lectern::wordpiece
