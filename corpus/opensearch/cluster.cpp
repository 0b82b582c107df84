#include "corpus/opensearch/cluster.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <thread>

#include "corpus/opensearch/json_build.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr std::size_t most_known = 200'000;
constexpr std::size_t rows_at_once = 500;
constexpr std::size_t bulk_bytes = 8U << 20U;
constexpr int tries_of_an_update = 5;
// For what may pass, as long as it takes until the cluster has taken notice of a node that is gone;
// for what does not look so, until every node was asked some times.
constexpr auto again_for = std::chrono::seconds(30);
constexpr auto again_in_vain_for = std::chrono::seconds(3);
constexpr auto refresh_again_after = std::chrono::seconds(1);
constexpr auto again_after = std::chrono::milliseconds(200);

json::array names_of(std::span<const std::string_view> fields) {
    json::array out;
    for (const std::string_view field : fields) out.push_back(text_value(field));
    return out;
}

// How long a part of the cluster is asked again.
class Patience {
 public:
    // After a pause. `passing`: what it says may pass.
    [[nodiscard]] bool again(bool passing) {
        const auto now = Clock::now();
        if (passing) passed_ = now;
        const bool over = passing ? now - begin_ >= again_for : now - passed_ >= again_in_vain_for;
        if (!over) std::this_thread::sleep_for(again_after);
        return !over;
    }

 private:
    using Clock = std::chrono::steady_clock;
    const Clock::time_point begin_ = Clock::now();
    Clock::time_point passed_ = begin_;  // when what it said was last such as passes
};

// "TYPE: REASON"
std::string said_of(const json::value& error) {
    const std::string type = text_at(error, "type");
    const std::string reason = text_at(error, "reason");
    if (type.empty() && reason.empty()) return "an error without a reason";
    return type.empty() || reason.empty() ? type + reason : type + ": " + reason;
}

constexpr std::string_view node_advice =
    "; GET /_cluster/health and the log of the node say more; do it again when that is mended";

// As long as a copy that was there is gone, and the cluster has not taken notice of it.
Result<json::value> get_all(const Transport& transport, const std::string& path,
                            const std::string& body) {
    Patience patience;
    while (true) {
        LECTERN_ASSIGN(Reply reply, transport.send("POST", path, body));
        if (reply.status != 200) return failure_of(reply);
        std::string why;
        bool passing = true;
        for (const json::value& doc : list_at(reply.body, "docs")) {
            const auto* error = at_path(doc, std::string_view("error"));
            const std::string type = text_at(doc, "error", "type");
            if (error == nullptr || type == "index_not_found_exception") continue;
            passing = (why.empty() || passing) && may_pass(type);
            why = said_of(*error);
        }
        if (why.empty()) return std::move(reply.body);
        if (!patience.again(passing))
            return Status{Code::unavailable, "the cluster's node " + reply.node +
                                                 " does not give a row out (" + why + ")" +
                                                 std::string(node_advice)};
    }
}

}  // namespace

Result<json::value> Cluster::search(const json::object& body, std::string_view type) const {
    std::string path = "/" + name() + "/_search?allow_partial_search_results=false";
    if (!type.empty()) path.append("&search_type=").append(type);
    LECTERN_ASSIGN(json::value answer, transport_->ask("POST", path, json::serialize(body)));
    if (count_at(answer, "_shards", "failed") > 0)
        return Status{Code::unavailable, "the cluster: a part of the index did not answer"};
    return answer;
}

Result<std::vector<json::value>> Cluster::search(std::span<const Search> searches) const {
    std::vector<json::value> out;
    json::value together;
    if (searches.size() > 1) {
        std::string lines;
        for (const Search& one : searches) {
            json::object head = object_of("allow_partial_search_results", false);
            if (!one.type.empty()) head["search_type"] = text_value(one.type);
            lines += json::serialize(head) + "\n" + json::serialize(one.body) + "\n";
        }
        LECTERN_ASSIGN(together, transport_->ask("POST", "/" + name() + "/_msearch", lines));
    }
    const json::array& answers = list_at(together, "responses");
    for (std::size_t i = 0; i < searches.size(); ++i) {
        const bool whole = i < answers.size() && count_at(answers[i], "status") == 200 &&
                           count_at(answers[i], "_shards", "failed") == 0;
        if (whole) {
            out.push_back(answers[i]);
            continue;
        }
        // Alone it is tried again on other nodes, and its error is told as that of any.
        LECTERN_ASSIGN(json::value answer, search(searches[i].body, searches[i].type));
        out.push_back(std::move(answer));
    }
    return out;
}

