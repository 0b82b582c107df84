#include "engine/sync/sync.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "engine/ingest/sources.hpp"
#include "engine/sync/apply.hpp"
#include "engine/sync/choose_sources.hpp"
#include "engine/sync/plan.hpp"
#include "engine/sync/stored_files.hpp"
#include "engine/sync/walk.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

// What is on the disk.
struct Present {
    std::vector<HashedFile> files;
    std::vector<std::string> unread;
    std::vector<std::string> missing;  // sources
};

Result<Present> look(const std::vector<storage::SourceFolder>& sources, const SyncTarget& target,
                     const SyncOptions& options, SyncRounds* rounds, SyncReport& report) {
    Present out;
    std::vector<WalkedFile> files;
    for (const storage::SourceFolder& source : sources) {
        LECTERN_ASSIGN(
            WalkedSource walked,
            walk_source(source, rounds == nullptr ? nullptr : rounds->before_folder, options.stop));
        if (walked.missing) out.missing.push_back(source.path);
        std::move(walked.files.begin(), walked.files.end(), std::back_inserter(files));
        std::move(walked.left_out.begin(), walked.left_out.end(),
                  std::back_inserter(report.left_out));
        std::move(walked.failed.begin(), walked.failed.end(), std::back_inserter(report.failed));
        std::move(walked.unread.begin(), walked.unread.end(), std::back_inserter(out.unread));
    }
    LECTERN_ASSIGN(out.files, hash_files(std::move(files), target.threads,
                                         rounds == nullptr ? nullptr : &rounds->memory,
                                         options.stop, report.failed));
    return out;
}

std::string files_of(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " file" : " files");
}

// Why a source must not be synced; "" when nothing is against it.
std::string against(const storage::SourceFolder& source, const Present& present,
                    const SyncPlan& plan, const StoredFiles& stored) {
    const SourceLoss loss = loss_of(source, plan, stored);
    const bool missing = std::find(present.missing.begin(), present.missing.end(), source.path) !=
                         present.missing.end();
    if (missing)
        return "the source '" + source.path + "' is not there, and " + files_of(loss.stored) +
               " of it " + (loss.stored == 1 ? "is" : "are") + " stored; is its disk mounted?";
    if (!loss.too_much()) return {};
    return "of the source '" + source.path + "', " + std::to_string(loss.gone) + " of " +
           files_of(loss.stored) + (loss.gone == 1 ? " is" : " are") +
           " gone; is a disk not mounted?";
}

// Paths are told as ids have them.
class Names {
 public:
    explicit Names(const std::vector<storage::SourceFolder>& sources) : sources_(sources) {}
    void shorten(std::string& path) const {
        for (const storage::SourceFolder& source : sources_) {
            if (!lies_in(path, source.path)) continue;
            const std::string below = path.substr(source.path.size());
            if (source.name.empty() && below.starts_with('/'))
                path = below.substr(1);
            else if (!source.name.empty())
                path = source.name + below;
            return;
        }
    }
    void shorten(SyncReport& report) const {
        for (SyncChange& change : report.changes) {
            shorten(change.file);
            shorten(change.from);
        }
        for (LeftOut& left : report.left_out) shorten(left.path);
        for (IngestFailure& failure : report.failed) shorten(failure.path);
    }

 private:
    const std::vector<storage::SourceFolder>& sources_;
};

// A file that is looked at twice fails twice.
void each_once(std::vector<IngestFailure>& failures) {
    std::set<std::pair<std::string, std::string>> seen;
    std::erase_if(failures, [&](const IngestFailure& failure) {
        return !seen.emplace(failure.path, failure.error.message()).second;
    });
}

// A file of which nothing was stored is a failure and no change.
void leave_failed_out(SyncReport& report) {
    std::set<std::string_view> failed;
    for (const IngestFailure& failure : report.failed) failed.insert(failure.path);
    std::erase_if(report.changes, [&](const SyncChange& change) {
        return change.kind != FileChange::removed && failed.contains(change.file);
    });
}

Result<std::vector<storage::SourceFolder>> known_sources(const corpus::Corpus* corpus) {
    if (corpus == nullptr) return std::vector<storage::SourceFolder>{};
    return corpus->reader()->sources();
}

}  // namespace

