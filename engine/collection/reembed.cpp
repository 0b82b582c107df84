#include "engine/collection/reembed.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "corpus/process.hpp"
#include "engine/pipeline/passage_text.hpp"

namespace lectern {
namespace {

// One write: enough to bring chunks of like length together, little to do again after a crash.
constexpr std::size_t chunks_in_a_write = 256;

std::string place(const storage::ChunkView& chunk) {
    return "document '" + chunk.document + "', bytes " + std::to_string(chunk.chunk.begin) +
           " to " + std::to_string(chunk.chunk.end);
}

}  // namespace

Reembedding::Reembedding(corpus::Corpus& corpus, const Pipeline& pipeline,
                         const ReembedOptions& options, const Log& log)
    : corpus_(corpus), pipeline_(pipeline), options_(options), log_(log) {}

Status Reembedding::begin() {
    LECTERN_TRY(corpus_.drop_older_generations());
    const EmbedderInfo& embedder = pipeline_.embedder();
    LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus_.meta());
    for (const storage::Generation& generation : meta.generations) {
        if (generation.fingerprint == embedder.fingerprint &&
            generation.dimension == embedder.dimension) {
            generation_ = generation.number;
        } else if (generation.number != meta.serving) {
            log_(LogLevel::warning, "reembed",
                 "the vectors of " + generation.fingerprint +
                     ", which an interrupted change of model had made, are dropped");
            LECTERN_TRY(corpus_.drop_generation(generation.number));
        }
    }
    const storage::Generation* serving = meta.generation(meta.serving);
    const bool same = serving != nullptr && serving->fingerprint == embedder.fingerprint &&
                      serving->dimension == embedder.dimension;
    // Where others write too, what lacks is added to the vectors that serve.
    if (same && generation_ == meta.serving && !corpus_.shared()) {
        LECTERN_ASSIGN(const bool complete, whole(generation_));
        if (!complete) generation_ = 0;
    }
    if (same && generation_ != meta.serving) same_model_ = meta.serving;
    if (generation_ == 0) {
        storage::Generation made;
        made.fingerprint = embedder.fingerprint;
        made.dimension = embedder.dimension;
        made.note = std::string(pipeline_.embedder_name()) + ", " + embedder.precision +
                    ", of the pipeline '" + pipeline_.config().name + "'";
        // The first one of all serves at once: the chunks that are there come with the second.
        LECTERN_ASSIGN(const storage::Counters counters, corpus_.counters());
        storage::GenerationNumber now = 0;
        do {
            LECTERN_ASSIGN(const storage::Generation added, corpus_.add_generation(made));
            generation_ = added.number;
            LECTERN_ASSIGN(const storage::CollectionMeta after, corpus_.meta());
            now = after.serving;
        } while (generation_ == now && counters.chunks > 0);
    }
    storage::kill_point("reembed.after_generation");
    return {};
}

Result<bool> Reembedding::whole(storage::GenerationNumber generation) const {
    LECTERN_ASSIGN(const std::uint64_t rows, corpus_.vector_count(generation));
    LECTERN_ASSIGN(const storage::Counters counters, corpus_.counters());
    return rows >= counters.chunks;
}

Result<std::vector<storage::ChunkId>> Reembedding::take_over(
    std::span<const storage::ChunkId> chunks) {
    LECTERN_ASSIGN(const auto there, corpus_.reader()->vectors(same_model_, chunks));
    LECTERN_ASSIGN(const std::uint64_t added,
                   corpus_.add_vectors(generation_, there.found, there.values));
    report_.resumed += added;
    std::vector<storage::ChunkId> left;
    auto next = there.found.begin();  // in the order of `chunks`
    for (const storage::ChunkId chunk : chunks) {
        if (next != there.found.end() && *next == chunk)
            ++next;
        else
            left.push_back(chunk);
    }
    return left;
}

Status Reembedding::catch_up() {
    LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus_.meta());
    if (generation_ == meta.serving) return {};  // the same vectors
    return add_missing();
}

Status Reembedding::catch_up_with_others() {
    if (!seen_) seen_ = 0;  // those that are there serve; no run before this one has left them
    return add_missing();
}

