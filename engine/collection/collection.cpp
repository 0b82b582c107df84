#include <oneapi/tbb/global_control.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "config/pipeline.hpp"
#include "engine/answer/writer.hpp"
#include "engine/collection/folders.hpp"
#include "engine/collection/shared_host.hpp"
#include "engine/collection/upkeep.hpp"
#include "engine/ingest/ingest.hpp"
#include "engine/query/models.hpp"
#include "engine/query/overview.hpp"
#include "engine/query/query.hpp"
#include "engine/query/summarize.hpp"
#include "index/lexical/lexical_index.hpp"
#include "index/vector/vector_index.hpp"
#include "lectern/lectern.hpp"
#include "storage/backup.hpp"
#include "storage/store.hpp"

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

bool is_collection(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder / "store" / "CURRENT", error);
}

storage::VectorEncoding encoding(std::string_view name) {
    if (name == "bf16") return storage::VectorEncoding::bf16;
    if (name == "f16") return storage::VectorEncoding::f16;
    if (name == "int8") return storage::VectorEncoding::int8;
    return storage::VectorEncoding::f32;
}

std::vector<float> rows_of(const storage::WriteGroup& group, const storage::CommitResult& done,
                           storage::GenerationNumber generation) {
    std::vector<float> rows;
    for (std::size_t i = 0; i < group.puts.size(); ++i) {
        if (done.documents[i].ordinal == 0) continue;
        for (const storage::PutVectors& vectors : group.puts[i].vectors)
            if (vectors.generation == generation)
                rows.insert(rows.end(), vectors.values.begin(), vectors.values.end());
    }
    return rows;
}

}  // namespace

std::string_view version() noexcept {
    return LECTERN_VERSION;
}

std::string_view name(SearchMode mode) noexcept {
    switch (mode) {
        case SearchMode::hybrid: return "hybrid";
        case SearchMode::dense: return "dense";
        case SearchMode::lexical: return "lexical";
    }
    return "unknown";
}

std::string_view name(Fusion fusion) noexcept {
    return fusion == Fusion::rrf ? "rrf" : "convex";
}

std::string_view name(AnswerStatus status) noexcept {
    switch (status) {
        case AnswerStatus::answered: return "answered";
        case AnswerStatus::extractive: return "extractive";
        case AnswerStatus::abstained: return "abstained";
    }
    return "unknown";
}

struct Collection::Impl {
    Log log;
    Folders folders;
    unsigned threads = 1;
    // Members end in reverse order: the index before the store, stages before their host.
    std::unique_ptr<oneapi::tbb::global_control> thread_limit;
    std::shared_ptr<host::PluginHost> host;
    std::unique_ptr<storage::Store> store;
    std::unique_ptr<Pipeline> pipeline;
    std::unique_ptr<index::LexicalIndex> lexical;
    std::unique_ptr<index::VectorIndex> index;
    mutable MetadataIndex metadata;  // guards itself
    storage::GenerationNumber generation = 0;
    std::mutex writing;  // one ingest or removal at a time
    std::once_flag warmed;
    std::jthread warming;

    // Loads the generator and prefills what all its prompts begin with, while the question is
    // still searched for.
    Status prepare_answers(const AskOptions& options) {
        if (!pipeline->can_read() || !pipeline->can_write() || options.extractive) return {};
        LECTERN_TRY(pipeline->prepare_answers(Answers::written));
        std::call_once(warmed, [this] {
            warming = std::jthread([this] {
                if (const Status status = warm(*pipeline->generator()); !status.ok())
                    log(LogLevel::warning, "generator", status.message());
            });
        });
        return {};
    }

    Status load(config::PipelineConfig config, unsigned wanted_threads) {
        threads = wanted_threads > 0   ? wanted_threads
                  : config.threads > 0 ? config.threads
                                       : std::max(std::thread::hardware_concurrency(), 1U);
        thread_limit = std::make_unique<oneapi::tbb::global_control>(
            oneapi::tbb::global_control::max_allowed_parallelism, threads);
        for (const std::string& warning : config.warnings)
            log(LogLevel::warning, "pipeline", warning);
        LECTERN_ASSIGN(host, shared_host(folders, threads, log));
        LECTERN_ASSIGN(pipeline, Pipeline::open(std::move(config), *host));
        return {};
    }

