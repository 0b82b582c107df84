#include "corpus/opensearch/cluster_vectors.hpp"

#include <algorithm>

#include "corpus/opensearch/cluster_corpus.hpp"
#include "corpus/opensearch/json_build.hpp"
#include "index/vector/exact.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

json::array numbers(std::span<const float> vector) {
    json::array out;
    out.reserve(vector.size());
    for (const float value : vector) out.emplace_back(static_cast<double>(value));
    return out;
}

// The script of the k-NN plugin compares the query with every vector, and gives 1 + cosine.
json::object every_neighbour(storage::GenerationNumber generation, std::span<const float> query,
                             std::size_t k) {
    json::object parameters = object_of("field", text_value(vector_field(generation)),
                                        "query_value", numbers(query), "space_type", "cosinesimil");
    json::object script =
        object_of("source", "knn_score", "lang", "knn", "params", std::move(parameters));
    json::object scored = object_of("query", having(generation), "script", std::move(script));
    json::object body = object_of("size", k, "query", object_of("script_score", std::move(scored)));
    want_chunks(body);
    return body;
}

std::function<double(double)> product_of_sum(std::span<const float> query) {
    return [length = length_of(query)](double score) { return (score - 1) * length; };
}

}  // namespace

json::object neighbours(storage::GenerationNumber generation, std::span<const float> query,
                        std::size_t k, const json::value* filter) {
    json::object knn = object_of("vector", numbers(query), "k", k);
    if (filter != nullptr) knn["filter"] = *filter;
    json::object body = object_of(
        "size", k, "query", object_of("knn", object_of(vector_field(generation), std::move(knn))));
    want_chunks(body);
    return body;
}

std::function<double(double)> product_with(std::span<const float> query) {
    return [length = length_of(query)](double score) { return (2 * score - 1) * length; };
}

Result<std::vector<index::Scored>> ClusterVectors::search(std::span<const float> query,
                                                          std::size_t k,
                                                          const Selection* within) const {
    if (k == 0) return std::vector<index::Scored>();
    LECTERN_ASSIGN(const json::value answer,
                   cluster_.search(neighbours(generation_.number, query,
                                              std::min(k, most_neighbours), query_of(within))));
    LECTERN_TRY(cluster_.must_have(generation_.number));  // none of it was missing, then
    return cluster_.scored(answer, product_with(query));
}

Result<RecallSample> ClusterVectors::recall(std::span<const float> query, std::size_t k,
                                            const std::function<bool()>& stopped) const {
    LECTERN_ASSIGN(const auto found, search(query, k, nullptr));
    if (stopped && stopped()) return Status{Code::cancelled, "cancelled"};
    LECTERN_ASSIGN(
        const json::value answer,
        cluster_.search(every_neighbour(generation_.number, query, std::min(k, most_neighbours))));
    const auto exact = cluster_.scored(answer, product_of_sum(query));
    RecallSample out;
    out.wanted = exact.size();
    out.found = index::count_found(found, exact);
    return out;
}

Result<VectorStatistics> ClusterVectors::statistics() const {
    LECTERN_ASSIGN(const std::uint64_t chunks, cluster_.count(kind_is("chunk")));
    return VectorStatistics{chunks, 0, 0};
}

}  // namespace lectern::corpus::opensearch
