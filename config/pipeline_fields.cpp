#include "config/pipeline_fields.hpp"

#include <vector>

#include "api/request_fields.hpp"
#include "api/words.hpp"
#include "text/language.hpp"

namespace lectern::config {
namespace {

using api::bound;
using api::Description;
using api::described::in_file;

// What requests cannot say.
constexpr Description key(Description description) {
    description.places = api::in_pipeline;
    return description;
}

template <typename T>
api::Bound<T> one_of(api::Bound<T> field, std::vector<boost::json::value> choices) {
    field.kind.choices = std::move(choices);
    return field;
}

std::vector<boost::json::value> languages() {
    std::vector<boost::json::value> out{"auto"};
    for (std::size_t i = 0; i < text::language_count; ++i)
        out.emplace_back(text::name(static_cast<text::Language>(i)));
    return out;
}

// What a branch does not say is as in the section `search`.
constexpr Description over_section(Description description) {
    description = in_file(description);
    description.left_out = "as in `search`";
    return description;
}

// A file says "keep" and "drop", the engine asks whether they are kept.
api::Bound<SearchConfig> stop_words() {
    api::Bound<SearchConfig> out;
    out.description = key({.name = "stop_words",
                           .text = "whether words such as \"the\" are in the lexical index; "
                                   "another value builds that again at the next open"});
    out.kind = api::kind_of<std::string>();
    out.set = [](SearchConfig& config, const boost::json::value& value) {
        config.keep_stop_words = value == "keep";
    };
    out.get = [](const SearchConfig& config) {
        return boost::json::value(config.keep_stop_words ? "keep" : "drop");
    };
    return one_of(std::move(out), {"keep", "drop"});
}

// "copied" is what "phrased" was called in earlier files.
api::Bound<AnswerConfig> writing() {
    auto out = one_of(
        bound<&AnswerConfig::writing>(key(
            {.name = "writing",
             .text = "phrased: the generator puts one sentence around the answer that the reader "
                     "found, in words of the question or of the evidence, and evidence without "
                     "one is quoted; free: it writes several sentences in words of its own, and "
                     "what does not follow from the evidence is replaced, for larger models; "
                     "copied is what phrased was called before"})),
        {"phrased", "free", "copied"});
    out.set = [](AnswerConfig& config, const boost::json::value& value) {
        config.writing = value == "free" ? "free" : "phrased";
    };
    return out;
}

}  // namespace

const api::Table<SearchConfig>& search_keys() {
    static const api::Table<SearchConfig> table{
        bound<&SearchConfig::mode>(in_file(api::described::mode)),
        bound<&SearchConfig::fusion>(in_file(api::described::fusion)),
        bound<&SearchConfig::weight>(in_file(api::described::weight)),
        bound<&SearchConfig::feedback>(in_file(api::described::feedback)),
        bound<&SearchConfig::candidates>(in_file(api::described::candidates)),
        bound<&SearchConfig::k1>(key({.name = "k1",
                                      .text = "BM25: how slowly a repeated word saturates",
                                      .least = 0,
                                      .most = 100})),
        bound<&SearchConfig::b>(key({.name = "b",
                                     .text = "BM25: how much the words of a long chunk count less",
                                     .least = 0,
                                     .most = 1})),
        bound<&SearchConfig::title_boost>(
            key({.name = "title_boost",
                 .text = "what a word in the title counts, in words of the text",
                 .least = 0,
                 .most = 100})),
        one_of(bound<&SearchConfig::language>(
                   key({.name = "language",
                        .text = "of the stems; auto: guessed for each document. Another value "
                                "builds the lexical index again at the next open"})),
               languages()),
        stop_words(),
        bound<&SearchConfig::typos>(in_file(api::described::typos)),
        bound<&SearchConfig::synonyms>(
            key({.name = "synonyms",
                 .text = "a text file of words that mean the same, beside this one or by its whole "
                         "path",
                 .min_length = 1})),
        bound<&SearchConfig::seal_at>(
            key({.name = "seal_at",
                 .text = "vectors that are searched one by one before they go into a graph, in the "
                         "background",
                 .least = 1,
                 .most = 10'000'000})),
        one_of(
            bound<&SearchConfig::vectors>(key(
                {.name = "vectors",
                 .text = "how the vector index keeps the vectors in memory and in its files: 4, 2, "
                         "2 or 1 byte a component, or with pq a byte for six of them, for millions "
                         "of vectors in little memory. The best are scored again from the store, "
                         "which keeps f32 always, so scores stay exact and the setting may be "
                         "changed at any time: the index is built again"})),
            {"f32", "bf16", "f16", "int8", "pq"}),
        bound<&SearchConfig::rerank>(
            key({.name = "rerank",
                 .text = "best hits that the reranker reads, when the query has one",
                 .least = 1,
                 .most = 1000})),
        bound<&SearchConfig::rerank_milliseconds>(
            key({.name = "rerank_milliseconds",
                 .text = "when this is over, hits that it has not read follow in the order they "
                         "had; 0: no limit but the request's own",
                 .least = 0,
                 .most = 600'000})),
    };
    return table;
}

const api::Table<BranchSearch>& branch_keys() {
    static const api::Table<BranchSearch> table{
        bound<&BranchSearch::mode>(over_section(api::described::mode)),
        bound<&BranchSearch::fusion>(over_section(api::described::fusion)),
        bound<&BranchSearch::weight>(over_section(api::described::weight)),
        bound<&BranchSearch::feedback>(over_section(api::described::feedback)),
        bound<&BranchSearch::candidates>(over_section(api::described::candidates)),
        bound<&BranchSearch::share>(
            key({.name = "share",
                 .text = "what the hits of this branch count, beside the shares of the others",
                 .least = 0.01,
                 .most = 100})),
    };
    return table;
}

const api::Table<FuseConfig>& fuse_keys() {
    static const api::Table<FuseConfig> table{
        bound<&FuseConfig::fusion>(
            key({.name = "fusion",
                 .text = "how several searches make one list: of the places that their hits have "
                         "(rrf), or of their scores, each scaled over its branch (convex)"})),
    };
    return table;
}

const api::Table<AnswerConfig>& answer_keys() {
    static const api::Table<AnswerConfig> table{
        bound<&AnswerConfig::passages>(
            key({.name = "passages", .text = "hits that are read", .least = 1, .most = 100})),
        bound<&AnswerConfig::max_evidence>(key({.name = "max_evidence",
                                                .text = "evidence sentences given to the writer",
                                                .least = 1,
                                                .most = 32})),
        bound<&AnswerConfig::max_tokens>(key({.name = "max_tokens",
                                              .text = "most tokens of the written answer",
                                              .least = 1,
                                              .most = 8192})),
        bound<&AnswerConfig::abstain_below>(
            key({.name = "abstain_below",
                 .text = "evidence weaker than this gives no answer; `bert` ships with 0.6",
                 .least = 0,
                 .most = 1})),
        bound<&AnswerConfig::min_entailment>(
            key({.name = "min_entailment",
                 .text = "a written sentence must follow from its evidence with this probability, "
                         "where the query has an `entailment` stage",
                 .least = 0,
                 .most = 1})),
        bound<&AnswerConfig::min_certainty>(
            key({.name = "min_certainty",
                 .text = "a sentence is written around the answer where the reader is at least so "
                         "certain of it: how much likelier these bytes are than the likeliest "
                         "others; below, the evidence is quoted",
                 .least = 0,
                 .most = 1})),
        writing(),
    };
    return table;
}

}  // namespace lectern::config
