#include "engine/answers/without_markup.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "text/ascii.hpp"

namespace lectern {
namespace {

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

std::string without_markup(std::string_view sentence) {
    std::string kept(sentence);
    std::vector<bool> dropped(sentence.size());
    const auto drop = [&](std::size_t from, std::size_t to) {
        std::fill(dropped.begin() + static_cast<std::ptrdiff_t>(from),
                  dropped.begin() + static_cast<std::ptrdiff_t>(to), true);
    };
    std::vector<std::size_t> open;  // brackets without their end so far
    for (std::size_t at = 0; at < sentence.size();) {
        if (begins_image(sentence.substr(at))) {
            const std::size_t end = std::min(sentence.find('>', at), sentence.size() - 1) + 1;
            drop(at, end);
            at = end;
            continue;
        }
        const std::size_t here = at++;
        if (sentence[here] == '[') open.push_back(here);
        if (sentence[here] != ']' || open.empty()) continue;
        const std::size_t begin = open.back();
        open.pop_back();
        const std::string_view inner = sentence.substr(begin + 1, here - begin - 1);
        if (const std::size_t end = target_end(sentence, here + 1); end > here + 1) {
            const bool image = begin > 0 && sentence[begin - 1] == '!';
            drop(begin - (image ? 1 : 0), begin + 1);
            drop(here, end);
            at = end;
        } else if (!inner.empty() && std::all_of(inner.begin(), inner.end(), text::is_digit)) {
            kept[begin] = '(';
            kept[here] = ')';
        }
    }
    std::string out;
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (!dropped[i]) out.push_back(kept[i]);
    return out;
}

}  // namespace lectern