    // The generation of this pipeline's vectors; made in a collection that has none.
    Status bind_generation(const fs::path& folder) {
        const EmbedderInfo& embedder = pipeline->embedder();
        storage::CollectionMeta meta = store->meta();
        if (meta.serving == 0) {
            const config::PipelineConfig& config = pipeline->config();
            LECTERN_TRY(store->set_pipeline(config.name, config.text, config.base_folder.string()));
            storage::Generation made;
            made.fingerprint = embedder.fingerprint;
            made.dimension = embedder.dimension;
            made.note = std::string(pipeline->embedder_name()) + ", " + embedder.precision;
            LECTERN_ASSIGN(const storage::Generation added, store->add_generation(made));
            generation = added.number;
            return {};
        }
        const storage::Generation* serving = meta.generation(meta.serving);
        if (serving == nullptr || serving->fingerprint != embedder.fingerprint ||
            serving->dimension != embedder.dimension)
            return {Code::invalid_argument,
                    "the collection '" + folder.string() + "' holds vectors of " +
                        (serving == nullptr ? "no model" : serving->fingerprint) +
                        ", but the pipeline '" + pipeline->config().name + "' makes vectors of " +
                        embedder.fingerprint + "; use the pipeline it was made with ('" +
                        meta.pipeline_name +
                        "', with the same model files), or ingest into another collection"};
        generation = meta.serving;
        return {};
    }

    Status open_index() {
        index::VectorIndexOptions options;
        options.generation = generation;
        options.threads = threads;
        options.seal_at = pipeline->config().search.seal_at;
        options.vectors = encoding(pipeline->config().search.vectors);
        options.log = [log = log](std::string_view message) {
            log(LogLevel::warning, "vector index", message);
        };
        LECTERN_TRY(open_lexical(pipeline->config().search));
        LECTERN_ASSIGN(index, index::VectorIndex::open(*store, options));
        return {};
    }

    // Without a pipeline: as it was made.
    Status open_lexical(const std::optional<config::SearchConfig>& search) {
        index::LexicalIndexOptions options;
        if (search)
            options.analysis = index::AnalysisOptions{text::language_of(search->language),
                                                      search->keep_stop_words};
        options.log = [log = log](std::string_view message) {
            log(LogLevel::info, "lexical index", message);
        };
        LECTERN_ASSIGN(lexical, index::LexicalIndex::open(*store, options));
        return {};
    }

    Status needs_models(std::string_view what) const {
        if (pipeline != nullptr) return {};
        return {Code::invalid_argument,
                "the collection was opened without models (load_models is "
                "false), which " +
                    std::string(what) + " needs"};
    }

    Status commit(storage::WriteGroup group) {
        LECTERN_ASSIGN(const storage::CommitResult done, lexical->commit(group));
        if (index == nullptr) return {};
        return index->apply(done.change, rows_of(group, done, generation));
    }

    Result<IngestReport> ingest(const IngestInput& input, std::vector<IngestFailure> failed,
                                const IngestOptions& options) {
        LECTERN_TRY(needs_models("ingest"));
        const std::lock_guard lock(writing);
        const IngestOutput output{
            .unchanged =
                [this](std::string_view id, const storage::Hash128& hash) {
                    const auto header = store->reader().header(id);
                    return header.ok() && header->content_hash == hash;
                },
            .commit = [this](storage::WriteGroup group) { return commit(std::move(group)); },
            .generation = generation};
        IngestReport report;
        report.failed = std::move(failed);
        LECTERN_TRY(run_ingest(*pipeline, threads, input, output, options, report));
        return report;
    }

    [[nodiscard]] QueryContext query() const {
        return {*pipeline, *store, *index, metadata, *lexical, threads, log};
    }
};

Collection::Collection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Collection::Collection(Collection&&) noexcept = default;
Collection& Collection::operator=(Collection&&) noexcept = default;
Collection::~Collection() {
    if (impl_ == nullptr || impl_->index == nullptr) return;
    if (const Status status = impl_->index->flush(); !status.ok())
        impl_->log(LogLevel::warning, "vector index", status.message());
}

Result<Collection> Collection::open(const fs::path& folder, OpenOptions options) {
    auto impl = std::make_unique<Impl>();
    impl->log = log_or_stderr(options.log);
    impl->folders = resolve(options.folders);
    if (folder.empty()) return Status{Code::invalid_argument, "no collection folder was given"};

    if (!is_collection(folder)) {
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
            named_pipeline(options.pipeline.empty() ? "bert" : options.pipeline, impl->folders));
        LECTERN_TRY(impl->load(std::move(config), options.threads));
        LECTERN_ASSIGN(impl->store, storage::Store::open(folder, {.create_if_missing = true}));
    } else {
        // With "create", one whose creation was interrupted is made complete.
        LECTERN_ASSIGN(impl->store,
                       storage::Store::open(folder, {.create_if_missing = options.create}));
        if (!options.load_models) return Collection(std::move(impl));
        const storage::CollectionMeta meta = impl->store->meta();
        const bool stored = options.pipeline.empty() && !meta.pipeline_yaml.empty();
        LECTERN_ASSIGN(auto config,
                       stored ? stored_pipeline(meta)
                              : named_pipeline(options.pipeline.empty() ? "bert" : options.pipeline,
                                               impl->folders));
        LECTERN_TRY(impl->load(std::move(config), options.threads));
    }
    LECTERN_TRY(impl->bind_generation(folder));
    LECTERN_TRY(impl->open_index());
    return Collection(std::move(impl));
}