Result<std::uint64_t> Cluster::count(json::object query) const {
    // The engine's own way to count leaves out what does not answer.
    LECTERN_ASSIGN(const json::value answer, search(object_of("size", 0, "track_total_hits", true,
                                                              "query", std::move(query))));
    return count_at(answer, "hits", "total", "value");
}

Result<std::vector<Row>> Cluster::rows(std::span<const std::string> names,
                                       std::span<const std::string_view> fields) const {
    std::vector<Row> out;
    out.reserve(names.size());
    for (std::size_t at = 0; at < names.size(); at += rows_at_once) {
        json::array docs;
        for (const std::string& row :
             names.subspan(at, std::min(rows_at_once, names.size() - at))) {
            json::object doc = object_of("_id", text_value(row));
            if (!fields.empty()) doc["_source"] = names_of(fields);
            docs.push_back(std::move(doc));
        }
        LECTERN_ASSIGN(const json::value answer,
                       get_all(*transport_, "/" + name() + "/_mget",
                               json::serialize(object_of("docs", std::move(docs)))));
        for (const json::value& doc : list_at(answer, "docs")) {
            Row& row = out.emplace_back();
            const auto* found = at_path(doc, std::string_view("found"));
            row.found = found != nullptr && found->is_bool() && found->as_bool();
            if (!row.found) continue;
            if (const auto* source = at_path(doc, std::string_view("_source")))
                row.source = *source;
            row.sequence = static_cast<std::int64_t>(count_at(doc, "_seq_no"));
            row.term = static_cast<std::int64_t>(count_at(doc, "_primary_term"));
        }
    }
    if (out.size() != names.size())
        return Status{Code::unavailable,
                      "the cluster answered with other rows than were asked for"};
    return out;
}

Status Cluster::each(const json::value& query, std::string_view order, json::value after,
                     std::size_t page, std::span<const std::string_view> fields,
                     const std::function<Result<bool>(const json::array&)>& visit) const {
    while (true) {
        json::object body =
            object_of("size", page, "query", query, "sort", json::array{object_of(order, "asc")},
                      "track_total_hits", false);
        if (!fields.empty()) body["_source"] = names_of(fields);
        if (!after.is_null()) body["search_after"] = json::array{after};
        LECTERN_ASSIGN(const json::value answer, search(body));
        const json::array& hits = list_at(answer, "hits", "hits");
        if (hits.empty()) return {};
        LECTERN_ASSIGN(const bool more, visit(hits));
        if (!more || hits.size() < page) return {};
        const json::array& sort = list_at(hits.back(), "sort");
        if (sort.empty()) return {Code::unavailable, "the cluster gave hits without their order"};
        after = sort.front();
    }
}

Status Cluster::refresh() const {
    Patience patience;
    while (true) {
        LECTERN_ASSIGN(const Reply reply, transport_->send("POST", "/" + name() + "/_refresh"));
        if (reply.status != 200) return failure_of(reply);
        if (count_at(reply.body, "_shards", "failed") == 0) return {};
        // A copy that is on a node that is gone counts until the cluster has taken notice of it.
        bool passing = true;
        std::string why = "a part of the index";
        for (const json::value& failure : list_at(reply.body, "_shards", "failures")) {
            passing = passing && may_pass(text_at(failure, "reason", "type"));
            if (const auto* reason = at_path(failure, std::string_view("reason")))
                why = said_of(*reason);
        }
        if (!patience.again(passing))
            return {Code::unavailable, "the cluster's node " + reply.node +
                                           " cannot make searches see what was written (" + why +
                                           ")" + std::string(node_advice)};
    }
}

Status Cluster::refresh_now_and_then() const {
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        if (now - refreshed_ < refresh_again_after) return {};
        refreshed_ = now;
    }
    return refresh();
}

Result<Served> Cluster::served() const {
    LECTERN_ASSIGN(const Reply reply,
                   transport_->send("GET", "/" + name() +
                                               "/_mapping?filter_path=*.mappings._meta.lectern.id,"
                                               "*.mappings._meta.lectern.serving,"
                                               "*.mappings._meta.lectern.generations.number"));
    Served out;
    if (reply.status == 404) return out;
    if (reply.status != 200) return failure_of(reply);
    const json::value* index = index_in(reply.body);
    const auto* meta = index == nullptr
                           ? nullptr
                           : at_path(*index, std::string_view("mappings"),
                                     std::string_view("_meta"), std::string_view("lectern"));
    if (meta == nullptr) return out;
    out.there = true;
    out.collection = id_of(*meta);
    out.serving = static_cast<storage::GenerationNumber>(count_at(*meta, "serving"));
    for (const json::value& one : list_at(*meta, "generations"))
        out.all.push_back(static_cast<storage::GenerationNumber>(count_at(one, "number")));
    note_serving(out.serving);
    return out;
}

