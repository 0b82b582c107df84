// The command line: lectern COMMAND …. Exit codes: 0 done, 1 failed, 2 done in part.
#include <cerrno>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>

#include "apps/cli/common.hpp"
#include "apps/cli/thread_waits.hpp"
#include "apps/cli/usage.hpp"
#include "apps/shared/large_blocks.hpp"

namespace {

// A result that nobody could read is none: a full disk, a closed descriptor.
int checked(int code) {
    std::cout.flush();
    if (std::cout.good() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    std::cerr << "lectern: the output cannot be written: " << std::generic_category().message(errno)
              << std::endl;
    return lectern::app::Exit::failed;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace lectern;
    app::keep_standard_descriptors();
    app::let_waiting_threads_sleep_soon(argv);
    app::return_large_blocks();
    CLI::App program("Semantic search and cited answers over your own documents", "lectern");
    program.set_version_flag("--version", std::string(version()));
    program.require_subcommand(1);
    if (app::asks_for_json(argc, argv)) app::failures_are_json();
    app::Run run;
    app::add_ingest(program, run);
    app::add_sync(program, run);
    app::add_sources(program, run);
    app::add_search(program, run);
    app::add_ask(program, run);
    app::add_summarize(program, run);
    app::add_documents(program, run);
    app::add_pipeline(program, run);
    app::add_plugins(program, run);
    app::add_reembed(program, run);
    app::add_train(program, run);
    app::add_translate(program, run);
    app::add_bench(program, run);
    app::add_verify(program, run);
    app::add_backup(program, run);
    app::add_copy(program, run);
    app::add_serve(program, run);
    app::add_key(program, run);
    app::add_mcp(program, run);
    app::add_eval(program, run);
    app::refuse_negative_counts(program);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // Help and the version come this way, too; CLI11 prints them.
        if (error.get_exit_code() == 0) return checked(program.exit(error));
        return app::fail(app::wrong_use(program, error));
    }
    try {
        return checked(run());
    } catch (const std::exception& error) {
        return app::fail({Code::internal, std::string("a defect: ") + error.what()});
    }
}
