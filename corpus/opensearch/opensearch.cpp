#include "corpus/opensearch/opensearch.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "corpus/opensearch/check.hpp"
#include "corpus/opensearch/cluster.hpp"
#include "corpus/opensearch/cluster_reader.hpp"
#include "corpus/opensearch/generations.hpp"
#include "corpus/opensearch/json_build.hpp"
#include "corpus/opensearch/metadata_fields.hpp"
#include "corpus/opensearch/snapshots.hpp"
#include "corpus/opensearch/word_query.hpp"
#include "index/metadata/metadata.hpp"
#include "index/metadata/table.hpp"
#include "index/vector/exact.hpp"
#include "text/text.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr std::size_t most_neighbours = 10'000;  // the engine's limits
constexpr std::size_t most_hits = 10'000;
constexpr std::size_t most_facet_values = 100;
constexpr std::size_t most_counted_words = 300;  // of a document that others may be like
constexpr int most_conflicts = 20;
constexpr int most_waits = 300;
// Rows come some seconds before the head that names them.
constexpr std::chrono::milliseconds written_by_nobody_after = std::chrono::hours(1);
constexpr auto between_waits = std::chrono::milliseconds(200);

// A condition as a query.
struct Chosen final : Selection {
    json::value query;
};

const json::value* query_of(const Selection* within) {
    return within == nullptr ? nullptr : &static_cast<const Chosen*>(within)->query;
}

json::value these(std::span<const storage::ChunkId> chunks) {
    json::array names;
    for (const storage::ChunkId chunk : chunks) names.push_back(text_value(chunk_id(chunk)));
    return object_of("ids", object_of("values", std::move(names)));
}

// Names that no other process makes: 62 bits of chance.
std::uint64_t fresh_number() {
    thread_local std::random_device device;
    const std::uint64_t high = device();
    return ((high << 32U | device()) >> 2U) + 1;
}

json::array numbers(std::span<const float> vector) {
    json::array out;
    out.reserve(vector.size());
    for (const float value : vector) out.emplace_back(static_cast<double>(value));
    return out;
}

std::uint32_t number_from_environment(const char* name, std::uint32_t otherwise) {
    const char* const text = std::getenv(name);
    std::uint32_t out = otherwise;
    if (text != nullptr) {
        const std::string_view view(text);
        if (std::from_chars(view.data(), view.data() + view.size(), out).ec != std::errc())
            return otherwise;
    }
    return out;
}

Result<json::value> neighbours(const Cluster& cluster, storage::GenerationNumber generation,
                               std::span<const float> query, std::size_t k,
                               const json::value* filter) {
    json::object knn = object_of("vector", numbers(query), "k", k);
    if (filter != nullptr) knn["filter"] = *filter;
    json::object body = object_of(
        "size", k, "query", object_of("knn", object_of(vector_field(generation), std::move(knn))));
    want_chunks(body);
    return cluster.search(body);
}

// The engine gives (1 + cosine) / 2; the product with the query is wanted.
std::function<double(double)> product_with(std::span<const float> query) {
    return [length = length_of(query)](double score) { return (2 * score - 1) * length; };
}

// The script of the k-NN plugin compares the query with every vector, and gives 1 + cosine.
Result<json::value> every_neighbour(const Cluster& cluster, storage::GenerationNumber generation,
                                    std::span<const float> query, std::size_t k) {
    json::object parameters = object_of("field", text_value(vector_field(generation)),
                                        "query_value", numbers(query), "space_type", "cosinesimil");
    json::object script =
        object_of("source", "knn_score", "lang", "knn", "params", std::move(parameters));
    json::object scored = object_of("query", having(generation), "script", std::move(script));
    json::object body = object_of("size", k, "query", object_of("script_score", std::move(scored)));
    want_chunks(body);
    return cluster.search(body);
}

std::function<double(double)> product_of_sum(std::span<const float> query) {
    return [length = length_of(query)](double score) { return (score - 1) * length; };
}

class ClusterVectors final : public Vectors {
 public:
    ClusterVectors(const Cluster& cluster, storage::Generation generation)
        : cluster_(cluster), generation_(std::move(generation)) {}

    storage::GenerationNumber generation() const noexcept override { return generation_.number; }
    std::uint32_t dimension() const noexcept override { return generation_.dimension; }
    Result<std::vector<index::Scored>> search(std::span<const float> query, std::size_t k,
                                              const Selection* within) const override {
        if (k == 0) return std::vector<index::Scored>();
        LECTERN_ASSIGN(const json::value answer,
                       neighbours(cluster_, generation_.number, query, std::min(k, most_neighbours),
                                  query_of(within)));
        LECTERN_TRY(cluster_.must_have(generation_.number));  // none of it was missing, then
        return cluster_.scored(answer, product_with(query));
    }
    Result<RecallSample> recall(std::span<const float> query, std::size_t k,
                                const std::function<bool()>& stopped) const override {
        LECTERN_ASSIGN(const auto found, search(query, k, nullptr));
        if (stopped && stopped()) return Status{Code::cancelled, "cancelled"};
        LECTERN_ASSIGN(
            const json::value answer,
            every_neighbour(cluster_, generation_.number, query, std::min(k, most_neighbours)));
        const auto exact = cluster_.scored(answer, product_of_sum(query));
        RecallSample out;
        out.wanted = exact.size();
        out.found = index::count_found(found, exact);
        return out;
    }
    Result<VectorStatistics> statistics() const override {
        LECTERN_ASSIGN(const std::uint64_t chunks, cluster_.count(kind_is("chunk")));
        return VectorStatistics{chunks, 0, 0};
    }
    Status flush() override { return {}; }

