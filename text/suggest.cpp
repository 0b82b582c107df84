#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace lectern::text {
namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Insertions, deletions, replacements and swaps of neighbours between two names.
std::size_t distance(std::string_view a, std::string_view b) {
    const std::size_t width = b.size() + 1;
    std::array<std::vector<std::size_t>, 3> rows;
    for (auto& row : rows) row.resize(width);
    for (std::size_t j = 0; j < width; ++j) rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i + 2) % 3];
        const auto& two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
            const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                                 lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()];
}

constexpr std::size_t longest_name = 64;  // longer ones are no typing mistakes

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string_view>& candidates) {
    if (name.empty() || name.size() > longest_name) return {};
    const std::size_t most = std::max<std::size_t>(1, name.size() / 3);
    std::string best;
    std::size_t best_distance = most + 1;
    for (const std::string_view candidate : candidates) {
        if (candidate.size() > longest_name) continue;
        const std::size_t edits = distance(name, candidate);
        if (edits >= best_distance || edits >= candidate.size()) continue;
        best = candidate;
        best_distance = edits;
    }
    return best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates,
                         std::string_view otherwise) {
    const std::string near = nearest(name, candidates);
    return near.empty() ? std::string(otherwise) : "; did you mean '" + near + "'?";
}

std::string list(const std::vector<std::string_view>& names) {
    std::string out;
    for (const std::string_view name : names) {
        if (!out.empty()) out += ", ";
        out += name;
    }
    return out;
}

}  // namespace lectern::text
