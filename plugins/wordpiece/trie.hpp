// trie.hpp: the vocabulary as a trie over bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lectern::wordpiece {

// Built once by add, then read from any thread. All edges live in one open-addressing table, so a
// step costs about one cache line.
class Trie {
 public:
    using Node = std::uint32_t;
    static constexpr std::int32_t none = -1;

    Trie();

    // A new root; pieces under different roots do not see each other.
    [[nodiscard]] Node add_root();
    // A later id for the same piece wins.
    void add(Node root, std::string_view piece, std::int32_t id);

    struct Match {
        std::int32_t id = none;
        std::size_t size = 0;  // bytes
    };
    // The longest piece under `root` that `text` begins with, or id none.
    [[nodiscard]] Match longest(Node root, std::string_view text) const noexcept;
    // The id of exactly `piece`, or none.
    [[nodiscard]] std::int32_t find(Node root, std::string_view piece) const noexcept;

 private:
    struct Edge {
        std::uint32_t key = empty;  // node * 256 + byte
        Node child = 0;
    };
    static constexpr std::uint32_t empty = 0xFFFFFFFF;
    static constexpr Node no_node = 0xFFFFFFFF;
    static constexpr Node max_nodes = 1U << 24;

    [[nodiscard]] std::size_t slot(std::uint32_t key) const noexcept {
        return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> shift_);
    }
    [[nodiscard]] Node child(Node node, unsigned char byte) const noexcept {
        const std::uint32_t key = node << 8 | byte;
        for (std::size_t at = slot(key);; at = (at + 1) & (edges_.size() - 1)) {
            if (edges_[at].key == key) return edges_[at].child;
            if (edges_[at].key == empty) return no_node;
        }
    }
    [[nodiscard]] Node new_node();
    void insert(std::uint32_t key, Node child) noexcept;
    void grow();

    std::vector<Edge> edges_;        // a power of two, at most half full
    unsigned shift_ = 0;             // 64 - log2(edges_.size())
    std::size_t used_ = 0;           // edges
    std::vector<std::int32_t> ids_;  // of each node; none inside a piece
};

}  // namespace lectern::wordpiece
