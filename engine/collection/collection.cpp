#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <utility>

#include "api/words.hpp"
#include "config/pipeline.hpp"
#include "corpus/corpus.hpp"
#include "corpus/local/local.hpp"
#include "corpus/opensearch/opensearch.hpp"
#include "corpus/process.hpp"
#include "engine/answers/summarize.hpp"
#include "engine/answers/writer.hpp"
#include "engine/collection/engine_impl.hpp"
#include "engine/collection/metadata_patch.hpp"
#include "engine/collection/no_vectors.hpp"
#include "engine/collection/reembed.hpp"
#include "engine/collection/serving.hpp"
#include "engine/ingest/decisions.hpp"
#include "engine/ingest/ingest.hpp"
#include "engine/ingest/sources.hpp"
#include "engine/ingest/translations.hpp"
#include "engine/insight/models.hpp"
#include "engine/insight/overview.hpp"
#include "engine/insight/recall.hpp"
#include "engine/search/place.hpp"
#include "engine/search/query.hpp"
#include "engine/sync/stored_files.hpp"
#include "engine/sync/sync.hpp"
#include "engine/sync/watch.hpp"
#include "lectern/grammar.hpp"
#include "lectern/lectern.hpp"
#include "lectern/patch.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

Result<config::PipelineConfig> stored_pipeline(const storage::CollectionMeta& meta) {
    return config::parse_pipeline(meta.pipeline_yaml,
                                  meta.pipeline_name + " (stored in the collection)",
                                  meta.pipeline_folder);
}

Result<config::PipelineConfig> named_pipeline(const std::string& name, const Folders& folders) {
    const std::vector<fs::path> shipped{folders.pipelines};
    LECTERN_ASSIGN(const fs::path file, config::find_pipeline(name, shipped));
    return config::load_pipeline(file);
}

// Bytes of text written before freed memory is given back. A byte of text costs many in passing:
// its words, postings, tokens, and the store's buffers.
constexpr std::uint64_t give_back_every = 32U << 20;
// At the end of an ingest less is enough: the next one may be far.
constexpr std::uint64_t give_back_at_end = 4U << 20;

// Most searches end sooner.
constexpr std::chrono::seconds for_requests_of_others{2};

storage::VectorEncoding encoding(std::string_view name) {
    if (name == "bf16") return storage::VectorEncoding::bf16;
    if (name == "f16") return storage::VectorEncoding::f16;
    if (name == "int8") return storage::VectorEncoding::int8;
    if (name == "pq") return storage::VectorEncoding::pq;
    return storage::VectorEncoding::f32;
}

}  // namespace

std::string_view version() noexcept {
    return LECTERN_VERSION;
}

std::string_view name(SearchMode mode) noexcept {
    return api::word_of(mode);
}

std::string_view name(Fusion fusion) noexcept {
    return api::word_of(fusion);
}

std::string_view name(AnswerStatus status) noexcept {
    switch (status) {
        case AnswerStatus::answered: return "answered";
        case AnswerStatus::extractive: return "extractive";
        case AnswerStatus::abstained: return "abstained";
        case AnswerStatus::unverified: return "unverified";
    }
    return "unknown";
}

struct Collection::Impl {
    explicit Impl(std::shared_ptr<Engine::Impl> of) : engine(std::move(of)), log(engine->log) {}

    // Members end in reverse order: what serves before the corpus, all before the engine.
    const std::shared_ptr<Engine::Impl> engine;
    const Log& log;
    // Of the engine; 0 until a pipeline is loaded, which a change of model does while others read.
    std::atomic<unsigned> threads{0};
    std::unique_ptr<corpus::Corpus> corpus;
    ServingSlot serving;
    std::timed_mutex writing;         // one ingest or removal at a time
    std::uint64_t written_bytes = 0;  // since memory was given back; guarded by writing
    std::mutex reembedding;           // one change of model at a time; before writing
    std::mutex following;             // what another program has changed is taken up once

