// lectern/plugin/reranker.hpp: scores the hits of a search again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lectern/plugin/reranker.h"
#include "lectern/plugin/stage.hpp"

namespace lectern::plugin {

class Reranker : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_HITS}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_HITS}; }
    virtual void rerank(const Call& call, std::string_view query, const lectern_text* passages,
                        std::uint64_t count, float* scores) const = 0;
};

struct Hit {
    float score = 0;  // of the search, larger is better
    std::string_view document = {};
    std::string_view title = {};
    std::string_view text = {};
    std::string_view metadata = {};  // a JSON object, or empty
};

// A reranker that looks at more than the text. Since ABI 1.2; an older engine gives the passages
// alone.
class HitReranker : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_HITS}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_HITS}; }
    virtual void rerank(const Call& call, std::string_view query, const std::vector<Hit>& hits,
                        float* scores) const = 0;
};

namespace detail {

inline const lectern_reranker reranker_table{
    sizeof(lectern_reranker), 0,
    [](const lectern_stage* stage, const lectern_call* call, lectern_text query,
       const lectern_text* passages, std::uint64_t count, float* scores) -> lectern_code {
        return guarded(call, [&] {
            object<Reranker>(stage).rerank(Call(call), view(query), passages, count, scores);
        });
    },
    nullptr};

inline const lectern_reranker hit_reranker_table{
    sizeof(lectern_reranker), 0,
    [](const lectern_stage* stage, const lectern_call* call, lectern_text query,
       const lectern_text* passages, std::uint64_t count, float* scores) -> lectern_code {
        return guarded(call, [&] {
            std::vector<Hit> hits(static_cast<std::size_t>(count));
            for (std::size_t i = 0; i < hits.size(); ++i) hits[i].text = view(passages[i]);
            object<HitReranker>(stage).rerank(Call(call), view(query), hits, scores);
        });
    },
    [](const lectern_stage* stage, const lectern_call* call, lectern_text query,
       const lectern_hit* theirs, std::uint64_t count, float* scores) -> lectern_code {
        return guarded(call, [&] {
            std::vector<Hit> hits;
            hits.reserve(static_cast<std::size_t>(count));
            for (std::uint64_t i = 0; i < count; ++i) {
                const lectern_hit& hit = *LECTERN_ITEM(lectern_hit, theirs, i);
                hits.push_back({hit.score, view(hit.document), view(hit.title), view(hit.text),
                                view(hit.metadata)});
            }
            object<HitReranker>(stage).rerank(Call(call), view(query), hits, scores);
        });
    }};

template <>
struct KindOf<Reranker> {
    static constexpr std::uint32_t kind = LECTERN_RERANKER;
    static constexpr const char* id = LECTERN_RERANKER_1;
    static const void* table() noexcept { return &reranker_table; }
};

template <>
struct KindOf<HitReranker> {
    static constexpr std::uint32_t kind = LECTERN_RERANKER;
    static constexpr const char* id = LECTERN_RERANKER_1;
    static const void* table() noexcept { return &hit_reranker_table; }
};

}  // namespace detail

}  // namespace lectern::plugin