 private:
    const Cluster& cluster_;
    const storage::Generation generation_;
};

Status no_longer_there(storage::GenerationNumber generation) {
    return {Code::unavailable,
            "another program has changed the model meanwhile: the vectors of "
            "generation " +
                std::to_string(generation) + " are no longer wanted"};
}

class ClusterCorpus final : public Corpus {
 public:
    ClusterCorpus(std::unique_ptr<Transport> transport, std::string where)
        : where_(std::move(where)), cluster_(std::move(transport), 0) {
        pending_.created_at = storage::now_milliseconds();
        for (auto& byte : pending_.id.bytes) byte = static_cast<std::uint8_t>(fresh_number());
    }

    // Of the index, where it is there.
    Status look();

    std::string where() const override { return where_; }
    Result<storage::CollectionMeta> meta() const override;
    Status set_pipeline(std::string_view name, std::string_view yaml,
                        std::string_view folder) override;
    Result<storage::Generation> add_generation(storage::Generation generation) override;
    Status cut_over(storage::GenerationNumber number, std::string_view name, std::string_view yaml,
                    std::string_view folder) override;
    Status drop_generation(storage::GenerationNumber number) override;
    Status drop_older_generations() override;
    bool shared() const noexcept override { return true; }
    bool serves(storage::GenerationNumber generation) const noexcept override {
        const storage::GenerationNumber last = cluster_.last_serving();
        return last == 0 || last == generation;
    }

    Status open_words(const std::optional<WordOptions>& options) override {
        const std::lock_guard lock(words_mutex_);
        index::AnalysisOptions analysis;
        if (options) analysis = {options->language, options->stop_words};
        words_ = std::make_shared<WordReader>(analysis);
        return {};
    }
    bool words_open() const noexcept override {
        const std::lock_guard lock(words_mutex_);
        return words_ != nullptr;
    }
    Result<std::shared_ptr<Vectors>> open_vectors(const VectorOptions& options) override {
        LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
        const storage::Generation* generation = now.generation(options.generation);
        if (generation == nullptr)
            return Status{Code::invalid_argument,
                          "the collection has no generation " + std::to_string(options.generation)};
        return std::shared_ptr<Vectors>(std::make_shared<ClusterVectors>(cluster_, *generation));
    }

    Status accepts(const storage::PutDocument& document) const override;
    Result<storage::CommitResult> commit(const storage::WriteGroup& group,
                                         Vectors* vectors) override;
    Result<std::uint64_t> add_vectors(storage::GenerationNumber generation,
                                      std::span<const storage::ChunkId> chunks,
                                      std::span<const float> rows) override {
        LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
        const storage::Generation* to = now.generation(generation);
        if (to == nullptr) return no_longer_there(generation);
        return opensearch::add_vectors(cluster_, *to, chunks, rows);
    }
    Status write_sources(const storage::SourceRows& rows) override;

    std::unique_ptr<Reader> reader() const override {
        return std::make_unique<ClusterReader>(cluster_);
    }
    Result<storage::Counters> counters() const override;
    Result<std::uint64_t> vector_count(storage::GenerationNumber generation) const override;
    Result<std::uint64_t> each_without_vector(
        storage::GenerationNumber generation, std::optional<storage::Sequence>& seen,
        const std::function<Status(std::span<const storage::ChunkId>)>& visit) const override {
        std::uint64_t present = 0;
        if (!seen) {
            LECTERN_TRY(cluster_.refresh());
            LECTERN_ASSIGN(present, vector_count(generation));
        }
        seen = 0;  // the cluster knows which have none; nothing is looked at twice
        LECTERN_TRY(each_chunk_without(cluster_, generation, visit));
        return present;
    }

    Result<Selected> select(std::string_view filter) const override;
    Result<Narrowed> narrow(std::string_view filter,
                            const std::vector<std::string>& facets) const override;
    Result<std::unique_ptr<Words>> read(std::string_view text,
                                        const ReadOptions& options) const override {
        index::lexical::QueryText query = index::lexical::read_query(text, options.plain);
        std::vector<Other> others = others_of(query, options.synonyms);
        return std::unique_ptr<Words>(
            std::make_unique<ClusterWords>(std::move(query), options.prefix, std::move(others)));
    }
    Result<std::unique_ptr<Words>> read_like(std::string_view title, std::string_view text,
                                             std::size_t chunks, std::size_t most) const override;
    Result<std::shared_ptr<const Selection>> meeting(
        const Words& words, std::shared_ptr<const Selection> within) const override;
    Result<WordHits> search_words(const WordQuery& query, std::size_t k,
                                  const Selection* within) const override;
    Result<LookedUp> look_up(const LookUp& what) const override;
    Status sort(const SortField& by, std::vector<Hit>& hits,
                std::vector<std::string>& hints) const override;

