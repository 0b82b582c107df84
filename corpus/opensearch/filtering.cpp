// Conditions, facets and order, by what the index's mapping says of the fields.
#include <algorithm>
#include <utility>

#include "corpus/opensearch/cluster_corpus.hpp"
#include "corpus/opensearch/json_build.hpp"
#include "index/metadata/metadata.hpp"
#include "index/metadata/table.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr std::size_t most_facet_values = 100;

}  // namespace

Result<Kinds> ClusterCorpus::kinds() const {
    LECTERN_ASSIGN(const json::value answer,
                   cluster_.transport().ask("GET", "/" + cluster_.name() + "/_mapping"));
    const json::value* index = index_in(answer);
    if (index == nullptr) return Kinds();
    if (const std::uint64_t serving = count_at(*index, "mappings", "_meta", "lectern", "serving");
        serving != 0)
        cluster_.note_serving(static_cast<storage::GenerationNumber>(serving));
    const auto* properties =
        at_path(*index, std::string_view("mappings"), std::string_view("properties"));
    if (properties == nullptr || !properties->is_object()) return Kinds();
    return kinds_of(properties->as_object());
}

Status ClusterCorpus::add_facets(const std::vector<std::string>& fields, const Kinds& kinds,
                                 Narrowed& out) const {
    json::object wanted;
    for (std::size_t i = 0; i < fields.size(); ++i)
        wanted["f" + std::to_string(i)] =
            object_of("terms", object_of("field", text_value(facet_field(kinds, fields[i])), "size",
                                         most_facet_values + 1, "shard_size", 2000));
    json::array both{kind_is("document"),
                     object_of("range", object_of("count", object_of("gt", 0)))};
    if (const json::value* query = query_of(out.selection.get())) both.push_back(*query);
    LECTERN_ASSIGN(const json::value answer,
                   cluster_.search(object_of(
                       "size", 0, "query", object_of("bool", object_of("filter", std::move(both))),
                       "aggs", std::move(wanted))));
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!has_field(kinds, fields[i])) out.hints.push_back(missing_field(kinds, fields[i]));
        Facet facet{fields[i], {}};
        for (const json::value& bucket :
             list_at(answer, "aggregations", "f" + std::to_string(i), "buckets"))
            facet.values.push_back({text_at(bucket, "key"), count_at(bucket, "doc_count")});
        if (facet.values.size() > most_facet_values) {
            facet.values.pop_back();
            out.hints.push_back("'" + fields[i] + "' has more than " +
                                std::to_string(most_facet_values) +
                                " values; the facet has the most frequent ones");
        }
        out.facets.push_back(std::move(facet));
    }
    return {};
}

Result<Narrowed> ClusterCorpus::narrow(std::string_view filter,
                                       const std::vector<std::string>& facets) const {
    Narrowed out;
    LECTERN_ASSIGN(const Kinds known, kinds());
    if (!filter.empty()) {
        auto condition = std::make_shared<Chosen>();
        LECTERN_ASSIGN(condition->query, filter_query(filter, known, out.hints));
        out.selection = std::move(condition);
    }
    if (!facets.empty()) LECTERN_TRY(add_facets(facets, known, out));
    return out;
}

Result<Selected> ClusterCorpus::select(std::string_view filter) const {
    constexpr std::string_view only_id[] = {"id"};
    Selected out;
    LECTERN_ASSIGN(const Kinds known, kinds());
    LECTERN_ASSIGN(json::value query, filter_query(filter, known, out.hints));
    json::array both{kind_is("document"),
                     object_of("range", object_of("count", object_of("gt", 0)))};
    both.push_back(std::move(query));
    LECTERN_TRY(cluster_.each(object_of("bool", object_of("filter", std::move(both))), "id", {},
                              1000, only_id, [&](const json::array& hits) -> Result<bool> {
                                  for (const json::value& hit : hits)
                                      out.documents.push_back(text_at(hit, "_source", "id"));
                                  return true;
                              }));
    return out;
}

// By the metadata that hits carry.
Status ClusterCorpus::sort(const SortField& by, std::vector<Hit>& hits,
                           std::vector<std::string>& hints) const {
    std::vector<std::optional<Head>> heads;
    if (by.field == "committed") {
        std::vector<std::string> ids;
        for (const Hit& hit : hits) ids.push_back(hit.document);
        LECTERN_ASSIGN(heads, heads_of(cluster_, ids));
    }
    std::vector<filter::SortKey> keys;
    bool any = false;
    for (std::size_t i = 0; i < hits.size(); ++i) {
        // A table of one document knows by what it is sorted.
        filter::Table one;
        one.add({hits[i].document, hits[i].title, hits[i].metadata,
                 !heads.empty() && heads[i] ? heads[i]->header.committed_at : 0, 1, 1});
        keys.push_back(one.sort_key(1, by.field, by.descending));
        any = any || keys.back().present;
    }
    if (!any) {
        LECTERN_ASSIGN(const Kinds known, kinds());
        if (!has_field(known, by.field)) hints.push_back(missing_field(known, by.field));
    }
    filter::sort_by_keys(hits, keys, by.descending);
    return {};
}

}  // namespace lectern::corpus::opensearch
