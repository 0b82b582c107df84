// server_load: clients that search, ask and store at once; then the server is killed and opened
// again. Prints one JSON object; exit code 1 says that something did not hold, on stderr which.
//
//   before   documents are stored; one thread searches in a loop through the embedding API, then
//            the clients search alone, so that the two throughputs stand beside each other
//   idle     a thousand connections that have asked once and wait: what memory they cost
//   tenants  a few clients of one key search alone, and beside a flood of another key's
//   beside   a few clients search alone, beside an ingest, beside generations, and beside clients
//            that send a byte at a time: what the others' work adds to their p99
//   mixed    of eight clients six search, one asks and one stores
//   killed   SIGKILL while all of them are at work; the collection is whole, every document that
//            was acknowledged is there, and a new server answers
//   overload a server with small queues: 429 with Retry-After for some, an answer for the others
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <csignal>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "tests/load/client.hpp"
#include "tests/load/corpus.hpp"
#include "tests/load/idle_clients.hpp"
#include "tests/load/load.hpp"
#include "tests/load/neighbours.hpp"
#include "tests/load/process.hpp"
#include "tests/load/quantile.hpp"

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace lectern;
using namespace lectern::load;
using boost::beast::http::verb;
using Seconds = std::chrono::duration<double>;

constexpr std::uint64_t documents_before = 200;
constexpr double before_share = 0.2;  // of the mixed time, for each of the two before it
// Documents come in all the time and are in memory as vectors and words; nothing else may grow.
constexpr double memory_growth = 1.25;
constexpr double memory_slack = 64 << 20;
// What a server in use has on: traces (of a collector that is away), a count of each minute's
// requests, and looks at the index's recall.
const std::vector<std::string> in_use{"--otlp",  "http://127.0.0.1:9", "--max-requests-per-minute",
                                      "1000000", "--recall-every",     "100"};

struct Options {
    std::string program;
    unsigned clients = 64;
    double seconds = 30;
    double within = 0;           // p99 / p50 of searches at most; 0: only printed
    double tenants_within = 0;   // p99 beside a flood over that alone; 0: only printed
    double idle_megabytes = 30;  // of a thousand connections at most; 0: only printed
};

class Judge {
 public:
    void hold(bool holds, const std::string& what) {
        if (holds) return;
        std::cerr << "server_load: " << what << '\n';
        held_ = false;
    }
    [[nodiscard]] bool held() const { return held_; }

 private:
    bool held_ = true;
};

class Folder {
 public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "lectern-load-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

 private:
    fs::path path_;
};

json::object json_of(const Seen& seen) {
    json::object statuses;
    for (const auto& [status, count] : seen.statuses) statuses[std::to_string(status)] = count;
    const double p50 = quantile(seen.milliseconds, 0.5);
    const double p99 = quantile(seen.milliseconds, 0.99);
    return {{"statuses", std::move(statuses)},
            {"p50_milliseconds", p50},
            {"p99_milliseconds", p99},
            {"p99_over_p50", p50 > 0 ? p99 / p50 : 0},
            {"slowest_milliseconds", seen.slowest_milliseconds}};
}

double per_second(const Seen& seen, double seconds) {
    return static_cast<double>(seen.milliseconds.size()) / seconds;
}

// Searches a second of one thread, through lectern.hpp.
Result<double> searches_in_a_loop(const fs::path& folder, double seconds) {
    LECTERN_ASSIGN(Collection collection, Collection::open(folder));
    std::vector<DocumentInput> documents;
    for (std::uint64_t i = 0; i < documents_before; ++i)
        documents.push_back(document_of("before-", i));
    LECTERN_ASSIGN(const IngestReport report, collection.ingest_documents(documents));
    if (report.documents != documents_before)
        return Status{Code::internal, "not every document was stored"};
    const auto begin = Load::Clock::now();
    std::uint64_t count = 0;
    while (Seconds(Load::Clock::now() - begin).count() < seconds)
        LECTERN_TRY(collection.search(question_of(count++), {.k = 5}).status());
    return static_cast<double>(count) / Seconds(Load::Clock::now() - begin).count();
}

void prepare(Process& server, Judge& judge) {
    Client client(server.port());
    const auto expect = [&](verb method, const char* target, const std::string& body,
                            unsigned status) {
        const auto reply = client.send(method, target, body);
        judge.hold(reply && reply->status == status,
                   std::string(target) + ": " + (reply ? reply->body : client.error()));
    };
    expect(verb::put, "/collections/notes", "", 201);
    std::string lines;
    for (std::uint64_t i = 0; i < documents_before; ++i)
        lines += line_of(document_of("before-", i));
    expect(verb::post, "/collections/notes/documents", lines, 200);
    // The models that answer are loaded before memory is looked at.
    expect(verb::post, "/collections/notes/ask", R"({"question": "Who paid for the bakery?"})",
           200);
}

void run_for(double seconds, const std::function<void()>& look) {
    const auto end = Load::Clock::now() + Seconds(seconds);
    while (Load::Clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        look();
    }
}

