#include <iostream>

#include "apps/cli/common.hpp"

namespace lectern::app {
namespace {

struct SourcesCommand {
    Common common;
    std::vector<std::string> add;
    std::vector<std::string> remove;
    std::vector<std::string> include;
    std::vector<std::string> exclude;
};

void print_patterns(const char* what, const std::vector<std::string>& patterns) {
    for (const std::string& pattern : patterns)
        std::cout << "  " << what << ' ' << shown(pattern) << '\n';
}

int list(const Collection& collection, bool json) {
    const auto sources = collection.sources();
    if (!sources) return fail(sources.status());
    if (json) {
        boost::json::array out;
        for (const Source& source : *sources) out.push_back(api::json_of(source));
        print({{"sources", std::move(out)}});
        return Exit::done;
    }
    for (const Source& source : *sources) {
        std::cout << shown(source.path.string()) << ": " << counted(source.files, "file") << ", "
                  << counted(source.documents, "document") << '\n';
        print_patterns("include", source.include);
        print_patterns("exclude", source.exclude);
    }
    if (sources->empty()) std::cout << "no sources; 'lectern sync' with a folder adds it\n";
    return Exit::done;
}

int run(const SourcesCommand& arguments) {
    if (arguments.add.empty() && (!arguments.include.empty() || !arguments.exclude.empty()))
        return fail({Code::invalid_argument, "patterns belong to a source: name it with --add"});
    auto collection = open_collection(arguments.common, false, false);
    if (!collection) return fail(collection.status());
    for (const std::string& path : arguments.remove) {
        const auto documents = collection->remove_source(path);
        if (!documents) return fail(documents.status());
        if (!arguments.common.json)
            std::cout << "removed " << shown(path) << "; its " << counted(*documents, "document")
                      << (*documents == 1 ? " stays" : " stay") << '\n';
    }
    for (const std::string& path : arguments.add)
        if (const Status added = collection->add_source(path, arguments.include, arguments.exclude);
            !added.ok())
            return fail(added);
    return list(*collection, arguments.common.json);
}

}  // namespace

void add_sources(CLI::App& program, Run& run_command) {
    auto arguments = std::make_shared<SourcesCommand>();
    CLI::App& command = *program.add_subcommand(
        "sources", "The folders that 'lectern sync' keeps a collection in step with");
    add_collection(command, arguments->common);
    command.add_option("--add", arguments->add, "Add a folder or file, or give it other patterns")
        ->type_name("PATH")
        ->allow_extra_args(false);
    command
        .add_option("--remove", arguments->remove,
                    "Remove one, by its path or name; its documents stay")
        ->type_name("PATH")
        ->allow_extra_args(false);
    command
        .add_option("--include", arguments->include, "With --add: only what fits such a pattern")
        ->type_name("PATTERN")
        ->allow_extra_args(false);
    command.add_option("--exclude", arguments->exclude, "With --add: not what fits such a pattern")
        ->type_name("PATTERN")
        ->allow_extra_args(false);
    add_json(command, arguments->common);
    command.callback(
        [arguments, &run_command] { run_command = [arguments] { return run(*arguments); }; });
}

}  // namespace lectern::app
