// What a search by words finds, and what is asked about hits.
#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include "corpus/opensearch/cluster_corpus.hpp"
#include "corpus/opensearch/cluster_vectors.hpp"
#include "corpus/opensearch/json_build.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr std::size_t most_hits = 10'000;        // the engine's limit
constexpr std::size_t most_counted_words = 300;  // of a document that others may be like

json::value these(std::span<const storage::ChunkId> chunks) {
    json::array names;
    for (const storage::ChunkId chunk : chunks) names.push_back(text_value(chunk_id(chunk)));
    return object_of("ids", object_of("values", std::move(names)));
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

}  // namespace

Result<std::shared_ptr<Vectors>> ClusterCorpus::open_vectors(const VectorOptions& options) {
    LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
    const storage::Generation* generation = now.generation(options.generation);
    if (generation == nullptr)
        return Status{Code::invalid_argument,
                      "the collection has no generation " + std::to_string(options.generation)};
    return std::shared_ptr<Vectors>(std::make_shared<ClusterVectors>(cluster_, *generation));
}

Status ClusterCorpus::open_words(const std::optional<WordOptions>& options) {
    const std::lock_guard lock(words_mutex_);
    index::AnalysisOptions analysis;
    if (options) analysis = {options->language, options->stop_words};
    words_ = std::make_shared<WordReader>(analysis);
    return {};
}

Result<std::unique_ptr<Words>> ClusterCorpus::read(std::string_view text,
                                                   const ReadOptions& options) const {
    index::lexical::QueryText query = index::lexical::read_query(text, options.plain);
    std::vector<Other> others = others_of(query, options.synonyms);
    return std::unique_ptr<Words>(
        std::make_unique<ClusterWords>(std::move(query), options.prefix, std::move(others)));
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
                       cluster_.search(neighbours(what.generation, what.vector, count, &only)));
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

}  // namespace lectern::corpus::opensearch
