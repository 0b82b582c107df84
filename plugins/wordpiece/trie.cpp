#include "plugins/wordpiece/trie.hpp"

#include <utility>

#include "lectern/plugin.hpp"

namespace lectern::wordpiece {

Trie::Trie() : edges_(1024), shift_(64 - 10) {}

Trie::Node Trie::new_node() {
    if (ids_.size() >= max_nodes - 1)
        throw plugin::Failure(LECTERN_RESOURCE_EXHAUSTED,
                              "the vocabulary is too large: its pieces have more than 16 million "
                              "different beginnings");
    ids_.push_back(none);
    return static_cast<Node>(ids_.size() - 1);
}

Trie::Node Trie::add_root() {
    return new_node();
}

void Trie::insert(std::uint32_t key, Node child) noexcept {
    std::size_t at = slot(key);
    while (edges_[at].key != empty) at = (at + 1) & (edges_.size() - 1);
    edges_[at] = {key, child};
}

void Trie::grow() {
    const std::vector<Edge> old = std::exchange(edges_, std::vector<Edge>(edges_.size() * 2));
    --shift_;
    for (const Edge& edge : old)
        if (edge.key != empty) insert(edge.key, edge.child);
}

void Trie::add(Node root, std::string_view piece, std::int32_t id) {
    Node node = root;
    for (const char c : piece) {
        const auto byte = static_cast<unsigned char>(c);
        Node next = child(node, byte);
        if (next == no_node) {
            next = new_node();
            if (++used_ * 2 > edges_.size()) grow();
            insert(node << 8 | byte, next);
        }
        node = next;
    }
    ids_[node] = id;
}

Trie::Match Trie::longest(Node root, std::string_view text) const noexcept {
    Match best;
    Node node = root;
    for (std::size_t at = 0; at < text.size(); ++at) {
        node = child(node, static_cast<unsigned char>(text[at]));
        if (node == no_node) break;
        if (ids_[node] != none) best = {ids_[node], at + 1};
    }
    return best;
}

std::int32_t Trie::find(Node root, std::string_view piece) const noexcept {
    Node node = root;
    for (const char c : piece) {
        node = child(node, static_cast<unsigned char>(c));
        if (node == no_node) return none;
    }
    return ids_[node];
}

}  // namespace lectern::wordpiece