json::object judge_memory(const std::vector<double>& resident, Judge& judge) {
    const auto third = static_cast<std::ptrdiff_t>(resident.size() / 3);
    const double middle = quantile({resident.begin() + third, resident.begin() + 2 * third}, 0.5);
    const double last = quantile({resident.begin() + 2 * third, resident.end()}, 0.5);
    judge.hold(
        last <= middle * memory_growth + memory_slack,
        "memory grows: " + std::to_string(middle) + " to " + std::to_string(last) + " bytes");
    return {
        {"middle_third", middle}, {"last_third", last}, {"ratio", middle > 0 ? last / middle : 0}};
}

// A server that takes little, and more clients than that: some are turned away, none hangs.
json::object measure_overload(const fs::path& folder, const Options& options, double seconds,
                              Judge& judge) {
    auto server = Process::start(options.program, folder,
                                 {"--read-threads", "1", "--queue", "4", "--queue-wait", "500",
                                  "--ask-threads", "1", "--ingest-threads", "1"});
    judge.hold(server.ok(), server.status().message());
    if (!server) return {};
    std::vector<Work> clients(std::max(options.clients, 16U), Work::search);
    for (std::size_t i = 0; i < clients.size(); i += 8) clients[i] = Work::generate;
    Load load(server->port(), "notes", clients);
    run_for(seconds, [] {});
    load.stop();
    for (const std::string& failure : load.failures()) judge.hold(false, "overload: " + failure);
    const Seen& searches = load.seen(Work::search);
    judge.hold(searches.statuses.contains(200), "overload: no search was answered");
    judge.hold(searches.statuses.contains(429), "overload: no search was turned away");
    json::object out;
    out["search"] = json_of(searches);
    out["ask"] = json_of(load.seen(Work::generate));
    judge.hold(server->end(SIGTERM) == 0, "overload: SIGTERM did not end the server in order");
    return out;
}

json::object after_the_kill(const fs::path& folder, const Options& options,
                            const std::vector<std::uint64_t>& acknowledged, Judge& judge) {
    const fs::path collection = folder / "data" / "notes";
    const auto verified = Collection::verify(collection);
    judge.hold(verified.ok(), verified.status().message());
    if (verified)
        for (const Finding& finding : verified->findings)
            judge.hold(false, "verify: " + finding.where + ": " + finding.what);
    std::uint64_t lost = 0;
    OpenOptions reading;
    reading.create = false;
    reading.load_models = false;
    if (auto open = Collection::open(collection, std::move(reading))) {
        for (const std::uint64_t number : acknowledged) {
            const DocumentInput wanted = document_of(Load::prefix, number);
            const auto got = open->get(wanted.id);
            if (!got || got->text != wanted.text) ++lost;
        }
    } else {
        judge.hold(false, open.status().message());
    }
    judge.hold(lost == 0, std::to_string(lost) + " acknowledged documents are gone");
    auto server = Process::start(options.program, folder);
    judge.hold(server.ok(), server.status().message());
    if (server) {
        Client client(server->port());
        const auto reply =
            client.send(verb::post, "/collections/notes/search", R"({"query": "bakery"})");
        judge.hold(reply && reply->status == 200, "no search after the kill");
        judge.hold(server->end(SIGTERM) == 0, "SIGTERM did not end the server with exit code 0");
    }
    return {{"acknowledged", acknowledged.size()}, {"lost", lost}};
}

json::object measure_idle(const Process& server, const Options& options, Judge& judge) {
    constexpr std::size_t count = 1000;
    const auto before = static_cast<double>(server.resident_bytes());
    const IdleClients clients(server.port(), count);
    const double grown = static_cast<double>(server.resident_bytes()) - before;
    judge.hold(clients.open() == count, "only " + std::to_string(clients.open()) + " of " +
                                            std::to_string(count) + " connections were kept");
    judge.hold(options.idle_megabytes == 0 || grown < options.idle_megabytes * 1e6,
               "a thousand idle connections cost " + std::to_string(grown) + " bytes");
    return {{"connections", clients.open()}, {"bytes", grown}};
}

json::object judge_tenants(const fs::path& folder, const Options& options, double seconds,
                           Judge& judge) {
    std::vector<std::string> failures;
    json::object out = measure_tenants(options.program, folder, seconds, failures);
    for (const std::string& failure : failures) judge.hold(false, "tenants: " + failure);
    if (const json::value* flooded = out.if_contains("beside_a_flood")) {
        const double ratio = flooded->at("p99_over_alone").as_double();
        judge.hold(options.tenants_within == 0 || ratio <= options.tenants_within,
                   "p99 of a key beside a flood of another one's is " + std::to_string(ratio) +
                       " times that alone");
    }
    return out;
}

// nullptr: it was not measured.
const json::value* at(const json::object& measured, std::initializer_list<const char*> path) {
    const json::object* object = &measured;
    const json::value* value = nullptr;
    for (const char* name : path) {
        value = object == nullptr ? nullptr : object->if_contains(name);
        object = value == nullptr ? nullptr : value->if_object();
    }
    return value;
}

