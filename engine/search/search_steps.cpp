#include "engine/search/search_steps.hpp"

#include <algorithm>

#include "engine/search/choose.hpp"
#include "engine/search/embed_steps.hpp"
#include "engine/search/find_hits.hpp"
#include "engine/search/rerank.hpp"

namespace lectern {

Result<Ranking> ranking_of(const QueryContext& context, const SearchOptions& options,
                           bool has_text) {
    if (options.mode.value_or(SearchMode::lexical) != SearchMode::lexical)
        LECTERN_TRY(
            context.pipeline.needs_vectors("a " + std::string(name(*options.mode)) + " search"));
    const config::SearchConfig& search = context.pipeline.config().search;
    // A reranker has more to choose from than what is wanted at the end.
    const std::size_t hits = context.pipeline.has_reranker() && has_text
                                 ? std::max<std::size_t>(search.rerank, options.k)
                                 : options.k;
    const std::size_t candidates = options.candidates.value_or(search.candidates);
    return Ranking{options.mode.value_or(search.mode),
                   options.fusion.value_or(search.fusion),
                   options.weight.value_or(search.weight),
                   options.feedback.value_or(search.feedback),
                   hits,
                   std::max<std::size_t>(candidates, hits)};
}

namespace {

Status rerank_hits(Request& request, const host::Stage& stage, bool last) {
    const config::SearchConfig& config = request.context.pipeline.config().search;
    if (request.text.empty()) return {};  // conditions alone, beside a vector
    LECTERN_TRY(rerank(stage, request.text, request.interrupt,
                       {request.to_rerank, config.rerank_milliseconds}, request.hits));
    const std::size_t most = request.offset + request.k;
    if (last && request.hits.size() > most) request.hits.resize(most);
    return {};
}

// Rerankers and custom stages, in the file's order. Those that only choose, after all ordering, see
// one page: what they leave out does not move what stands on another.
void add_hit_steps(QueryGraph& graph, Request& request, bool has_text) {
    request.to_rerank = request.context.pipeline.config().search.rerank;
    const std::vector<HitStep>& steps = request.context.pipeline.hit_steps();
    const auto orders = [&](const HitStep& step) {
        return step.reranks && has_text && step.stage != nullptr;
    };
    const auto ordered = std::find_if(steps.rbegin(), steps.rend(), orders).base();
    for (auto step = steps.begin(); step != steps.end(); ++step) {
        if (step->reranks && !orders(*step)) continue;
        const host::Stage* stage = step->stage;
        if (step->reranks) {
            const bool last = step + 1 == ordered;
            graph.add(request, stage->name(), [&request, stage, last](StageCounter&) {
                return rerank_hits(request, *stage, last);
            });
            continue;
        }
        const bool of_a_page = step >= ordered && !request.sort;
        graph.add(request, stage->name(), [&request, stage, of_a_page](StageCounter& counter) {
            if (of_a_page && !request.is_page) {
                cut_page(request.offset, request.k, request.hits);
                request.is_page = true;
            }
            return choose_hits(request, *stage, counter);
        });
    }
}

}  // namespace

void open_branches(Request& request, const SearchOptions& options) {
    if (request.text.empty() || options.mode) return;
    const config::SearchConfig& search = request.context.pipeline.config().search;
    for (const Branch& branch : request.context.pipeline.branches()) {
        auto& own = *request.branches.emplace_back(std::make_unique<Request>(
            request.context, request.text, request.interrupt, request.k, request.one_per_document));
        const config::BranchSearch& its = branch.search;
        own.ranking = request.ranking;
        own.ranking.mode = its.mode.value_or(search.mode);
        own.ranking.fusion = options.fusion.value_or(its.fusion.value_or(search.fusion));
        own.ranking.weight = options.weight.value_or(its.weight.value_or(search.weight));
        own.ranking.feedback = options.feedback.value_or(its.feedback.value_or(search.feedback));
        own.ranking.candidates = std::max<std::size_t>(
            options.candidates.value_or(its.candidates.value_or(search.candidates)),
            request.ranking.hits);
    }
}

namespace {

// A branch begins with the query and the conditions of the request.
Status begin_branch(const Request& request, Request& own) {
    own.text = request.text;
    own.words = request.words;
    own.conditions = request.conditions;
    own.narrowed.selection = request.narrowed.selection;
    return {};
}

// What the branch's stages have made of the query.
Status read_rewritten(const Request& request, Request& own) {
    corpus::ReadOptions reading = request.reading;
    reading.plain = true;
    LECTERN_ASSIGN(own.words, request.context.corpus.read(own.text, reading));
    own.narrowed.hints = own.words->hints();
    return {};
}

QueryGraph::Node* add_embedding(QueryGraph& graph, Request& request, Request& own,
                                QueryGraph::Node* behind) {
    const Pipeline& pipeline = request.context.pipeline;
    graph.add(request, pipeline.tokenizer_name(),
              [&own](StageCounter& counter) { return tokenize(own, counter); }, {behind});
    return graph.add(request, pipeline.embedder_name(),
                     [&own](StageCounter& counter) { return embed(own, counter); });
}

// Behind what has read the query.
void add_branches(QueryGraph& graph, Request& request, QueryGraph::Node* start, bool embed_always) {
    const std::vector<Branch>& branches = request.context.pipeline.branches();
    // The query's own vector is made once, for all that search with it.
    const auto embeds = [&](std::size_t i) { return uses_dense(request.branches[i]->ranking); };
    bool shared = embed_always && request.context.pipeline.embeds();
    for (std::size_t i = 0; i < branches.size(); ++i)
        shared = shared || (embeds(i) && branches[i].customs.empty());
    std::vector<QueryGraph::Node*> ends;
    QueryGraph::Node* vector = start;
    if (shared) ends.push_back(vector = add_embedding(graph, request, request, start));
    for (std::size_t i = 0; i < branches.size(); ++i) {
        const Branch& branch = branches[i];
        Request& own = *request.branches[i];
        graph.add(request, "query",
                  [&request, &own](StageCounter&) { return begin_branch(request, own); }, {start});
        for (const host::Stage* stage : branch.customs)
            graph.add(request, stage->name(),
                      [&own, stage](StageCounter&) { return rewrite(own, *stage); });
        if (!branch.customs.empty())
            graph.add(request, "query",
                      [&request, &own](StageCounter&) { return read_rewritten(request, own); });
        QueryGraph::Node* read = graph.last();
        if (uses_lexical(own.ranking))
            ends.push_back(graph.add(
                request, "lexical",
                [&own](StageCounter&) { return search_lexical(own, first_k(own)); }, {read}));
        if (!embeds(i)) continue;
        const bool same = branch.customs.empty();
        QueryGraph::Node* made = same ? vector : add_embedding(graph, request, own, read);
        ends.push_back(graph.add(
            request, "dense",
            [&request, &own, same](StageCounter&) {
                if (same) own.vector = request.vector;
                return search_dense(own, first_k(own));
            },
            same ? std::vector{read, made} : std::vector{made}));
    }
    graph.add(
        request, "fuse", [&request](StageCounter&) { return fuse_branches(request); }, ends);
}

// Behind what has read the query.
void add_one_search(QueryGraph& graph, Request& request, QueryGraph::Node* start,
                    bool embed_always) {
    std::vector<QueryGraph::Node*> sides;
    if (uses_lexical(request.ranking))
        sides.push_back(graph.add(
            request, "lexical",
            [&request](StageCounter&) { return search_lexical(request, first_k(request)); },
            {start}));
    const bool embeds = embed_always && request.context.pipeline.embeds();
    if (uses_dense(request.ranking) || embeds) {
        QueryGraph::Node* made = start;
        if (request.vector.empty()) made = add_embedding(graph, request, request, start);
        if (uses_dense(request.ranking))
            made = graph.add(
                request, "dense",
                [&request](StageCounter&) { return search_dense(request, first_k(request)); },
                {made});
        sides.push_back(made);
    }
    graph.add(
        request, "search", [&request](StageCounter&) { return find_hits(request); }, sides);
}

}  // namespace

void add_search_steps(QueryGraph& graph, Request& request, bool embed_always) {
    Pipeline& pipeline = request.context.pipeline;
    if (!request.filter.empty() || !request.facets.empty())
        graph.add(request, "filter",
                  [&request](StageCounter& counter) { return narrow(request, counter); });
    const bool has_text = !request.text.empty();
    if (has_text)
        for (const host::Stage* stage : pipeline.query_customs())
            graph.add(request, stage->name(),
                      [&request, stage](StageCounter&) { return rewrite(request, *stage); });
    graph.add(request, "query", [&request](StageCounter&) { return read_query(request); });
    if (request.branches.empty())
        add_one_search(graph, request, graph.last(), embed_always);
    else
        add_branches(graph, request, graph.last(), embed_always);
    add_hit_steps(graph, request, has_text);
    if (request.sort)
        graph.add(request, "sort", [&request](StageCounter&) {
            leave_out_weak(request);
            return request.context.corpus.sort(*request.sort, request.hits, request.narrowed.hints);
        });
}

}  // namespace lectern