Status Cluster::must_have(storage::GenerationNumber generation) const {
    const auto names = [generation](const std::vector<storage::GenerationNumber>& all) {
        return std::find(all.begin(), all.end(), generation) != all.end();
    };
    const auto begin = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        if (begin - named_at_ < name_is_good_for && names(named_)) return {};
    }
    LECTERN_ASSIGN(Served now, served());
    const std::lock_guard lock(mutex_);
    named_.clear();
    if (!now.there || now.collection != collection_)
        return {Code::unavailable,
                "the collection '" + name() +
                    "' was deleted meanwhile, and perhaps made again; open it again"};
    named_ = std::move(now.all);
    named_at_ = begin;
    if (names(named_)) return {};
    return {Code::unavailable,
            "the model of the collection was changed by another program meanwhile; do it again"};
}

void Cluster::set_collection(const storage::Hash128& id) {
    const std::lock_guard lock(mutex_);
    collection_ = id;
}

bool Cluster::knows_collection() const {
    const std::lock_guard lock(mutex_);
    return collection_ != storage::Hash128{};
}

bool Cluster::is_same(const Served& now) const {
    const std::lock_guard lock(mutex_);
    return collection_ == storage::Hash128{} || collection_ == now.collection;
}

void Cluster::learn(storage::ChunkId chunk, Belongs belongs) const {
    const std::lock_guard lock(mutex_);
    if (known_.size() >= most_known) known_.clear();
    known_.insert_or_assign(chunk, std::move(belongs));
}

std::optional<Belongs> Cluster::known(storage::ChunkId chunk) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(chunk);
    if (found == known_.end()) return std::nullopt;
    return found->second;
}

json::object kind_is(std::string_view kind) {
    return object_of("term", object_of("kind", text_value(kind)));
}

json::object having(storage::GenerationNumber generation) {
    return object_of("term", object_of("generations", text_value(std::to_string(generation))));
}

void want_chunks(json::object& body) {
    body["_source"] = false;
    body["track_total_hits"] = false;
    body["docvalue_fields"] = json::array{"row", "ordinal"};
}

std::vector<index::Scored> Cluster::scored(const json::value& answer,
                                           const std::function<double(double)>& score) const {
    std::vector<index::Scored> out;
    for (const json::value& hit : list_at(answer, "hits", "hits")) {
        const storage::ChunkId chunk = chunk_of(text_at(hit, "_id"));
        if (chunk == 0) continue;
        const json::array& rows = list_at(hit, "fields", "row");
        const json::array& ordinals = list_at(hit, "fields", "ordinal");
        if (!rows.empty() && rows.front().is_string() && !ordinals.empty() &&
            ordinals.front().is_int64())
            learn(chunk, {std::string(rows.front().as_string()),
                          static_cast<storage::Ordinal>(ordinals.front().as_int64())});
        out.push_back({chunk, static_cast<float>(score(number_at(hit, "_score")))});
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
    });
    return out;
}

// ------------------------------------------------------------------ writing

void Bulk::put(std::string name, std::string row) {
    operations_.push_back({std::move(name), std::move(row)});
}
void Bulk::remove(std::string name) {
    operations_.push_back({std::move(name), {}});
}
void Bulk::put_after(std::string name, std::string row, std::int64_t sequence, std::int64_t term) {
    operations_.push_back({std::move(name), std::move(row), true, sequence, term});
}
void Bulk::remove_after(std::string name, std::int64_t sequence, std::int64_t term) {
    operations_.push_back({std::move(name), {}, true, sequence, term});
}

void Bulk::update(std::string name, std::string change) {
    operations_.push_back({std::move(name), std::move(change), false, -1, 0, true});
}

double length_of(std::span<const float> vector) {
    return std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
}

Status check_length(std::span<const float> vector) {
    if (std::abs(length_of(vector) - 1) <= 0.01) return {};
    return {Code::unsupported,
            "the OpenSearch backend keeps vectors of length 1, and the pipeline's model gives "
            "others; choose a pipeline that normalises them"};
}