Result<SyncReport> run_sync(const SyncTarget& target, const SyncOptions& options,
                            SyncRounds* rounds) {
    const auto begin = std::chrono::steady_clock::now();
    LECTERN_ASSIGN(const auto known, known_sources(target.corpus));
    LECTERN_ASSIGN(const ChosenSources chosen, choose_sources(known, options.paths, options.include,
                                                              options.exclude, options.names));
    if (chosen.sources.empty())
        return Status{Code::invalid_argument,
                      "the collection has no sources; name the folders once: 'lectern sync -c DIR "
                      "PATH…'"};
    SyncReport report;
    LECTERN_ASSIGN(const Present present, look(chosen.sources, target, options, rounds, report));
    StoredFiles stored;
    if (target.corpus != nullptr) {
        LECTERN_ASSIGN(stored, stored_files(*target.corpus->reader(), chosen.sources));
    }
    const SyncPlan plan =
        make_plan(present.files, stored, present.unread, [](const std::string& path) {
            std::error_code error;
            return fs::symlink_status(path, error).type() != fs::file_type::not_found;
        });
    report.changes = plan.changes;
    report.unchanged = plan.unchanged;
    if (!options.accept_loss)
        for (const storage::SourceFolder& source : chosen.sources)
            if (std::string why = against(source, present, plan, stored); !why.empty())
                report.refused.push_back(std::move(why));
    if (!report.refused.empty() && !options.dry_run)
        return Status{
            Code::invalid_argument,
            report.refused.front() +
                (report.refused.size() > 1
                     ? " (and " + std::to_string(report.refused.size() - 1) + " more sources)"
                     : "") +
                " Nothing was changed; if it is meant, say so with --yes"};
    if (!options.dry_run) {
        storage::SourceRows rows;
        rows.put_sources = chosen.remember;
        LECTERN_TRY(target.corpus->write_sources(rows));
        LECTERN_TRY(apply_plan(target, plan, stored, options, report));
    }
    each_once(report.failed);
    Names(chosen.sources).shorten(report);
    leave_failed_out(report);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    report.seconds = seconds.count();
    return report;
}

Result<std::vector<Source>> list_sources(const corpus::Corpus& corpus) {
    const auto reader = corpus.reader();
    LECTERN_ASSIGN(const auto known, reader->sources());
    LECTERN_ASSIGN(const StoredFiles stored, stored_files(*reader, known));
    std::vector<Source> out;
    for (const storage::SourceFolder& source : known) {
        Source one{source.path, source.name, source.include, source.exclude, 0, 0};
        for (const auto& [path, file] : stored) {
            if (!lies_in(path, source.path)) continue;
            ++one.files;
            one.documents += file.synced.size() + file.ingested.size();
        }
        out.push_back(std::move(one));
    }
    return out;
}

Status remember_source(corpus::Corpus& corpus, const fs::path& path,
                       const std::vector<std::string>& include,
                       const std::vector<std::string>& exclude) {
    LECTERN_ASSIGN(const auto known, corpus.reader()->sources());
    LECTERN_ASSIGN(const ChosenSources chosen, choose_sources(known, {path}, include, exclude));
    storage::SourceRows rows;
    for (storage::SourceFolder source : chosen.sources) {
        source.include = include;
        source.exclude = exclude;
        rows.put_sources.push_back(std::move(source));
    }
    return corpus.write_sources(rows);
}

Result<std::uint64_t> forget_source(corpus::Corpus& corpus, const fs::path& path) {
    const auto reader = corpus.reader();
    LECTERN_ASSIGN(const auto known, reader->sources());
    const std::string absolute = absolute_path(path);
    const auto source = std::find_if(known.begin(), known.end(), [&](const auto& one) {
        return one.path == absolute || one.name == path.string();
    });
    if (source == known.end())
        return Status{Code::not_found, "the collection has no source '" + absolute + "'"};
    LECTERN_ASSIGN(const StoredFiles stored, stored_files(*reader, {&*source, 1}));
    storage::SourceRows rows;
    rows.drop_sources.push_back(source->path);
    std::uint64_t documents = 0;
    for (const auto& [file, what] : stored) {
        rows.drop_files.push_back(file);
        documents += what.synced.size() + what.ingested.size();
        for (const storage::Ordinal ordinal : what.synced)
            if (const auto header = reader->header(ordinal); header.ok())
                rows.origins.emplace_back(header->id, storage::Origin{file, false});
    }
    LECTERN_TRY(corpus.write_sources(rows));
    return documents;
}

}  // namespace lectern
