// index/vector/equal_rows.hpp: what happens to equal rows while a graph is built.
//
// A row's links are chosen by comparing the candidates with each other until one is nearer to
// another than to the row (faiss::HNSW::shrink_neighbor_list). Among equal rows none ever is, so
// that all pairs are compared: 20,000 chunks of the same text took 144 s of processor time, nine
// tenths of it for this, and take 5 s now. A row that is there already is therefore laid a little
// aside while its links are chosen, and has its own numbers again when they are.
//
// What this does not mend: where half of all rows are equal, a walk that comes among them may not
// find out again (.73 of the ten nearest were found of 7,000 rows, .72 before).
#pragma once

#include <faiss/IndexFlatCodes.h>

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace lectern::index {

class EqualRows {
 public:
    // `storage` must outlive this; its rows are known.
    explicit EqualRows(faiss::IndexFlatCodes& storage);

    // The next `count` rows, those that are known laid aside; valid until the next call.
    const float* lay_aside(const float* rows, std::size_t count);
    // Once the storage has them: gives those that were laid aside their own numbers.
    void put_back();

 private:
    struct Aside {
        std::size_t row;                 // of the storage
        std::vector<std::uint8_t> code;  // its own
    };

    faiss::IndexFlatCodes& storage_;
    std::size_t next_;                       // row of the storage
    std::unordered_set<std::size_t> known_;  // hashes; of two that meet one is laid aside in vain
    std::vector<float> rows_;
    std::vector<Aside> aside_;
};

}  // namespace lectern::index