    // Loads the generator and prefills what all its prompts begin with, while the question is
    // still searched for.
    Status prepare_answers(Serving& with, const AskOptions& options) const {
        Pipeline& pipeline = *with.pipeline;
        if (!pipeline.can_read() || !pipeline.can_write() || options.extractive) return {};
        LECTERN_TRY(pipeline.prepare_answers(Answers::written));
        std::call_once(with.warmed, [&] {
            // The pipeline outlives the thread, which ends with `with`.
            with.warming =
                std::jthread([this, generator = pipeline.generator(),
                              task = pipeline.config().answer.writing == "phrased" ? Task::sentence
                                                                                   : Task::answer] {
                    if (const Status status = warm(*generator, task); !status.ok())
                        log(LogLevel::warning, "generator", status.message());
                });
        });
        return {};
    }

    Result<std::shared_ptr<Pipeline>> load(config::PipelineConfig config) {
        for (const std::string& warning : config.warnings)
            log(LogLevel::warning, "pipeline", warning);
        LECTERN_ASSIGN(const auto models, engine->models(config.threads));
        threads = models->threads();
        return models->pipeline(std::move(config));
    }

    // A collection whose documents have no vectors.
    [[nodiscard]] Result<storage::GenerationNumber> bind_words(const Pipeline& pipeline) const {
        LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus->meta());
        // A change of model that was cut off may have made a generation, and nothing in it yet.
        LECTERN_ASSIGN(const std::uint64_t vectors,
                       meta.serving == 0 ? std::uint64_t{0} : corpus->vector_count(meta.serving));
        if (vectors > 0)
            return Status{Code::invalid_argument,
                          "the collection '" + corpus->where() +
                              "' holds vectors, and the pipeline '" + pipeline.config().name +
                              "' has no embedder; use the pipeline it was made with ('" +
                              meta.pipeline_name + "'), or ingest into another collection"};
        const config::PipelineConfig& config = pipeline.config();
        const std::string folder = config.base_folder.string();
        if (meta.pipeline_name != config.name || meta.pipeline_yaml != config.text ||
            meta.pipeline_folder != folder)
            LECTERN_TRY(corpus->set_pipeline(config.name, config.text, folder));
        return storage::GenerationNumber{0};
    }

    // The generation of this pipeline's vectors; made in a collection that has none.
    [[nodiscard]] Result<storage::GenerationNumber> bind_generation(
        const Pipeline& pipeline) const {
        if (!pipeline.embeds()) return bind_words(pipeline);
        const EmbedderInfo& embedder = pipeline.embedder();
        LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus->meta());
        if (meta.serving == 0) {
            const config::PipelineConfig& config = pipeline.config();
            LECTERN_TRY(
                corpus->set_pipeline(config.name, config.text, config.base_folder.string()));
            storage::Generation made;
            made.fingerprint = embedder.fingerprint;
            made.dimension = embedder.dimension;
            made.note = std::string(pipeline.embedder_name()) + ", " + embedder.precision;
            LECTERN_ASSIGN(const storage::Generation added, corpus->add_generation(made));
            return added.number;
        }
        const storage::Generation* serving = meta.generation(meta.serving);
        if (serving == nullptr || serving->fingerprint != embedder.fingerprint ||
            serving->dimension != embedder.dimension)
            return Status{
                Code::invalid_argument,
                "the collection '" + corpus->where() + "' holds vectors of " +
                    (serving == nullptr ? "no model" : serving->fingerprint) +
                    ", but the pipeline '" + pipeline.config().name + "' makes vectors of " +
                    embedder.fingerprint + "; use the pipeline it was made with ('" +
                    meta.pipeline_name +
                    "', with the same model files), change its model with 'lectern reembed', or "
                    "ingest into another collection"};
        return meta.serving;
    }

    Status serve(std::shared_ptr<Pipeline> pipeline) {
        auto next = std::make_shared<Serving>();
        next->pipeline = std::move(pipeline);
        LECTERN_ASSIGN(next->generation, bind_generation(*next->pipeline));
        // Where others may still search them, the next change of model drops them.
        if (!corpus->shared()) LECTERN_TRY(corpus->drop_older_generations());
        const config::SearchConfig& search = next->pipeline->config().search;
        LECTERN_TRY(corpus->open_words(
            corpus::WordOptions{text::language_of(search.language), search.keep_stop_words}));
        if (!next->pipeline->embeds()) {
            next->vectors = std::make_shared<NoVectors>();
            (void)serving.exchange(std::move(next));
            return {};
        }
        LECTERN_ASSIGN(next->vectors, open_vectors(*next->pipeline, next->generation, true));
        LECTERN_ASSIGN(const storage::Counters counters, corpus->counters());
        LECTERN_ASSIGN(const corpus::VectorStatistics vectors, next->vectors->statistics());
        if (vectors.rows < counters.chunks)
            log(LogLevel::warning, "vector index",
                std::to_string(counters.chunks - vectors.rows) + " of " +
                    std::to_string(counters.chunks) +
                    " chunks have no vector since a repair, and are found by their words only; "
                    "'lectern reembed' to the pipeline '" +
                    next->pipeline->config().name + "' makes them");
        (void)serving.exchange(std::move(next));
        return {};
    }

    [[nodiscard]] Result<std::shared_ptr<corpus::Vectors>> open_vectors(
        const Pipeline& pipeline, storage::GenerationNumber generation,
        bool build_in_background) const {
        const config::SearchConfig& search = pipeline.config().search;
        return corpus->open_vectors({.generation = generation,
                                     .threads = threads,
                                     .seal_at = search.seal_at,
                                     .encoding = encoding(search.vectors),
                                     .build_in_background = build_in_background});
    }

    [[nodiscard]] Result<std::shared_ptr<Serving>> with_models(std::string_view what) {
        std::shared_ptr<Serving> now = serving.get();
        if (now != nullptr && corpus->serves(now->generation)) return now;
        if (now != nullptr) return follow();
        return Status{Code::invalid_argument,
                      "the collection was opened without models (load_models is "
                      "false), which " +
                          std::string(what) + " needs"};
    }

    // Another program has changed the model: the collection's pipeline of now serves here too.
    [[nodiscard]] Result<std::shared_ptr<Serving>> follow() {
        const std::lock_guard alone(following);
        if (auto now = serving.get(); corpus->serves(now->generation)) return now;
        LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus->meta());
        LECTERN_ASSIGN(auto config, stored_pipeline(meta));
        log(LogLevel::info, "pipeline",
            "another program has changed the model of '" + corpus->where() + "' to that of '" +
                meta.pipeline_name + "'");
        auto next = std::make_shared<Serving>();
        LECTERN_ASSIGN(const auto models, engine->models(config.threads));
        LECTERN_ASSIGN(next->pipeline, models->pipeline(std::move(config)));
        LECTERN_ASSIGN(next->generation, bind_generation(*next->pipeline));
        LECTERN_ASSIGN(next->vectors, open_vectors(*next->pipeline, next->generation, true));
        (void)serving.exchange(next);
        return next;
    }

    // Once more with the new model where another program has changed it while `run` was at work.
    template <typename Run>
    [[nodiscard]] auto with_serving(std::string_view what, const Run& run)
        -> decltype(run(std::declval<Serving&>())) {
        LECTERN_ASSIGN(const std::shared_ptr<Serving> with, with_models(what));
        auto out = run(*with);
        if (out.ok() || out.status().code() != Code::unavailable ||
            corpus->serves(with->generation))
            return out;
        LECTERN_ASSIGN(const std::shared_ptr<Serving> next, with_models(what));
        return run(*next);
    }

    // Holds writing.
    Status commit(const storage::WriteGroup& group, const Serving& with) {
        LECTERN_TRY(corpus->commit(group, with.following()).status());
        for (const storage::PutDocument& document : group.puts)
            written_bytes += document.text.size();
        give_back_memory(give_back_every);
        return {};
    }
    // Gives freed memory back when so many bytes of text were written since the last time. Holds
    // writing.
    void give_back_memory(std::uint64_t after) {
        if (written_bytes < after) return;
        written_bytes = 0;
        storage::give_back_memory();
    }

    Result<IngestReport> ingest(const IngestInput& input, std::vector<IngestFailure> failed,
                                const IngestOptions& options) {
        const std::lock_guard lock(writing);
        LECTERN_ASSIGN(const std::shared_ptr<Serving> with, with_models("ingest"));
        IngestDecisions decisions(*corpus);
        LECTERN_ASSIGN(const bool keeps_originals, corpus->reader()->keeps_originals());
        const IngestOutput output{
            .decide = [&](const storage::PutDocument& put) { return decisions.decide(put); },
            .exists = [this](std::string_view id) { return corpus->reader()->header(id).ok(); },
            .made_before =
                [this](const storage::PutDocument& put, std::string_view mark) {
                    return lectern::made_before(*corpus->reader(), put, mark);
                },
            .keep_originals = keeps_originals,
            .commit = [&](storage::WriteGroup group) { return commit(group, *with); },
            .generation = with->generation};
        IngestReport report;
        report.failed = std::move(failed);
        const Status status = run_ingest(*with->pipeline, threads, input, output, options, report);
        give_back_memory(give_back_at_end);
        LECTERN_TRY(status);
        LECTERN_TRY(decisions.write_origins());
        return report;
    }

    // `rounds` may be null.
    Result<SyncReport> sync(const SyncOptions& options, SyncRounds* rounds) {
        const std::lock_guard lock(writing);
        SyncTarget target{.corpus = corpus.get(), .threads = threads};
        if (threads == 0) target.threads = std::max(std::thread::hardware_concurrency(), 1U);
        std::shared_ptr<Serving> with;
        if (!options.dry_run) {
            LECTERN_ASSIGN(with, with_models("sync"));
            target.pipeline = with->pipeline.get();
            target.generation = with->generation;
            target.commit = [&](storage::WriteGroup group) { return commit(group, *with); };
        }
        auto report = run_sync(target, options, rounds);
        give_back_memory(give_back_at_end);
        return report;
    }

    [[nodiscard]] QueryContext query(const Serving& with) const {
        return {*with.pipeline, *corpus, *with.vectors, threads, log};
    }

    Result<ReembedReport> reembed(const std::string& name, const ReembedOptions& options) {
        const std::unique_lock alone(reembedding, std::try_to_lock);
        if (!alone) return Status{Code::unavailable, "another change of model is under way"};
        auto next = std::make_shared<Serving>();
        LECTERN_ASSIGN(auto config, named_pipeline(name, engine->folders));
        LECTERN_ASSIGN(next->pipeline, load(std::move(config)));
        const Pipeline& pipeline = *next->pipeline;
        if (!pipeline.embeds())
            return Status{Code::invalid_argument,
                          "the pipeline '" + pipeline.config().name +
                              "' has no embedder, so there is nothing to embed with; to search by "
                              "words alone, ingest into another collection"};
        Reembedding work(*corpus, pipeline, options, log);
        LECTERN_TRY(work.begin());
        next->generation = work.generation();
        LECTERN_ASSIGN(const storage::CollectionMeta before, corpus->meta());
        const bool other_vectors = next->generation != before.serving;

        LECTERN_TRY(work.catch_up());
        if (other_vectors) {
            // Its segments are built and on disk before anybody waits for them.
            LECTERN_ASSIGN(const auto built, open_vectors(pipeline, next->generation, false));
            LECTERN_TRY(built->flush());
        }
        // What comes in meanwhile is caught up with until nobody writes.
        std::unique_lock written(writing, std::defer_lock);
        // Until, not for: the thread sanitiser does not know the call that waits by the steady
        // clock.
        const auto soon = [] {
            return std::chrono::system_clock::now() + std::chrono::milliseconds(100);
        };
        while (!written.try_lock_until(soon())) LECTERN_TRY(work.catch_up());
        LECTERN_TRY(work.catch_up());
        if (const auto now = serving.get();
            now != nullptr && !other_vectors && now->pipeline->embeds()) {
            next->vectors = now->vectors;
        } else {
            LECTERN_ASSIGN(next->vectors, open_vectors(pipeline, next->generation, true));
        }
        // Words are found as before; other rules for them are taken up by the next open.
        if (!corpus->words_open()) LECTERN_TRY(corpus->open_words(std::nullopt));
        storage::kill_point("reembed.before_cut_over");
        LECTERN_TRY(corpus->cut_over(next->generation, pipeline.config().name,
                                     pipeline.config().text,
                                     pipeline.config().base_folder.string()));
        storage::kill_point("reembed.after_cut_over");
        std::future<void> gone = serving.exchange(std::move(next));
        written.unlock();
        // Running requests may still want the vectors before.
        if (gone.valid()) gone.wait();
        if (corpus->shared()) {
            // So may those of other programs, which fail otherwise and begin anew.
            if (other_vectors) std::this_thread::sleep_for(for_requests_of_others);
            LECTERN_TRY(work.catch_up_with_others());
        }
        LECTERN_TRY(corpus->drop_older_generations());
        LECTERN_TRY(corpus->flush());  // the log gives its space back too

        ReembedReport report = work.report();
        LECTERN_ASSIGN(const storage::CollectionMeta after, corpus->meta());
        report.pipeline = after.pipeline_name;
        report.fingerprint = after.generation(after.serving)->fingerprint;
        if (const auto* previous = before.generation(before.serving); previous != nullptr)
            report.previous_fingerprint = previous->fingerprint;
        report.seconds = work.seconds();
        return report;
    }
};