Status Reembedding::add_missing() {
    const bool first = !seen_;
    std::vector<storage::ChunkId> missing;
    const auto add = [&](std::span<const storage::ChunkId> chunks) -> Status {
        missing.insert(missing.end(), chunks.begin(), chunks.end());
        while (missing.size() >= chunks_in_a_write) {
            LECTERN_TRY(embed(std::span(missing).first(chunks_in_a_write)));
            missing.erase(missing.begin(), missing.begin() + chunks_in_a_write);
        }
        return {};
    };
    std::optional<storage::Sequence> seen = seen_;
    LECTERN_ASSIGN(const std::uint64_t present,
                   corpus_.each_without_vector(generation_, seen, add));
    if (first) report_.resumed += present;
    if (!missing.empty()) LECTERN_TRY(embed(missing));
    seen_ = seen;
    return {};
}

Status Reembedding::embed(std::span<const storage::ChunkId> ids) {
    if (options_.stop.stop_requested())
        return {Code::cancelled,
                "the change of model was stopped; the next one to the same "
                "pipeline goes on from here"};
    std::vector<storage::ChunkId> missing(ids.begin(), ids.end());
    if (same_model_ != 0) {
        LECTERN_ASSIGN(missing, take_over(ids));
    }
    LECTERN_ASSIGN(auto views, corpus_.reader()->chunk_views(missing));
    std::vector<storage::ChunkView> chunks;
    for (auto& view : views)
        if (view) chunks.push_back(std::move(*view));
    LECTERN_TRY(check_lengths(chunks));
    LECTERN_ASSIGN(const std::vector<float> rows, vectors(chunks));
    std::vector<storage::ChunkId> there;
    for (const storage::ChunkView& chunk : chunks) there.push_back(chunk.chunk.id);
    LECTERN_ASSIGN(const std::uint64_t added, corpus_.add_vectors(generation_, there, rows));
    storage::kill_point("reembed.after_vectors");
    report_.chunks += added;
    if (!options_.progress) return {};
    LECTERN_ASSIGN(const storage::Counters counters, corpus_.counters());
    options_.progress(
        {std::min(report_.resumed + report_.chunks, counters.chunks), counters.chunks, seconds()});
    return {};
}

// The splitter before was made for another tokenizer. What the title adds is cut at ingest too.
Status Reembedding::check_lengths(const std::vector<storage::ChunkView>& chunks) {
    const std::uint32_t most = pipeline_.embedder().max_tokens;
    if (most == 0) return {};
    std::vector<std::string_view> texts;
    for (const storage::ChunkView& chunk : chunks) texts.push_back(chunk.text);
    LECTERN_ASSIGN(const auto counts, pipeline_.count_tokens(texts, {.stop = options_.stop}));
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        if (counts[i] <= most) continue;
        if (!options_.truncate)
            return {Code::invalid_argument,
                    place(chunks[i]) + ": the chunk has " + std::to_string(counts[i]) +
                        " tokens, but '" + std::string(pipeline_.embedder_name()) +
                        "' of the pipeline '" + pipeline_.config().name + "' takes " +
                        std::to_string(most) +
                        "; go on with truncate (--truncate), and the rest of such chunks is not "
                        "searched by meaning, or ingest into a new collection"};
        ++report_.truncated;
    }
    return {};
}

Result<std::vector<float>> Reembedding::vectors(const std::vector<storage::ChunkView>& chunks) {
    std::vector<std::string> texts;
    texts.reserve(chunks.size());
    for (const storage::ChunkView& chunk : chunks)
        texts.push_back(passage_text(chunk.title, chunk.context, chunk.text));
    const std::vector<std::string_view> all(texts.begin(), texts.end());
    const host::Interrupt interrupt{.stop = options_.stop};
    auto rows = pipeline_.embed_texts(all, Purpose::passage, interrupt);
    if (rows.ok() || options_.stop.stop_requested()) return rows;
    // One of them: which?
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const auto row =
            pipeline_.embed_texts(std::span(all).subspan(i, 1), Purpose::passage, interrupt);
        if (!row.ok())
            return Status{row.status().code(),
                          place(chunks[i]) + ": " + row.status().message() +
                              "; every chunk needs a vector of the new model: take the document "
                              "out, or choose another model"};
    }
    return rows;
}

double Reembedding::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

}  // namespace lectern
