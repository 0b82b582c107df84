#include "tests/load/neighbours.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include "tests/load/client.hpp"
#include "tests/load/corpus.hpp"
#include "tests/load/load.hpp"
#include "tests/load/process.hpp"
#include "tests/load/quantile.hpp"

namespace lectern::load {

namespace json = boost::json;
using boost::beast::http::verb;

namespace {

constexpr std::size_t quiet_clients = 4;
constexpr std::size_t flooding_clients = 48;
constexpr std::uint64_t documents = 100;
const std::string quiet = "lectern-load-quiet";
const std::string flooding = "lectern-load-flooding";

// The texts of the keys above, as the file of keys has them.
constexpr const char* keys_file = R"({"keys": [
    {"name": "quiet", "rights": ["admin"],
     "sha256": "508ad8edc0420d3f6933b98572923258c5c7da4dd7e2f9436a7c4078666d661f"},
    {"name": "flooding", "rights": ["read"],
     "sha256": "f18741b22cd49f16b9cc8923ecef7c5fa99c7b66691cf5804839983222ca6672"}]})";

bool prepare(std::uint16_t port, std::vector<std::string>& failures) {
    Client client(port, quiet);
    std::string lines;
    for (std::uint64_t i = 0; i < documents; ++i) lines += line_of(document_of("tenant-", i));
    const struct {
        verb method;
        const char* target;
        std::string body;
        unsigned status;
    } steps[] = {{verb::put, "/collections/notes", "", 201},
                 {verb::post, "/collections/notes/documents", lines, 200},
                 {verb::post, "/collections/notes/search", R"({"query": "bakery"})", 200}};
    for (const auto& step : steps) {
        const auto reply = client.send(step.method, step.target, step.body);
        if (reply && reply->status == step.status) continue;
        failures.push_back(std::string(step.target) + ": " +
                           (reply ? reply->body : client.error()));
        return false;
    }
    return true;
}

}  // namespace

json::object measure_tenants(const std::filesystem::path& program,
                             const std::filesystem::path& folder, double seconds,
                             std::vector<std::string>& failures) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::ofstream(folder / "keys.json") << keys_file;
    auto server = Process::start(program, folder, {"--keys", (folder / "keys.json").string()});
    if (!server) {
        failures.emplace_back(server.status().message());
        return {};
    }
    json::object out;
    if (!prepare(server->port(), failures)) return out;
    double alone = 0;
    for (const auto& [name, floods] : std::initializer_list<std::pair<const char*, bool>>{
             {"alone", false}, {"beside_a_flood", true}, {"alone_again", false}}) {
        std::optional<Load> flood;
        if (floods)
            flood.emplace(server->port(), "notes",
                          std::vector<Work>(flooding_clients, Work::search), 0, flooding);
        Load load(server->port(), "notes", std::vector<Work>(quiet_clients, Work::search), 0,
                  quiet);
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        load.stop();
        for (const std::string& failure : load.failures()) failures.push_back(failure);
        const Seen& seen = load.seen(Work::search);
        // The other one's requests turn none of these away.
        for (const auto& [status, count] : seen.statuses)
            if (status != 200)
                failures.push_back(std::string(name) + ": " + std::to_string(count) +
                                   " of the quiet key's searches were " + std::to_string(status));
        const double p99 = quantile(seen.milliseconds, 0.99);
        json::object figures{{"searches", seen.milliseconds.size()},
                             {"p50_milliseconds", quantile(seen.milliseconds, 0.5)},
                             {"p99_milliseconds", p99}};
        if (flood) {
            flood->stop();
            for (const std::string& failure : flood->failures()) failures.push_back(failure);
            figures["others"] = flood->seen(Work::search).milliseconds.size();
        }
        if (alone > 0)
            figures["p99_over_alone"] = p99 / alone;
        else
            alone = p99;
        out[name] = std::move(figures);
    }
    if (server->end(SIGTERM) != 0)
        failures.emplace_back("tenants: SIGTERM did not end the server in order");
    return out;
}

}  // namespace lectern::load