Collection::Collection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Collection::Collection(Collection&&) noexcept = default;
Collection& Collection::operator=(Collection&&) noexcept = default;
Collection::~Collection() {
    const auto serving = impl_ == nullptr ? nullptr : impl_->serving.get();
    if (serving == nullptr) return;
    if (const Status status = serving->vectors->flush(); !status.ok())
        impl_->log(LogLevel::warning, "vector index", status.message());
}

Result<Collection> Collection::open(const fs::path& folder, OpenOptions options) {
    LECTERN_ASSIGN(const Engine engine, Engine::create({.folders = std::move(options.folders),
                                                        .threads = options.threads,
                                                        .log = std::move(options.log)}));
    return engine.open(folder, {.pipeline = std::move(options.pipeline),
                                .create = options.create,
                                .load_models = options.load_models});
}

Result<Collection> Engine::open(const fs::path& folder, CollectionOptions options) const {
    auto impl = std::make_unique<Collection::Impl>(impl_);
    if (folder.empty()) return Status{Code::invalid_argument, "no collection folder was given"};

    std::shared_ptr<Pipeline> pipeline;
    const bool in_cluster = corpus::opensearch::is_address(folder.string());
    if (in_cluster) {
        LECTERN_ASSIGN(impl->corpus, corpus::opensearch::open(folder.string(), impl->log));
        LECTERN_ASSIGN(const storage::CollectionMeta meta, impl->corpus->meta());
        if (meta.serving == 0 && !options.create)
            return Status{Code::not_found, "there is no collection '" + folder.string() +
                                               "'; make one with 'lectern ingest -c " +
                                               folder.string() + " PATH…'"};
        if (meta.serving == 0 && !options.load_models)
            return Status{Code::invalid_argument,
                          "a collection cannot be made without its models (load_models is false)"};
    }
    if (!in_cluster && !is_collection(folder)) {
        std::error_code error;
        // Something is there: a damaged one, one whose making was cut off, or another's folder. The
        // store says which.
        if (!options.create && fs::is_directory(folder, error) && !fs::is_empty(folder, error))
            LECTERN_TRY(corpus::local::open(folder, {.log = impl->log}).status());
        if (!options.create)
            return Status{Code::not_found, "there is no collection in '" + folder.string() +
                                               "'; make one with 'lectern ingest -c " +
                                               folder.string() + " PATH…'"};
        if (!options.load_models)
            return Status{Code::invalid_argument,
                          "a collection cannot be made without its models (load_models is false)"};
        // The pipeline first: a wrong one leaves no half-made collection behind.
        LECTERN_ASSIGN(
            auto config,
            named_pipeline(options.pipeline.empty() ? "bert" : options.pipeline, impl_->folders));
        LECTERN_ASSIGN(pipeline, impl->load(std::move(config)));
        LECTERN_ASSIGN(impl->corpus,
                       corpus::local::open(folder, {.create = true, .log = impl->log}));
    } else {
        // With "create", one whose creation was interrupted is made complete.
        if (!in_cluster) {
            LECTERN_ASSIGN(impl->corpus, corpus::local::open(
                                             folder, {.create = options.create, .log = impl->log}));
        }
        if (!options.load_models) return Collection(std::move(impl));
        LECTERN_ASSIGN(const storage::CollectionMeta meta, impl->corpus->meta());
        const bool stored = options.pipeline.empty() && !meta.pipeline_yaml.empty();
        LECTERN_ASSIGN(auto config,
                       stored ? stored_pipeline(meta)
                              : named_pipeline(options.pipeline.empty() ? "bert" : options.pipeline,
                                               impl_->folders));
        LECTERN_ASSIGN(pipeline, impl->load(std::move(config)));
    }
    if (in_cluster && !pipeline->embeds())
        return Status{Code::unsupported,
                      "the pipeline '" + pipeline->config().name +
                          "' has no embedder, and a collection in a cluster has vectors; use a "
                          "pipeline with one, such as 'search-only', or a folder"};
    LECTERN_TRY(impl->serve(std::move(pipeline)));
    return Collection(std::move(impl));
}

