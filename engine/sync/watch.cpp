#include "engine/sync/sync.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "engine/sync/folder_watch.hpp"

namespace lectern {
namespace {

// A folder that was missing comes back without a word.
constexpr std::chrono::seconds after_a_refusal{10};
// Files that failed may not fail again, though nothing was written.
constexpr std::chrono::minutes after_failures{10};
constexpr std::chrono::hours all_is_well{24};

std::chrono::milliseconds look_again_after(const Result<SyncReport>& report) {
    if (!report) return after_a_refusal;
    return report->failed.empty() ? std::chrono::milliseconds(all_is_well) : after_failures;
}

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
    rounds.before_folder = [&](const std::filesystem::path& folder) { return watch.add(folder); };
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
        if (!watch.wait(options.debounce, look_again_after(report), options.stop)) return {};
    }
}

}  // namespace lectern
