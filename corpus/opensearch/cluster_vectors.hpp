// corpus/opensearch/cluster_vectors.hpp: the vectors of one generation, searched by the cluster.
// Internal to corpus/opensearch.
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "corpus/corpus.hpp"
#include "corpus/opensearch/cluster.hpp"

namespace lectern::corpus::opensearch {

// The engine's limit.
inline constexpr std::size_t most_neighbours = 10'000;

// The search for the k chunks nearest to `query`. `filter`: null for all.
[[nodiscard]] boost::json::object neighbours(storage::GenerationNumber generation,
                                             std::span<const float> query, std::size_t k,
                                             const boost::json::value* filter);
// A hit's score as the product with the query: the engine gives (1 + cosine) / 2.
[[nodiscard]] std::function<double(double)> product_with(std::span<const float> query);

class ClusterVectors final : public Vectors {
 public:
    ClusterVectors(const Cluster& cluster, storage::Generation generation)
        : cluster_(cluster), generation_(std::move(generation)) {}

    storage::GenerationNumber generation() const noexcept override { return generation_.number; }
    std::uint32_t dimension() const noexcept override { return generation_.dimension; }
    Result<std::vector<index::Scored>> search(std::span<const float> query, std::size_t k,
                                              const Selection* within) const override;
    Result<RecallSample> recall(std::span<const float> query, std::size_t k,
                                const std::function<bool()>& stopped) const override;
    Result<VectorStatistics> statistics() const override;
    Status flush() override { return {}; }

 private:
    const Cluster& cluster_;
    const storage::Generation generation_;
};

}  // namespace lectern::corpus::opensearch