Result<IngestReport> Collection::ingest(const std::vector<fs::path>& paths,
                                        const IngestOptions& options) {
    std::vector<IngestFailure> failed;
    std::vector<SourceFile> files = list_files(paths, failed);
    LECTERN_ASSIGN(IngestReport report, impl_->ingest(files, std::move(failed), options));
    std::vector<std::string> folders;
    for (const fs::path& path : paths) folders.push_back(absolute_path(path));
    LECTERN_ASSIGN(report.gone, documents_without_file(*impl_->corpus->reader(), folders));
    return report;
}

Result<SyncReport> Collection::sync(const SyncOptions& options) {
    return impl_->sync(options, nullptr);
}

Result<SyncReport> Collection::dry_sync(const SyncOptions& options) {
    SyncOptions dry = options;
    dry.dry_run = true;
    return run_sync({.threads = std::max(std::thread::hardware_concurrency(), 1U)}, dry, nullptr);
}

Status Collection::watch(const SyncOptions& options,
                         const std::function<void(const Result<SyncReport>&)>& synced) {
    const auto round = [this](const SyncOptions& now, SyncRounds& rounds) {
        return impl_->sync(now, &rounds);
    };
    return watch_sources(round, options, synced);
}

Result<std::vector<Source>> Collection::sources() const {
    return list_sources(*impl_->corpus);
}

