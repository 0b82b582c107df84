#include <algorithm>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "api/words.hpp"
#include "engine/answers/summarize.hpp"
#include "engine/answers/writer.hpp"
#include "engine/collection/collection_impl.hpp"
#include "engine/insight/insight.hpp"
#include "engine/search/place.hpp"
#include "engine/search/query.hpp"
#include "lectern/grammar.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

namespace fs = std::filesystem;

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

Status Collection::Impl::prepare_answers(Serving& with, const AskOptions& options) const {
    Pipeline& pipeline = *with.pipeline;
    if (!pipeline.can_read() || !pipeline.can_write() || options.extractive) return {};
    LECTERN_TRY(pipeline.prepare_answers(Answers::written));
    std::call_once(with.warmed, [&] {
        // The pipeline outlives the thread, which ends with `with`.
        with.warming = std::jthread(
            [this, generator = pipeline.generator(),
             task = pipeline.config().answer.writing == "phrased" ? Task::sentence : Task::answer] {
                if (const Status status = warm(*generator, task); !status.ok())
                    log(LogLevel::warning, "generator", status.message());
            });
    });
    return {};
}

QueryContext Collection::Impl::query(const Serving& with) const {
    return {*with.pipeline, *corpus, *with.vectors, threads, log};
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
