#include "plugins/tasks/entities.hpp"

#include <algorithm>

namespace lectern::tasks {
namespace {

struct Label {
    std::string_view type;  // "": outside
    bool begins = false;
};

Label parsed(std::string_view name) {
    if (name == "O") return {};
    if (name.size() > 2 && name[1] == '-' && (name[0] == 'B' || name[0] == 'I'))
        return {name.substr(2), name[0] == 'B'};
    return {name, false};
}

bool of_a_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

}  // namespace

std::vector<Entity> entities(std::string_view text, const std::vector<lectern_range>& ranges,
                             const std::vector<TokenLabel>& tokens,
                             const std::vector<std::string>& labels) {
    std::vector<Entity> out;
    bool inside = false;  // the token before belongs to out.back()
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto [begin, end] = ranges[i];
        const bool same_word = i > 0 && begin == ranges[i - 1].end && begin > 0 &&
                               of_a_word(text[begin - 1]) && of_a_word(text[begin]);
        if (same_word) {
            if (inside) out.back().end = end;
            continue;
        }
        const Label label = parsed(labels[tokens[i].label]);
        if (label.type.empty()) {
            inside = false;
        } else if (inside && !label.begins && out.back().type == label.type) {
            out.back().end = end;
            out.back().score = std::min(out.back().score, tokens[i].score);
        } else {
            out.push_back({std::string(label.type), begin, end, tokens[i].score});
            inside = true;
        }
    }
    return out;
}

}  // namespace lectern::tasks
