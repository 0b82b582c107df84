#include "corpus/opensearch/check.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "corpus/opensearch/cluster_reader.hpp"
#include "corpus/opensearch/json_build.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr std::size_t most_findings = 1000;
constexpr std::size_t groups_of_a_page = 1000;

class Check {
 public:
    Check(const Cluster& cluster, const storage::Generation& serving, VerifyReport& report,
          Damage* damage)
        : cluster_(cluster),
          reader_(cluster),
          serving_(serving),
          report_(report),
          damage_(damage) {}

    // Again with the head of now where rows are missing: another version may have taken its place.
    [[nodiscard]] Status document(const std::string& id) {
        LECTERN_ASSIGN(const auto heads, heads_of(cluster_, {&id, 1}));
        if (!heads.front()) return {};
        const storage::DocumentHeader& header = heads.front()->header;
        LECTERN_ASSIGN(Problem problem, problem_of(header));
        if (!problem.what.empty()) {
            LECTERN_ASSIGN(const auto again, heads_of(cluster_, {&id, 1}));
            if (!again.front()) return {};
            if (again.front()->header.ordinal != header.ordinal) return document(id);
            if (damage_ != nullptr)
                damage_->documents.push_back(
                    {id, header.ordinal, problem.what, problem.only_vectors});
            return find("document " + id, std::move(problem.what));
        }
        ++report_.documents;
        report_.chunks += header.chunks.count;
        report_.vectors += header.chunks.count;
        report_.text_bytes += header.text_bytes;
        return {};
    }

    // Versions by their rows, in order of ordinal: a head, a text, and so many chunks as it says.
    [[nodiscard]] Status versions() {
        json::value after;
        std::uint64_t rows_of_none = 0;
        while (true) {
            json::object kind = object_of("terms", object_of("field", "kind"));
            json::object counted = object_of("sum", object_of("field", "count"));
            json::object composite =
                object_of("size", groups_of_a_page, "sources",
                          json::array{object_of(
                              "ordinal", object_of("terms", object_of("field", "ordinal")))});
            if (!after.is_null()) composite["after"] = after;
            json::object latest = object_of("max", object_of("field", "committed"));
            json::object inner = object_of("kinds", std::move(kind), "count", std::move(counted),
                                           "latest", std::move(latest));
            json::object groups =
                object_of("composite", std::move(composite), "aggs", std::move(inner));
            LECTERN_ASSIGN(
                const json::value answer,
                cluster_.search(object_of("size", 0, "track_total_hits", false, "query",
                                          object_of("exists", object_of("field", "ordinal")),
                                          "aggs", object_of("versions", std::move(groups)))));
            const json::array& buckets = list_at(answer, "aggregations", "versions", "buckets");
            if (buckets.empty()) break;
            for (const json::value& bucket : buckets) {
                std::uint64_t heads = 0;
                std::uint64_t chunks = 0;
                for (const json::value& one : list_at(bucket, "kinds", "buckets")) {
                    if (text_at(one, "key") == "document") heads = count_at(one, "doc_count");
                    if (text_at(one, "key") == "chunk") chunks = count_at(one, "doc_count");
                }
                if (heads == 0) {
                    rows_of_none += count_at(bucket, "doc_count");
                    if (damage_ != nullptr)
                        damage_->strays.push_back(
                            {count_at(bucket, "key", "ordinal"),
                             static_cast<std::int64_t>(count_at(bucket, "latest", "value"))});
                } else if (heads > 1 || chunks > count_at(bucket, "count", "value"))
                    LECTERN_TRY(
                        find("version " + std::to_string(count_at(bucket, "key", "ordinal")),
                             "it has " + std::to_string(chunks) + " chunks and " +
                                 std::to_string(heads) + " heads, which name " +
                                 std::to_string(count_at(bucket, "count", "value")) + " chunks"));
            }
            const auto* key = at_path(buckets.back(), std::string_view("key"));
            if (key == nullptr) break;
            after = *key;
        }
        if (rows_of_none > 0)
            report_.notes.push_back(
                {"rows", std::to_string(rows_of_none) +
                             " belong to no document: another program writes them now, or died "
                             "before it had written all; no search gives them out"});
        return {};
    }

 private:
    struct Problem {
        std::string what;  // "": none
        bool only_vectors = false;
    };

    [[nodiscard]] Status find(std::string where, std::string what) {
        if (report_.findings.size() < most_findings)
            report_.findings.push_back({std::move(where), std::move(what)});
        else
            ++report_.more_findings;
        return {};
    }

