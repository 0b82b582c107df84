// lectern backup, lectern backups, lectern restore.
#include <cstdio>
#include <ctime>
#include <iostream>

#include "apps/cli/common.hpp"

namespace lectern::app {
namespace {

struct Request {
    Common common;
    std::string folder;
    std::uint32_t id = 0;
};

std::string time_text(std::int64_t milliseconds) {
    const auto seconds = static_cast<std::time_t>(milliseconds / 1000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    (void)std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
    return text;
}

void print_line(const char* what, const BackupInfo& backup) {
    if (backup.damaged) {
        std::printf("%sbackup %u is damaged\n", what, backup.id);
        return;
    }
    std::printf("%sbackup %u of %s UTC: %llu documents, %.1f MB\n", what, backup.id,
                time_text(backup.created_at).c_str(),
                static_cast<unsigned long long>(backup.documents),
                static_cast<double>(backup.bytes) / 1e6);
}

int run_backup(const Request& request) {
    auto collection = open_collection(request.common, false, false);
    if (!collection) return fail(collection.status());
    auto backup = collection->backup(request.folder);
    if (!backup) return fail(backup.status());
    if (request.common.json)
        print(api::json_of(*backup));
    else
        print_line("made ", *backup);
    return Exit::done;
}

int run_backups(const Request& request) {
    auto backups = Collection::backups(request.folder);
    if (!backups) return fail(backups.status());
    bool whole = true;
    boost::json::array list;
    for (const BackupInfo& backup : *backups) {
        whole = whole && !backup.damaged;
        list.push_back(api::json_of(backup));
        if (!request.common.json) print_line("", backup);
    }
    if (request.common.json) print({{"backups", std::move(list)}});
    return whole ? Exit::done : Exit::part;
}

int run_restore(const Request& request) {
    auto backup = Collection::restore(request.folder, request.id, request.common.collection);
    if (!backup) return fail(backup.status());
    if (request.common.json)
        print(api::json_of(*backup));
    else
        print_line("restored ", *backup);
    return Exit::done;
}

CLI::App& add(CLI::App& program, Run& run_command, const char* name, const char* what,
              const std::shared_ptr<Request>& request, int (*run)(const Request&)) {
    CLI::App& command = *program.add_subcommand(name, what);
    add_json(command, request->common);
    command.callback(
        [request, run, &run_command] { run_command = [request, run] { return run(*request); }; });
    return command;
}

}  // namespace

void add_backup(CLI::App& program, Run& run_command) {
    auto made = std::make_shared<Request>();
    CLI::App& backup =
        add(program, run_command, "backup", "Back a collection up", made, &run_backup);
    add_collection(backup, made->common);
    backup.add_option("TO", made->folder, "The folder of the backups; only what is new is copied")
        ->required();

    auto listed = std::make_shared<Request>();
    add(program, run_command, "backups", "List the backups in a folder", listed, &run_backups)
        .add_option("FOLDER", listed->folder, "The folder of the backups")
        ->required();

    auto restored = std::make_shared<Request>();
    CLI::App& restore = add(program, run_command, "restore", "Make a collection from a backup",
                            restored, &run_restore);
    restore
        .add_option("-c,--collection", restored->common.collection,
                    "The collection to make: a folder that does not exist or is empty")
        ->required();
    restore.add_option("FROM", restored->folder, "The folder of the backups")->required();
    restore.add_option("--id", restored->id, "Number of the backup (default: the latest)");
}

}  // namespace lectern::app
