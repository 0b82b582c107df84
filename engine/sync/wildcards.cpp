#include "engine/sync/wildcards.hpp"

#include <array>
#include <cctype>
#include <cstddef>
#include <utility>
#include <vector>

namespace lectern {
namespace {

constexpr std::size_t not_there = std::string_view::npos;

struct NamedClass {
    std::string_view name;
    int (*has)(int);
};
constexpr std::array<NamedClass, 12> named_classes{{{"alnum", std::isalnum},
                                                    {"alpha", std::isalpha},
                                                    {"blank", std::isblank},
                                                    {"cntrl", std::iscntrl},
                                                    {"digit", std::isdigit},
                                                    {"graph", std::isgraph},
                                                    {"lower", std::islower},
                                                    {"print", std::isprint},
                                                    {"punct", std::ispunct},
                                                    {"space", std::isspace},
                                                    {"upper", std::isupper},
                                                    {"xdigit", std::isxdigit}}};

// Of a part of a pattern at one place: where it goes on when it fits the character; not_there when
// it does not, or is malformed.
class OneCharacter {
 public:
    OneCharacter(std::string_view pattern, std::size_t at) : pattern_(pattern), at_(at) {}

    [[nodiscard]] std::size_t fits(char character) {
        switch (pattern_[at_]) {
            case '?': return at_ + 1;
            case '[': return bracket(static_cast<unsigned char>(character));
            case '\\':
                if (++at_ == pattern_.size()) return not_there;
                [[fallthrough]];
            default: return pattern_[at_] == character ? at_ + 1 : not_there;
        }
    }

 private:
    std::size_t bracket(unsigned char character) {
        ++at_;
        const bool negated = more() && (pattern_[at_] == '!' || pattern_[at_] == '^');
        if (negated) ++at_;
        bool found = false;
        for (bool first = true; more() && (first || pattern_[at_] != ']'); first = false) {
            if (pattern_.substr(at_).starts_with("[:")) {
                const std::size_t end = pattern_.find(":]", at_ + 2);
                if (end == not_there) return not_there;
                const auto has = in_class(pattern_.substr(at_ + 2, end - at_ - 2), character);
                if (has < 0) return not_there;
                found = found || has > 0;
                at_ = end + 2;
                continue;
            }
            const int low = one();
            if (low < 0) return not_there;
            int high = low;
            if (at_ + 1 < pattern_.size() && pattern_[at_] == '-' && pattern_[at_ + 1] != ']') {
                ++at_;
                high = one();
                if (high < 0) return not_there;
            }
            found = found || (character >= low && character <= high);
        }
        if (!more()) return not_there;
        return found != negated ? at_ + 1 : not_there;
    }
    // A character of a set, which a backslash may stand before; -1 at the end.
    int one() {
        if (more() && pattern_[at_] == '\\') ++at_;
        return more() ? static_cast<unsigned char>(pattern_[at_++]) : -1;
    }
    // 1: it has the character, 0: it has not, -1: there is no such class.
    static int in_class(std::string_view name, unsigned char character) {
        for (const NamedClass& named : named_classes)
            if (named.name == name) return named.has(character) != 0 ? 1 : 0;
        return -1;
    }
    [[nodiscard]] bool more() const { return at_ < pattern_.size(); }

    std::string_view pattern_;
    std::size_t at_;
};

// Without slashes. A star that was too short is made longer: only the last one, since what lies
// before it fits already.
bool fits_part(std::string_view pattern, std::string_view name) {
    std::size_t at = 0;
    std::size_t in_name = 0;
    std::size_t star = not_there;  // behind it
    std::size_t star_name = 0;
    while (in_name < name.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = ++at;
            star_name = in_name;
            continue;
        }
        const std::size_t next =
            at < pattern.size() ? OneCharacter(pattern, at).fits(name[in_name]) : not_there;
        if (next != not_there) {
            at = next;
            ++in_name;
            continue;
        }
        if (star == not_there) return false;
        at = star;
        in_name = ++star_name;
    }
    while (at < pattern.size() && pattern[at] == '*') ++at;
    return at == pattern.size();
}

std::vector<std::string_view> parts_of(std::string_view path) {
    std::vector<std::string_view> out;
    while (true) {
        const std::size_t slash = path.find('/');
        out.push_back(path.substr(0, slash));
        if (slash == not_there) return out;
        path.remove_prefix(slash + 1);
    }
}

}  // namespace

bool fits_wildcards(std::string_view pattern, std::string_view path) {
    const std::vector<std::string_view> patterns = parts_of(pattern);
    const std::vector<std::string_view> names = parts_of(path);
    std::size_t at = 0;
    std::size_t in_path = 0;
    std::size_t stars = not_there;  // behind the last `**`
    std::size_t stars_path = 0;
    while (in_path < names.size()) {
        if (at < patterns.size() && patterns[at] == "**") {
            if (at + 1 == patterns.size()) return true;  // one part or more is left
            stars = ++at;
            stars_path = in_path;
            continue;
        }
        if (at < patterns.size() && fits_part(patterns[at], names[in_path])) {
            ++at;
            ++in_path;
            continue;
        }
        if (stars == not_there) return false;
        at = stars;
        in_path = ++stars_path;
    }
    return at == patterns.size();
}

}  // namespace lectern
