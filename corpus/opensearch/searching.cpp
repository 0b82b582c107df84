// What a search by words finds, and what is asked about hits.
#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "config/pipeline.hpp"
#include "corpus/opensearch/cluster_corpus.hpp"
#include "corpus/opensearch/cluster_vectors.hpp"
#include "corpus/opensearch/json_build.hpp"
#include "text/language.hpp"

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

// How many chunks have each of these terms, and how many there are.
struct TermCounts {
    std::uint64_t chunks = 0;
    std::vector<std::uint64_t> with;
};

// The engine looks at every chunk for every word: for documents that are alike, and not for a
// query.
Result<TermCounts> count_terms(const Cluster& cluster, const std::vector<TellingWord>& words) {
    json::object filters;
    for (std::size_t i = 0; i < words.size(); ++i)
        filters["w" + std::to_string(i)] =
            object_of("term", object_of("words", text_value(words[i].term)));
    json::object counts = object_of("filters", object_of("filters", std::move(filters)));
    json::object chunks = object_of("filter", json::array{kind_is("chunk")});
    LECTERN_ASSIGN(const json::value answer,
                   cluster.search(object_of("size", 0, "track_total_hits", true, "query",
                                            object_of("bool", std::move(chunks)), "aggs",
                                            object_of("words", std::move(counts)))));
    TermCounts out;
    out.chunks = count_at(answer, "hits", "total", "value");
    for (std::size_t i = 0; i < words.size(); ++i)
        out.with.push_back(count_at(answer, "aggregations", "words", "buckets",
                                    "w" + std::to_string(i), "doc_count"));
    return out;
}

// The words of the query, read here where the caller has not read them.
const ClusterWords& words_of(const WordQuery& query, std::optional<ClusterWords>& own) {
    if (query.words != nullptr) return static_cast<const ClusterWords&>(*query.words);
    return own.emplace(index::lexical::read_query(query.text), false);
}

double as_it_is(double score) {
    return score;
}

}  // namespace

Result<std::shared_ptr<Vectors>> ClusterCorpus::open_vectors(const VectorOptions& options) {
    // Another program has made the index since this one looked for it.
    if (!cluster_.knows_collection()) LECTERN_TRY(look());
    LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
    const storage::Generation* generation = now.generation(options.generation);
    if (generation == nullptr)
        return Status{Code::invalid_argument,
                      "the collection has no generation " + std::to_string(options.generation)};
    return std::shared_ptr<Vectors>(std::make_shared<ClusterVectors>(cluster_, *generation));
}