    Result<CorpusFigures> figures() const override;
    Status flush() override { return {}; }  // what is acknowledged is on disk and is found
    Result<BackupInfo> backup(const std::filesystem::path& to,
                              const BackupOptions& options) const override {
        LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
        LECTERN_ASSIGN(const storage::Counters count, counters());
        return make_snapshot(cluster_, now, count.documents, to.string(), options);
    }
    Result<RepairReport> repair();
    Result<VerifyReport> verify(const VerifyOptions& options) const override {
        LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
        return check_rows(cluster_, now, options);
    }

 private:
    // A document of a group, and what it takes to be written.
    struct Wish {
        std::string id;
        std::optional<std::size_t> put;  // place in the group; nothing: it is deleted
        storage::DocumentHeader header;  // of the new version
        std::string head;                // its row
        bool done = false;
        bool existed = false;
        std::optional<Head> before;
    };

    [[nodiscard]] Result<Kinds> kinds() const;
    [[nodiscard]] std::shared_ptr<WordReader> words() const {
        const std::lock_guard lock(words_mutex_);
        return words_;
    }
    // Whoever read it before may write it meanwhile; what matters is read again.
    [[nodiscard]] Status write_meta(const storage::CollectionMeta& meta,
                                    const storage::Generation* added = nullptr) const;
    [[nodiscard]] Result<storage::Generation> make_index(storage::Generation generation);
    // Writes with vectors of the model that serves, or without any.
    [[nodiscard]] Result<storage::GenerationNumber> check_writes(
        const storage::WriteGroup& group) const;
    [[nodiscard]] Status forget_hashes(const std::vector<Wish>& wishes) const;
    [[nodiscard]] Status write_version(const storage::PutDocument& put, Wish& wish,
                                       Bulk& bulk) const;
    [[nodiscard]] Status write_heads(std::vector<Wish>& wishes) const;
    [[nodiscard]] Status add_documents(const LookUp& what, LookedUp& out) const;
    [[nodiscard]] Status add_facets(const std::vector<std::string>& fields, const Kinds& kinds,
                                    Narrowed& out) const;

    const std::string where_;
    Cluster cluster_;
    mutable std::mutex words_mutex_;
    std::shared_ptr<WordReader> words_;
    storage::CollectionMeta pending_;  // of an index that is not made yet
};

// ------------------------------------------------------------------ what it is

Status ClusterCorpus::look() {
    LECTERN_ASSIGN(const Reply reply,
                   cluster_.transport().send("GET", "/" + cluster_.name() + "/_settings"));
    if (reply.status == 404) return {};
    if (reply.status != 200) return failure_of(reply.status, reply.body);
    const json::value* index = index_in(reply.body);
    if (index == nullptr) return {};
    const std::string replicas = text_at(*index, "settings", "index", "number_of_replicas");
    std::uint32_t count = 0;
    (void)std::from_chars(replicas.data(), replicas.data() + replicas.size(), count);
    cluster_.set_replicas(count);
    LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
    cluster_.set_collection(now.id);
    return cluster_.refresh();  // what a program wrote that died before it had done so
}

Result<storage::CollectionMeta> ClusterCorpus::meta() const {
    LECTERN_ASSIGN(const Reply reply,
                   cluster_.transport().send("GET", "/" + cluster_.name() + "/_mapping"));
    if (reply.status == 404) return pending_;
    if (reply.status != 200) return failure_of(reply.status, reply.body);
    const json::value* index = index_in(reply.body);
    if (index == nullptr) return pending_;
    const auto* meta = at_path(*index, std::string_view("mappings"), std::string_view("_meta"),
                               std::string_view("lectern"));
    LECTERN_ASSIGN(auto out, meta_of(meta == nullptr ? json::value() : *meta));
    cluster_.note_serving(out.serving);
    return out;
}

Status ClusterCorpus::write_meta(const storage::CollectionMeta& meta,
                                 const storage::Generation* added) const {
    json::object body = object_of("_meta", object_of("lectern", meta_json(meta)));
    if (added != nullptr)
        body["properties"] = object_of(vector_field(added->number), vector_mapping(*added));
    return cluster_.transport()
        .ask("PUT", "/" + cluster_.name() + "/_mapping", json::serialize(body))
        .status();
}

Status ClusterCorpus::set_pipeline(std::string_view name, std::string_view yaml,
                                   std::string_view folder) {
    LECTERN_ASSIGN(storage::CollectionMeta now, meta());
    now.pipeline_name = name;
    now.pipeline_yaml = yaml;
    now.pipeline_folder = folder;
    if (now.serving == 0) {
        pending_ = std::move(now);
        return {};
    }
    return write_meta(now);
}

Result<storage::Generation> ClusterCorpus::add_generation(storage::Generation generation) {
    LECTERN_ASSIGN(storage::CollectionMeta now, meta());
    if (now.serving == 0) return make_index(std::move(generation));
    LECTERN_ASSIGN(generation.number, next_generation(cluster_));
    generation.created_at = storage::now_milliseconds();
    now.generations.push_back(generation);
    LECTERN_TRY(write_meta(now, &generation));
    LECTERN_ASSIGN(now, meta());
    const storage::Generation* made = now.generation(generation.number);
    if (made == nullptr || made->fingerprint != generation.fingerprint)
        return no_longer_there(generation.number);
    return generation;
}

