#include "engine/sync/apply.hpp"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "corpus/process.hpp"
#include "engine/ingest/decisions.hpp"
#include "engine/ingest/ingest.hpp"
#include "engine/ingest/translations.hpp"
#include "engine/sync/known_vectors.hpp"
#include "engine/sync/owners.hpp"

namespace lectern {
namespace {

// Files that are done are marked so this often.
constexpr auto mark_every = std::chrono::seconds(1);
constexpr std::size_t removed_at_once = 1000;

bool is_there(const std::string& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0;
}

class ApplyPlan {
 public:
    ApplyPlan(const SyncTarget& target, const SyncPlan& plan, const StoredFiles& stored,
              const SyncOptions& options, SyncReport& report)
        : target_(target),
          plan_(plan),
          stored_(stored),
          options_(options),
          report_(report),
          vectors_(*target.corpus, stored, target.generation),
          gone_(plan.remove.begin(), plan.remove.end()) {}

    Status run() {
        LECTERN_TRY(begin());
        std::vector<SourceFile> files;
        for (const StoreFile& store : plan_.store) files.push_back(source_of(*store.file));
        LECTERN_TRY(store_files(files));
        if (!again_.empty() && !options_.stop.stop_requested()) {
            // What they were refused for may belong to nobody now.
            last_pass_ = true;
            std::vector<SourceFile> refused;
            for (const SourceFile& file : files)
                if (again_.contains(file.path.string())) refused.push_back(file);
            LECTERN_TRY(store_files(refused));
        }
        if (options_.stop.stop_requested()) return {};
        storage::kill_point("sync.before_removal");
        return remove_gone();
    }

 private:
    static SourceFile source_of(const HashedFile& file) {
        return {file.file.path, file.file.name, file.file.mark.bytes};
    }
    [[nodiscard]] const StoredFile* stored(const std::string& path) const {
        const auto found = stored_.find(path);
        return found == stored_.end() ? nullptr : &found->second;
    }

    // What is about to change no longer counts as whole.
    Status begin() {
        storage::SourceRows rows;
        for (const StoreFile& store : plan_.store) {
            const std::string path = store.file->file.path.string();
            by_path_[path] = &store;
            if (const StoredFile* before = stored(path); before != nullptr && before->whole)
                rows.drop_files.push_back(path);
        }
        LECTERN_TRY(target_.corpus->write_sources(rows));
        storage::kill_point("sync.after_begin");
        return {};
    }

    Status store_files(const std::vector<SourceFile>& files) {
        if (files.empty()) return {};
        LECTERN_ASSIGN(const bool keeps_originals, target_.corpus->reader()->keeps_originals());
        const IngestOutput output{
            .decide = [this](const storage::PutDocument& document) { return decide(document); },
            .exists =
                [this](std::string_view id) { return target_.corpus->reader()->header(id).ok(); },
            .known_vectors = [this](storage::PutDocument& document) { return known(document); },
            .file_done = [this](const FileDone& done) { take(done); },
            .made_before =
                [this](const storage::PutDocument& put, std::string_view mark) {
                    return lectern::made_before(*target_.corpus->reader(), put, mark);
                },
            .synced = true,
            .keep_originals = keeps_originals,
            .commit = [this](storage::WriteGroup group) { return commit(std::move(group)); },
            .commit_every = target_.corpus->commit_every(),
            .generation = target_.generation};
        IngestReport done;
        IngestOptions options;
        options.progress = options_.progress;
        options.stop = options_.stop;
        const Status status =
            run_ingest(*target_.pipeline, target_.threads, files, output, options, done);
        report_.documents += done.documents;
        report_.chunks += done.chunks;
        report_.tokens += done.tokens;
        report_.kept_vectors = kept_vectors_;
        std::move(done.failed.begin(), done.failed.end(), std::back_inserter(report_.failed));
        if (report_.stages.empty()) report_.stages = std::move(done.stages);
        LECTERN_TRY(status);
        LECTERN_TRY(mark_done());
        return mark_changed();
    }

    // ------------------------------------------------------ from the ingest's threads

    Result<Decision> decide(const storage::PutDocument& document) {
        const std::string& file = document.origin.file;
        const auto reader = target_.corpus->reader();
        LECTERN_ASSIGN(const auto header, stored_header(*reader, document.id));
        storage::Origin origin;
        if (header) {
            LECTERN_ASSIGN(origin, reader->origin(header->ordinal));
            if (origin.synced && origin.file != file && !gone_.contains(origin.file) &&
                is_there(origin.file))
                return taken(document, origin.file, header->content_hash == document.content_hash);
        }
        const Owners::Claim claim = owners_.claim(document.id, file, document.content_hash);
        if (claim != Owners::Claim::granted)
            return taken(document, "another file", claim == Owners::Claim::same);
        if (!header || header->content_hash != document.content_hash) return Decision::store;
        if (origin != document.origin) {
            const std::lock_guard lock(mutex_);
            origins_.emplace_back(document.id, document.origin);
        }
        LECTERN_TRY(keep_original(*target_.corpus, *reader, *header, document));
        return Decision::unchanged;
    }

