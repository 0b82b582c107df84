#include <utility>
#include <vector>

#include "engine/answers/answer_steps.hpp"
#include "engine/answers/originals.hpp"
#include "engine/search/choose.hpp"

namespace lectern {
namespace {

// What the readers find for the query in these hits, said in a few sentences.
Result<Summary> summarize_some(Request& all, std::vector<Hit> hits,
                               const std::function<void(std::string_view)>& on_text) {
    Pipeline& pipeline = all.context.pipeline;
    Request part(all.context, all.text, all.interrupt, all.k, all.one_per_document);
    part.hits = std::move(hits);
    part.places = all.places;
    {
        const Busy busy(all.counters.get(pipeline.reader()->name()));
        LECTERN_TRY(read(part, *pipeline.reader()));
    }
    for (const host::Stage* stage : pipeline.evidence_customs()) {
        StageCounter& counter = all.counters.get(stage->name());
        const Busy busy(counter, 0);
        LECTERN_TRY(choose_evidence(part, *stage, counter));
    }
    Summary out;
    if (part.evidence.empty()) return out;
    std::vector<NumberedEvidence> evidence;
    for (const Citation& item : part.evidence) evidence.push_back({item.n, item.quote, item.title});
    const config::AnswerConfig& config = pipeline.config().answer;
    const WriterRequest request{Task::summary,
                                "",
                                evidence,
                                config.max_tokens,
                                on_text,
                                all.interrupt,
                                {pipeline.verifier(), config.min_entailment},
                                pipeline.verifies()};
    const host::Stage* generator = pipeline.generator();
    Written written;
    if (generator == nullptr) {
        written = quote(request);
    } else {
        LECTERN_ASSIGN(written, write(*generator, request, all.counters.get(generator->name()),
                                      all.counters.get("verify")));
    }
    out.text = std::move(written.text);
    out.status = written.status;
    for (const unsigned n : written.cited) out.citations.push_back(part.evidence[n - 1]);
    LECTERN_TRY(cite_originals(all.context, out.citations));
    out.generated_tokens = written.generated_tokens;
    out.dropped_sentences = written.dropped_sentences;
    return out;
}

}  // namespace

Result<std::vector<Summary>> summarize_hits(Request& request, const SearchOptions& options) {
    std::vector<Summary> out;
    const auto add = [&](std::vector<Hit> hits) -> Status {
        const std::size_t number = out.size();
        std::function<void(std::string_view)> on_text;
        if (options.on_summary)
            on_text = [&options, number](std::string_view piece) {
                options.on_summary(number, piece);
            };
        LECTERN_ASSIGN(Summary summary, summarize_some(request, std::move(hits), on_text));
        out.push_back(std::move(summary));
        return {};
    };
    if (options.summaries == Summaries::list) {
        LECTERN_TRY(add(request.hits));
    } else {
        for (const Hit& hit : request.hits) {
            if (request.interrupt.stopped()) return Status{Code::cancelled, "cancelled"};
            if (request.interrupt.late())
                return Status{Code::deadline_exceeded, "the deadline has passed"};
            LECTERN_TRY(add({hit}));
        }
    }
    return out;
}

}  // namespace lectern
