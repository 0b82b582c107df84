// The command line: lectern COMMAND …. Exit codes: 0 done, 1 failed, 2 done in part.
#include <exception>
#include <iostream>
#include <string>

#include "apps/lectern/common.hpp"
#include "apps/lectern/thread_waits.hpp"
#include "apps/shared/large_blocks.hpp"

namespace {

// Says what is wrong with the words after "lectern", and where the right ones are.
int wrong_use(const CLI::App& program, int argc, char** argv, const CLI::ParseError& error) {
    std::string what = error.what();
    std::string command = "lectern";
    const CLI::App* at = &program;
    while (!at->get_subcommands().empty()) {
        at = at->get_subcommands().front();
        command += " " + at->get_name();
    }
    const std::string first = argc > 1 ? argv[1] : "";
    if (at == &program && !first.empty() && first.front() != '-')
        what = "there is no command '" + first + "'";
    std::cerr << "lectern: " << what << "; see '" << command << " --help'" << std::endl;
    return lectern::app::Exit::failed;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace lectern;
    app::let_waiting_threads_sleep_soon(argv);
    app::return_large_blocks();
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
    app::add_reembed(program, run);
    app::add_train(program, run);
    app::add_bench(program, run);
    app::add_verify(program, run);
    app::add_backup(program, run);
    app::add_serve(program, run);
    app::add_key(program, run);
    app::add_mcp(program, run);
    app::add_eval(program, run);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // Help and the version come this way, too; CLI11 prints them.
        if (error.get_exit_code() == 0) return program.exit(error);
        return wrong_use(program, argc, argv, error);
    }
    try {
        return run();
    } catch (const std::exception& error) {
        return app::fail({Code::internal, std::string("a defect: ") + error.what()});
    }
}
