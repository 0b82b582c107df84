// corpus/local/local_vectors.hpp: a generation's vector index. Internal to corpus/local.
#pragma once

#include <memory>
#include <utility>

#include "corpus/corpus.hpp"
#include "index/vector/vector_index.hpp"
#include "storage/store/store.hpp"

namespace lectern::corpus::local {

// What the metadata index lets through.
struct Allowed final : Selection {
    std::vector<storage::ChunkId> chunks;  // ascending
};

// Null: all. The filter borrows from the selection.
[[nodiscard]] inline index::Filter filter_of(const Selection* within) {
    index::Filter out;
    // Selections are given back to the corpus that made them.
    if (within != nullptr) out.allowed = &static_cast<const Allowed*>(within)->chunks;
    return out;
}

class LocalVectors final : public Vectors {
 public:
    LocalVectors(const storage::Store& store, std::unique_ptr<index::VectorIndex> index)
        : store_(store), index_(std::move(index)) {}

    storage::GenerationNumber generation() const noexcept override { return index_->generation(); }
    std::uint32_t dimension() const noexcept override { return index_->dimension(); }
    Result<std::vector<index::Scored>> search(std::span<const float> query, std::size_t k,
                                              const Selection* within) const override {
        return index_->search(query, k, filter_of(within));
    }
    std::vector<std::optional<float>> scores(
        std::span<const float> query, std::span<const storage::ChunkId> chunks) const override {
        return index_->scores(query, chunks);
    }
    Result<RecallSample> recall(std::span<const float> query, std::size_t k,
                                const std::function<bool()>& stopped) const override;
    Result<VectorStatistics> statistics() const override;
    Status flush() override { return index_->flush(); }

    [[nodiscard]] Status apply(const storage::WriteGroup& group, const storage::CommitResult& done);

 private:
    const storage::Store& store_;
    const std::unique_ptr<index::VectorIndex> index_;
};

}  // namespace lectern::corpus::local