Status ClusterCorpus::open_words(const std::optional<WordOptions>& options) {
    index::AnalysisOptions analysis;
    if (options) {
        analysis = {options->language, options->stop_words};
    } else {
        // As the pipeline says that the collection keeps.
        LECTERN_ASSIGN(const storage::CollectionMeta now, meta());
        const auto config =
            config::parse_pipeline(now.pipeline_yaml, now.pipeline_name, now.pipeline_folder);
        // One that another version has written must not keep anybody from changing the model.
        if (config)
            analysis = {text::language_of(config->search.language), config->search.keep_stop_words};
    }
    const std::lock_guard lock(words_mutex_);
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

// How rare the words are all in all (WordHits::asked) is not counted: the engine would have to look
// at every row of the index for it, at each search.
Result<std::optional<json::object>> ClusterCorpus::word_search(const WordQuery& query,
                                                               const ClusterWords& cluster_words,
                                                               std::size_t k,
                                                               const Selection* within) const {
    const auto reader = words();
    if (reader == nullptr) return Status{Code::internal, "the words are not open"};
    if (query.k1 != index_k1 || query.b != index_b || query.title_boost != index_title_boost)
        return Status{Code::unsupported,
                      "the OpenSearch backend ranks words with k1 1.5, b 0.75 and title_boost 2, "
                      "which its index is made with, and the pipeline has others"};
    const WordPlan plan = reader->plan(cluster_words);
    if (plan.empty() || k == 0) return std::optional<json::object>();
    json::array filters;
    if (const json::value* condition = query_of(within)) filters.push_back(*condition);
    json::object clauses = object_of("should", plan.should, "must", plan.must, "must_not",
                                     plan.must_not, "filter", std::move(filters));
    if (plan.must.empty()) clauses["minimum_should_match"] = 1;
    // Phrases and beginnings are looked for in the texts of more hits than are wanted.
    const bool reading = cluster_words.must_read();
    const std::size_t size = std::min(reading ? std::max<std::size_t>(k * 4, 200) : k, most_hits);
    json::object body = object_of("size", size, "query", object_of("bool", std::move(clauses)));
    want_chunks(body);
    if (reading) body["_source"] = json::array{"title", "text"};
    return std::optional<json::object>(std::move(body));
}

std::vector<index::Scored> ClusterCorpus::word_hits(const ClusterWords& cluster_words,
                                                    std::size_t k,
                                                    const json::value& answer) const {
    std::vector<index::Scored> hits = cluster_.scored(answer, &as_it_is);
    if (!cluster_words.must_read()) return hits;
    std::unordered_set<storage::ChunkId> met;
    for (const json::value& hit : list_at(answer, "hits", "hits"))
        if (cluster_words.met_by(text_at(hit, "_source", "title"), text_at(hit, "_source", "text")))
            met.insert(chunk_of(text_at(hit, "_id")));
    std::erase_if(hits, [&met](const index::Scored& hit) { return !met.contains(hit.chunk); });
    hits.resize(std::min(hits.size(), k));
    return hits;
}

Result<WordHits> ClusterCorpus::search_words(const WordQuery& query, std::size_t k,
                                             const Selection* within) const {
    std::optional<ClusterWords> own;
    const ClusterWords& cluster_words = words_of(query, own);
    LECTERN_ASSIGN(const auto search, word_search(query, cluster_words, k, within));
    WordHits out;
    if (!search) return out;
    LECTERN_ASSIGN(const json::value answer, cluster_.search(*search, by_all_shards));
    out.hits = word_hits(cluster_words, k, answer);
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

// Both sides in one request.
Status ClusterCorpus::add_scores(const LookUp& what, LookedUp& out) const {
    std::vector<Search> searches;
    if (!what.vector_scores_of.empty()) {
        const json::value only = these(what.vector_scores_of);
        searches.push_back(
            {neighbours(what.generation, what.vector,
                        std::min(what.vector_scores_of.size(), most_neighbours), &only)});
    }
    const std::size_t word_scores = what.word_scores_of.size();
    std::optional<ClusterWords> own;
    bool by_words = false;
    if (word_scores > 0) {
        Chosen only;
        only.query = these(what.word_scores_of);
        LECTERN_ASSIGN(auto search,
                       word_search(what.words, words_of(what.words, own), word_scores, &only));
        by_words = search.has_value();
        if (by_words) searches.push_back({*std::move(search), by_all_shards});
    }
    LECTERN_ASSIGN(const std::vector<json::value> answers, cluster_.search(searches));
    std::unordered_map<storage::ChunkId, float> scores;
    const auto take = [&scores](const std::vector<index::Scored>& hits) {
        scores.clear();
        for (const index::Scored& hit : hits) scores.emplace(hit.chunk, hit.score);
    };
    bool lacking = false;
    if (!what.vector_scores_of.empty()) {
        take(cluster_.scored(answers.front(), product_with(what.vector)));
        for (const storage::ChunkId chunk : what.vector_scores_of) {
            const auto score = scores.find(chunk);
            lacking = lacking || score == scores.end();
            out.vector_scores.push_back(
                score == scores.end() ? std::nullopt : std::optional<float>(score->second));
        }
    }
    scores.clear();
    if (by_words) take(word_hits(words_of(what.words, own), word_scores, answers.back()));
    for (const storage::ChunkId chunk : what.word_scores_of) {
        const auto score = scores.find(chunk);
        out.word_scores.push_back(score == scores.end() ? 0.0F : score->second);
    }
    return lacking ? cluster_.must_have(what.generation) : Status();
}

Result<LookedUp> ClusterCorpus::look_up(const LookUp& what) const {
    LookedUp out;
    if (!what.documents_of.empty()) LECTERN_TRY(add_documents(what, out));
    if (!what.vector_scores_of.empty() || !what.word_scores_of.empty())
        LECTERN_TRY(add_scores(what, out));
    return out;
}

}  // namespace lectern::corpus::opensearch
