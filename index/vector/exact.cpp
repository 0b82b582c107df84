#include "index/vector/exact.hpp"

#include <algorithm>
#include <numeric>

#include "index/vector/best.hpp"

namespace lectern::index {
namespace {

// Sums of the same products in another order differ by about this.
constexpr float rounding = 1e-5F;

}  // namespace

Result<std::vector<Scored>> exact_search(const storage::Reader& reader,
                                         storage::GenerationNumber generation,
                                         std::span<const float> query, std::size_t k,
                                         const std::function<bool()>& stopped) {
    if (k == 0) return std::vector<Scored>{};
    Best best(k);
    bool gone = false;
    LECTERN_TRY(reader.scan_vectors(
        generation, 0, [&](std::span<const storage::ChunkId> ids, std::span<const float> values) {
            gone = stopped && stopped();
            if (gone || values.size() != ids.size() * query.size()) return false;
            for (std::size_t i = 0; i < ids.size(); ++i) {
                const auto row = values.subspan(i * query.size(), query.size());
                best.offer(ids[i], std::inner_product(row.begin(), row.end(), query.begin(), 0.0F));
            }
            return true;
        }));
    if (gone) return Status{Code::cancelled, "cancelled"};
    return best.take();
}

std::size_t count_found(std::span<const Scored> found, std::span<const Scored> exact) {
    if (exact.empty()) return 0;
    const float least = exact.back().score - rounding;
    const auto good = std::count_if(found.begin(), found.end(),
                                    [least](const Scored& hit) { return hit.score >= least; });
    return std::min(static_cast<std::size_t>(good), exact.size());
}

}  // namespace lectern::index
