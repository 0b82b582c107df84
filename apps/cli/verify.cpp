// lectern verify, lectern repair.
#include <cstdio>
#include <iostream>

#include "apps/cli/common.hpp"
#include "lectern/cluster.hpp"

namespace lectern::app {
namespace {

void print_findings(const char* label, const std::vector<Finding>& findings) {
    for (const Finding& finding : findings)
        std::cout << label << finding.where << ": " << finding.what << '\n';
}

int run_verify(const Common& common) {
    auto report = Collection::verify(common.collection);
    if (!report) return fail(report.status());
    const bool clean_bill = report->findings.empty();
    if (common.json) {
        app::print(api::json_of(*report));
        return clean_bill ? Exit::done : Exit::part;
    }
    print_findings("", report->findings);
    if (report->more_findings > 0) std::cout << "and " << report->more_findings << " more\n";
    if (report->readable)
        std::printf("read %s, %s, %s; %s, %s; %.1f MB of store in %.1f s\n",
                    counted(report->documents, "document").c_str(),
                    counted(report->chunks, "chunk").c_str(),
                    counted(report->vectors, "vector").c_str(),
                    counted(report->table_files, "table file").c_str(),
                    counted(report->index_files, "index file").c_str(),
                    static_cast<double>(report->store_bytes) / 1e6, report->seconds);
    print_findings("note: ", report->notes);
    if (report->torn_log_bytes > 0)
        std::cout << report->torn_log_bytes
                  << " bytes of the log are a write that was cut off before it was acknowledged\n";
    if (clean_bill)
        std::cout << "everything is in order\n";
    else if (is_in_cluster(common.collection))
        std::cout << report->findings.size() + report->more_findings
                  << " findings; 'lectern repair -c " << common.collection
                  << "' takes documents that are not whole out; ingest them again\n";
    else
        std::cout << report->findings.size() + report->more_findings
                  << " findings; 'lectern repair -c " << common.collection
                  << "' saves what can be read\n";
    return clean_bill ? Exit::done : Exit::part;
}

int run_repair(const Common& common) {
    auto report = Collection::repair(common.collection);
    if (!report) return fail(report.status());
    const bool all = report->lost.empty();
    if (common.json) {
        app::print({{"found", api::json_of(report->found)},
                    {"lost", api::json_of(report->lost)},
                    {"documents", report->documents},
                    {"chunks", report->chunks},
                    {"store_rebuilt", report->store_rebuilt},
                    {"index_files", report->index_files},
                    {"kept_aside", api::clean(report->kept_aside.string())},
                    {"seconds", report->seconds}});
        return all ? Exit::done : Exit::part;
    }
    print_findings("found  ", report->found);
    print_findings("lost   ", report->lost);
    if (report->found.empty()) {
        std::cout << "everything is in order; nothing was changed\n";
        return Exit::done;
    }
    if (report->store_rebuilt)
        std::cout << "the store was written anew with " << report->documents << " documents and "
                  << report->chunks << " chunks\n";
    if (!report->store_rebuilt && report->kept_aside.empty() && is_in_cluster(common.collection))
        std::cout << "the collection has " << report->documents << " documents and "
                  << report->chunks << " chunks\n";
    if (report->index_files > 0)
        std::cout << report->index_files << " index files were set aside and are built again\n";
    if (!report->kept_aside.empty())
        std::cout << "what was damaged is kept in " << report->kept_aside.string() << '\n';
    return all ? Exit::done : Exit::part;
}

void add(CLI::App& program, Run& run_command, const char* name, const char* what,
         const char* footer, int (*run)(const Common&)) {
    auto common = std::make_shared<Common>();
    CLI::App& command = *program.add_subcommand(name, what);
    add_collection(command, *common);
    add_json(command, *common);
    command.footer(footer);
    command.callback(
        [common, run, &run_command] { run_command = [common, run] { return run(*common); }; });
}

}  // namespace

void add_verify(CLI::App& program, Run& run_command) {
    add(program, run_command, "verify", "Check everything a collection holds, changing nothing",
        "Reads every file, document, chunk and vector. No other program may have the collection "
        "open.\nExit code: 0 all in order, also with notes; 2 something is not, 1 it could not be "
        "checked.",
        &run_verify);
    add(program, run_command, "repair", "Save what can be read of a damaged collection",
        "Rebuilds what is derived and keeps what was damaged in COLLECTION/damaged. A collection "
        "in order is left alone. In a cluster, documents that are not whole are taken out.\nExit "
        "code: 0 nothing was lost, 2 something was, 1 it could not "
        "be repaired.",
        &run_repair);
}

}  // namespace lectern::app
