// Lectern's indexes of a cluster: which there are, and their end.
#include <algorithm>
#include <optional>
#include <utility>

#include "corpus/opensearch/json_build.hpp"
#include "corpus/opensearch/opensearch.hpp"
#include "corpus/opensearch/rows.hpp"
#include "corpus/opensearch/transport.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr const char* parts_of_meta =
    "/_mapping?filter_path=*.mappings._meta.lectern.id,*.mappings._meta.lectern.layout,"
    "*.mappings._meta.lectern.created_at";

// Nothing: it is another's index.
std::optional<IndexOfCluster> index_of(std::string name, const json::value& mapping) {
    const auto* meta = at_path(mapping, std::string_view("mappings"), std::string_view("_meta"),
                               std::string_view("lectern"));
    if (meta == nullptr || at_path(*meta, std::string_view("layout")) == nullptr) return {};
    return IndexOfCluster{std::move(name), id_of(*meta),
                          static_cast<std::int64_t>(count_at(*meta, "created_at"))};
}

Status no_index(std::string_view address) {
    return {Code::not_found, "there is no collection '" + std::string(address) + "'"};
}

Result<IndexOfCluster> find_by(const Transport& transport, std::string_view address) {
    const std::string& name = transport.address().name;
    LECTERN_ASSIGN(const Reply reply, transport.send("GET", "/" + name + parts_of_meta));
    if (reply.status == 404) return no_index(address);
    if (reply.status != 200) return failure_of(reply);
    if (const auto* indexes = reply.body.if_object())
        if (indexes->size() == 1)
            if (auto found = index_of(name, indexes->begin()->value())) return *std::move(found);
    return no_index(address);
}

}  // namespace

Result<std::vector<IndexOfCluster>> list(std::string_view cluster) {
    LECTERN_ASSIGN(Address address, parse_cluster(cluster));
    LECTERN_ASSIGN(const auto transport, connect(std::move(address)));
    LECTERN_ASSIGN(const json::value answer, transport->ask("GET", parts_of_meta));
    std::vector<IndexOfCluster> out;
    if (const auto* indexes = answer.if_object())
        for (const auto& [name, mapping] : *indexes)
            if (auto found = index_of(std::string(name.data(), name.size()), mapping))
                out.push_back(*std::move(found));
    std::sort(out.begin(), out.end(),
              [](const auto& one, const auto& other) { return one.name < other.name; });
    return out;
}

Result<IndexOfCluster> find(std::string_view address) {
    LECTERN_ASSIGN(Address parsed, parse_address(address));
    LECTERN_ASSIGN(const auto transport, connect(std::move(parsed)));
    return find_by(*transport, address);
}

Status drop(std::string_view address) {
    LECTERN_ASSIGN(Address parsed, parse_address(address));
    LECTERN_ASSIGN(const auto transport, connect(std::move(parsed)));
    // Not an index of others.
    LECTERN_TRY(find_by(*transport, address).status());
    LECTERN_ASSIGN(const Reply reply, transport->send("DELETE", "/" + transport->address().name));
    // The answer to the first of two requests may have been lost.
    if (reply.status == 404 || reply.status == 200) return {};
    return failure_of(reply);
}

}  // namespace lectern::corpus::opensearch