Status Collection::add_source(const fs::path& path, const std::vector<std::string>& include,
                              const std::vector<std::string>& exclude) {
    return remember_source(*impl_->corpus, path, include, exclude);
}

Result<std::uint64_t> Collection::remove_source(const fs::path& path) {
    const std::lock_guard lock(impl_->writing);
    return forget_source(*impl_->corpus, path);
}

Result<IngestReport> Collection::ingest_bytes(std::string_view name, std::string_view bytes,
                                              const IngestOptions& options) {
    return impl_->ingest(NamedBytes{name, bytes}, {}, options);
}

Result<IngestReport> Collection::ingest_documents(std::span<const DocumentInput> documents,
                                                  const IngestOptions& options) {
    return impl_->ingest(documents, {}, options);
}

Result<SearchResult> Collection::search(std::string_view text, const SearchOptions& options) const {
    return impl_->with_serving(
        "search", [&](Serving& with) { return run_search(impl_->query(with), text, options); });
}

Result<Answer> Collection::ask(std::string_view question, const AskOptions& options) const {
    return impl_->with_serving("ask", [&](Serving& with) -> Result<Answer> {
        LECTERN_TRY(impl_->prepare_answers(with, options));
        return run_ask(impl_->query(with), question, options);
    });
}

Result<Summary> Collection::summarize(std::string_view document,
                                      const SummarizeOptions& options) const {
    return impl_->with_serving("summarize", [&](Serving& with) {
        return run_summarize(impl_->query(with), document, options);
    });
}

