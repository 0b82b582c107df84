#include "api/result_json.hpp"

#include <optional>
#include <string>
#include <utility>

namespace lectern::api {

boost::json::string clean(std::string_view bytes) {
    boost::json::string out;
    out.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const auto lead = static_cast<unsigned char>(bytes[i]);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xC2 && lead < 0xE0 ? 2
                                   : lead >= 0xE0 && lead < 0xF0 ? 3
                                   : lead >= 0xF0 && lead < 0xF5 ? 4
                                                                 : 0;
        bool whole = length > 0 && i + length <= bytes.size();
        for (std::size_t k = 1; whole && k < length; ++k)
            whole = (static_cast<unsigned char>(bytes[i + k]) & 0xC0U) == 0x80U;
        if (!whole) {
            out.append("?");
            ++i;
            continue;
        }
        out.append(bytes.substr(i, length));
        i += length;
    }
    return out;
}

boost::json::value parsed(std::string_view object) {
    boost::system::error_code error;
    auto value = boost::json::parse(object, error);
    if (error || !value.is_object()) return boost::json::object{};
    return value;
}

namespace {
boost::json::value optional(const std::optional<float>& score) {
    return score ? boost::json::value(*score) : boost::json::value();
}

void add_hints(const std::vector<std::string>& hints, boost::json::object& out) {
    if (hints.empty()) return;
    boost::json::array items;
    for (const std::string& hint : hints) items.push_back(clean(hint));
    out["hints"] = std::move(items);
}
}  // namespace

boost::json::object json_of(const Place& place) {
    boost::json::object out{{"text", clean(place.text)}, {"kind", clean(place.kind)}};
    if (place.first > 0) out["first"] = place.first;
    if (place.last > 0) out["last"] = place.last;
    if (!place.name.empty()) out["name"] = clean(place.name);
    if (!place.cells.empty()) out["cells"] = clean(place.cells);
    if (!place.part.empty()) out["part"] = clean(place.part);
    return out;
}

boost::json::object json_of(const Hit& hit) {
    boost::json::object out{{"document", clean(hit.document)},
                            {"chunk", hit.chunk},
                            {"score", hit.score},
                            {"dense_score", optional(hit.dense_score)},
                            {"lexical_score", optional(hit.lexical_score)},
                            {"title", clean(hit.title)},
                            {"text", clean(hit.text)},
                            {"begin", hit.begin},
                            {"end", hit.end},
                            {"metadata", parsed(hit.metadata)}};
    boost::json::array highlights;
    for (const ByteRange& range : hit.highlights)
        highlights.push_back(boost::json::object{{"begin", range.begin}, {"end", range.end}});
    out["highlights"] = std::move(highlights);
    if (!hit.context.empty()) out["context"] = clean(hit.context);
    if (!hit.place.empty()) out["place"] = json_of(hit.place);
    return out;
}

boost::json::object json_of(const Citation& citation) {
    boost::json::object out{{"n", citation.n},
                            {"document", clean(citation.document)},
                            {"title", clean(citation.title)},
                            {"begin", citation.begin},
                            {"end", citation.end},
                            {"quote", clean(citation.quote)}};
    if (!citation.place.empty()) out["place"] = json_of(citation.place);
    return out;
}

boost::json::array json_of(const std::vector<Citation>& citations) {
    boost::json::array out;
    for (const Citation& citation : citations) out.push_back(json_of(citation));
    return out;
}

boost::json::object json_of(const std::vector<Facet>& facets) {
    boost::json::object out;
    for (const Facet& facet : facets) {
        boost::json::array values;
        for (const FacetValue& value : facet.values)
            values.push_back(
                boost::json::object{{"value", clean(value.value)}, {"count", value.count}});
        out[clean(facet.field)] = std::move(values);
    }
    return out;
}

namespace {

// A number as JSON has it, exactly.
boost::json::value number_of(const std::string& text) {
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(text, error);
    return error ? boost::json::value() : value;
}

boost::json::object statistics_of(const std::vector<Facet>& facets) {
    boost::json::object out;
    for (const Facet& facet : facets)
        if (const auto& numbers = facet.statistics)
            out[clean(facet.field)] = boost::json::object{{"count", numbers->count},
                                                          {"least", number_of(numbers->least)},
                                                          {"most", number_of(numbers->most)},
                                                          {"sum", numbers->sum},
                                                          {"mean", numbers->mean}};
    return out;
}

}  // namespace

boost::json::object json_of(const JointResult& result, std::span<const std::string> names) {
    boost::json::array hits;
    for (const JointHit& one : result.hits) {
        boost::json::object hit = json_of(one.hit);
        if (one.collection < names.size())
            hit["collection"] = clean(names[one.collection]);
        else
            hit["collection"] = one.collection;
        hits.push_back(std::move(hit));
    }
    boost::json::object out{{"hits", std::move(hits)},
                            {"milliseconds", result.timing.milliseconds}};
    add_hints(result.hints, out);
    return out;
}

