// What changes a collection: ingest, sync, removal, metadata and a change of model.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "corpus/corpus.hpp"
#include "corpus/process.hpp"
#include "engine/collection/collection_impl.hpp"
#include "engine/collection/metadata_patch.hpp"
#include "engine/collection/reembed.hpp"
#include "engine/ingest/decisions.hpp"
#include "engine/ingest/ingest.hpp"
#include "engine/ingest/sources.hpp"
#include "engine/ingest/translations.hpp"
#include "engine/sync/stored_files.hpp"
#include "engine/sync/sync.hpp"
#include "lectern/lectern.hpp"
#include "lectern/patch.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

// Bytes of text written before freed memory is given back. A byte of text costs many in passing:
// its words, postings, tokens, and the store's buffers.
constexpr std::uint64_t give_back_every = 32U << 20;
// At the end of an ingest less is enough: the next one may be far.
constexpr std::uint64_t give_back_at_end = 4U << 20;

// Most searches end sooner.
constexpr std::chrono::seconds for_requests_of_others{2};

}  // namespace

Result<std::uint64_t> Collection::Impl::commit(const storage::WriteGroup& group,
                                               const Serving& with) {
    LECTERN_ASSIGN(const storage::CommitResult done, corpus->commit(group, with.following()));
    for (const storage::PutDocument& document : group.puts) written_bytes += document.text.size();
    give_back_memory(give_back_every);
    return static_cast<std::uint64_t>(std::count_if(
        done.documents.begin(), done.documents.end(),
        [](const storage::CommittedDocument& document) { return document.replaced; }));
}

void Collection::Impl::give_back_memory(std::uint64_t after) {
    if (written_bytes < after) return;
    written_bytes = 0;
    storage::give_back_memory();
}

Result<IngestReport> Collection::Impl::ingest(const IngestInput& input,
                                              std::vector<IngestFailure> failed,
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
        .commit_every = corpus->commit_every(),
        .generation = with->generation};
    IngestReport report;
    report.failed = std::move(failed);
    const Status status = run_ingest(*with->pipeline, threads, input, output, options, report);
    give_back_memory(give_back_at_end);
    LECTERN_TRY(status);
    LECTERN_TRY(decisions.write_origins());
    return report;
}

Result<SyncReport> Collection::Impl::sync(const SyncOptions& options, SyncRounds* rounds) {
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

Result<ReembedReport> Collection::Impl::reembed(const std::string& name,
                                                const ReembedOptions& options) {
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
    LECTERN_TRY(corpus->cut_over(next->generation, pipeline.config().name, pipeline.config().text,
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

Status Collection::keep_originals(bool keep) {
    const std::lock_guard lock(impl_->writing);
    LECTERN_ASSIGN(const bool kept, impl_->corpus->reader()->keeps_originals());
    if (keep == kept) return {};
    storage::SourceRows rows;
    rows.keep_originals = keep;
    return impl_->corpus->write_sources(rows);
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

}  // namespace lectern
