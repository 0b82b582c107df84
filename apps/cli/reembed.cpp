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

int run(const Reembed& wanted) {
    const std::stop_token stop = stop_on_interrupt();
    // The model before is not needed, and may be gone.
    auto collection = open_collection(wanted.common, false, false);
    if (!collection) return fail(collection.status());
    Progress progress(!wanted.common.json);
    ReembedOptions options;
    options.truncate = wanted.truncate;
    options.stop = stop;
    options.progress = [&](const ReembedProgress& state) {
        const auto total = std::max<std::uint64_t>(state.chunks_total, 1);
        progress.show(static_cast<double>(state.chunks) / static_cast<double>(total),
                      std::to_string(state.chunks) + " of " + std::to_string(total) + " chunks");
    };
    auto report = collection->reembed(wanted.pipeline, options);
    progress.end();
    if (!report) {
        const int code = fail(report.status());
        return report.status().code() == Code::cancelled ? static_cast<int>(Exit::part) : code;
    }
    if (wanted.common.json) {
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
    auto wanted = std::make_shared<Reembed>();
    CLI::App& command = *program.add_subcommand(
        "reembed",
        "Change the model: embed every chunk with another pipeline, then serve from it.\n"
        "Killed or stopped, it goes on where it was when it is run again.");
    add_collection(command, wanted->common);
    command
        .add_option("--pipeline", wanted->pipeline,
                    "The new pipeline: a file, or bert, word2vec, search-only")
        ->required();
    command.add_flag("--truncate", wanted->truncate,
                     "Cut chunks that are longer than the new model takes, for their vectors only; "
                     "otherwise they are refused");
    add_json(command, wanted->common);
    command.callback([wanted, &run_command] { run_command = [wanted] { return run(*wanted); }; });
}

}  // namespace lectern::app