Status ClusterCorpus::cut_over(storage::GenerationNumber number, std::string_view name,
                               std::string_view yaml, std::string_view folder) {
    LECTERN_TRY(cluster_.refresh());  // its vectors are found
    LECTERN_ASSIGN(storage::CollectionMeta now, meta());
    if (now.generation(number) == nullptr) return no_longer_there(number);
    now.serving = number;
    now.pipeline_name = name;
    now.pipeline_yaml = yaml;
    now.pipeline_folder = folder;
    LECTERN_TRY(write_meta(now));
    LECTERN_ASSIGN(now, meta());
    return now.serving == number ? Status() : no_longer_there(number);
}

Status ClusterCorpus::drop_generation(storage::GenerationNumber number) {
    LECTERN_ASSIGN(storage::CollectionMeta now, meta());
    if (now.serving == number)
        return {Code::invalid_argument, "the vectors that serve cannot be dropped"};
    if (std::erase_if(now.generations, [number](const auto& one) { return one.number == number; }) >
        0)
        LECTERN_TRY(write_meta(now));
    return remove_vectors(cluster_, number);
}

Status ClusterCorpus::drop_older_generations() {
    LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
    if (now.serving == 0) return {};
    // They stand in the order in which they were made.
    for (const storage::Generation& one : now.generations) {
        if (one.number == now.serving) break;
        LECTERN_TRY(drop_generation(one.number));
    }
    LECTERN_ASSIGN(const auto of_rows, generations_of_rows(cluster_));
    LECTERN_ASSIGN(const storage::CollectionMeta after, meta());
    for (const storage::GenerationNumber number : of_rows)
        if (after.generation(number) == nullptr) LECTERN_TRY(remove_vectors(cluster_, number));
    return {};
}

Result<storage::Generation> ClusterCorpus::make_index(storage::Generation generation) {
    storage::CollectionMeta now;
    LECTERN_ASSIGN(const json::value health, cluster_.transport().ask("GET", "/_cluster/health"));
    const auto nodes = static_cast<std::uint32_t>(count_at(health, "number_of_data_nodes"));
    const std::uint32_t replicas =
        number_from_environment("LECTERN_OPENSEARCH_REPLICAS", std::min(nodes, 3U) - (nodes > 0));
    const std::uint32_t shards =
        number_from_environment("LECTERN_OPENSEARCH_SHARDS", std::clamp(nodes, 1U, 8U));
    generation.number = 1;
    generation.created_at = storage::now_milliseconds();
    pending_.format = 1;
    pending_.generations = {generation};
    pending_.serving = generation.number;
    const json::object body = index_body(replicas, shards, meta_json(pending_), generation);
    LECTERN_ASSIGN(const Reply reply,
                   cluster_.transport().send(
                       "PUT", "/" + cluster_.name() + "?wait_for_active_shards=all&timeout=20s",
                       json::serialize(body)));
    pending_.generations.clear();
    pending_.serving = 0;
    // Another process was first, or an answer was lost.
    const bool there = reply.status == 400 &&
                       text_at(reply.body, "error", "type") == "resource_already_exists_exception";
    if (reply.status != 200 && !there) return failure_of(reply.status, reply.body);
    // A cluster that is busy says that it will make the index, and may not have it yet.
    for (int wait = 0; wait < most_waits; ++wait) {
        LECTERN_ASSIGN(now, meta());
        if (now.serving != 0) break;
        std::this_thread::sleep_for(between_waits);
    }
    const storage::Generation* made = now.generation(now.serving);
    if (made == nullptr)
        return Status{Code::unavailable, "the cluster has not made the index '" + cluster_.name() +
                                             "' in time; do it again when it is less busy"};
    if (made->fingerprint != generation.fingerprint || made->dimension != generation.dimension)
        return Status{Code::invalid_argument,
                      "another process has made the index '" + cluster_.name() +
                          "' meanwhile, with another model; choose another name"};
    LECTERN_TRY(look());  // the copies it was made with
    return *made;
}

// ------------------------------------------------------------------ writing

Status ClusterCorpus::accepts(const storage::PutDocument& document) const {
    if (document.text.size() > longest_text)
        return {Code::resource_exhausted,
                "the OpenSearch backend keeps texts of at most " +
                    std::to_string(longest_text >> 20U) + " MiB, and this one has " +
                    std::to_string(document.text.size() >> 20U) + "; split it"};
    if (document.title.size() > longest_value)
        return {Code::unsupported, "the OpenSearch backend keeps titles of at most " +
                                       std::to_string(longest_value) + " bytes"};
    return check_fields(document.metadata);
}

