#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "apps/lectern/common.hpp"

namespace lectern::app {
namespace {

struct Reembed {
    Common common;
    std::string pipeline;
    bool truncate = false;
};

// A line that is written over on a terminal; one every ten seconds otherwise.
class Line {
 public:
    void show(const ReembedProgress& state) {
        if (!terminal_ && state.seconds < next_) return;
        next_ = state.seconds + (terminal_ ? 0 : 10);
        const double share = state.chunks_total == 0 ? 1
                                                     : static_cast<double>(state.chunks) /
                                                           static_cast<double>(state.chunks_total);
        std::fprintf(stderr, "%s%3.0f%%  %llu of %llu chunks%s", terminal_ ? "\r" : "", share * 100,
                     static_cast<unsigned long long>(state.chunks),
                     static_cast<unsigned long long>(state.chunks_total), terminal_ ? "" : "\n");
        shown_ = terminal_;
    }
    void end() const {
        if (shown_) std::fprintf(stderr, "\r%60s\r", "");
    }

 private:
    bool terminal_ = terminal(STDERR_FILENO);
    bool shown_ = false;
    double next_ = 0;
};

int run(const Reembed& wanted) {
    const std::stop_token stop = stop_on_interrupt();
    // The model before is not needed, and may be gone.
    auto collection =
        Collection::open(wanted.common.collection, open_options(wanted.common, false, false));
    if (!collection) return fail(collection.status());
    Line line;
    ReembedOptions options;
    options.truncate = wanted.truncate;
    options.stop = stop;
    if (!wanted.common.json)
        options.progress = [&](const ReembedProgress& state) { line.show(state); };
    auto report = collection->reembed(wanted.pipeline, options);
    line.end();
    if (!report) {
        const int code = fail(report.status());
        return report.status().code() == Code::cancelled ? static_cast<int>(Exit::part) : code;
    }
    if (wanted.common.json) {
        print({{"pipeline", clean(report->pipeline)},
               {"fingerprint", clean(report->fingerprint)},
               {"previous_fingerprint", clean(report->previous_fingerprint)},
               {"chunks", report->chunks},
               {"resumed", report->resumed},
               {"truncated", report->truncated},
               {"seconds", report->seconds}});
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
