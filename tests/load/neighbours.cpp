#include "tests/load/neighbours.hpp"

#include <chrono>
#include <optional>
#include <thread>

#include "tests/load/load.hpp"
#include "tests/load/quantile.hpp"
#include "tests/load/slow_clients.hpp"

namespace lectern::load {

namespace json = boost::json;

namespace {

constexpr std::size_t searchers = 4;
constexpr std::size_t others = 2;
constexpr std::size_t slow_ones = 32;
constexpr std::uint64_t first_document = 1'000'000'000;  // apart from those of other loads

}  // namespace

json::object measure_neighbours(std::uint16_t port, double seconds,
                                std::vector<std::string>& failures) {
    struct Case {
        const char* name;
        std::optional<Work> work;
        bool slow;
    };
    json::object out;
    double rest = 0;
    for (const Case& one : std::initializer_list<Case>{{"at_rest", {}, false},
                                                       {"beside_slow_clients", {}, true},
                                                       {"beside_generation", Work::generate, false},
                                                       {"beside_ingest", Work::bulk, false},
                                                       {"at_rest_again", {}, false}}) {
        std::vector<Work> clients(searchers, Work::search);
        if (one.work) clients.insert(clients.end(), others, *one.work);
        std::optional<SlowClients> slow;
        if (one.slow) slow.emplace(port, slow_ones);
        Load load(port, "notes", clients, first_document);
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        load.stop();
        for (const std::string& failure : load.failures()) failures.push_back(failure);
        const std::vector<double>& took = load.seen(Work::search).milliseconds;
        if (took.empty()) failures.push_back(std::string("no search was answered ") + one.name);
        if (one.work && load.seen(*one.work).milliseconds.empty())
            failures.push_back(std::string(one.name) + ": nothing was done");
        const double p99 = quantile(took, 0.99);
        json::object figures{{"searches", took.size()},
                             {"p50_milliseconds", quantile(took, 0.5)},
                             {"p99_milliseconds", p99}};
        if (one.work) figures["others"] = load.seen(*one.work).milliseconds.size();
        if (rest > 0)
            figures["p99_over_rest"] = p99 / rest;
        else
            rest = p99;
        out[one.name] = std::move(figures);
    }
    return out;
}

}  // namespace lectern::load