Result<Embeddings> Collection::embed(std::span<const std::string> texts, EmbedAs purpose,
                                     std::stop_token stop, TooLong too_long) const {
    LECTERN_ASSIGN(const std::shared_ptr<Serving> with, impl_->with_models("embed"));
    return run_embed(*with->pipeline, texts, purpose, std::move(stop), too_long);
}

Result<Reranked> Collection::rerank(std::string_view query, std::span<const std::string> passages,
                                    std::stop_token stop) const {
    LECTERN_ASSIGN(const std::shared_ptr<Serving> with, impl_->with_models("rerank"));
    return run_rerank(*with->pipeline, query, passages, std::move(stop));
}

Result<Generated> Collection::generate(std::span<const Message> messages,
                                       const GenerateOptions& options) const {
    LECTERN_ASSIGN(const std::shared_ptr<Serving> with, impl_->with_models("generate"));
    return run_generate(*with->pipeline, messages, options, {});
}

Result<Generated> Engine::Impl::generate_within(const Collection& collection,
                                                std::string_view grammar,
                                                std::span<const Message> messages,
                                                const GenerateOptions& options) {
    if (grammar.empty()) return Status{Code::invalid_argument, "the grammar is empty"};
    LECTERN_ASSIGN(const std::shared_ptr<Serving> with, collection.impl_->with_models("generate"));
    return run_generate(*with->pipeline, messages, options, grammar);
}