boost::json::object json_of(const SearchResult& result) {
    boost::json::array hits;
    for (const Hit& hit : result.hits) hits.push_back(json_of(hit));
    boost::json::object out{{"hits", std::move(hits)},
                            {"milliseconds", result.timing.milliseconds}};
    if (!result.facets.empty()) out["facets"] = json_of(result.facets);
    if (boost::json::object statistics = statistics_of(result.facets); !statistics.empty())
        out["facet_statistics"] = std::move(statistics);
    if (!result.summaries.empty()) {
        boost::json::array summaries;
        for (const Summary& summary : result.summaries) summaries.push_back(json_of(summary));
        out["summaries"] = std::move(summaries);
    }
    add_hints(result.hints, out);
    return out;
}

boost::json::object json_of(const Summary& summary) {
    return {{"summary", clean(summary.text)},
            {"status", std::string(name(summary.status))},
            {"citations", json_of(summary.citations)}};
}

boost::json::object json_of(const Answer& answer) {
    boost::json::array hits;
    for (const Hit& hit : answer.hits) hits.push_back(json_of(hit));
    boost::json::object out{
        {"answer", clean(answer.text)},    {"status", std::string(name(answer.status))},
        {"confidence", answer.confidence}, {"citations", json_of(answer.citations)},
        {"hits", std::move(hits)},         {"milliseconds", milliseconds(answer.timing)}};
    if (answer.span)
        out["answer_span"] = boost::json::object{{"document", clean(answer.span->document)},
                                                 {"begin", answer.span->begin},
                                                 {"end", answer.span->end},
                                                 {"text", clean(answer.span->text)}};
    if (!answer.question.empty()) out["question"] = clean(answer.question);
    add_hints(answer.hints, out);
    return out;
}

boost::json::object json_of(std::string_view document, const Summary& summary) {
    boost::json::object out = json_of(summary);
    out["document"] = clean(document);
    out["milliseconds"] = milliseconds(summary.timing);
    return out;
}

boost::json::object json_of(const BackupInfo& backup) {
    return {{"id", backup.id},
            {"created_at", backup.created_at},
            {"bytes", backup.bytes},
            {"files", backup.files},
            {"collection_id", clean(backup.collection_id)},
            {"sequence", backup.sequence},
            {"documents", backup.documents},
            {"damaged", backup.damaged}};
}

boost::json::array json_of(const std::vector<Finding>& findings) {
    boost::json::array out;
    for (const Finding& finding : findings)
        out.push_back(
            boost::json::object{{"where", clean(finding.where)}, {"what", clean(finding.what)}});
    return out;
}

boost::json::object json_of(const VerifyReport& report) {
    return {{"clean", report.findings.empty()},
            {"readable", report.readable},
            {"findings", json_of(report.findings)},
            {"more_findings", report.more_findings},
            {"notes", json_of(report.notes)},
            {"documents", report.documents},
            {"chunks", report.chunks},
            {"vectors", report.vectors},
            {"text_bytes", report.text_bytes},
            {"store_bytes", report.store_bytes},
            {"table_files", report.table_files},
            {"index_files", report.index_files},
            {"torn_log_bytes", report.torn_log_bytes},
            {"sequence", report.sequence},
            {"seconds", report.seconds}};
}

boost::json::object json_of(const ReembedReport& report) {
    return {{"pipeline", clean(report.pipeline)},
            {"fingerprint", clean(report.fingerprint)},
            {"previous_fingerprint", clean(report.previous_fingerprint)},
            {"chunks", report.chunks},
            {"resumed", report.resumed},
            {"truncated", report.truncated},
            {"seconds", report.seconds}};
}

boost::json::object json_of(const Document& document) {
    boost::json::array chunks;
    for (const ChunkRange& chunk : document.chunks) {
        boost::json::object one{{"chunk", chunk.chunk},
                                {"begin", chunk.begin},
                                {"end", chunk.end},
                                {"tokens", chunk.tokens}};
        if (!chunk.place.empty()) one["place"] = json_of(chunk.place);
        chunks.push_back(std::move(one));
    }
    return {{"document", clean(document.id)},
            {"title", clean(document.title)},
            {"text", clean(document.text)},
            {"metadata", parsed(document.metadata)},
            {"chunks", std::move(chunks)}};
}

boost::json::object json_of(const Stats& stats) {
    return {{"documents", stats.documents},
            {"chunks", stats.chunks},
            {"tokens", stats.tokens},
            {"pipeline", clean(stats.pipeline)},
            {"fingerprint", clean(stats.fingerprint)},
            {"dimension", stats.dimension},
            {"disk_bytes", stats.disk_bytes},
            {"sequence", stats.sequence},
            {"collection_id", clean(stats.collection_id)}};
}

boost::json::object json_of(const Overview& overview) {
    boost::json::array stored;
    for (const TimeCount& step : overview.stored)
        stored.push_back(boost::json::object{{"milliseconds", step.milliseconds},
                                             {"documents", step.documents}});
    boost::json::array sample;
    for (const MapPoint& point : overview.sample)
        sample.push_back(boost::json::object{{"document", clean(point.document)},
                                             {"title", clean(point.title)},
                                             {"chunk", point.chunk},
                                             {"begin", point.begin},
                                             {"end", point.end},
                                             {"tokens", point.tokens},
                                             {"x", point.x},
                                             {"y", point.y}});
    return {{"stored", std::move(stored)},
            {"step_milliseconds", overview.step_milliseconds},
            {"sample", std::move(sample)},
            {"explained", overview.explained}};
}

