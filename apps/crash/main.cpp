// lectern-crash: kills the engine at work, many times, and checks that nothing acknowledged is
// lost. Exit codes: 0 nothing was found wrong, 1 something was, or the run could not be made.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <random>

#include "apps/crash/rounds.hpp"
#include "apps/crash/sqlite_rounds.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::crash::Report;
using lectern::crash::Sabotage;
using lectern::crash::Settings;

// lectern-crash --worker COLLECTION PIPELINE SEED FIRST DESCRIPTOR SABOTAGE LANE, for itself alone.
int worker(char** arguments) {
    lectern::crash::Work work;
    work.collection = arguments[2];
    work.pipeline = arguments[3];
    work.seed = std::strtoull(arguments[4], nullptr, 10);
    work.first = std::strtoull(arguments[5], nullptr, 10);
    work.acknowledge = std::atoi(arguments[6]);
    work.sabotage = static_cast<Sabotage>(std::atoi(arguments[7]));
    work.lane = static_cast<lectern::crash::Lane>(std::atoi(arguments[8]));
    return lectern::crash::work(work);
}

// lectern-crash --restore BACKUPS ID COLLECTION, likewise.
int restore(char** arguments) {
    const auto id = static_cast<std::uint32_t>(std::strtoul(arguments[3], nullptr, 10));
    const auto done = lectern::Collection::restore(arguments[2], id, arguments[4]);
    if (done) return 0;
    std::cerr << "restore: " << done.status().message() << '\n';
    return 3;
}

boost::json::object json_of(const Settings& settings, const Report& report) {
    boost::json::object places;
    for (const auto& [place, kills] : report.places) places[place] = kills;
    boost::json::array problems(report.problems.begin(), report.problems.end());
    return {{"seed", settings.seed},
            {"kills", report.kills},
            {"steps", report.steps},
            {"documents_checked", report.checked},
            {"self_searches", report.self_asked},
            {"self_found", report.self_found},
            {"backups", report.backups},
            {"backups_restored", report.restored},
            {"places", std::move(places)},
            {"problems", std::move(problems)}};
}

void print_problems(const Settings& settings, const Report& report) {
    if (report.problems.empty()) return;
    for (std::size_t i = 0; i < report.problems.size() && i < 20; ++i)
        std::printf("FAILED: %s\n", report.problems[i].c_str());
    if (report.problems.size() > 20) std::printf("... and %zu more\n", report.problems.size() - 20);
    if (settings.sabotage == Sabotage::none)
        std::printf("the collection is kept in %s\n",
                    settings.cluster.empty() ? settings.folder.c_str() : settings.cluster.c_str());
    std::printf("replay with --seed %llu\n", static_cast<unsigned long long>(settings.seed));
}

void print(const Settings& settings, const Report& report) {
    std::printf("%u kills, %llu operations acknowledged, %llu documents compared\n", report.kills,
                static_cast<unsigned long long>(report.steps),
                static_cast<unsigned long long>(report.checked));
    for (const auto& [place, kills] : report.places)
        std::printf("  %4u at %s\n", kills, place.c_str());
    std::printf("%llu of %llu chunks found by their own text\n",
                static_cast<unsigned long long>(report.self_found),
                static_cast<unsigned long long>(report.self_asked));
    std::printf("%llu backups, %llu of them restored and compared\n",
                static_cast<unsigned long long>(report.backups),
                static_cast<unsigned long long>(report.restored));
    if (report.problems.empty()) std::printf("nothing lost, nothing returned, nothing partial\n");
    print_problems(settings, report);
}

void print_sync(const Settings& settings, const Report& report) {
    std::printf("%u kills, %llu syncs afterwards, %llu documents compared with their files\n",
                report.kills, static_cast<unsigned long long>(report.steps),
                static_cast<unsigned long long>(report.checked));
    for (const auto& [place, kills] : report.places)
        std::printf("  %4u at %s\n", kills, place.c_str());
    if (report.problems.empty()) std::printf("the collection was equal to the folder each time\n");
    print_problems(settings, report);
}

// Whose syncs are killed, or whose writes.
enum class Of { writes, syncs, cluster };

