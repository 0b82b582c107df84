// lectern copy: a collection to another place.
#include "lectern/copy.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>

#include "apps/cli/common.hpp"
#include "apps/cli/progress.hpp"

namespace lectern::app {
namespace {

struct Copy {
    Common common;
    std::string from;
    std::string to;
    bool replace = false;
};

void print_copy_findings(const char* prefix, const std::vector<Finding>& findings) {
    for (const Finding& finding : findings)
        std::cout << prefix << shown(finding.where) << ": " << shown(finding.what) << '\n';
}

int run_copy(const Copy& arguments) {
    CopyOptions options;
    options.replace = arguments.replace;
    options.stop = stop_on_interrupt();
    Progress progress(!arguments.common.json);
    options.progress = [&](const CopyProgress& state) {
        const auto total = std::max<std::uint64_t>(state.documents_total, 1);
        progress.show(
            static_cast<double>(std::min(state.documents, total)) / static_cast<double>(total),
            std::to_string(state.documents) + " of " + counted(total, "document") +
                (state.comparing ? " compared" : ""));
    };
    auto report = copy_collection(arguments.from, arguments.to, options);
    progress.end();
    if (!report) {
        const int code = fail(report.status());
        return report.status().code() == Code::cancelled ? static_cast<int>(Exit::part) : code;
    }
    const bool whole = report->refused.empty() && report->different.empty();
    if (arguments.common.json) {
        print(api::json_of(*report));
        return whole ? Exit::done : Exit::part;
    }
    print_copy_findings("refused  ", report->refused);
    print_copy_findings("different  ", report->different);
    std::printf(
        "%s copied, %llu were there already, %llu deleted; %llu compared and the same (%.1f s)\n",
        counted(report->documents, "document").c_str(),
        static_cast<unsigned long long>(report->resumed),
        static_cast<unsigned long long>(report->deleted),
        static_cast<unsigned long long>(report->same), report->seconds);
    return whole ? Exit::done : Exit::part;
}

}  // namespace

void add_copy(CLI::App& program, Run& run_command) {
    auto arguments = std::make_shared<Copy>();
    CLI::App& command = *program.add_subcommand(
        "copy",
        "Copy a collection to another place: a folder, or a cluster (opensearch://…).\n"
        "Nothing is embedded again. Killed or stopped, it goes on where it was when it is run "
        "again; in the end both are read and compared.");
    command.add_option("FROM", arguments->from, "The collection: a folder or a cluster's address")
        ->required();
    command.add_option("TO", arguments->to, "Where it is copied to; made when it is not there")
        ->required();
    command.add_flag("--replace", arguments->replace,
                     "Make the copy equal: replace documents that are others there, delete those "
                     "that the original does not have");
    add_json(command, arguments->common);
    command.footer("Exit code: 0 both are equal, 2 something is not or it was stopped, 1 failed.");
    command.callback(
        [arguments, &run_command] { run_command = [arguments] { return run_copy(*arguments); }; });
}

}  // namespace lectern::app
