#include "engine/answer/defused.hpp"

#include <algorithm>

namespace lectern {
namespace {

bool digit(char c) {
    return c >= '0' && c <= '9';
}

// The end of "(target)" at `at`; `at` when there is none.
std::size_t target_end(std::string_view text, std::size_t at) {
    if (at >= text.size() || text[at] != '(') return at;
    int open = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
        if (text[i] == '(') ++open;
        if (text[i] == ')' && --open == 0) return i + 1;
    }
    return text.size();  // cut off by the end of the sentence
}

bool begins_image(std::string_view text) {
    constexpr std::string_view tag = "<img";
    return text.size() > tag.size() &&
           std::equal(tag.begin(), tag.end(), text.begin(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

}  // namespace

std::string defused(std::string_view sentence) {
    std::string out;
    for (std::size_t at = 0; at < sentence.size();) {
        if (begins_image(sentence.substr(at))) {
            at = std::min(sentence.find('>', at), sentence.size() - 1) + 1;
            continue;
        }
        const bool image = sentence.substr(at).starts_with("![");
        const std::size_t open = at + (image ? 1 : 0);
        if (sentence[open] != '[') {
            out.push_back(sentence[at++]);
            continue;
        }
        const std::size_t close = sentence.find(']', open);
        if (close == std::string_view::npos) {
            out.append(sentence.substr(at));
            break;
        }
        const std::string_view inner = sentence.substr(open + 1, close - open - 1);
        const std::size_t end = target_end(sentence, close + 1);
        if (end > close + 1) {
            out += inner.find('[') == std::string_view::npos ? std::string(inner) : defused(inner);
            at = end;
        } else if (!inner.empty() && std::all_of(inner.begin(), inner.end(), digit)) {
            out.append("(").append(inner).append(")");
            at = close + 1;
        } else {
            out.push_back(sentence[at++]);
        }
    }
    return out;
}

}  // namespace lectern