    // Another file has the id. With the same content nobody misses anything; but it is not this
    // file's, which is looked at again each time.
    Result<Decision> taken(const storage::PutDocument& document, const std::string& owner,
                           bool same) {
        if (last_pass_ && !same)
            return Status{Code::invalid_argument, "its id is given by " + owner +
                                                      ", too, with another text; the first "
                                                      "one is kept"};
        const std::lock_guard lock(mutex_);
        if (!last_pass_) again_.insert(document.origin.file);
        return Decision::left;
    }

    bool known(storage::PutDocument& document) {
        const auto file = by_path_.find(document.origin.file);
        if (file == by_path_.end() || file->second->same_as.empty()) return false;
        if (!vectors_.fill(file->second->same_as, document)) return false;
        kept_vectors_ += document.chunks.size();
        return true;
    }

    void take(const FileDone& done) {
        if (!done.whole) return;
        storage::SyncedFile file{done.file.path.string(), done.hash, done.documents};
        const std::lock_guard lock(mutex_);
        (stored(file.path) == nullptr ? done_ : changed_).push_back(std::move(file));
    }

    Result<std::uint64_t> commit(storage::WriteGroup group) {
        LECTERN_ASSIGN(const std::uint64_t replaced, target_.commit(std::move(group)));
        storage::kill_point("sync.after_documents");
        const auto now = std::chrono::steady_clock::now();
        if (now - marked_ < mark_every) return replaced;
        marked_ = now;
        LECTERN_TRY(mark_done());
        return replaced;
    }

    // ------------------------------------------------------------- the ends

    Status mark_done() {
        storage::SourceRows rows;
        {
            const std::lock_guard lock(mutex_);
            rows.put_files.swap(done_);
            rows.origins.swap(origins_);
        }
        return target_.corpus->write_sources(rows);
    }

    // Files that had documents before: those that they no longer give go. After the others, since a
    // document may have moved from one file to another.
    Status mark_changed() {
        storage::SourceRows rows;
        {
            const std::lock_guard lock(mutex_);
            rows.put_files.swap(changed_);
        }
        std::vector<std::string> stale;
        for (const storage::SyncedFile& file : rows.put_files) {
            LECTERN_TRY(collect(file.path, stale));
            std::erase_if(stale,
                          [&](const std::string& id) { return owners_.gave(file.path, id); });
            LECTERN_TRY(remove(stale));
        }
        return target_.corpus->write_sources(rows);
    }

    Status remove_gone() {
        std::vector<std::string> ids;
        std::vector<std::string> paths;
        for (const std::string& path : plan_.remove) {
            LECTERN_TRY(collect(path, ids));
            paths.push_back(path);
            if (ids.size() >= removed_at_once) LECTERN_TRY(remove_files(ids, paths));
            if (options_.stop.stop_requested()) break;
        }
        return remove_files(ids, paths);
    }
    Status remove_files(std::vector<std::string>& ids, std::vector<std::string>& paths) {
        LECTERN_TRY(remove(ids));
        storage::SourceRows rows;
        rows.drop_files.swap(paths);
        return target_.corpus->write_sources(rows);
    }

    // Adds the ids of documents that the file gave before and nobody else has taken over.
    Status collect(const std::string& path, std::vector<std::string>& ids) const {
        const StoredFile* file = stored(path);
        if (file == nullptr) return {};
        const auto reader = target_.corpus->reader();
        for (const auto* ordinals : {&file->synced, &file->ingested}) {
            for (const storage::Ordinal ordinal : *ordinals) {
                const auto header = reader->header(ordinal);
                if (!header && header.status().code() == Code::not_found) continue;
                LECTERN_TRY(header.status());
                LECTERN_ASSIGN(const storage::Origin origin, reader->origin(ordinal));
                if (origin.file == path) ids.push_back(header->id);
            }
        }
        return {};
    }

    Status remove(std::vector<std::string>& ids) {
        for (std::size_t at = 0; at < ids.size(); at += removed_at_once) {
            const std::size_t end = std::min(ids.size(), at + removed_at_once);
            storage::WriteGroup group;
            group.deletes.assign(std::make_move_iterator(ids.begin() + static_cast<long>(at)),
                                 std::make_move_iterator(ids.begin() + static_cast<long>(end)));
            LECTERN_TRY(target_.commit(std::move(group)).status());
            report_.removed += end - at;
            storage::kill_point("sync.after_removal");
        }
        ids.clear();
        return {};
    }

    const SyncTarget& target_;
    const SyncPlan& plan_;
    const StoredFiles& stored_;
    const SyncOptions& options_;
    SyncReport& report_;
    KnownVectors vectors_;
    const std::unordered_set<std::string> gone_;
    std::unordered_map<std::string, const StoreFile*> by_path_;
    Owners owners_;
    bool last_pass_ = false;  // written between the passes
    std::atomic<std::uint64_t> kept_vectors_{0};
    std::chrono::steady_clock::time_point marked_ = std::chrono::steady_clock::now();

    std::mutex mutex_;
    std::vector<storage::SyncedFile> done_;     // had no documents before
    std::vector<storage::SyncedFile> changed_;  // may have had
    std::vector<std::pair<std::string, storage::Origin>> origins_;
    std::unordered_set<std::string> again_;
};

}  // namespace

Status apply_plan(const SyncTarget& target, const SyncPlan& plan, const StoredFiles& stored,
                  const SyncOptions& options, SyncReport& report) {
    return ApplyPlan(target, plan, stored, options, report).run();
}

}  // namespace lectern
