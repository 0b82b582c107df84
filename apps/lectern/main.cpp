// The command line: lectern COMMAND …. Exit codes: 0 done, 1 failed, 2 done in part.
#include <exception>
#include <iostream>

#include "apps/lectern/common.hpp"
#include "apps/lectern/thread_waits.hpp"

int main(int argc, char** argv) {
    using namespace lectern;
    app::let_waiting_threads_sleep(argv);
    CLI::App program("Semantic search and cited answers over your own documents", "lectern");
    program.set_version_flag("--version", std::string(version()));
    program.require_subcommand(1);
    app::Run run;
    app::add_ingest(program, run);
    app::add_search(program, run);
    app::add_ask(program, run);
    app::add_summarize(program, run);
    app::add_documents(program, run);
    app::add_plugins(program, run);
    app::add_train(program, run);
    app::add_bench(program, run);
    app::add_eval(program, run);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // CLI11 prints what is wrong, or the help that was asked for.
        return program.exit(error) == 0 ? app::Exit::done : app::Exit::failed;
    }
    try {
        return run();
    } catch (const std::exception& error) {
        return app::fail({Code::internal, std::string("a defect: ") + error.what()});
    }
}
