#include "engine/search/branches.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace lectern {
namespace {

struct Found {
    unsigned chunk;
    unsigned document;
    double score;
};

BranchList list(const std::vector<Found>& found, double share = 1, bool from_zero = false) {
    BranchList out{{}, share, from_zero};
    for (const Found& one : found)
        out.found.push_back(
            {.chunk = one.chunk, .document = one.document, .lexical = 7, .score = one.score});
    return out;
}

// "3:1 2:0.8": chunks with their scores.
std::string text_of(const std::vector<Candidate>& found) {
    std::string out;
    for (const Candidate& one : found) {
        std::string score = std::to_string(one.score + 1e-9).substr(0, 5);
        out += (out.empty() ? "" : " ") + std::to_string(one.chunk) + ":" + score;
    }
    return out;
}

TEST(FuseLists, NothingIsNothing) {
    EXPECT_TRUE(fuse_lists({}, Fusion::rrf, false).empty());
    const BranchList lists[] = {list({}), list({})};
    EXPECT_TRUE(fuse_lists(lists, Fusion::rrf, true).empty());
    EXPECT_TRUE(fuse_lists(lists, Fusion::convex, true).empty());
}

// 61 / (61 + place from 0), each with its share of all shares.
TEST(FuseLists, OfPlaces) {
    const BranchList lists[] = {list({{1, 1, 0.9}, {2, 2, 0.5}}), list({{2, 2, 30}, {3, 3, 20}})};
    EXPECT_EQ(text_of(fuse_lists(lists, Fusion::rrf, false)), "2:0.991 1:0.500 3:0.491");
    const BranchList first_everywhere[] = {list({{4, 4, 0.1}}), list({{4, 4, 3}})};
    EXPECT_EQ(text_of(fuse_lists(first_everywhere, Fusion::rrf, false)), "4:1.000");
    const BranchList shared[] = {list({{1, 1, 0.9}}, 1), list({{2, 2, 30}}, 3)};
    EXPECT_EQ(text_of(fuse_lists(shared, Fusion::rrf, false)), "2:0.750 1:0.250");
}

// A cosine counts from the least of its list, a score of words from 0.
TEST(FuseLists, OfScaledScores) {
    const BranchList lists[] = {list({{1, 1, 0.9}, {2, 2, 0.6}, {3, 3, 0.5}}),
                                list({{3, 3, 10}, {2, 2, 5}}, 1, true)};
    EXPECT_EQ(text_of(fuse_lists(lists, Fusion::convex, false)), "1:0.500 3:0.500 2:0.375");
    const BranchList equal[] = {list({{1, 1, 0.4}, {2, 2, 0.4}})};
    EXPECT_EQ(text_of(fuse_lists(equal, Fusion::convex, false)), "1:1.000 2:1.000");
}

TEST(FuseLists, ADocumentOnceByItsBestChunk) {
    const BranchList lists[] = {list({{5, 2, 0.9}, {1, 1, 0.8}}),
                                list({{2, 1, 9}, {6, 2, 8}}, 2, true)};
    EXPECT_EQ(text_of(fuse_lists(lists, Fusion::rrf, true)), "2:0.994 6:0.989");
    EXPECT_EQ(fuse_lists(lists, Fusion::rrf, false).size(), 4U);
}

// Scores of the sides are of the branches' own queries.
TEST(FuseLists, SidesAreForgotten) {
    const BranchList lists[] = {list({{1, 1, 0.9}}), list({{1, 1, 0.8}})};
    const auto fused = fuse_lists(lists, Fusion::rrf, false);
    ASSERT_EQ(fused.size(), 1U);
    EXPECT_FALSE(fused[0].lexical);
    EXPECT_FALSE(fused[0].dense);
    EXPECT_EQ(fused[0].document, 1U);
}

}  // namespace
}  // namespace lectern
