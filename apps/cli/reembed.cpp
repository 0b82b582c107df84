#include <algorithm>
#include <cstdio>
#include <string>

#include "apps/cli/common.hpp"
#include "apps/cli/progress.hpp"

namespace lectern::app {
namespace {

struct Reembed {
    Common common;
    std::string pipeline;
    bool truncate = false;
};

int run(const Reembed& arguments) {
    const std::stop_token stop = stop_on_interrupt();
    // The model before is not needed, and may be gone.
    auto collection = open_collection(arguments.common, false, false);
    if (!collection) return fail(collection.status());
    Progress progress(!arguments.common.json);
    ReembedOptions options;
    options.truncate = arguments.truncate;
    options.stop = stop;
    options.progress = [&](const ReembedProgress& state) {
        const auto total = std::max<std::uint64_t>(state.chunks_total, 1);
        progress.show(static_cast<double>(state.chunks) / static_cast<double>(total),
                      std::to_string(state.chunks) + " of " + std::to_string(total) + " chunks");
    };
    auto report = collection->reembed(arguments.pipeline, options);
    progress.end();
    if (!report) {
        const int code = fail(report.status());
        return report.status().code() == Code::cancelled ? static_cast<int>(Exit::part) : code;
    }
    if (arguments.common.json) {
        print(api::json_of(*report));
        return Exit::done;
    }
    std::printf(
        "%llu chunks embedded anew, %llu were there already; searches use '%s' now (%.1f s)\n",
        static_cast<unsigned long long>(report->chunks),
        static_cast<unsigned long long>(report->resumed), report->pipeline.c_str(),
        report->seconds);
    if (report->truncated > 0)
        std::printf("%llu chunks were longer than the model takes and were cut for it\n",
                    static_cast<unsigned long long>(report->truncated));
    return Exit::done;
}

}  // namespace

void add_reembed(CLI::App& program, Run& run_command) {
    auto arguments = std::make_shared<Reembed>();
    CLI::App& command = *program.add_subcommand(
        "reembed",
        "Change the model: embed every chunk with another pipeline, then serve from it.\n"
        "Killed or stopped, it goes on where it was when it is run again.");
    add_collection(command, arguments->common);
    command
        .add_option("--pipeline", arguments->pipeline,
                    "The new pipeline: a file, or bert, word2vec, search-only")
        ->required();
    command.add_flag("--truncate", arguments->truncate,
                     "Cut chunks that are longer than the new model takes, for their vectors only; "
                     "otherwise they are refused");
    add_json(command, arguments->common);
    command.callback(
        [arguments, &run_command] { run_command = [arguments] { return run(*arguments); }; });
}

}  // namespace lectern::app