int run(Settings settings, const std::string& disk, bool json, Of of) {
    std::string folder = (fs::path(disk) / "lectern-crash-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
        std::cerr << "lectern-crash: cannot make a folder in '" << disk
                  << "'; name one with --folder that may be written to\n";
        return 1;
    }
    settings.folder = folder;
    if (!json) {
        std::printf("seed %llu\n", static_cast<unsigned long long>(settings.seed));
        std::fflush(stdout);
        settings.progress = [](const std::string& line) { std::cerr << line << '\n'; };
    }
    const auto report = of == Of::syncs     ? run_sync_rounds(settings)
                        : of == Of::cluster ? run_cluster_rounds(settings)
                                            : run_rounds(settings);
    if (!report) {
        std::cerr << "lectern-crash: " << report.status().message() << '\n';
        return 1;
    }
    if (json)
        std::cout << boost::json::serialize(json_of(settings, *report)) << '\n';
    else if (of == Of::syncs)
        print_sync(settings, *report);
    else
        print(settings, *report);
    // What an engine that was broken on purpose left is of no use.
    std::error_code ignored;
    if (report->problems.empty() || settings.sabotage != Sabotage::none)
        fs::remove_all(settings.folder, ignored);
    return report->problems.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 9 && std::string_view(argv[1]) == "--worker") return worker(argv);
    if (argc == 5 && std::string_view(argv[1]) == "--restore") return restore(argv);
    if (argc == 5 && std::string_view(argv[1]) == "--sync-once")
        return lectern::crash::sync_once(argv[2], argv[3], argv[4]);
    CLI::App program(
        "Kills the engine while it writes and checks after each kill that every acknowledged "
        "document is there, byte for byte, by id, by vectors and by words, and no removed one",
        "lectern-crash");
    Settings settings;
    settings.seed = std::random_device{}();
    std::string folder = fs::temp_directory_path().string();
    bool json = false;
    program.add_option("--kills", settings.kills, "How many times; 1000 takes some hours")
        ->capture_default_str()
        ->check(CLI::Range(1U, 1'000'000U));
    program.add_option("--seed", settings.seed, "Replays the writes of an earlier run");
    program.add_option("--folder", folder, "On the disk to test; a new folder is made in it")
        ->capture_default_str()
        ->check(CLI::ExistingDirectory);
    auto* sabotage =
        program
            .add_option("--sabotage", settings.sabotage,
                        "Break the engine on purpose, to see that it is noticed: lost-write, "
                        "lost-removal, changed-byte, lost-backup")
            ->transform(CLI::CheckedTransformer(
                std::map<std::string, Sabotage>{{"lost-write", Sabotage::lost_write},
                                                {"lost-removal", Sabotage::lost_removal},
                                                {"changed-byte", Sabotage::changed_byte},
                                                {"lost-backup", Sabotage::lost_backup}}));
    auto* as_json = program.add_flag("--json", json, "One JSON object at the end");
    bool syncs = false;
    auto* of_syncs = program.add_flag(
        "--sync", syncs,
        "Kill syncs of a folder instead, and compare the collection with the folder "
        "when the next one has ended");
    auto* in_a_cluster = program.add_option(
        "--cluster", settings.cluster,
        "opensearch://HOST…/NAME: two processes write there at once, and are killed; "
        "the collection is made, and deleted when nothing was wrong");
    program.add_option("--nodes", settings.nodes,
                       "A program that ends and starts the cluster's nodes, which are killed too: "
                       "setup/opensearch.sh");
    bool sqlite = false;
    auto* of_sqlite = program.add_flag(
        "--sqlite", sqlite,
        "Kill programs that write to tables of the extension for SQLite, and compare "
        "database and index; needs python3");
    for (auto* other : {sabotage, as_json, of_syncs, in_a_cluster}) of_sqlite->excludes(other);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? 0 : 1;
    }
    try {
        if (sqlite) {
            const lectern::Status failed =
                lectern::crash::become_sqlite_rounds(settings.kills, settings.seed, folder);
            std::cerr << "lectern-crash: " << failed.message() << '\n';
            return 1;
        }
        if (syncs && settings.sabotage == Sabotage::lost_backup) {
            std::cerr << "lectern-crash: no backups are made with --sync; name another sabotage\n";
            return 1;
        }
        const bool in_cluster = !settings.cluster.empty();
        if (in_cluster && (syncs || settings.sabotage == Sabotage::lost_backup)) {
            std::cerr << "lectern-crash: with --cluster neither syncs nor backups are made\n";
            return 1;
        }
        return run(std::move(settings), folder, json,
                   in_cluster ? Of::cluster
                   : syncs    ? Of::syncs
                              : Of::writes);
    } catch (const std::exception& error) {
        std::cerr << "lectern-crash: a defect: " << error.what() << '\n';
        return 1;
    }
}
