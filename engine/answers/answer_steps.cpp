#include "engine/answers/answer_steps.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/answers/answer_bounds.hpp"
#include "engine/answers/answer_frames.hpp"
#include "engine/answers/in_language.hpp"
#include "engine/answers/table_rows.hpp"
#include "engine/pipeline/passage_text.hpp"
#include "engine/plugin_host/calls.hpp"
#include "engine/search/place.hpp"
#include "text/text.hpp"

namespace lectern {

namespace {

// Names with a number in them ("GPT-4", "RFC9457") say exactly what is asked about: evidence about
// their neighbours does not answer. True when the evidence has all of the question's.
bool names_the_asked(std::string_view question, const std::vector<Citation>& evidence) {
    std::string known;
    for (const Citation& item : evidence)
        known += text::fold(item.title) + "\n" + text::fold(item.quote) + "\n";
    constexpr std::string_view around = " \t\r\n.,;:?!\"'()[]";
    std::size_t at = 0;
    while ((at = question.find_first_not_of(around, at)) != std::string_view::npos) {
        const std::size_t end = std::min(question.find_first_of(around, at), question.size());
        const std::string word = text::fold(question.substr(at, end - at));
        at = end;
        const bool letter =
            std::any_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        const bool digit =
            std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (letter && digit && known.find(word) == std::string::npos) return false;
    }
    return true;
}

struct Named {
    text::Range range;  // of the passage
    double certainty = 1;
};

// How sure the reader is that it is these bytes and not others. One that does not say so is taken
// at its word.
double certainty(const host::Evidence& evidence) {
    const float likely = evidence.answer_probability;
    const float other = evidence.other_probability;
    return likely == 0 && other == 0 ? 1 : std::max(0.0F, likely - other);
}

// What the reader has named, or the number that it should have named.
Named named_answer(std::string_view question, std::string_view passage,
                   const host::Evidence& evidence) {
    text::Range named = whole_words(passage.substr(0, evidence.end),
                                    {static_cast<std::size_t>(evidence.answer_begin),
                                     static_cast<std::size_t>(evidence.answer_end)});
    named.begin = std::max<std::size_t>(named.begin, evidence.begin);
    const auto other =
        other_number(question, passage.substr(evidence.begin, evidence.end - evidence.begin),
                     passage.substr(named.begin, named.end - named.begin));
    if (!other) return {named, certainty(evidence)};
    return {{evidence.begin + other->begin, evidence.begin + other->end}, 1};
}

}  // namespace

Status read(Request& request, const host::Stage& stage) {
    if (request.hits.empty()) return {};
    std::vector<std::string> headings;
    headings.reserve(request.hits.size());  // that views into them stay
    std::vector<host::Passage> passages;
    for (const Hit& hit : request.hits)
        passages.push_back({hit.dense_score.value_or(hit.score),
                            headings.emplace_back(heading_text(hit.title, hit.context)), hit.text});
    LECTERN_ASSIGN(auto found, host::read(stage, request.interrupt, request.text, passages,
                                          request.context.pipeline.config().answer.max_evidence));
    for (host::Evidence& evidence : found) {
        const Hit& hit = request.hits[evidence.passage];
        evidence.end = with_what_follows(request.text, hit.text,
                                         {static_cast<std::size_t>(evidence.begin),
                                          static_cast<std::size_t>(evidence.end)})
                           .end;
        std::vector<Citation>& all = request.evidence;
        const std::uint64_t begin = hit.begin + evidence.begin;
        const std::uint64_t end = hit.begin + evidence.end;
        // Chunks may overlap: the same sentence counts once.
        const bool again = std::any_of(all.begin(), all.end(), [&](const Citation& other) {
            return other.document == hit.document && begin < other.end && other.begin < end;
        });
        if (again) continue;
        request.evidence_scores.push_back(evidence.score);
        std::optional<NamedAnswer> answer;
        if (evidence.answer_end > 0) {
            const auto [range, sure] = named_answer(request.text, hit.text, evidence);
            answer = NamedAnswer{{hit.document, hit.begin + range.begin, hit.begin + range.end,
                                  hit.text.substr(range.begin, range.end - range.begin)},
                                 sure};
        }
        request.evidence_answers.push_back(std::move(answer));
        all.push_back({static_cast<unsigned>(all.size() + 1), hit.document, hit.title, begin, end,
                       hit.text.substr(evidence.begin, evidence.end - evidence.begin), "",
                       place_of(request.places[hit.chunk], evidence.begin, evidence.end)});
    }
    decide(request);
    return {};
}

void decide(Request& request) {
    request.confidence = request.evidence.empty() ? 0 : request.evidence_scores.front();
    request.abstained =
        request.evidence.empty() ||
        request.confidence < request.context.pipeline.config().answer.abstain_below ||
        !names_the_asked(request.text, request.evidence);
}

Status answer(Request& request, const host::Stage* generator, StageCounter& writing) {
    if (request.evidence.empty()) request.abstained = true;
    if (request.abstained) return {};
    std::vector<NumberedEvidence> evidence;
    for (std::size_t i = 0; i < request.evidence.size(); ++i) {
        const auto& answer = request.evidence_answers[i];
        const Citation& cited = request.evidence[i];
        const auto hit =
            std::find_if(request.hits.begin(), request.hits.end(), [&](const Hit& one) {
                return one.document == cited.document && one.begin <= cited.begin &&
                       cited.end <= one.end;
            });
        evidence.push_back(
            {request.evidence[i].n, request.evidence[i].quote, request.evidence[i].title,
             request.evidence_scores[i],
             answer ? std::string_view(answer->span.text) : std::string_view(),
             hit == request.hits.end() ? std::string_view() : hit->text,
             answer ? answer->certainty : 1,
             hit == request.hits.end()
                 ? std::string_view()
                 : header_of_row(hit->text, static_cast<std::size_t>(cited.begin - hit->begin),
                                 hit->context)});
    }
    std::optional<InLanguage> translation;
    std::function<void(std::string_view)> on_text = request.ask.on_text;
    if (request.translator != nullptr) {
        translation.emplace(request.context.pipeline, *request.translator, request.interrupt,
                            request.ask.on_text);
        on_text = [&](std::string_view piece) {
            const Busy busy(request.counters.get(request.translator->name()));
            translation->take(piece);
        };
    }
    const bool phrased = request.context.pipeline.config().answer.writing == "phrased";
    const WriterRequest writer{phrased ? Task::sentence : Task::answer,
                               request.text,
                               evidence,
                               request.context.pipeline.config().answer.max_tokens,
                               on_text,
                               request.interrupt,
                               {request.context.pipeline.verifier(),
                                request.context.pipeline.config().answer.min_entailment},
                               request.context.pipeline.verifies(),
                               request.context.pipeline.config().answer.min_certainty};
    if (generator == nullptr) {
        const Busy busy(writing);
        request.written = quote(writer);
    } else {
        LECTERN_ASSIGN(request.written,
                       write(*generator, writer, writing, request.counters.get("verify")));
    }
    if (translation) {
        request.written.original = std::move(request.written.text);
        LECTERN_ASSIGN(request.written.text, translation->text());
    }
    for (const std::string& reason : request.written.reasons)
        if (request.context.log) request.context.log(LogLevel::debug, "verify", reason);
    for (const std::string& hint : request.written.hints)
        if (request.context.log) request.context.log(LogLevel::warning, generator->name(), hint);
    return {};
}

}  // namespace lectern
