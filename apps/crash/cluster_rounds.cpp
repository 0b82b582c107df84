#include "apps/crash/rounds.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <random>

#include "apps/crash/child.hpp"
#include "apps/crash/inspection.hpp"
#include "lectern/cluster.hpp"
#include "system/descriptor.hpp"

namespace lectern::crash {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

// Loading the pipeline and opening the collection.
constexpr Milliseconds longest_start{120'000};
constexpr Milliseconds longest_of_nodes{300'000};
// So long they go on beside a node that is gone: its copies are taken over meanwhile.
constexpr Milliseconds beside_a_dead_node{5'000};
// A write is given up after 30 seconds, a search after those of LECTERN_OPENSEARCH_TIMEOUT.
constexpr Milliseconds until_refused{180'000};
constexpr unsigned of_a_majority = 2;

enum class Victim { worker, node, majority };

const char* name_of(Victim victim) {
    switch (victim) {
        case Victim::worker: return "processes";
        case Victim::node: return "one node";
        case Victim::majority: return "a majority of the nodes";
    }
    return "?";
}

// One of the two processes that write, with what it must have written.
struct Writer {
    Writer(std::uint64_t seed, Lane its_lane)
        : lane(its_lane), script(seed, its_lane), model(script) {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    const Lane lane;
    const Script script;
    Model model;
    Step next = 1;
    sys::Process process;
    sys::Descriptor reads;
    bool opened = false;
};

class ClusterRounds {
 public:
    explicit ClusterRounds(const Settings& settings)
        : settings_(settings),
          even_(settings.seed, Lane::even),
          odd_(settings.seed, Lane::odd),
          random_(settings.seed) {}

    Result<Report> run() {
        if (!is_in_cluster(settings_.cluster))
            return Status{Code::invalid_argument,
                          "--cluster is '" + settings_.cluster +
                              "'; it is the address of a collection to make: "
                              "opensearch://HOST…/NAME"};
        if (cluster_collection(settings_.cluster).ok())
            return Status{Code::invalid_argument, "there is a collection '" + settings_.cluster +
                                                      "' already; name one to make"};
        LECTERN_ASSIGN(pipeline_, even_.script.write_pipeline(settings_.folder));
        while (report_.kills < settings_.kills && report_.problems.empty()) {
            const Victim victim = next_victim();
            const Status status = round(victim);
            if (!status.ok())
                report_.problems.push_back(std::string("after a kill of ") + name_of(victim) +
                                           ": " + status.message());
            ++rounds_;
            if (settings_.progress)
                settings_.progress("round " + std::to_string(rounds_) + ": " + name_of(victim) +
                                   " killed, " + std::to_string(report_.kills) + " kills, " +
                                   std::to_string(report_.steps) + " steps, " +
                                   std::to_string(even_.model.size() + odd_.model.size()) +
                                   " documents");
        }
        if (report_.problems.empty()) LECTERN_TRY(drop_cluster_collection(settings_.cluster));
        return std::move(report_);
    }

 private:
    [[nodiscard]] Victim next_victim() const {
        if (settings_.nodes.empty()) return Victim::worker;
        constexpr std::array<Victim, 4> order{Victim::worker, Victim::node, Victim::node,
                                              Victim::majority};
        return order[rounds_ % order.size()];
    }

    Status round(Victim victim) {
        for (Writer* writer : writers()) LECTERN_TRY(begin(*writer));
        LECTERN_TRY(until([this] { return even_.opened && odd_.opened; }, longest_start,
                          "the workers have not opened the collection"));
        LECTERN_TRY(follow(Milliseconds(1000 + random_() % 5000)));
        if (victim == Victim::node) LECTERN_TRY(lose_one_node());
        if (victim == Victim::majority) LECTERN_TRY(lose_the_majority());
        for (Writer* writer : writers()) LECTERN_TRY(kill(*writer, victim));
        if (victim != Victim::worker) LECTERN_TRY(nodes_are_back());
        return check();
    }

    // Requests go to the others: nobody sees a failure.
    Status lose_one_node() {
        LECTERN_TRY(end_node(1 + static_cast<unsigned>(random_() % node_count)));
        return follow(beside_a_dead_node);
    }

    // Nothing is acknowledged that a minority has; who writes is told so.
    Status lose_the_majority() {
        const auto first = static_cast<unsigned>(random_() % node_count);
        for (unsigned i = 0; i < of_a_majority; ++i)
            LECTERN_TRY(end_node(1 + (first + i) % node_count));
        refused_ = true;
        return until([this] { return ended(even_) && ended(odd_); }, until_refused,
                     "a worker goes on without a majority of the nodes");
    }

    [[nodiscard]] std::array<Writer*, 2> writers() { return {&even_, &odd_}; }

    Status begin(Writer& writer) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return system_failure("making a pipe");
        writer.reads = sys::Descriptor(ends[0]);
        sys::Descriptor writes(ends[1]);
        // Of this worker alone: the end of another would not show otherwise.
        if (::fcntl(writes.get(), F_SETFD, 0) != 0) return system_failure("sharing a pipe");
        LECTERN_ASSIGN(writer.process,
                       start({"--worker", settings_.cluster, pipeline_.string(),
                              std::to_string(settings_.seed), std::to_string(writer.next),
                              std::to_string(writes.get()),
                              std::to_string(static_cast<int>(settings_.sabotage)),
                              std::to_string(static_cast<unsigned>(writer.lane))},
                             "", -1));
        writer.opened = false;
        return {};
    }

    [[nodiscard]] static bool ended(const Writer& writer) { return !writer.reads.is_open(); }

    void take(Writer& writer) {
        Message message;
        // Messages are smaller than what a pipe writes at once, so they come whole.
        if (::read(writer.reads.get(), &message, sizeof message) != sizeof message) {
            writer.reads.close();
            return;
        }
        switch (message.event) {
            case Event::opened: writer.opened = true; break;
            case Event::begun:
                writer.model.begin(message.step);
                writer.next = message.step + 1;
                break;
            case Event::done:
                writer.model.acknowledge();
                ++report_.steps;
                break;
        }
    }

    // What the workers tell, until `enough` or the deadline.
    template <typename Enough>
    bool listen(const Enough& enough, Clock::time_point deadline) {
        while (!enough()) {
            const auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now()).count();
            if (left <= 0) return false;
            std::array<pollfd, 2> ready{pollfd{even_.reads.get(), POLLIN, 0},
                                        pollfd{odd_.reads.get(), POLLIN, 0}};
            if (ended(even_) && ended(odd_)) return enough();
            constexpr long a_while = 200;  // `enough` may look elsewhere
            if (::poll(ready.data(), ready.size(), static_cast<int>(std::min(left, a_while))) <= 0)
                continue;
            if (ready[0].revents != 0) take(even_);
            if (ready[1].revents != 0) take(odd_);
        }
        return true;
    }

    template <typename Enough>
    Status until(const Enough& enough, Milliseconds longest, const char* otherwise) {
        if (listen(enough, Clock::now() + longest)) return {};
        return {Code::internal, otherwise};
    }

    // A worker that ends by itself has seen something wrong.
    Status follow(Milliseconds how_long) {
        if (!listen([this] { return ended(even_) || ended(odd_); }, Clock::now() + how_long))
            return {};
        return {Code::internal, "a worker has ended; it says above why"};
    }

    Status kill(Writer& writer, Victim victim) {
        if (!ended(writer)) {
            ::kill(writer.process.id(), SIGKILL);
            ++report_.kills;
            ++report_.places[name_of(Victim::worker)];
            while (!ended(writer)) take(writer);
        }
        LECTERN_ASSIGN(const int state, wait_for(writer.process));
        if (WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL) return {};
        const bool may_be_refused = victim == Victim::majority && refused_;
        if (may_be_refused && WIFEXITED(state) && WEXITSTATUS(state) == no_cluster) return {};
        return {Code::internal,
                WIFEXITED(state)
                    ? "a worker has ended with code " + std::to_string(WEXITSTATUS(state)) +
                          "; it says above why"
                    : "a worker has died of signal " + std::to_string(WTERMSIG(state))};
    }

    // Runs the program that has the nodes; the workers are listened to meanwhile.
    Status command(const std::vector<std::string>& arguments) {
        std::vector<std::string> words{settings_.nodes};
        words.insert(words.end(), arguments.begin(), arguments.end());
        std::error_code error;
        sys::Process child = sys::Process::start(
            {.path = settings_.nodes, .words = std::move(words), .apart = false}, error);
        std::optional<int> state;
        const auto deadline = Clock::now() + longest_of_nodes;
        while (!error && !state && Clock::now() < deadline) {
            state = child.ended(error);
            if (!state) (void)listen([] { return false; }, Clock::now() + Milliseconds(100));
            if (!state && ended(even_) && ended(odd_)) state = child.wait(error);
        }
        if (!error && state && WIFEXITED(*state) && WEXITSTATUS(*state) == 0) return {};
        return {Code::internal, "'" + settings_.nodes + " " + arguments.front() + "' has failed"};
    }

    Status end_node(unsigned number) {
        LECTERN_TRY(command({"kill", std::to_string(number)}));
        dead_.push_back(number);
        ++report_.kills;
        ++report_.places["nodes"];
        return {};
    }

    Status nodes_are_back() {
        refused_ = false;
        for (const unsigned number : dead_)
            LECTERN_TRY(command({"node", std::to_string(number), std::to_string(node_count)}));
        dead_.clear();
        return command({"wait", std::to_string(node_count)});
    }

    Status check() {
        for (Writer* writer : writers()) {
            LECTERN_ASSIGN(Inspection found, inspect(settings_.cluster, pipeline_, writer->model,
                                                     settings_.seed + report_.kills));
            for (std::string& problem : found.problems)
                report_.problems.push_back(std::move(problem));
            report_.checked += found.documents;
            report_.self_asked += found.self_asked;
            report_.self_found += found.self_found;
        }
        return {};
    }

    static constexpr unsigned node_count = 3;

    const Settings& settings_;
    Writer even_;
    Writer odd_;
    std::mt19937_64 random_;
    fs::path pipeline_;
    std::vector<unsigned> dead_;
    bool refused_ = false;  // there is no majority: a worker may end by itself
    unsigned rounds_ = 0;
    Report report_;
};

}  // namespace

Result<Report> run_cluster_rounds(const Settings& settings) {
    return ClusterRounds(settings).run();
}

}  // namespace lectern::crash