Result<Generated> generate_within(const Collection& collection, std::string_view grammar,
                                  std::span<const Message> messages,
                                  const GenerateOptions& options) {
    return Engine::Impl::generate_within(collection, grammar, messages, options);
}

namespace {

Document complete(corpus::StoredDocument from) {
    Document out{std::move(from.header.id),
                 std::move(from.header.title),
                 std::move(from.text),
                 from.header.metadata.empty() ? "{}" : std::move(from.header.metadata),
                 {},
                 0};
    for (const storage::Chunk& chunk : from.chunks)
        out.chunks.push_back({chunk.id, chunk.begin, chunk.end, chunk.tokens,
                              place_of(chunk.places, 0, chunk.end - chunk.begin)});
    return out;
}

}  // namespace

Result<Document> Collection::get(std::string_view document) const {
    const auto reader = impl_->corpus->reader();
    LECTERN_ASSIGN(auto found, reader->document(document));
    LECTERN_ASSIGN(const auto original, reader->original_head(found.header.ordinal));
    Document out = complete(std::move(found));
    if (original) out.original_bytes = original->bytes;
    return out;
}

Result<std::string> Collection::original(std::string_view document) const {
    const auto reader = impl_->corpus->reader();
    LECTERN_ASSIGN(const storage::DocumentHeader header, reader->header(document));
    LECTERN_ASSIGN(auto original, reader->original(header.ordinal));
    if (!original)
        return Status{Code::not_found, "the original file of the document '" + header.id +
                                           "' was not kept; let the collection keep originals, and "
                                           "store the file again"};
    return std::move(*original);
}

Status Collection::keep_originals(bool keep) {
    const std::lock_guard lock(impl_->writing);
    LECTERN_ASSIGN(const bool kept, impl_->corpus->reader()->keeps_originals());
    if (keep == kept) return {};
    storage::SourceRows rows;
    rows.keep_originals = keep;
    return impl_->corpus->write_sources(rows);
}

Status Collection::each_document(const std::function<bool(const Document&)>& visit,
                                 std::string_view after) const {
    const auto one = [&](const corpus::StoredDocument& document) {
        return visit(complete(document));
    };
    return impl_->corpus->reader()->each_document(one, after);
}

Result<Selected> Collection::select(std::string_view filter) const {
    return impl_->corpus->select(filter);
}

