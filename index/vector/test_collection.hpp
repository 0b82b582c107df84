// index/vector/test_collection.hpp: a store with vectors and the plain definition of a search
// beside it, for tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "index/vector/vector_index.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::index {

using storage::Change;
using storage::ChunkId;

inline constexpr std::uint32_t dimension = 16;

// A collection of documents with one chunk and one vector each, and the vectors beside it, so that
// every answer of the index can be compared with the plain definition.
class Collection {
 public:
    Collection() : random_(7) {
        auto opened = storage::Store::open(folder_.path(), {.create_if_missing = true});
        EXPECT_TRUE(opened.ok()) << opened.status().message();
        store_ = std::move(opened).value();
        EXPECT_TRUE(store_->add_generation({.fingerprint = "f", .dimension = dimension}).ok());
    }

    // Unit vectors around 50 centres, as embeddings of texts on some subjects are.
    std::vector<float> vector() {
        std::normal_distribution<float> normal;
        if (centres_.empty())
            for (std::uint32_t i = 0; i < 50 * dimension; ++i) centres_.push_back(normal(random_));
        const std::size_t centre = random_() % 50;
        std::vector<float> result(dimension);
        float length = 0;
        for (std::size_t i = 0; i < dimension; ++i) {
            result[i] = centres_[centre * dimension + i] + 0.5f * normal(random_);
            length += result[i] * result[i];
        }
        for (float& value : result) value /= std::sqrt(length);
        return result;
    }

    // Writes `count` documents with new ids; gives the change and its rows.
    std::pair<Change, std::vector<float>> add(std::size_t count) {
        return add(count, [this] { return vector(); });
    }
    std::pair<Change, std::vector<float>> add(std::size_t count,
                                              const std::function<std::vector<float>()>& next) {
        storage::WriteGroup group;
        std::vector<float> rows;
        for (std::size_t i = 0; i < count; ++i) {
            storage::PutDocument document;
            document.id = std::to_string(next_id_++);
            document.text = "x";
            document.chunks = {{0, 1, 1}};
            document.vectors = {{1, next()}};
            rows.insert(rows.end(), document.vectors[0].values.begin(),
                        document.vectors[0].values.end());
            group.puts.push_back(std::move(document));
        }
        const auto done = store_->commit(group, false);
        EXPECT_TRUE(done.ok()) << done.status().message();
        for (std::size_t i = 0; i < count; ++i) {
            const ChunkId chunk = done->documents[i].chunks.first;
            document_of_[chunk] = group.puts[i].id;
            vectors_[chunk] = group.puts[i].vectors[0].values;
        }
        return {done->change, rows};
    }

    Change remove(const std::vector<ChunkId>& chunks) {
        storage::WriteGroup group;
        for (const ChunkId chunk : chunks) {
            group.deletes.push_back(document_of_.at(chunk));
            vectors_.erase(chunk);
        }
        const auto done = store_->commit(group, false);
        EXPECT_TRUE(done.ok()) << done.status().message();
        return done->change;
    }

    // Every n-th chunk there is.
    std::vector<ChunkId> every(std::size_t n) const {
        std::vector<ChunkId> result;
        std::size_t i = 0;
        for (const auto& [chunk, vector] : vectors_)
            if (i++ % n == 0) result.push_back(chunk);
        return result;
    }

    // The definition of what search() answers.
    std::vector<ChunkId> nearest(const std::vector<float>& query, std::size_t k,
                                 const std::function<bool(ChunkId)>& allows = {}) const {
        std::vector<std::pair<double, ChunkId>> all;
        for (const auto& [chunk, vector] : vectors_) {
            if (allows && !allows(chunk)) continue;
            double score = 0;
            for (std::size_t i = 0; i < dimension; ++i) score += double{query[i]} * vector[i];
            all.emplace_back(-score, chunk);
        }
        std::sort(all.begin(), all.end());
        std::vector<ChunkId> result;
        for (std::size_t i = 0; i < std::min(k, all.size()); ++i) result.push_back(all[i].second);
        return result;
    }

    float score(const std::vector<float>& query, ChunkId chunk) const {
        const std::vector<float>& vector = vectors_.at(chunk);
        double score = 0;
        for (std::size_t i = 0; i < dimension; ++i) score += double{query[i]} * vector[i];
        return static_cast<float>(score);
    }

    std::unique_ptr<VectorIndex> open(VectorIndexOptions options = {}) const {
        auto index = VectorIndex::open(*store_, std::move(options));
        EXPECT_TRUE(index.ok()) << index.status().message();
        return index.ok() ? std::move(index).value() : nullptr;
    }

    storage::Store& store() { return *store_; }
    bool has(ChunkId chunk) const { return vectors_.contains(chunk); }
    std::size_t size() const { return vectors_.size(); }

 private:
    const TestFolder folder_;
    std::unique_ptr<storage::Store> store_;
    std::mt19937 random_;
    std::vector<float> centres_;
    std::map<ChunkId, std::vector<float>> vectors_;
    std::map<ChunkId, std::string> document_of_;
    std::size_t next_id_ = 0;
};

inline std::vector<ChunkId> found(const VectorIndex& index, const std::vector<float>& query,
                                  std::size_t k, const Filter& filter = {}) {
    const auto rows = index.search(query, k, filter);
    EXPECT_TRUE(rows.ok()) << rows.status().message();
    std::vector<ChunkId> result;
    if (!rows.ok()) return result;
    for (const Scored& row : *rows) result.push_back(row.chunk);
    return result;
}

// Built by flush() alone, so that a test knows when.
inline VectorIndexOptions sealing(std::size_t seal_at, std::vector<std::string>* log = nullptr) {
    VectorIndexOptions options;
    options.seal_at = seal_at;
    options.build_in_background = false;
    if (log != nullptr)
        options.log = [log](std::string_view message) { log->emplace_back(message); };
    return options;
}

inline double recall_at_10(Collection& collection, const VectorIndex& index,
                           const std::function<bool(ChunkId)>& allows = {}) {
    std::size_t hits = 0;
    std::size_t expected = 0;
    for (int i = 0; i < 50; ++i) {
        const std::vector<float> query = collection.vector();
        const std::vector<ChunkId> truth = collection.nearest(query, 10, allows);
        const std::vector<ChunkId> rows = found(index, query, 10, {.allows = allows});
        EXPECT_EQ(rows.size(), truth.size());
        for (const ChunkId chunk : rows) {
            EXPECT_TRUE(collection.has(chunk)) << "a removed chunk came back";
            hits += static_cast<std::size_t>(std::count(truth.begin(), truth.end(), chunk));
        }
        expected += truth.size();
    }
    return expected == 0 ? 1 : static_cast<double>(hits) / static_cast<double>(expected);
}

inline std::vector<std::filesystem::path> files(Collection& collection) {
    std::vector<std::filesystem::path> result;
    for (const auto& entry : std::filesystem::directory_iterator(collection.store().index_folder()))
        result.push_back(entry.path());
    return result;
}

}  // namespace lectern::index
