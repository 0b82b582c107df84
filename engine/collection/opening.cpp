// From a folder or an address to a collection that serves: its pipeline, the generation of its
// vectors, and a change of model by another program.
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "config/pipeline.hpp"
#include "corpus/corpus.hpp"
#include "corpus/local/local.hpp"
#include "corpus/opensearch/opensearch.hpp"
#include "engine/collection/collection_impl.hpp"
#include "engine/collection/no_vectors.hpp"
#include "lectern/lectern.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

Result<config::PipelineConfig> stored_pipeline(const storage::CollectionMeta& meta) {
    return config::parse_pipeline(meta.pipeline_yaml,
                                  meta.pipeline_name + " (stored in the collection)",
                                  meta.pipeline_folder);
}

storage::VectorEncoding encoding(std::string_view name) {
    if (name == "bf16") return storage::VectorEncoding::bf16;
    if (name == "f16") return storage::VectorEncoding::f16;
    if (name == "int8") return storage::VectorEncoding::int8;
    if (name == "pq") return storage::VectorEncoding::pq;
    return storage::VectorEncoding::f32;
}

}  // namespace

Result<config::PipelineConfig> named_pipeline(const std::string& name, const Folders& folders) {
    const std::vector<fs::path> shipped{folders.pipelines};
    LECTERN_ASSIGN(const fs::path file, config::find_pipeline(name, shipped));
    return config::load_pipeline(file);
}

Result<std::shared_ptr<Pipeline>> Collection::Impl::load(config::PipelineConfig config) {
    for (const std::string& warning : config.warnings) log(LogLevel::warning, "pipeline", warning);
    LECTERN_ASSIGN(const auto models, engine->models(config.threads));
    threads = models->threads();
    return models->pipeline(std::move(config));
}

Result<storage::GenerationNumber> Collection::Impl::bind_words(const Pipeline& pipeline) const {
    LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus->meta());
    // A change of model that was cut off may have made a generation, and nothing in it yet.
    LECTERN_ASSIGN(const std::uint64_t vectors,
                   meta.serving == 0 ? std::uint64_t{0} : corpus->vector_count(meta.serving));
    if (vectors > 0)
        return Status{Code::invalid_argument,
                      "the collection '" + corpus->where() + "' holds vectors, and the pipeline '" +
                          pipeline.config().name +
                          "' has no embedder; use the pipeline it was made with ('" +
                          meta.pipeline_name + "'), or ingest into another collection"};
    const config::PipelineConfig& config = pipeline.config();
    const std::string folder = config.base_folder.string();
    if (meta.pipeline_name != config.name || meta.pipeline_yaml != config.text ||
        meta.pipeline_folder != folder)
        LECTERN_TRY(corpus->set_pipeline(config.name, config.text, folder));
    return storage::GenerationNumber{0};
}

Result<storage::GenerationNumber> Collection::Impl::bind_generation(
    const Pipeline& pipeline) const {
    if (!pipeline.embeds()) return bind_words(pipeline);
    const EmbedderInfo& embedder = pipeline.embedder();
    LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus->meta());
    if (meta.serving == 0) {
        const config::PipelineConfig& config = pipeline.config();
        LECTERN_TRY(corpus->set_pipeline(config.name, config.text, config.base_folder.string()));
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
                (serving == nullptr ? "no model" : serving->fingerprint) + ", but the pipeline '" +
                pipeline.config().name + "' makes vectors of " + embedder.fingerprint +
                "; use the pipeline it was made with ('" + meta.pipeline_name +
                "', with the same model files), change its model with 'lectern reembed', or "
                "ingest into another collection"};
    return meta.serving;
}

Status Collection::Impl::serve(std::shared_ptr<Pipeline> pipeline) {
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

Result<std::shared_ptr<corpus::Vectors>> Collection::Impl::open_vectors(
    const Pipeline& pipeline, storage::GenerationNumber generation,
    bool build_in_background) const {
    const config::SearchConfig& search = pipeline.config().search;
    return corpus->open_vectors({.generation = generation,
                                 .threads = threads,
                                 .seal_at = search.seal_at,
                                 .encoding = encoding(search.vectors),
                                 .build_in_background = build_in_background});
}

Result<std::shared_ptr<Serving>> Collection::Impl::with_models(std::string_view what) {
    std::shared_ptr<Serving> now = serving.get();
    if (now != nullptr && corpus->serves(now->generation)) return now;
    if (now != nullptr) return follow();
    return Status{Code::invalid_argument,
                  "the collection was opened without models (load_models is "
                  "false), which " +
                      std::string(what) + " needs"};
}

Result<std::shared_ptr<Serving>> Collection::Impl::follow() {
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

}  // namespace lectern