Result<std::uint64_t> Collection::remove(std::span<const std::string> documents) {
    const std::lock_guard lock(impl_->writing);
    storage::WriteGroup group;
    if (documents.empty()) return std::uint64_t{0};
    LECTERN_ASSIGN(group.deletes, with_translations(*impl_->corpus->reader(), documents));
    if (!impl_->corpus->words_open()) LECTERN_TRY(impl_->corpus->open_words(std::nullopt));
    const auto with = impl_->serving.get();
    LECTERN_ASSIGN(const storage::CommitResult done,
                   impl_->corpus->commit(group, with == nullptr ? nullptr : with->following()));
    return static_cast<std::uint64_t>(std::count(done.deleted.begin(), done.deleted.end(), true));
}

Result<bool> Engine::Impl::patch_metadata(Collection& collection, std::string_view document,
                                          std::string_view merge_patch) {
    Collection::Impl& impl = *collection.impl_;
    const std::lock_guard lock(impl.writing);
    const auto reader = impl.corpus->reader();
    LECTERN_ASSIGN(corpus::StoredDocument stored, reader->document(document));
    LECTERN_ASSIGN(std::string metadata, merge_metadata(stored.header.metadata, merge_patch));
    if (metadata == stored.header.metadata) return false;
    LECTERN_ASSIGN(const storage::CollectionMeta meta, impl.corpus->meta());
    storage::WriteGroup group;
    LECTERN_ASSIGN(storage::PutDocument put,
                   with_metadata(*reader, std::move(stored), std::move(metadata), meta.serving));
    LECTERN_TRY(impl.corpus->accepts(put));
    group.puts.push_back(std::move(put));
    if (!impl.corpus->words_open()) LECTERN_TRY(impl.corpus->open_words(std::nullopt));
    const auto with = impl.serving.get();
    LECTERN_TRY(impl.corpus->commit(group, with == nullptr ? nullptr : with->following()).status());
    return true;
}

Result<bool> patch_metadata(Collection& collection, std::string_view document,
                            std::string_view merge_patch) {
    return Engine::Impl::patch_metadata(collection, document, merge_patch);
}

Result<ReembedReport> Collection::reembed(const std::string& pipeline,
                                          const ReembedOptions& options) {
    return impl_->reembed(pipeline, options);
}

Result<Stats> Collection::stats() const {
    LECTERN_ASSIGN(const storage::CollectionMeta meta, impl_->corpus->meta());
    LECTERN_ASSIGN(const storage::Counters counters, impl_->corpus->counters());
    LECTERN_ASSIGN(corpus::CorpusFigures figures, impl_->corpus->figures());
    Stats out;
    out.documents = counters.documents;
    out.chunks = counters.chunks;
    out.tokens = counters.tokens;
    out.pipeline = meta.pipeline_name;
    if (const storage::Generation* serving = meta.generation(meta.serving); serving != nullptr) {
        out.fingerprint = serving->fingerprint;
        out.dimension = serving->dimension;
    }
    out.disk_bytes = figures.disk_bytes;
    out.sequence = figures.sequence;
    out.collection_id = storage::to_hex(meta.id);
    out.store = figures.store;
    LECTERN_ASSIGN(out.keeps_originals, impl_->corpus->reader()->keeps_originals());
    if (const auto with = impl_->serving.get(); with != nullptr) {
        LECTERN_ASSIGN(const corpus::VectorStatistics vectors, with->vectors->statistics());
        out.vector_segments = vectors.segments;
        out.tail_vectors = vectors.tail_rows;
    }
    return out;
}

Result<RecallSample> Collection::recall(std::string_view query,
                                        const RecallOptions& options) const {
    return impl_->with_serving(
        "recall", [&](Serving& with) { return run_recall(impl_->query(with), query, options); });
}

Result<Overview> Collection::overview(const OverviewOptions& options) const {
    return run_overview(*impl_->corpus, options);
}

Result<BackupInfo> Collection::backup(const fs::path& to, const BackupOptions& options) const {
    return impl_->corpus->backup(to, options);
}

Result<VerifyReport> Collection::verify(const VerifyOptions& options) const {
    return impl_->corpus->verify(options);
}

Status Collection::flush() {
    if (const auto with = impl_->serving.get(); with != nullptr)
        LECTERN_TRY(with->vectors->flush());
    return impl_->corpus->flush();
}

}  // namespace lectern
