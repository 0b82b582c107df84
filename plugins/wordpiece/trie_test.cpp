#include "plugins/wordpiece/trie.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace lectern::wordpiece {
namespace {

TEST(Trie, FindsTheLongestPiece) {
    Trie trie;
    const auto root = trie.add_root();
    trie.add(root, "un", 1);
    trie.add(root, "unbelievable", 2);
    trie.add(root, "über", 3);
    EXPECT_EQ(trie.longest(root, "unbelievably").id, 1);
    EXPECT_EQ(trie.longest(root, "unbelievably").size, 2U);
    EXPECT_EQ(trie.longest(root, "unbelievable!").id, 2);
    EXPECT_EQ(trie.longest(root, "über").size, 5U);
    EXPECT_EQ(trie.longest(root, "u").id, Trie::none);
    EXPECT_EQ(trie.longest(root, "").id, Trie::none);
}

TEST(Trie, KeepsItsRootsApart) {
    Trie trie;
    const auto first = trie.add_root();
    const auto second = trie.add_root();
    trie.add(first, "a", 1);
    trie.add(second, "b", 2);
    EXPECT_EQ(trie.find(first, "a"), 1);
    EXPECT_EQ(trie.find(first, "b"), Trie::none);
    EXPECT_EQ(trie.find(second, "b"), 2);
}

TEST(Trie, HoldsManyPieces) {
    std::mt19937 random(3);
    std::map<std::string, std::int32_t> all;
    Trie trie;
    const auto root = trie.add_root();
    for (std::int32_t id = 0; id < 20'000; ++id) {
        std::string piece(1 + random() % 8, ' ');
        for (char& c : piece) c = static_cast<char>(random());
        trie.add(root, piece, id);
        all[piece] = id;  // the later one wins
    }
    for (const auto& [piece, id] : all) ASSERT_EQ(trie.find(root, piece), id);
}

}  // namespace
}  // namespace lectern::wordpiece
