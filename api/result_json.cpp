#include "api/result_json.hpp"

#include <string>
#include <utility>

#include "lectern/copy.hpp"

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

boost::json::object json_of(const CopyReport& report) {
    return {{"documents", report.documents},
            {"chunks", report.chunks},
            {"resumed", report.resumed},
            {"deleted", report.deleted},
            {"refused", json_of(report.refused)},
            {"same", report.same},
            {"different", json_of(report.different)},
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
    boost::json::object out{{"document", clean(document.id)},
                            {"title", clean(document.title)},
                            {"text", clean(document.text)},
                            {"metadata", parsed(document.metadata)},
                            {"chunks", std::move(chunks)}};
    if (document.original_bytes > 0) out["original_bytes"] = document.original_bytes;
    return out;
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
            {"collection_id", clean(stats.collection_id)},
            {"keeps_originals", stats.keeps_originals}};
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
