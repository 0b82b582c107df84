#include "apps/crash/backups.hpp"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <system_error>

#include "apps/crash/child.hpp"
#include "apps/crash/inspection.hpp"

namespace lectern::crash {
namespace {

namespace fs = std::filesystem;

// With more of them a new folder is begun, so that a long run does not fill the disk.
constexpr std::size_t most_kept = 12;

std::string backup_name(std::uint32_t id) {
    return "backup " + std::to_string(id);
}

}  // namespace

fs::path backups_of(const fs::path& collection) {
    return collection.parent_path() / "backups";
}

Result<std::vector<std::string>> Backups::check(const fs::path& pipeline, const Model& now,
                                                bool during, std::uint64_t draw) {
    std::vector<std::string> problems;
    LECTERN_TRY(find_new(problems));
    std::set<std::uint32_t> chosen;
    if (!kept_.empty()) chosen.insert(drawn(draw));
    if (during && problems.empty()) {
        LECTERN_TRY(make_next(pipeline, now).within("the backup after one that was cut off"));
        chosen.insert(kept_.rbegin()->first);
    }
    for (const std::uint32_t id : chosen) {
        LECTERN_TRY(restore(id).within(backup_name(id)));
        LECTERN_TRY(compare(id, pipeline, problems).within(backup_name(id)));
    }
    if (problems.empty() && kept_.size() > most_kept) {
        fs::remove_all(backups_of(collection_));
        kept_.clear();
    }
    return problems;
}

// Backups get ascending numbers, so the new ones are the pending ones in their order.
Status Backups::find_new(std::vector<std::string>& problems) {
    const auto listed = Collection::backups(backups_of(collection_));
    if (!listed && listed.status().code() != Code::not_found) return listed.status();
    std::vector<BackupInfo> fresh;
    std::set<std::uint32_t> there;
    if (listed) {
        for (const BackupInfo& backup : *listed) {
            there.insert(backup.id);
            if (backup.damaged) problems.push_back(backup_name(backup.id) + " is damaged");
            if (!kept_.contains(backup.id)) fresh.push_back(backup);
        }
    }
    for (const auto& [id, model] : kept_)
        if (!there.contains(id)) problems.push_back(backup_name(id) + " is no longer there");
    const auto acknowledged = static_cast<std::size_t>(
        std::count_if(pending_.begin(), pending_.end(),
                      [](const Pending& pending) { return pending.acknowledged; }));
    if (fresh.size() < acknowledged || fresh.size() > pending_.size())
        problems.push_back(std::to_string(acknowledged) + " backups were acknowledged, " +
                           std::to_string(pending_.size()) + " begun, and " +
                           std::to_string(fresh.size()) + " are there");
    for (const BackupInfo& backup : fresh) {
        if (pending_.empty()) break;
        const Model& model = pending_.front().model;
        if (backup.documents != model.size())
            problems.push_back(backup_name(backup.id) + " says it has " +
                               std::to_string(backup.documents) + " documents, there were " +
                               std::to_string(model.size()));
        kept_.emplace(backup.id, model);
        pending_.pop_front();
        ++made_;
    }
    pending_.clear();
    return {};
}

Status Backups::make_next(const fs::path& pipeline, const Model& now) {
    LECTERN_ASSIGN(const Collection collection, open(collection_, pipeline));
    LECTERN_ASSIGN(const BackupInfo made, collection.backup(backups_of(collection_)));
    if (!kept_.emplace(made.id, now).second)
        return {Code::internal, "it has the number of an earlier one"};
    ++made_;
    return {};
}

Result<std::vector<std::string>> Backups::kill_restore(const fs::path& pipeline, const Model& now,
                                                       const std::string& place,
                                                       std::uint64_t draw) {
    if (kept_.empty()) LECTERN_TRY(make_next(pipeline, now));
    const std::uint32_t id = drawn(draw);
    std::error_code ignored;
    fs::remove_all(scratch_, ignored);
    LECTERN_ASSIGN(sys::Process child, start({"--restore", backups_of(collection_).string(),
                                              std::to_string(id), scratch_.string()},
                                             place));
    LECTERN_ASSIGN(const int state, wait_for(child));
    std::vector<std::string> problems;
    if (!WIFSIGNALED(state) || WTERMSIG(state) != SIGKILL) {
        problems.push_back("the restore of " + backup_name(id) + " did not come to " + place);
        return problems;
    }
    // There is no collection, or it is whole.
    const auto left = verify(scratch_);
    if (!left && left.status().code() != Code::not_found)
        problems.push_back("what a killed restore left: " + left.status().message());
    if (left)
        for (const std::string& problem : *left)
            problems.push_back("what a killed restore left: " + problem);
    LECTERN_TRY(Collection::restore(backups_of(collection_), id, scratch_)
                    .status()
                    .within(backup_name(id)));
    for (const auto& entry : fs::directory_iterator(scratch_, ignored))
        if (entry.path().filename() != "store")
            problems.push_back("a restore after a killed one leaves " + entry.path().string());
    LECTERN_TRY(compare(id, pipeline, problems).within(backup_name(id)));
    return problems;
}

std::uint32_t Backups::drawn(std::uint64_t draw) const {
    return std::next(kept_.begin(), static_cast<long>(draw % kept_.size()))->first;
}

Status Backups::restore(std::uint32_t id) {
    std::error_code ignored;
    fs::remove_all(scratch_, ignored);
    return Collection::restore(backups_of(collection_), id, scratch_).status();
}

Status Backups::compare(std::uint32_t id, const fs::path& pipeline,
                        std::vector<std::string>& problems) {
    Model then = kept_.at(id);
    LECTERN_ASSIGN(const Inspection found, inspect(scratch_, pipeline, then, id));
    for (const std::string& problem : found.problems)
        problems.push_back(backup_name(id) + ", restored: " + problem);
    ++restored_;
    std::error_code ignored;
    fs::remove_all(scratch_, ignored);
    return {};
}

}  // namespace lectern::crash
