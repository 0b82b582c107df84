#include "engine/sync/watch.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "engine/sync/folder_watch.hpp"

namespace lectern {
namespace {

// Disks are mounted over a folder without a word, and what has failed may not fail again.
constexpr std::chrono::minutes look_again_after{1};
constexpr std::chrono::hours all_is_well{24};

std::string failures_of(const Result<SyncReport>& report) {
    if (!report) return report.status().message();
    std::string out;
    for (const IngestFailure& failure : report->failed)
        out += failure.path + '\0' + failure.error.message() + '\0';
    return out;
}

}  // namespace

Status watch_sources(const SyncRound& round, const SyncOptions& options,
                     const std::function<void(const Result<SyncReport>&)>& synced) {
    if (options.dry_run)
        return {Code::invalid_argument, "a dry run changes nothing, so there is nothing to go on"};
    LECTERN_ASSIGN(FolderWatch watch, FolderWatch::make());
    SyncRounds rounds;
    rounds.before_folder = [&](const std::filesystem::path& folder) {
        // Its own removal and return are seen from above.
        LECTERN_TRY(watch.add(folder.parent_path()));
        return watch.add(folder);
    };
    bool first = true;
    std::string last_failures;
    while (true) {
        const Result<SyncReport> report = round(options, rounds);
        if (options.stop.stop_requested() && !report && !first) return {};
        // The same failures again are no news, and neither is a round that changed nothing.
        const bool changed = report.ok() && report->documents + report->removed > 0;
        std::string failures = failures_of(report);
        if (first || changed || failures != last_failures) synced(report);
        if (!report && first) return report.status();
        last_failures = std::move(failures);
        first = false;
        const bool well = report.ok() && report->failed.empty();
        const std::chrono::milliseconds at_most = well
                                                      ? std::chrono::milliseconds(all_is_well)
                                                      : std::chrono::milliseconds(look_again_after);
        if (!watch.wait(options.debounce, at_most, options.stop)) return {};
    }
}

}  // namespace lectern
