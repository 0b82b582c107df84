#include "engine/search/branches.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "engine/search/fuse.hpp"

namespace lectern {
namespace {

// What each place of a list is worth, before its share.
std::vector<double> worth_of(const BranchList& list, Fusion fusion) {
    std::vector<double> out;
    out.reserve(list.found.size());
    if (fusion == Fusion::rrf) {
        for (std::size_t place = 0; place < list.found.size(); ++place)
            out.push_back(worth_of_place(place));
        return out;
    }
    if (list.found.empty()) return out;
    double least = list.found.front().score;
    double most = least;
    for (const Candidate& one : list.found) {
        least = std::min(least, one.score);
        most = std::max(most, one.score);
    }
    if (list.from_zero) least = std::min(least, 0.0);
    for (const Candidate& one : list.found)
        out.push_back(most > least ? (one.score - least) / (most - least) : 1);
    return out;
}

}  // namespace

std::vector<Candidate> fuse_lists(std::span<const BranchList> lists, Fusion fusion,
                                  bool one_per_document) {
    std::vector<Candidate> out;
    std::vector<double> most;  // of each of them: what the branch that gives its chunk gives
    std::unordered_map<std::uint64_t, std::size_t> places;
    double shares = 0;
    for (const BranchList& list : lists) shares += list.share;
    for (const BranchList& list : lists) {
        const std::vector<double> worth = worth_of(list, fusion);
        for (std::size_t i = 0; i < list.found.size(); ++i) {
            const Candidate& one = list.found[i];
            const double gives = worth[i] * list.share / shares;
            const auto [at, added] =
                places.emplace(one_per_document ? one.document : one.chunk, out.size());
            if (added) {
                out.push_back({.chunk = one.chunk, .document = one.document});
                most.push_back(gives);
            }
            Candidate& fused = out[at->second];
            fused.score += gives;
            if (gives > most[at->second]) {
                fused.chunk = one.chunk;
                most[at->second] = gives;
            }
        }
    }
    std::sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) {
        return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
    });
    return out;
}

}  // namespace lectern
