#include "apps/crash/rounds.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <random>

#include "apps/crash/backups.hpp"
#include "apps/crash/child.hpp"
#include "apps/crash/inspection.hpp"
#include "system/descriptor.hpp"

namespace lectern::crash {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

// Places in the engine that a worker can be killed at (storage/store/kill_point.hpp), and how often
// it may pass them before. Those of rare work come at the first passing.
struct Place {
    const char* name;
    unsigned passes;
};
constexpr std::array<Place, 13> places{{{"storage.before_write", 20},
                                        {"storage.after_write", 20},
                                        {"file.during_write", 4},
                                        {"file.before_rename", 4},
                                        {"file.after_rename", 4},
                                        {"vector.during_merge", 2},
                                        {"vector.before_source_removal", 2},
                                        {"backup.before", 2},
                                        {"backup.during", 6},
                                        {"restore.before", 1},
                                        {"restore.during", 8},
                                        {"restore.before_rename", 1},
                                        {"restore.after_rename", 1}}};
constexpr const char* any_moment = "any moment";
// A worker that has not come to its place by then is killed where it is.
constexpr Milliseconds patience{60'000};
constexpr double least_self_found = 0.9;

struct Plan {
    std::string place;        // "", or NAME@PASS
    bool from_start = false;  // the delay counts from the start, not from the opened collection
    Milliseconds delay{0};
};

Plan plan_of(std::uint64_t seed, unsigned round) {
    std::mt19937_64 random(seed * 1'000'003 + round);
    if (round % 2 == 1) {
        const Place& place = places[round / 2 % places.size()];
        return {std::string(place.name) + "@" + std::to_string(1 + random() % place.passes), false,
                patience};
    }
    return {"", random() % 4 == 0, Milliseconds(random() % 400)};
}

std::string name_of(const std::string& place) {
    return place.substr(0, place.find('@'));
}

class Rounds {
 public:
    explicit Rounds(const Settings& settings)
        : settings_(settings),
          script_(settings.seed),
          model_(script_),
          backups_(settings.folder / "collection", settings.folder / "restored") {}

    Result<Report> run() {
        LECTERN_ASSIGN(pipeline_, script_.write_pipeline(settings_.folder));
        for (unsigned round = 0; round < settings_.kills && report_.problems.empty(); ++round) {
            const Plan plan = plan_of(settings_.seed, round);
            const bool restore = plan.place.starts_with("restore.") && made_;
            LECTERN_ASSIGN(const std::string where, restore ? kill_restore(plan) : kill_one(plan));
            if (!report_.problems.empty()) break;
            ++report_.kills;
            ++report_.places[where];
            if (!restore) check(where);
            if (settings_.progress)
                settings_.progress("kill " + std::to_string(report_.kills) + " at " + where + ", " +
                                   std::to_string(report_.steps) + " steps, " +
                                   std::to_string(model_.size()) + " documents");
        }
        if (report_.problems.empty() && report_.self_asked >= 100 &&
            static_cast<double>(report_.self_found) <
                least_self_found * static_cast<double>(report_.self_asked))
            report_.problems.push_back("only " + std::to_string(report_.self_found) + " of " +
                                       std::to_string(report_.self_asked) +
                                       " chunks were found by their own text");
        // A place that is never reached is a place that is not tested.
        for (const Place& place : places)
            if (report_.problems.empty() && report_.kills >= 2 * places.size() &&
                !report_.places.contains(place.name))
                report_.problems.push_back(std::string("no worker came to ") + place.name);
        report_.backups = backups_.made();
        report_.restored = backups_.restored();
        return std::move(report_);
    }

 private:
    [[nodiscard]] bool is_backup(Step step) const {
        return script_.operation(step).kind == Kind::backup;
    }

    // Runs a worker to its death. Gives where it died.
    Result<std::string> kill_one(const Plan& plan) {
        int ends[2];
        if (::pipe(ends) != 0) return system_failure("making a pipe");
        const sys::Descriptor reads(ends[0]);
        sys::Descriptor writes(ends[1]);
        LECTERN_ASSIGN(sys::Process child,
                       start({"--worker", (settings_.folder / "collection").string(),
                              pipeline_.string(), std::to_string(settings_.seed),
                              std::to_string(next_), std::to_string(writes.get()),
                              std::to_string(static_cast<int>(settings_.sabotage)), "0"},
                             plan.place, reads.get()));
        writes.close();
        const bool killed = listen(child.id(), reads.get(), plan);
        LECTERN_ASSIGN(const int state, wait_for(child));
        const bool died = WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL;
        if (!died)
            report_.problems.push_back(
                WIFSIGNALED(state)
                    ? "the worker died of signal " + std::to_string(WTERMSIG(state))
                    : "the worker ended with code " + std::to_string(WEXITSTATUS(state)) +
                          "; it says above why");
        return killed ? std::string(any_moment) : name_of(plan.place);
    }

    // A restore is killed, in a process of its own, and done again. Gives where it was killed.
    Result<std::string> kill_restore(const Plan& plan) {
        const std::string where = name_of(plan.place);
        const Status status = [&]() -> Status {
            LECTERN_ASSIGN(report_.problems, backups_.kill_restore(pipeline_, model_, plan.place,
                                                                   settings_.seed + report_.kills));
            return {};
        }();
        if (!status.ok())
            report_.problems.push_back("after a kill at " + where + ": " + status.message());
        return where;
    }

    // Follows what the worker tells until it is dead. True when it was killed from here.
    bool listen(pid_t child, int descriptor, const Plan& plan) {
        bool timing = plan.from_start;
        Clock::time_point deadline = Clock::now() + (timing ? plan.delay : 3 * patience);
        bool killed = false;
        while (true) {
            const auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now()).count();
            if (left <= 0 && !killed) {
                ::kill(child, SIGKILL);
                killed = true;
            }
            pollfd ready{descriptor, POLLIN, 0};
            if (::poll(&ready, 1, killed ? -1 : static_cast<int>(left)) <= 0) continue;
            Message message;
            // Messages are smaller than what a pipe writes at once, so they come whole.
            if (::read(descriptor, &message, sizeof message) != sizeof message) return killed;
            switch (message.event) {
                case Event::opened:
                    made_ = true;
                    if (!timing) deadline = Clock::now() + plan.delay;
                    timing = true;
                    break;
                case Event::begun:
                    model_.begin(message.step);
                    next_ = message.step + 1;
                    if (is_backup(message.step)) backups_.begin(model_);
                    break;
                case Event::done:
                    model_.acknowledge();
                    if (is_backup(message.step)) backups_.acknowledge();
                    ++report_.steps;
                    break;
            }
        }
    }

    // Verifies what was left, opens it as a user would, and compares it with the model.
    void check(const std::string& where) {
        // Killed while the collection was made: there may be none.
        if (!made_) return;
        const std::uint64_t draw = settings_.seed + report_.kills;
        const Status status = [&]() -> Status {
            LECTERN_ASSIGN(Inspection found,
                           inspect(settings_.folder / "collection", pipeline_, model_, draw));
            report_.problems = std::move(found.problems);
            report_.checked += found.documents;
            report_.self_asked += found.self_asked;
            report_.self_found += found.self_found;
            if (!report_.problems.empty()) return {};
            LECTERN_ASSIGN(report_.problems,
                           backups_.check(pipeline_, model_, where.starts_with("backup."), draw));
            return {};
        }();
        if (!status.ok())
            report_.problems.push_back("after a kill at " + where + ": " + status.message());
    }

    const Settings& settings_;
    const Script script_;
    Model model_;
    fs::path pipeline_;
    Backups backups_;
    bool made_ = false;  // the collection: a worker has opened it
    Step next_ = 1;
    Report report_;
};

}  // namespace

Result<Report> run_rounds(const Settings& settings) {
    return Rounds(settings).run();
}

}  // namespace lectern::crash