    [[nodiscard]] Result<Problem> problem_of(const storage::DocumentHeader& header) {
        const std::string text_name = text_id(header.ordinal);
        LECTERN_ASSIGN(const std::vector<Row> texts, cluster_.rows({&text_name, 1}, {}));
        if (!texts.front().found) return Problem{"its text is missing"};
        const std::string text = text_at(texts.front().source, "text");
        if (text.size() != header.text_bytes)
            return Problem{"its text has " + std::to_string(text.size()) + " bytes, and not " +
                           std::to_string(header.text_bytes)};
        constexpr std::uint64_t at_once = 500;
        std::uint64_t without = 0;
        for (std::uint64_t at = 0; at < header.chunks.count; at += at_once) {
            std::vector<storage::ChunkId> ids;
            for (std::uint64_t i = at; i < std::min(at + at_once, header.chunks.count); ++i)
                ids.push_back(header.chunks.first + i);
            LECTERN_ASSIGN(const auto views, reader_.chunk_views(ids, true));
            for (std::size_t i = 0; i < views.size(); ++i) {
                const std::string which = "its chunk " + std::to_string(at + i + 1) + " of " +
                                          std::to_string(header.chunks.count);
                if (!views[i]) return Problem{which + " is missing"};
                const storage::Chunk& chunk = views[i]->chunk;
                if (chunk.document != header.ordinal)
                    return Problem{which + " belongs to another version"};
                if (chunk.begin > chunk.end || chunk.end > text.size() ||
                    std::string_view(text).substr(chunk.begin, chunk.end - chunk.begin) !=
                        views[i]->text)
                    return Problem{which + " has other bytes than its text"};
            }
            LECTERN_ASSIGN(const VectorRows rows, reader_.vectors(serving_.number, ids));
            without += ids.size() - rows.found.size();
            if (rows.values.size() != rows.found.size() * serving_.dimension)
                return Problem{"a vector of it is not as long as those of the model"};
        }
        if (without > 0)
            return Problem{
                std::to_string(without) + " of its chunks have no vector of the model that serves",
                true};
        return Problem{};
    }

    const Cluster& cluster_;
    const ClusterReader reader_;
    const storage::Generation& serving_;
    VerifyReport& report_;
    Damage* const damage_;  // null: it is not wanted
};

}  // namespace

Result<VerifyReport> check_rows(const Cluster& cluster, const storage::CollectionMeta& meta,
                                const VerifyOptions& options, Damage* damage) {
    const auto begin = std::chrono::steady_clock::now();
    const storage::Generation* serving = meta.generation(meta.serving);
    if (serving == nullptr) return Status{Code::not_found, "there is no such collection"};
    VerifyReport report;
    report.readable = true;
    Check check(cluster, *serving, report, damage);
    LECTERN_TRY(cluster.refresh());  // a program that was killed may have left it undone
    LECTERN_ASSIGN(const std::uint64_t total, cluster.count(kind_is("document")));
    std::uint64_t looked_at = 0;
    Status failure;
    LECTERN_TRY(ClusterReader(cluster).each_header(
        [&](const storage::DocumentHeader& header) {
            if (options.stop.stop_requested())
                return failure = {Code::cancelled, "verify was stopped"}, false;
            failure = check.document(header.id);
            if (options.progress) options.progress(++looked_at, total);
            return failure.ok();
        },
        {}));
    LECTERN_TRY(failure);
    LECTERN_TRY(check.versions());
    // The vectors before go from all rows then, and every document would seem to lack its own.
    LECTERN_ASSIGN(const Served now, cluster.served());
    if (!now.there || now.collection != meta.id || now.serving != serving->number)
        return Status{Code::unavailable,
                      "another program has changed the model of the collection '" + cluster.name() +
                          "' meanwhile, or made it anew; do it again"};
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return report;
}

Result<std::vector<DamagedDocument>> remove_damaged(const Cluster& cluster,
                                                    std::span<const DamagedDocument> documents) {
    constexpr std::size_t at_once = 500;
    std::vector<DamagedDocument> out;
    for (; !documents.empty(); documents = documents.subspan(std::min(at_once, documents.size()))) {
        const auto some = documents.first(std::min(at_once, documents.size()));
        std::vector<std::string> ids;
        for (const DamagedDocument& one : some) ids.push_back(one.id);
        LECTERN_ASSIGN(const auto heads, heads_of(cluster, ids));
        Bulk bulk(cluster);
        for (std::size_t i = 0; i < some.size(); ++i)
            if (heads[i] && heads[i]->header.ordinal == some[i].ordinal)
                bulk.remove_after(head_id(ids[i]), heads[i]->sequence, heads[i]->term);
        if (bulk.empty()) continue;
        // A conflict may also be the answer to a request that was sent twice: the head tells.
        LECTERN_TRY(bulk.send().status());
        LECTERN_ASSIGN(const auto left, heads_of(cluster, ids));
        Bulk rows(cluster);
        for (std::size_t i = 0; i < some.size(); ++i) {
            if (!heads[i] || heads[i]->header.ordinal != some[i].ordinal || left[i]) continue;
            rows.remove(text_id(some[i].ordinal));
            const storage::ChunkRange& chunks = heads[i]->header.chunks;
            for (storage::ChunkId chunk = chunks.first; chunk < chunks.end(); ++chunk)
                rows.remove(chunk_id(chunk));
            out.push_back(some[i]);
        }
        if (!rows.empty()) LECTERN_TRY(rows.send().status());
    }
    if (!out.empty()) LECTERN_TRY(cluster.refresh());
    return out;
}

Result<std::uint64_t> remove_strays(const Cluster& cluster,
                                    const std::vector<StrayVersion>& strays) {
    std::uint64_t out = 0;
    for (const StrayVersion& stray : strays) {
        const json::object body =
            object_of("size", groups_of_a_page, "_source", false, "track_total_hits", false,
                      "query", object_of("term", object_of("ordinal", stray.ordinal)));
        while (true) {
            LECTERN_ASSIGN(const json::value answer, cluster.search(body));
            const json::array& hits = list_at(answer, "hits", "hits");
            if (hits.empty()) break;
            Bulk bulk(cluster);
            for (const json::value& hit : hits) bulk.remove(text_at(hit, "_id"));
            LECTERN_TRY(bulk.send().status());
            LECTERN_TRY(cluster.refresh());
            out += hits.size();
        }
    }
    return out;
}

}  // namespace lectern::corpus::opensearch
