#include "apps/crash/rounds.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <random>
#include <thread>

#include "apps/crash/child.hpp"
#include "apps/crash/inspection.hpp"
#include "apps/crash/source_folder.hpp"

namespace lectern::crash {
namespace {

namespace fs = std::filesystem;
using Milliseconds = std::chrono::milliseconds;

// Where a sync is killed, and how often it may pass there before.
struct SyncPlace {
    const char* name;
    unsigned passes;
};
constexpr std::array<SyncPlace, 7> sync_places{{{"sync.after_begin", 1},
                                                {"sync.after_documents", 1},
                                                {"sync.before_removal", 1},
                                                {"sync.after_removal", 1},
                                                {"storage.before_write", 4},
                                                {"storage.after_write", 4},
                                                {"file.before_rename", 1}}};
constexpr const char* some_moment = "any moment";
constexpr const char* other_way = "came another way";

SyncOptions sync_options(const fs::path& source) {
    SyncOptions out;
    out.paths = {source};
    out.accept_loss = true;
    return out;
}

class SyncRoundsOfKills {
 public:
    explicit SyncRoundsOfKills(const Settings& settings)
        : settings_(settings),
          script_(settings.seed),
          random_(settings.seed),
          folder_(script_, settings.folder / "source", settings.seed + 1),
          collection_(settings.folder / "collection") {}

    Result<Report> run() {
        LECTERN_ASSIGN(pipeline_, script_.write_pipeline(settings_.folder));
        LECTERN_TRY(begin());
        // A place that a sync does not come to, as it has too little to do, is tried again.
        for (unsigned tries = 0; report_.kills < settings_.kills && report_.problems.empty() &&
                                 tries < 4 * settings_.kills + 8;
             ++tries) {
            LECTERN_TRY(folder_.change());
            LECTERN_ASSIGN(const std::string where, kill_one());
            if (!report_.problems.empty()) break;
            if (!where.empty()) {
                ++report_.kills;
                ++report_.places[where];
            }
            const Status status = check();
            if (!status.ok())
                report_.problems.push_back("after a kill at " + where + ": " + status.message());
            if (settings_.progress)
                settings_.progress("kill " + std::to_string(report_.kills) + " at " +
                                   (where.empty() ? "no place: it ended" : where) + ", " +
                                   std::to_string(folder_.size()) + " files");
        }
        if (report_.problems.empty() && report_.kills < settings_.kills)
            report_.problems.push_back("most syncs ended before they were killed");
        for (const SyncPlace& place : sync_places)
            if (report_.problems.empty() && report_.kills >= 3 * sync_places.size() &&
                !report_.places.contains(place.name))
                report_.problems.push_back(std::string("no sync came to ") + place.name);
        return std::move(report_);
    }

 private:
    // What no sync may touch.
    Status begin() {
        LECTERN_ASSIGN(Collection opened, open(collection_, pipeline_));
        const std::vector<DocumentInput> one{{other_way, "", script_.words(0, 20), ""}};
        return opened.ingest_documents(one).status();
    }

    // Where the sync was killed; "": it ended before.
    Result<std::string> kill_one() {
        std::string place;
        std::string where = some_moment;
        if (next_++ % 4 != 0) {
            const SyncPlace& wanted = sync_places[next_ % sync_places.size()];
            where = wanted.name;
            place = where + "@" + std::to_string(1 + random_() % wanted.passes);
        }
        LECTERN_ASSIGN(sys::Process child, start({"--sync-once", collection_.string(),
                                                  pipeline_.string(), folder_.path().string()},
                                                 place));
        if (place.empty()) {
            // The moment is the system's; that it comes late is a kill that did not come.
            std::this_thread::sleep_for(Milliseconds(random_() % 300));
            ::kill(child.id(), SIGKILL);
        }
        LECTERN_ASSIGN(const int state, wait_for(child));
        if (WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL) return where;
        if (WIFEXITED(state) && WEXITSTATUS(state) == 0) return std::string();
        report_.problems.push_back(
            WIFSIGNALED(state) ? "the sync died of signal " + std::to_string(WTERMSIG(state))
                               : "the sync ended with code " + std::to_string(WEXITSTATUS(state)) +
                                     "; it says above why");
        return std::string();
    }

    // What was left is sound; the next sync ends equal to the folder, and one more has nothing to
    // do.
    Status check() {
        LECTERN_ASSIGN(report_.problems, verify(collection_));
        if (!report_.problems.empty()) return {};
        if (random_() % 2 == 0) LECTERN_TRY(folder_.change());
        LECTERN_ASSIGN(Collection opened, open(collection_, pipeline_));
        LECTERN_TRY(opened.sync(sync_options(folder_.path())).status());
        ++report_.steps;
        LECTERN_TRY(sabotage(opened));
        LECTERN_ASSIGN(const Seen seen, look(opened, folder_.versions()));
        report_.problems = folder_.check(seen, {other_way});
        report_.checked += seen.documents.size();
        if (!report_.problems.empty()) return {};
        LECTERN_ASSIGN(const SyncReport again, opened.sync(sync_options(folder_.path())));
        if (!again.changes.empty())
            report_.problems.push_back("a second sync finds that " + again.changes.front().file +
                                       " has changed");
        return {};
    }

    // What a broken sync would leave, to see that it is noticed.
    Status sabotage(Collection& opened) const {
        if (settings_.sabotage == Sabotage::none || report_.steps < 2) return {};
        std::vector<DocumentInput> broken(1);
        LECTERN_TRY(opened.each_document([&](const Document& document) {
            if (document.id == other_way) return true;
            broken[0] = {document.id, document.title, document.text, document.metadata};
            return false;
        }));
        if (settings_.sabotage == Sabotage::lost_write) {
            const std::vector<std::string> lost{broken[0].id};
            return opened.remove(lost).status();
        }
        if (settings_.sabotage == Sabotage::lost_removal)
            broken[0].id += ".before";
        else
            broken[0].text.back() = '!';
        return opened.ingest_documents(broken).status();
    }

    const Settings& settings_;
    const Script script_;
    std::mt19937_64 random_;
    SourceFolder folder_;
    fs::path collection_;
    fs::path pipeline_;
    std::size_t next_ = 0;
    Report report_;
};

}  // namespace

int sync_once(const fs::path& collection, const fs::path& pipeline, const fs::path& source) {
    auto opened = open(collection, pipeline);
    const Status status =
        opened ? opened->sync(sync_options(source)).status() : std::move(opened).status();
    if (status.ok()) return 0;
    std::fprintf(stderr, "sync: %s\n", status.message().c_str());
    return 3;
}

Result<Report> run_sync_rounds(const Settings& settings) {
    return SyncRoundsOfKills(settings).run();
}

}  // namespace lectern::crash