Status ClusterCorpus::write_version(const storage::PutDocument& put, Wish& wish, Bulk& bulk) const {
    storage::DocumentHeader& header = wish.header;
    header.id = put.id;
    header.ordinal = fresh_number();
    header.title = put.title;
    header.metadata = put.metadata;
    header.content_hash = put.content_hash;
    header.chunks = {fresh_number(), put.chunks.size()};
    header.text_bytes = put.text.size();
    header.source_bytes = put.source_bytes;
    header.committed_at = storage::now_milliseconds();
    std::vector<std::string> texts;
    for (const storage::PutChunk& chunk : put.chunks) {
        header.tokens += chunk.tokens;
        if (chunk.begin > chunk.end || chunk.end > put.text.size() ||
            chunk.context_begin > chunk.context_end || chunk.context_end > chunk.begin)
            return {Code::invalid_argument,
                    "document '" + put.id + "': a chunk does not lie in its text"};
        std::string text = put.text.substr(chunk.begin, chunk.end - chunk.begin);
        if (text::invalid_utf8_at(text) != std::string_view::npos)
            return {Code::unsupported, "document '" + put.id +
                                           "': a chunk ends within a character, which the "
                                           "OpenSearch backend does not keep"};
        if (chunk.context_end > chunk.context_begin)
            text = put.text.substr(chunk.context_begin, chunk.context_end - chunk.context_begin) +
                   "\n" + text;
        texts.push_back(std::move(text));
    }
    for (const storage::PutVectors& vectors : put.vectors) {
        if (put.chunks.empty()) break;
        const std::size_t dimension = vectors.values.size() / put.chunks.size();
        for (std::size_t i = 0; i < put.chunks.size(); ++i)
            LECTERN_TRY(check_length(std::span(vectors.values).subspan(i * dimension, dimension)));
    }
    const Version version{header, &put};
    bulk.put(text_id(header.ordinal), json::serialize(text_row(version)));
    const auto words = this->words();
    const std::vector<std::string> terms = words == nullptr
                                               ? std::vector<std::string>(put.chunks.size())
                                               : words->words_of(put.title, put.text, texts);
    for (std::size_t i = 0; i < put.chunks.size(); ++i)
        bulk.put(chunk_id(header.chunks.first + i), chunk_row(version, i, terms[i]));
    wish.head = json::serialize(head_row(version));
    return {};
}

// The heads, each only in the place of the version that was read: who comes second reads again.
Status ClusterCorpus::write_heads(std::vector<Wish>& wishes) const {
    for (int attempt = 0; attempt < most_conflicts; ++attempt) {
        std::vector<std::string> ids;
        std::vector<Wish*> open;
        for (Wish& wish : wishes)
            if (!wish.done) {
                ids.push_back(wish.id);
                open.push_back(&wish);
            }
        if (open.empty()) return {};
        LECTERN_ASSIGN(auto heads, heads_of(cluster_, ids));
        Bulk bulk(cluster_);
        std::map<std::string, Wish*> sent;
        for (std::size_t i = 0; i < open.size(); ++i) {
            Wish& wish = *open[i];
            const bool mine =
                heads[i] && wish.put && heads[i]->header.ordinal == wish.header.ordinal;
            if (mine || (!wish.put && !heads[i])) {
                wish.done = true;  // by a request whose answer was lost, or by another process
                continue;
            }
            wish.before = std::move(heads[i]);
            wish.existed = wish.existed || wish.before.has_value();
            const std::string name = head_id(wish.id);
            const std::int64_t sequence = wish.before ? wish.before->sequence : -1;
            const std::int64_t term = wish.before ? wish.before->term : 0;
            if (wish.put)
                bulk.put_after(name, wish.head, sequence, term);
            else
                bulk.remove_after(name, sequence, term);
            sent[name] = &wish;
        }
        LECTERN_ASSIGN(const std::vector<std::string> conflicts, bulk.send());
        for (const std::string& name : conflicts) sent.erase(name);
        for (const auto& [name, wish] : sent) wish->done = true;
    }
    return {Code::unavailable,
            "a document is written by others all the time; do it again when they are done"};
}

Result<storage::GenerationNumber> ClusterCorpus::check_writes(
    const storage::WriteGroup& group) const {
    LECTERN_ASSIGN(const Served now, cluster_.served());
    // A write would make an index that is nobody's.
    if (!now.there)
        return Status{Code::not_found, "the collection '" + where_ + "' was deleted meanwhile"};
    // One that was made anew begins with the same number, perhaps of another model.
    if (!cluster_.is_same(now))
        return Status{Code::unavailable, "the collection '" + where_ +
                                             "' was deleted meanwhile and made again; open it "
                                             "again"};
    for (const storage::PutDocument& put : group.puts) {
        if (put.vectors.empty()) continue;
        if (std::none_of(put.vectors.begin(), put.vectors.end(),
                         [&](const auto& vectors) { return vectors.generation == now.serving; }))
            return Status{Code::unavailable,
                          "the model of the collection was changed by another program meanwhile; "
                          "do it again, and the documents are read with the new one"};
    }
    return now.serving;
}

// Documents whose vectors are of a model that no longer serves: the next ingest takes them for
// changed.
Status ClusterCorpus::forget_hashes(const std::vector<Wish>& wishes) const {
    std::vector<std::string> ids;
    for (const Wish& wish : wishes)
        if (wish.put) ids.push_back(wish.id);
    LECTERN_ASSIGN(const auto heads, heads_of(cluster_, ids));
    Bulk bulk(cluster_);
    std::size_t place = 0;
    for (const Wish& wish : wishes) {
        if (!wish.put) continue;
        const std::optional<Head>& head = heads[place++];
        if (!head || head->header.ordinal != wish.header.ordinal) continue;
        json::value row = json::parse(wish.head);
        row.as_object()["hash"] = text_value(storage::to_hex(storage::Hash128{}));
        bulk.put_after(head_id(wish.id), json::serialize(row), head->sequence, head->term);
    }
    if (!bulk.empty()) LECTERN_TRY(bulk.send().status());
    return {};
}

