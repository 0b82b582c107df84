#include "engine/search/choose.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/answers/answer_steps.hpp"
#include "engine/plugin_host/calls.hpp"

namespace lectern {
namespace {

struct Chosen {
    std::string title;
    std::string metadata;
};

// Nothing: it is left out.
Result<std::optional<Chosen>> show(const Request& request, const host::Stage& stage,
                                   const host::Record& record) {
    std::optional<Chosen> out;
    const host::RecordTaker taker{
        [&](const host::Record& given) -> Status {
            if (given.text != record.text || given.id != record.id)
                return {Code::invalid_argument,
                        stage.describe() + " gives another text or id for a hit of '" +
                            std::string(record.id) +
                            "'; behind 'search' a stage only chooses, since what is cited are the "
                            "document's own words: change texts in 'ingest'"};
            if (out)
                return {Code::invalid_argument, stage.describe() + " gives two records for a hit"};
            out = Chosen{std::string(given.title), std::string(given.metadata)};
            return {};
        },
        {}};
    LECTERN_TRY(request.context.pipeline.process(stage, request.interrupt, record, taker));
    return out;
}

}  // namespace

Status choose_hits(Request& request, const host::Stage& stage, StageCounter& counter) {
    std::vector<Hit> chosen;
    std::size_t to_rerank = 0;
    for (std::size_t i = 0; i < request.hits.size(); ++i) {
        Hit& hit = request.hits[i];
        LECTERN_ASSIGN(auto shown, show(request, stage,
                                        {.id = hit.document,
                                         .title = hit.title,
                                         .text = hit.text,
                                         .metadata = hit.metadata}));
        if (!shown) continue;
        if (i < request.to_rerank) ++to_rerank;
        hit.title = std::move(shown->title);
        hit.metadata = shown->metadata.empty() ? "{}" : std::move(shown->metadata);
        chosen.push_back(std::move(hit));
    }
    counter.items += request.hits.size();
    request.to_rerank = to_rerank;
    request.hits = std::move(chosen);
    return {};
}

Status choose_evidence(Request& request, const host::Stage& stage, StageCounter& counter) {
    std::vector<Citation> evidence;
    std::vector<double> scores;
    std::vector<std::optional<NamedAnswer>> answers;
    for (std::size_t i = 0; i < request.evidence.size(); ++i) {
        Citation& one = request.evidence[i];
        LECTERN_ASSIGN(
            const auto shown,
            show(request, stage, {.id = one.document, .title = one.title, .text = one.quote}));
        if (!shown) continue;
        one.n = static_cast<unsigned>(evidence.size() + 1);
        evidence.push_back(std::move(one));
        scores.push_back(request.evidence_scores[i]);
        answers.push_back(std::move(request.evidence_answers[i]));
    }
    counter.items += request.evidence.size();
    request.evidence = std::move(evidence);
    request.evidence_scores = std::move(scores);
    request.evidence_answers = std::move(answers);
    decide(request);
    return {};
}

}  // namespace lectern