namespace {

boost::json::array json_of(const std::vector<IngestFailure>& failed) {
    boost::json::array out;
    for (const IngestFailure& failure : failed)
        out.push_back(boost::json::object{{"path", clean(failure.path)},
                                          {"error", clean(failure.error.message())}});
    return out;
}

boost::json::array list_of(const std::vector<std::string>& texts) {
    boost::json::array out;
    for (const std::string& text : texts) out.push_back(clean(text));
    return out;
}

}  // namespace

boost::json::object json_of(const IngestReport& report) {
    boost::json::object out{{"documents", report.documents},    {"chunks", report.chunks},
                            {"tokens", report.tokens},          {"skipped", report.skipped},
                            {"failed", json_of(report.failed)}, {"seconds", report.seconds}};
    if (report.gone > 0) out["gone"] = report.gone;
    return out;
}

boost::json::object json_of(const SyncReport& report) {
    boost::json::array changes;
    for (const SyncChange& change : report.changes) {
        boost::json::object one{{"change", name(change.kind)}, {"file", clean(change.file)}};
        if (change.kind == FileChange::renamed) one["from"] = clean(change.from);
        changes.push_back(std::move(one));
    }
    boost::json::array left_out;
    for (const LeftOut& left : report.left_out)
        left_out.push_back(
            boost::json::object{{"path", clean(left.path)}, {"why", clean(left.why)}});
    boost::json::object out{
        {"changes", std::move(changes)},    {"unchanged", report.unchanged},
        {"documents", report.documents},    {"removed", report.removed},
        {"chunks", report.chunks},          {"kept_vectors", report.kept_vectors},
        {"tokens", report.tokens},          {"left_out", std::move(left_out)},
        {"failed", json_of(report.failed)}, {"seconds", report.seconds}};
    if (!report.refused.empty()) out["refused"] = list_of(report.refused);
    return out;
}

boost::json::object json_of(const Source& source) {
    return {{"path", clean(source.path.string())},
            {"name", clean(source.name)},
            {"include", list_of(source.include)},
            {"exclude", list_of(source.exclude)},
            {"files", source.files},
            {"documents", source.documents}};
}

boost::json::object json_of(const IngestProgress& progress) {
    return {{"bytes_read", progress.bytes_read}, {"bytes_total", progress.bytes_total},
            {"documents", progress.documents},   {"tokens", progress.tokens},
            {"fraction", progress.fraction},     {"seconds", progress.seconds}};
}

boost::json::object json_of(const ReembedProgress& progress) {
    return {{"chunks", progress.chunks},
            {"chunks_total", progress.chunks_total},
            {"seconds", progress.seconds}};
}

boost::json::object json_of(const std::vector<PluginInfo>& plugins) {
    boost::json::array used;
    boost::json::array refused;
    for (const PluginInfo& plugin : plugins) {
        if (!plugin.refused.ok()) {
            refused.push_back(boost::json::object{{"path", clean(plugin.path.string())},
                                                  {"name", clean(plugin.name)},
                                                  {"reason", clean(plugin.refused.message())}});
            continue;
        }
        boost::json::array stages;
        for (const StageTypeInfo& stage : plugin.stages)
            stages.push_back(boost::json::object{{"name", clean(stage.name)},
                                                 {"kind", clean(stage.kind)},
                                                 {"description", clean(stage.description)},
                                                 {"options", parsed(stage.options)}});
        used.push_back(boost::json::object{{"name", clean(plugin.name)},
                                           {"version", clean(plugin.version)},
                                           {"abi", plugin.abi},
                                           {"license", clean(plugin.license)},
                                           {"description", clean(plugin.description)},
                                           {"path", clean(plugin.path.string())},
                                           {"stages", std::move(stages)}});
    }
    return {{"plugins", std::move(used)}, {"refused", std::move(refused)}};
}

boost::json::object milliseconds(const Timing& timing) {
    boost::json::object out;
    for (const StageTiming& stage : timing.stages)
        out[clean(stage.stage)] = stage.busy_seconds * 1e3;
    out["total"] = timing.milliseconds;
    return out;
}

boost::json::array json_of(const std::vector<StageTiming>& stages) {
    boost::json::array out;
    for (const StageTiming& stage : stages)
        out.push_back(boost::json::object{{"stage", clean(stage.stage)},
                                          {"calls", stage.calls},
                                          {"items", stage.items},
                                          {"tokens", stage.tokens},
                                          {"batch_fill", stage.batch_fill},
                                          {"wait_milliseconds", stage.wait_seconds * 1e3},
                                          {"busy_milliseconds", stage.busy_seconds * 1e3}});
    return out;
}

}  // namespace lectern::api
