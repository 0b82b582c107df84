#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "apps/cli/common.hpp"
#include "apps/cli/progress.hpp"

namespace lectern::app {
namespace {

struct Sync {
    Common common;
    std::vector<std::string> paths;
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    bool dry_run = false;
    bool watch = false;
    bool yes = false;
};

std::size_t count(const SyncReport& report, FileChange kind) {
    return static_cast<std::size_t>(
        std::count_if(report.changes.begin(), report.changes.end(),
                      [kind](const SyncChange& change) { return change.kind == kind; }));
}

void print_changes(const SyncReport& report) {
    for (const SyncChange& change : report.changes) {
        std::cout << name(change.kind) << ' ' << shown(change.file);
        if (change.kind == FileChange::renamed) std::cout << " (was " << shown(change.from) << ')';
        std::cout << '\n';
    }
    std::cout.flush();
}

void print_for_people(const SyncReport& report, const Sync& sync) {
    for (const LeftOut& left : report.left_out)
        std::cerr << "left out: " << shown(left.path + ": " + left.why) << '\n';
    for (const IngestFailure& failure : report.failed)
        std::cerr << "failed: " << shown(failure.path + ": " + failure.error.message()) << '\n';
    if (sync.dry_run || sync.watch) print_changes(report);
    std::printf("%s%s added, %zu changed, %zu renamed, %zu removed, %llu unchanged, %zu failed",
                sync.dry_run ? "would be: " : "",
                counted(count(report, FileChange::added), "file").c_str(),
                count(report, FileChange::changed), count(report, FileChange::renamed),
                count(report, FileChange::removed),
                static_cast<unsigned long long>(report.unchanged), report.failed.size());
    if (sync.dry_run) {
        std::printf("\n");
    } else {
        std::printf("; %s stored (%s, %llu with the vectors they had), %llu taken out, %.1f s\n",
                    counted(report.documents, "document").c_str(),
                    counted(report.chunks, "chunk").c_str(),
                    static_cast<unsigned long long>(report.kept_vectors),
                    static_cast<unsigned long long>(report.removed), report.seconds);
    }
    std::fflush(stdout);
}

int tell(const SyncReport& report, const Sync& sync) {
    if (sync.common.json)
        print(api::json_of(report));
    else
        print_for_people(report, sync);
    explain(sync.common, report.stages);
    for (const std::string& why : report.refused)
        std::cerr << "lectern: it would be refused: " << shown(why) << '\n';
    if (!report.refused.empty()) return Exit::failed;
    if (report.failed.empty()) return Exit::done;
    return report.documents + report.unchanged + report.removed > 0 ? Exit::part : Exit::failed;
}

// What is left out of a collection that is not there yet can be seen before it is made.
bool nothing_there(const std::string& collection) {
    std::error_code error;
    return !std::filesystem::exists(collection, error) ||
           std::filesystem::is_empty(collection, error);
}

int run_watch(Collection& collection, const Sync& sync, const SyncOptions& options,
              Progress& progress) {
    bool first = true;
    const Status status = collection.watch(options, [&](const Result<SyncReport>& report) {
        progress.end();
        if (!report && first) return;  // told below
        if (report)
            (void)tell(*report, sync);
        else
            (void)fail(report.status());
        if (first && !sync.common.json)
            std::cout << "in step; watching for changes until Ctrl-C" << std::endl;
        first = false;
    });
    if (!status.ok()) return status.code() == Code::cancelled ? Exit::part : fail(status);
    return Exit::done;
}

int run(const Sync& sync) {
    const std::stop_token stop = stop_on_interrupt();
    Progress progress(!sync.common.json && !sync.watch);
    SyncOptions options;
    for (const std::string& path : sync.paths) options.paths.emplace_back(path);
    options.include = sync.include;
    options.exclude = sync.exclude;
    options.dry_run = sync.dry_run;
    options.accept_loss = sync.yes;
    options.stop = stop;
    options.progress = [&](const IngestProgress& state) { progress.show(state); };

    if (sync.dry_run && nothing_there(sync.common.collection)) {
        auto report = Collection::dry_sync(options);
        return report ? tell(*report, sync) : fail(report.status());
    }
    auto collection =
        open_collection(sync.common, !sync.dry_run && !sync.paths.empty(), !sync.dry_run);
    if (!collection) return fail(collection.status());
    if (sync.watch) return run_watch(*collection, sync, options, progress);
    auto report = collection->sync(options);
    progress.end();
    if (!report) {
        const int code = fail(report.status());
        return report.status().code() == Code::cancelled ? static_cast<int>(Exit::part) : code;
    }
    const int code = tell(*report, sync);
    return stop.stop_requested() ? static_cast<int>(Exit::part) : code;
}

}  // namespace

void add_sync(CLI::App& program, Run& run_command) {
    auto sync = std::make_shared<Sync>();
    CLI::App& command = *program.add_subcommand(
        "sync",
        "Make a collection equal to folders: store what is new or changed, take out what is gone.\n"
        "The folders are remembered, so that no PATH is needed the next time.");
    add_collection(command, sync->common);
    command.add_option("--pipeline", sync->common.pipeline,
                       "The pipeline of a new collection: a file, or bert, word2vec, search-only");
    command.add_option("PATH", sync->paths, "Folders and files; none: those that are remembered");
    command
        .add_option("--include", sync->include,
                    "Only files that fit one of these patterns (as in .gitignore), remembered "
                    "with PATH")
        ->type_name("PATTERN")
        ->allow_extra_args(false);
    command
        .add_option("--exclude", sync->exclude,
                    "Not what fits one of these patterns (as in .gitignore), remembered with PATH")
        ->type_name("PATTERN")
        ->allow_extra_args(false);
    CLI::Option* dry_run =
        command.add_flag("--dry-run", sync->dry_run, "Say what would happen, and change nothing");
    command
        .add_flag("--watch", sync->watch, "Go on until Ctrl-C: sync again when something changes")
        ->excludes(dry_run);
    command.add_flag("--yes", sync->yes,
                     "Also when a folder is missing, or more than half of its files are gone");
    add_json(command, sync->common);
    add_explain(command, sync->common);
    command.callback([sync, &run_command] { run_command = [sync] { return run(*sync); }; });
}

}  // namespace lectern::app