Result<storage::CommitResult> ClusterCorpus::commit(const storage::WriteGroup& group,
                                                    Vectors* /*vectors*/) {
    LECTERN_ASSIGN(const storage::GenerationNumber serving, check_writes(group));
    storage::CommitResult out;
    out.documents.resize(group.puts.size());
    std::map<std::string_view, std::size_t> last;  // of several puts with one id the last counts
    for (std::size_t i = 0; i < group.puts.size(); ++i) last[group.puts[i].id] = i;
    std::vector<Wish> wishes;
    for (const auto& [id, place] : last) {
        Wish& wish = wishes.emplace_back();
        wish.id = id;
        wish.put = place;
    }
    std::vector<std::size_t> places_of_deletes;
    for (const std::string& id : group.deletes) {
        const auto same = std::find_if(wishes.begin(), wishes.end(),
                                       [&](const Wish& wish) { return wish.id == id; });
        places_of_deletes.push_back(static_cast<std::size_t>(same - wishes.begin()));
        if (same == wishes.end()) wishes.emplace_back().id = id;
    }
    Bulk versions(cluster_);
    for (Wish& wish : wishes)
        if (wish.put) LECTERN_TRY(write_version(group.puts[*wish.put], wish, versions));
    if (!versions.empty()) {
        LECTERN_TRY(versions.send().status());
        // Before the heads: a search then finds the version before, or this one.
        LECTERN_TRY(cluster_.refresh());
    }
    LECTERN_TRY(write_heads(wishes));
    if (!group.puts.empty()) {
        LECTERN_ASSIGN(const Served after, cluster_.served());
        if (after.there && after.serving != serving) {
            LECTERN_TRY(forget_hashes(wishes));
            LECTERN_TRY(check_writes(group).status());
        }
    }
    Bulk dead(cluster_);
    for (const Wish& wish : wishes) {
        if (!wish.before) continue;
        const storage::DocumentHeader& before = wish.before->header;
        dead.remove(text_id(before.ordinal));
        for (storage::ChunkId chunk = before.chunks.first; chunk < before.chunks.end(); ++chunk)
            dead.remove(chunk_id(chunk));
    }
    if (!dead.empty()) LECTERN_TRY(dead.send().status());
    if (!wishes.empty()) LECTERN_TRY(cluster_.refresh());
    for (const Wish& wish : wishes)
        if (wish.put)
            out.documents[*wish.put] = {wish.header.ordinal, wish.header.chunks, wish.existed};
    for (const std::size_t place : places_of_deletes) out.deleted.push_back(wishes[place].existed);
    return out;
}

Status ClusterCorpus::write_sources(const storage::SourceRows& rows) {
    if (rows.empty()) return {};
    Bulk removed(cluster_);
    for (const std::string& path : rows.drop_sources) removed.remove(source_id(path));
    for (const std::string& path : rows.drop_files) removed.remove(synced_id(path));
    if (!removed.empty()) LECTERN_TRY(removed.send().status());
    Bulk put(cluster_);
    for (const storage::SourceFolder& folder : rows.put_sources)
        put.put(source_id(folder.path), json::serialize(source_row(folder)));
    for (const storage::SyncedFile& file : rows.put_files)
        put.put(synced_id(file.path), json::serialize(synced_row(file)));
    if (!put.empty()) LECTERN_TRY(put.send().status());
    for (const auto& [id, origin] : rows.origins) {
        const json::object change =
            object_of("doc", object_of("file", text_value(origin.file), "synced", origin.synced));
        LECTERN_ASSIGN(
            const Reply reply,
            cluster_.transport().send(
                "POST", "/" + cluster_.name() + "/_update/" + head_id(id) + "?retry_on_conflict=5",
                json::serialize(change)));
        if (reply.status != 200 && reply.status != 404) return failure_of(reply.status, reply.body);
    }
    return cluster_.refresh();
}

// ------------------------------------------------------------------ counting

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

// ------------------------------------------------------------------ searching

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

// What a chunk of average length scores that has each of the words once, from the counts that the
// search has made beside its hits.
double asked_of(const WordPlan& plan, const json::value& answer) {
    const auto chunks =
        static_cast<double>(count_at(answer, "aggregations", "all", "chunks", "doc_count"));
    double out = 0;
    for (std::size_t i = 0; i < plan.content.size(); ++i) {
        double with = 0;
        for (std::size_t stem = 0; stem < plan.content[i].first.size(); ++stem) {
            const std::string name = "w" + std::to_string(i) + "_" + std::to_string(stem);
            with =
                std::max(with, static_cast<double>(count_at(answer, "aggregations", "all", "words",
                                                            "buckets", name, "doc_count")));
        }
        with = std::min(with, chunks);
        out += plan.content[i].second * std::log1p((chunks - with + 0.5) / (with + 0.5));
    }
    return out;
}

json::object counts_for(const WordPlan& plan) {
    json::object filters;
    for (std::size_t i = 0; i < plan.content.size(); ++i)
        for (std::size_t stem = 0; stem < plan.content[i].first.size(); ++stem)
            filters["w" + std::to_string(i) + "_" + std::to_string(stem)] =
                object_of("term", object_of("words", text_value(plan.content[i].first[stem])));
    json::object inner = object_of("chunks", object_of("filter", kind_is("chunk")), "words",
                                   object_of("filters", object_of("filters", std::move(filters))));
    return object_of("all", object_of("global", json::object(), "aggs", std::move(inner)));
}