// The figures that are wanted of a server, each with what it may be at most on a quiet machine.
// What is not there could not be measured; stderr says why.
json::object asked_of(const json::object& measured, std::size_t failures) {
    json::object out;
    const auto add = [&out](const char* name, const json::value* figure, double at_most) {
        if (figure == nullptr || !figure->is_number()) return;
        const auto value = figure->to_number<double>();
        out[name] =
            json::object{{"figure", value}, {"at_most", at_most}, {"holds", value <= at_most}};
    };
    const json::value wrong = failures;
    add("statuses_but_200_429_503", &wrong, 0);
    add("search_p99_over_p50", at(measured, {"search", "p99_over_p50"}), 5);
    add("memory_last_third_over_middle", at(measured, {"resident_bytes", "ratio"}), memory_growth);
    add("acknowledged_lost_by_sigkill", at(measured, {"kill", "lost"}), 0);
    add("idle_bytes_of_1000_connections", at(measured, {"idle", "bytes"}), 30e6);
    add("p99_beside_a_flood_over_alone",
        at(measured, {"tenants", "beside_a_flood", "p99_over_alone"}), 2);
    return out;
}

int run(const Options& options) {
    Judge judge;
    allow_many_files();
    const Folder folder;
    const double before = std::max(1.0, options.seconds * before_share);
    const auto loop = searches_in_a_loop(folder.path() / "loop", before);
    judge.hold(loop.ok(), loop.status().message());
    auto server = Process::start(options.program, folder.path(), in_use);
    judge.hold(server.ok(), server.status().message());
    if (!judge.held()) return 1;
    prepare(*server, judge);
    const json::object idle = measure_idle(*server, options, judge);

    double alone = 0;
    {
        Load searches(server->port(), "notes", std::vector<Work>(options.clients, Work::search));
        run_for(before, [] {});
        searches.stop();
        alone = per_second(searches.seen(Work::search), searches.seconds());
        for (const std::string& failure : searches.failures()) judge.hold(false, failure);
    }

    std::vector<std::string> disturbed;
    const json::object neighbours = measure_neighbours(server->port(), before, disturbed);
    for (const std::string& failure : disturbed) judge.hold(false, "neighbours: " + failure);

    std::vector<Work> mixed(options.clients, Work::search);
    for (std::size_t i = 0; i < mixed.size(); ++i)
        if (i % 8 >= 6) mixed[i] = i % 8 == 6 ? Work::ask : Work::bulk;
    Load load(server->port(), "notes", mixed);
    std::vector<double> resident;
    run_for(options.seconds,
            [&] { resident.push_back(static_cast<double>(server->resident_bytes())); });
    load.expect_the_end();
    server->end(SIGKILL);
    load.stop();
    for (const std::string& failure : load.failures()) judge.hold(false, "mixed: " + failure);
    const json::object search = json_of(load.seen(Work::search));
    const double ratio = search.at("p99_over_p50").as_double();
    judge.hold(options.within == 0 || ratio <= options.within,
               "p99 of searches is " + std::to_string(ratio) + " times their p50");
    judge.hold(!load.seen(Work::search).milliseconds.empty(), "no search was answered");
    judge.hold(!load.acknowledged().empty(), "nothing was stored");

    json::object out{
        {"clients", options.clients},
        {"seconds", options.seconds},
        {"searches_per_second",
         json::object{{"loop", *loop},
                      {"served_alone", alone},
                      {"ratio", alone / *loop},
                      {"served_mixed", per_second(load.seen(Work::search), load.seconds())}}},
        {"neighbours", neighbours},
        {"search", search},
        {"ask", json_of(load.seen(Work::ask))},
        {"bulk", json_of(load.seen(Work::bulk))},
        {"resident_bytes", judge_memory(resident, judge)}};
    out["kill"] = after_the_kill(folder.path(), options, load.acknowledged(), judge);
    out["idle"] = idle;
    out["tenants"] = judge_tenants(folder.path() / "tenants", options, before, judge);
    out["overload"] = measure_overload(folder.path(), options, before, judge);
    out["asked"] = asked_of(out, load.failures().size());
    out["held"] = judge.held();
    std::cout << json::serialize(out) << std::endl;
    return judge.held() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Puts a server under load on loopback, kills it, and looks at what is left.");
    Options options;
    app.add_option("--program", options.program, "lectern")->required()->check(CLI::ExistingFile);
    app.add_option("--clients", options.clients, "Clients at once")->check(CLI::Range(8, 512));
    app.add_option("--seconds", options.seconds, "Of the mixed load")->check(CLI::Range(1, 600));
    app.add_option("--within", options.within, "Fail when p99 / p50 of searches is more");
    app.add_option(
        "--tenants-within", options.tenants_within,
        "Fail when a key's p99 beside a flood of another one's, over that alone, is more");
    app.add_option("--idle-megabytes", options.idle_megabytes,
                   "Fail when a thousand idle connections cost more; 0: never");
    CLI11_PARSE(app, argc, argv);
    std::signal(SIGPIPE, SIG_IGN);
    return run(options);
}
