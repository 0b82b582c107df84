// engine/collection/no_vectors.hpp: what searches are given for vectors where a pipeline has no
// embedder.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "corpus/corpus.hpp"

namespace lectern {

class NoVectors : public corpus::Vectors {
 public:
    [[nodiscard]] storage::GenerationNumber generation() const noexcept override { return 0; }
    [[nodiscard]] std::uint32_t dimension() const noexcept override { return 0; }
    [[nodiscard]] Result<std::vector<index::Scored>> search(
        std::span<const float> /*query*/, std::size_t /*k*/,
        const corpus::Selection* /*within*/) const override {
        return std::vector<index::Scored>();
    }
    [[nodiscard]] Result<RecallSample> recall(
        std::span<const float> /*query*/, std::size_t /*k*/,
        const std::function<bool()>& /*stopped*/) const override {
        return RecallSample();
    }
    [[nodiscard]] Result<corpus::VectorStatistics> statistics() const override {
        return corpus::VectorStatistics();
    }
    [[nodiscard]] Status flush() override { return {}; }
};

}  // namespace lectern