// How many chunks have each of these terms, and how many there are.
struct TermCounts {
    std::uint64_t chunks = 0;
    std::vector<std::uint64_t> with;
};

Result<TermCounts> count_terms(const Cluster& cluster, const std::vector<TellingWord>& words) {
    WordPlan plan;
    for (const TellingWord& word : words)
        plan.content.emplace_back(std::vector<std::string>{word.term}, 1);
    LECTERN_ASSIGN(
        const json::value answer,
        cluster.search(object_of("size", 0, "track_total_hits", false, "aggs", counts_for(plan))));
    TermCounts out;
    out.chunks = count_at(answer, "aggregations", "all", "chunks", "doc_count");
    for (std::size_t i = 0; i < words.size(); ++i)
        out.with.push_back(count_at(answer, "aggregations", "all", "words", "buckets",
                                    "w" + std::to_string(i) + "_0", "doc_count"));
    return out;
}

Result<std::unique_ptr<Words>> ClusterCorpus::read_like(std::string_view title,
                                                        std::string_view text, std::size_t chunks,
                                                        std::size_t most) const {
    const auto reader = words();
    if (reader == nullptr) return Status{Code::internal, "the words are not open"};
    const std::vector<TellingWord> all =
        reader->words_of_document(title, text, chunks, most_counted_words);
    index::lexical::QueryText like;
    if (!all.empty()) {
        LECTERN_ASSIGN(const TermCounts counts, count_terms(cluster_, all));
        std::vector<std::pair<double, const TellingWord*>> order;
        const auto total = static_cast<double>(counts.chunks);
        for (std::size_t i = 0; i < all.size(); ++i) {
            const double with = std::min(static_cast<double>(counts.with[i]), total);
            if (counts.with[i] > all[i].own)
                order.emplace_back(
                    std::log1p(all[i].weight) * std::log1p((total - with + 0.5) / (with + 0.5)),
                    &all[i]);
        }
        std::stable_sort(order.begin(), order.end(),
                         [](const auto& a, const auto& b) { return a.first > b.first; });
        for (std::size_t i = 0; i < std::min(order.size(), most); ++i)
            like.words.push_back(order[i].second->word);
    }
    return std::unique_ptr<Words>(std::make_unique<ClusterWords>(std::move(like), false));
}

Result<WordHits> ClusterCorpus::search_words(const WordQuery& query, std::size_t k,
                                             const Selection* within) const {
    const auto reader = words();
    if (reader == nullptr) return Status{Code::internal, "the words are not open"};
    if (query.k1 != index_k1 || query.b != index_b || query.title_boost != index_title_boost)
        return Status{Code::unsupported,
                      "the OpenSearch backend ranks words with k1 1.5, b 0.75 and title_boost 2, "
                      "which its index is made with, and the pipeline has others"};
    std::optional<ClusterWords> own;
    if (query.words == nullptr) own.emplace(index::lexical::read_query(query.text), false);
    const ClusterWords& wanted =
        query.words == nullptr ? *own : static_cast<const ClusterWords&>(*query.words);
    const WordPlan plan = reader->plan(wanted);
    if (plan.empty() || k == 0) return WordHits();
    json::array filters;
    if (const json::value* condition = query_of(within)) filters.push_back(*condition);
    json::object clauses = object_of("should", plan.should, "must", plan.must, "must_not",
                                     plan.must_not, "filter", std::move(filters));
    if (plan.must.empty()) clauses["minimum_should_match"] = 1;
    // Phrases and beginnings are looked for in the texts of more hits than are wanted.
    const bool reading = wanted.must_read();
    const std::size_t size = std::min(reading ? std::max<std::size_t>(k * 4, 200) : k, most_hits);
    json::object body = object_of("size", size, "query", object_of("bool", std::move(clauses)));
    if (!plan.content.empty()) body["aggs"] = counts_for(plan);
    want_chunks(body);
    LECTERN_ASSIGN(const json::value answer,
                   cluster_.search(body, "&search_type=dfs_query_then_fetch"));
    WordHits out;
    out.hits = cluster_.scored(answer, [](double score) { return score; });
    if (!plan.content.empty()) out.asked = asked_of(plan, answer);
    if (!reading) return out;
    std::vector<storage::ChunkId> ids;
    for (const index::Scored& hit : out.hits) ids.push_back(hit.chunk);
    LECTERN_ASSIGN(const auto views, ClusterReader(cluster_).chunk_views(ids, true));
    std::vector<index::Scored> met;
    for (std::size_t i = 0; i < views.size() && met.size() < k; ++i)
        if (views[i] && wanted.met_by(views[i]->title, views[i]->text)) met.push_back(out.hits[i]);
    out.hits = std::move(met);
    return out;
}