Result<IngestReport> Collection::ingest(const std::vector<fs::path>& paths,
                                        const IngestOptions& options) {
    std::vector<IngestFailure> failed;
    std::vector<SourceFile> files = list_files(paths, failed);
    return impl_->ingest(files, std::move(failed), options);
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
    LECTERN_TRY(impl_->needs_models("search"));
    return run_search(impl_->query(), text, options);
}

Result<Answer> Collection::ask(std::string_view question, const AskOptions& options) const {
    LECTERN_TRY(impl_->needs_models("ask"));
    LECTERN_TRY(impl_->prepare_answers(options));
    return run_ask(impl_->query(), question, options);
}

Result<Summary> Collection::summarize(std::string_view document,
                                      const SummarizeOptions& options) const {
    LECTERN_TRY(impl_->needs_models("summarize"));
    return run_summarize(impl_->query(), document, options);
}

Result<Embeddings> Collection::embed(std::span<const std::string> texts, EmbedAs purpose,
                                     std::stop_token stop) const {
    LECTERN_TRY(impl_->needs_models("embed"));
    return run_embed(*impl_->pipeline, texts, purpose, std::move(stop));
}

Result<Generated> Collection::generate(std::span<const Message> messages,
                                       const GenerateOptions& options) const {
    LECTERN_TRY(impl_->needs_models("generate"));
    return run_generate(*impl_->pipeline, messages, options);
}

namespace {

Result<Document> complete(const storage::Reader& reader, storage::Document from) {
    LECTERN_ASSIGN(const auto chunks, reader.chunks(from.header));
    Document out{from.header.id,
                 from.header.title,
                 std::move(from.text),
                 from.header.metadata.empty() ? "{}" : from.header.metadata,
                 {}};
    for (const storage::Chunk& chunk : chunks)
        out.chunks.push_back({chunk.id, chunk.begin, chunk.end, chunk.tokens});
    return out;
}

}  // namespace

Result<Document> Collection::get(std::string_view document) const {
    const storage::Reader reader = impl_->store->reader();
    LECTERN_ASSIGN(auto found, reader.document(document));
    return complete(reader, std::move(found));
}

Status Collection::each_document(const std::function<bool(const Document&)>& visit) const {
    const storage::Reader reader = impl_->store->reader();
    Status failure;
    LECTERN_TRY(reader.for_each_document([&](const storage::DocumentHeader& header) {
        auto found = reader.document(header.id);
        if (!found) return failure = found.status(), false;
        auto document = complete(reader, std::move(*found));
        if (!document) return failure = document.status(), false;
        return visit(*document);
    }));
    return failure;
}

Result<std::uint64_t> Collection::remove(std::span<const std::string> documents) {
    const std::lock_guard lock(impl_->writing);
    storage::WriteGroup group;
    group.deletes.assign(documents.begin(), documents.end());
    if (group.empty()) return std::uint64_t{0};
    if (impl_->lexical == nullptr) LECTERN_TRY(impl_->open_lexical(std::nullopt));
    LECTERN_ASSIGN(const storage::CommitResult done, impl_->lexical->commit(group));
    if (impl_->index != nullptr) LECTERN_TRY(impl_->index->apply(done.change, {}));
    return static_cast<std::uint64_t>(std::count(done.deleted.begin(), done.deleted.end(), true));
}

Result<Stats> Collection::stats() const {
    const storage::CollectionMeta meta = impl_->store->meta();
    const storage::Counters counters = impl_->store->counters();
    Stats out;
    out.documents = counters.documents;
    out.chunks = counters.chunks;
    out.tokens = counters.tokens;
    out.pipeline = meta.pipeline_name;
    if (const storage::Generation* serving = meta.generation(meta.serving); serving != nullptr) {
        out.fingerprint = serving->fingerprint;
        out.dimension = serving->dimension;
    }
    out.disk_bytes = impl_->store->disk_bytes();
    out.sequence = impl_->store->sequence();
    out.collection_id = storage::to_hex(meta.id);
    if (impl_->index != nullptr) {
        const index::VectorIndexStatistics state = impl_->index->statistics();
        out.vector_segments = state.segments;
        out.tail_vectors = state.tail_rows;
    }
    return out;
}

Result<Overview> Collection::overview(const OverviewOptions& options) const {
    return run_overview(*impl_->store, impl_->store->meta().serving, options);
}

Result<BackupInfo> Collection::backup(const fs::path& to) const {
    LECTERN_ASSIGN(const storage::Backup made, storage::create_backup(*impl_->store, to));
    return info_of(made);
}

Status Collection::flush() {
    if (impl_->index != nullptr) LECTERN_TRY(impl_->index->flush());
    return impl_->store->flush();
}

}  // namespace lectern