Result<std::vector<std::string>> Bulk::send() {
    std::vector<std::string> conflicts;
    std::vector<Operation> some;
    std::size_t bytes = 0;
    const auto flush = [&]() -> Status {
        Patience patience;
        while (!some.empty()) {
            Refusal refusal;
            LECTERN_TRY(send_some(some, conflicts, refusal));
            if (some.empty()) break;
            if (!patience.again(refusal.passing))
                return {Code::unavailable,
                        "the cluster does not take the write (" + refusal.why +
                            "); see that most of its nodes run, then do it again: what was written "
                            "in part is found by nobody"};
        }
        bytes = 0;
        return {};
    };
    for (Operation& operation : operations_) {
        const std::size_t size = operation.row.size() + operation.name.size() + 100;
        if (!some.empty() && bytes + size > bulk_bytes) LECTERN_TRY(flush());
        bytes += size;
        some.push_back(std::move(operation));
    }
    operations_.clear();
    LECTERN_TRY(flush());
    return conflicts;
}

Status Bulk::send_some(std::vector<Operation>& from, std::vector<std::string>& conflicts,
                       Refusal& refusal) {
    std::string body;
    for (const Operation& operation : from) {
        json::object line = object_of("_id", text_value(operation.name));
        std::string_view action = operation.row.empty() ? "delete" : "index";
        if (operation.update) {
            action = "update";
            line["retry_on_conflict"] = tries_of_an_update;
        } else if (operation.conditional && operation.sequence < 0) {
            action = "create";
        } else if (operation.conditional) {
            line["if_seq_no"] = operation.sequence;
            line["if_primary_term"] = operation.term;
        }
        body += json::serialize(object_of(action, std::move(line)));
        body += '\n';
        if (!operation.row.empty()) body += operation.row + '\n';
    }
    LECTERN_ASSIGN(const Reply reply,
                   cluster_.transport().send("POST",
                                             "/" + cluster_.name() +
                                                 "/_bulk?timeout=20s&wait_for_active_shards=" +
                                                 std::to_string(cluster_.majority()),
                                             body));
    if (reply.status != 200) return failure_of(reply);
    const json::array& items = list_at(reply.body, "items");
    if (items.size() != from.size())
        return {Code::unavailable, "the cluster answered to other rows than were written"};
    std::vector<Operation> again;
    const auto once_more = [&](Operation& operation, std::string why, bool passing) {
        refusal.why = reply.node + ": " + std::move(why);
        refusal.passing = refusal.passing && passing;
        again.push_back(std::move(operation));
    };
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (!items[i].is_object() || items[i].as_object().empty())
            return {Code::unavailable, "the cluster's answer to a write cannot be read"};
        const json::value& item = items[i].as_object().begin()->value();
        const std::uint64_t status = count_at(item, "status");
        const std::uint64_t copies = count_at(item, "_shards", "successful");
        const std::string type = text_at(item, "error", "type");
        const auto* error = at_path(item, std::string_view("error"));
        const std::string said = error == nullptr ? std::string() : said_of(*error);
        const bool removed = from[i].row.empty();
        if (from[i].update && status == 404 && !may_pass(type)) {
            ++gone_;
        } else if (from[i].update && status == 409) {
            once_more(from[i], said, true);
        } else if (status == 409) {
            conflicts.push_back(std::move(from[i].name));
        } else if (status == 403 && type == "cluster_block_exception") {
            once_more(from[i], std::string(writes_held_up), true);
        } else if (status == 429 || status == 503 || may_pass(type)) {
            once_more(from[i], said, true);
        } else if (status >= 500) {
            once_more(from[i], said, false);
        } else if (status >= 300 && !(removed && status == 404)) {
            return {status == 400 ? Code::invalid_argument : Code::unavailable,
                    "the cluster's node " + reply.node + " refuses a row: HTTP status " +
                        std::to_string(status) + " (" + said + " " +
                        text_at(item, "error", "caused_by", "reason") +
                        "); it would do so again: the log of the node says more"};
        } else if (copies < cluster_.majority()) {
            if (from[i].conditional) {
                from[i].sequence = static_cast<std::int64_t>(count_at(item, "_seq_no"));
                from[i].term = static_cast<std::int64_t>(count_at(item, "_primary_term"));
                // What is removed is removed: there is no row to be found as it was.
                if (removed) from[i].conditional = false;
            }
            once_more(from[i],
                      "it reached " + std::to_string(copies) + " copies, and " +
                          std::to_string(cluster_.majority()) + " make a majority",
                      true);
        }
    }
    from = std::move(again);
    return {};
}

}  // namespace lectern::corpus::opensearch