Result<std::shared_ptr<const Selection>> ClusterCorpus::meeting(
    const Words& words, std::shared_ptr<const Selection> within) const {
    if (!words.has_conditions()) return within;
    const auto reader = this->words();
    if (reader == nullptr) return Status{Code::internal, "the words are not open"};
    WordPlan plan = reader->plan(static_cast<const ClusterWords&>(words));
    if (const json::value* condition = query_of(within.get())) plan.must.push_back(*condition);
    auto out = std::make_shared<Chosen>();
    out->query = object_of(
        "bool", object_of("filter", std::move(plan.must), "must_not", std::move(plan.must_not)));
    return std::shared_ptr<const Selection>(std::move(out));
}

// Whether each chunk is of the version that its document's head names now.
Status ClusterCorpus::add_documents(const LookUp& what, LookedUp& out) const {
    std::vector<storage::ChunkId> unknown;
    for (const storage::ChunkId chunk : what.documents_of)
        if (!cluster_.known(chunk)) unknown.push_back(chunk);
    if (!unknown.empty()) {
        constexpr std::string_view fields[] = {"row", "ordinal"};
        std::vector<std::string> names;
        for (const storage::ChunkId chunk : unknown) names.push_back(chunk_id(chunk));
        LECTERN_ASSIGN(const std::vector<Row> rows, cluster_.rows(names, fields));
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows[i].found)
                cluster_.learn(unknown[i], {text_at(rows[i].source, "row"),
                                            count_at(rows[i].source, "ordinal")});
    }
    std::map<std::string, storage::Ordinal> serving;  // by head; 0: it is gone
    std::vector<Belongs> owners;
    for (const storage::ChunkId chunk : what.documents_of) {
        owners.push_back(cluster_.known(chunk).value_or(Belongs{}));
        if (!owners.back().row.empty()) serving[owners.back().row] = 0;
    }
    std::vector<std::string> names;
    for (const auto& [name, ordinal] : serving) names.push_back(name);
    constexpr std::string_view fields[] = {"ordinal"};
    LECTERN_ASSIGN(const std::vector<Row> heads, cluster_.rows(names, fields));
    for (std::size_t i = 0; i < heads.size(); ++i)
        if (heads[i].found) serving[names[i]] = count_at(heads[i].source, "ordinal");
    bool stale = false;
    for (const Belongs& owner : owners) {
        const auto found = serving.find(owner.row);
        const bool counts = found != serving.end() && found->second == owner.ordinal;
        out.documents.push_back(counts ? owner.ordinal : 0);
        stale = stale || !counts;
    }
    // A version that searches do not see yet: its writer shows it, unless that has died.
    return stale ? cluster_.refresh_now_and_then() : Status();
}

Result<LookedUp> ClusterCorpus::look_up(const LookUp& what) const {
    LookedUp out;
    if (!what.documents_of.empty()) LECTERN_TRY(add_documents(what, out));
    if (!what.vector_scores_of.empty()) {
        const std::size_t count = std::min(what.vector_scores_of.size(), most_neighbours);
        const json::value only = these(what.vector_scores_of);
        LECTERN_ASSIGN(const json::value answer,
                       neighbours(cluster_, what.generation, what.vector, count, &only));
        std::unordered_map<storage::ChunkId, float> scores;
        for (const index::Scored& hit : cluster_.scored(answer, product_with(what.vector)))
            scores.emplace(hit.chunk, hit.score);
        for (const storage::ChunkId chunk : what.vector_scores_of) {
            const auto score = scores.find(chunk);
            out.vector_scores.push_back(
                score == scores.end() ? std::nullopt : std::optional<float>(score->second));
        }
    }
    if (!what.word_scores_of.empty()) {
        Chosen only;
        only.query = these(what.word_scores_of);
        LECTERN_ASSIGN(const WordHits found,
                       search_words(what.words, what.word_scores_of.size(), &only));
        std::unordered_map<storage::ChunkId, float> scores;
        for (const index::Scored& hit : found.hits) scores.emplace(hit.chunk, hit.score);
        for (const storage::ChunkId chunk : what.word_scores_of) {
            const auto score = scores.find(chunk);
            out.word_scores.push_back(score == scores.end() ? 0.0F : score->second);
        }
    }
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
    std::vector<std::size_t> order(hits.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return filter::sorts_before(keys[a], keys[b], by.descending);
    });
    std::vector<Hit> sorted;
    sorted.reserve(hits.size());
    for (const std::size_t i : order) sorted.push_back(std::move(hits[i]));
    hits = std::move(sorted);
    return {};
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

Result<std::unique_ptr<ClusterCorpus>> open_cluster(std::string_view address) {
    LECTERN_ASSIGN(Address parsed, parse_address(address));
    LECTERN_ASSIGN(auto transport, connect(std::move(parsed)));
    auto out = std::make_unique<ClusterCorpus>(std::move(transport), std::string(address));
    LECTERN_TRY(out->look());
    return out;
}

}  // namespace

Result<std::unique_ptr<Corpus>> open(std::string_view address, const Log& /*log*/) {
    LECTERN_ASSIGN(auto out, open_cluster(address));
    return std::unique_ptr<Corpus>(std::move(out));
}

Result<RepairReport> repair(std::string_view address) {
    LECTERN_ASSIGN(const auto corpus, open_cluster(address));
    LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus->meta());
    if (meta.serving == 0)
        return Status{Code::not_found, "there is no collection '" + std::string(address) + "'"};
    return corpus->repair();
}

}  // namespace lectern::corpus::opensearch
