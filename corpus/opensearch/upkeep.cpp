// Figures, verify, repair, backups.
#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "corpus/opensearch/check.hpp"
#include "corpus/opensearch/cluster_corpus.hpp"
#include "corpus/opensearch/json_build.hpp"
#include "corpus/opensearch/snapshots.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

// Rows come some seconds before the head that names them.
constexpr std::chrono::milliseconds written_by_nobody_after = std::chrono::hours(1);

}  // namespace

Result<storage::Counters> ClusterCorpus::counters() const {
    json::object sums;
    for (const std::string_view field : {"count", "tokens", "text_bytes"})
        sums[json::string_view(field.data(), field.size())] =
            object_of("sum", object_of("field", text_value(field)));
    LECTERN_ASSIGN(const Reply there,
                   cluster_.transport().send("GET", "/" + cluster_.name() + "/_mapping"));
    if (there.status == 404) return storage::Counters{};
    LECTERN_ASSIGN(const json::value answer,
                   cluster_.search(object_of("size", 0, "track_total_hits", true, "query",
                                             kind_is("document"), "aggs", std::move(sums))));
    return storage::Counters{count_at(answer, "hits", "total", "value"),
                             count_at(answer, "aggregations", "count", "value"),
                             count_at(answer, "aggregations", "tokens", "value"),
                             count_at(answer, "aggregations", "text_bytes", "value")};
}

Result<std::uint64_t> ClusterCorpus::vector_count(storage::GenerationNumber generation) const {
    return cluster_.count(having(generation));
}

Result<CorpusFigures> ClusterCorpus::figures() const {
    LECTERN_ASSIGN(const Reply reply,
                   cluster_.transport().send("GET", "/" + cluster_.name() + "/_stats/store"));
    CorpusFigures out;
    if (reply.status == 200)
        out.disk_bytes = count_at(reply.body, "_all", "total", "store", "size_in_bytes");
    return out;
}

Result<BackupInfo> ClusterCorpus::backup(const std::filesystem::path& to,
                                         const BackupOptions& options) const {
    LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
    LECTERN_ASSIGN(const storage::Counters count, counters());
    return make_snapshot(cluster_, now, count.documents, to.string(), options);
}

Result<VerifyReport> ClusterCorpus::verify(const VerifyOptions& options) const {
    LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
    return check_rows(cluster_, now, options);
}

// Documents that are not whole go: what is left of them is not what was ingested. So do rows of no
// document that are too old to be written still. Vectors can be made again.
Result<RepairReport> ClusterCorpus::repair() {
    const auto begin = std::chrono::steady_clock::now();
    LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
    RepairReport out;
    LECTERN_ASSIGN(const bool held_up, let_writes_in(cluster_));
    if (held_up)
        out.found.push_back({"index",
                             "writes were held up, as by a backup that was broken off; they are "
                             "let in again"});
    Damage damage;
    LECTERN_ASSIGN(VerifyReport report, check_rows(cluster_, now, {}, &damage));
    std::move(report.findings.begin(), report.findings.end(), std::back_inserter(out.found));
    std::vector<DamagedDocument> damaged;
    std::size_t without_vectors = 0;
    for (DamagedDocument& one : damage.documents) {
        if (one.only_vectors)
            ++without_vectors;
        else
            damaged.push_back(std::move(one));
    }
    LECTERN_ASSIGN(const auto removed, remove_damaged(cluster_, damaged));
    for (const DamagedDocument& one : removed)
        out.lost.push_back({"document " + one.id, one.what + "; ingest it again"});
    if (without_vectors > 0)
        out.found.push_back({"documents", std::to_string(without_vectors) +
                                              " lack only vectors and stay; 'lectern reembed' "
                                              "with the pipeline '" +
                                              now.pipeline_name + "' makes them"});
    const std::int64_t old = storage::now_milliseconds() - written_by_nobody_after.count();
    std::erase_if(damage.strays,
                  [old](const StrayVersion& one) { return one.written == 0 || one.written > old; });
    LECTERN_ASSIGN(const std::uint64_t rows, remove_strays(cluster_, damage.strays));
    if (rows > 0)
        out.found.push_back({"rows", std::to_string(rows) +
                                         " belonged to no document, and were written more than an "
                                         "hour ago; they are taken out"});
    LECTERN_ASSIGN(const storage::Counters left, counters());
    out.documents = left.documents;
    out.chunks = left.chunks;
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return out;
}

}  // namespace lectern::corpus::opensearch
