#include "corpus/local/local_vectors.hpp"

#include "index/vector/exact.hpp"

namespace lectern::corpus::local {

Result<RecallSample> LocalVectors::recall(std::span<const float> query, std::size_t k,
                                          const std::function<bool()>& stopped) const {
    const storage::Reader reader = store_.reader();
    LECTERN_ASSIGN(const auto found, index_->search(query, k));
    LECTERN_ASSIGN(const auto exact, index::exact_search(reader, generation(), query, k, stopped));
    RecallSample out;
    out.wanted = exact.size();
    out.found = index::count_found(found, exact);
    return out;
}

Result<VectorStatistics> LocalVectors::statistics() const {
    const index::VectorIndexStatistics state = index_->statistics();
    return VectorStatistics{state.rows, state.segments, state.tail_rows};
}

Status LocalVectors::apply(const storage::WriteGroup& group, const storage::CommitResult& done) {
    std::vector<float> rows;
    for (std::size_t i = 0; i < group.puts.size(); ++i) {
        if (done.documents[i].ordinal == 0) continue;
        for (const storage::PutVectors& vectors : group.puts[i].vectors)
            if (vectors.generation == generation())
                rows.insert(rows.end(), vectors.values.begin(), vectors.values.end());
    }
    return index_->apply(done.change, rows);
}

}  // namespace lectern::corpus::local
