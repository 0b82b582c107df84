#include "engine/search/rerank.hpp"

#include <algorithm>
#include <string>

#include "engine/pipeline/passage_text.hpp"
#include "engine/plugin_host/calls.hpp"

namespace lectern {
namespace {

// Enough to fill a batch of the model; few enough to stop soon.
constexpr std::size_t batch_hits = 8;

host::Interrupt earlier(host::Interrupt interrupt, unsigned milliseconds) {
    if (milliseconds == 0) return interrupt;
    const auto end = Clock::now() + std::chrono::milliseconds(milliseconds);
    interrupt.deadline = interrupt.deadline ? std::min(*interrupt.deadline, end) : end;
    return interrupt;
}

}  // namespace

Status rerank(const host::Stage& stage, std::string_view query, const host::Interrupt& interrupt,
              const RerankLimits& limits, std::vector<Hit>& hits) {
    const host::Interrupt until = earlier(interrupt, limits.milliseconds);
    const std::size_t count = std::min(limits.hits, hits.size());
    std::vector<std::string> texts;
    std::vector<float> scores;
    while (scores.size() < count && !until.late()) {
        const std::size_t begin = scores.size();
        const std::size_t end = std::min(begin + batch_hits, count);
        texts.clear();
        texts.reserve(end - begin);  // that views into them stay
        std::vector<host::RankedHit> ranked;
        for (std::size_t i = begin; i < end; ++i) {
            const Hit& hit = hits[i];
            ranked.push_back({hit.score, hit.document, hit.title, hit.text, hit.metadata,
                              texts.emplace_back(passage_text(hit.title, hit.context, hit.text))});
        }
        scores.resize(end);
        const Status status = host::rerank(stage, until, query, ranked,
                                           std::span(scores).subspan(begin, end - begin));
        if (!status.ok()) {
            if (status.code() != Code::deadline_exceeded) return status;
            scores.resize(begin);  // of a batch that was broken off
            break;
        }
    }
    order_by(scores, hits);
    return {};
}

}  // namespace lectern
