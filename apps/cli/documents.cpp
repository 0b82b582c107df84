// The commands that need no model: stats, get, delete.
#include <iostream>

#include "apps/cli/common.hpp"

namespace lectern::app {
namespace {

struct Documents {
    Common common;
    std::vector<std::string> ids;
};

int run_stats(const Documents& request) {
    auto collection = open_collection(request.common, false, false);
    if (!collection) return fail(collection.status());
    auto stats = collection->stats();
    if (!stats) return fail(stats.status());
    const boost::json::object object = api::json_of(*stats);
    if (request.common.json) {
        print(object);
    } else {
        for (const auto& [name, value] : object)
            std::cout << std::string_view(name) << ": "
                      << (value.is_string() ? std::string(value.get_string())
                                            : boost::json::serialize(value))
                      << '\n';
    }
    return Exit::done;
}

int run_get(const Documents& request) {
    auto collection = open_collection(request.common, false, false);
    if (!collection) return fail(collection.status());
    auto document = collection->get(request.ids.front());
    if (!document) return fail(document.status());
    if (!request.common.json) {
        std::cout << document->text;
        if (!document->text.ends_with('\n')) std::cout << '\n';
        return Exit::done;
    }
    print(api::json_of(*document));
    return Exit::done;
}

int run_delete(const Documents& request) {
    auto collection = open_collection(request.common, false, false);
    if (!collection) return fail(collection.status());
    std::uint64_t deleted = 0;
    boost::json::array missing;
    for (const std::string& id : request.ids) {
        const std::vector<std::string> one{id};
        auto removed = collection->remove(one);
        if (!removed) return fail(removed.status());
        deleted += *removed;
        if (*removed > 0) continue;
        missing.push_back(api::clean(id));
        if (!request.common.json)
            std::cerr << "lectern: there is no document '" << shown(id) << "' in the collection\n";
    }
    const bool all = missing.empty();
    if (request.common.json)
        print({{"deleted", deleted}, {"missing", std::move(missing)}});
    else
        std::cout << deleted << " deleted\n";
    if (all) return Exit::done;
    return deleted > 0 ? Exit::part : Exit::failed;
}

void add(CLI::App& program, Run& run_command, const char* name, const char* what, const char* ids,
         bool several, int (*run)(const Documents&)) {
    auto request = std::make_shared<Documents>();
    CLI::App& command = *program.add_subcommand(name, what);
    add_collection(command, request->common);
    add_json(command, request->common);
    if (ids != nullptr) {
        CLI::Option* option = command.add_option(ids, request->ids, "The document's id");
        option->required();
        if (!several) option->expected(1);
    }
    command.callback(
        [request, run, &run_command] { run_command = [request, run] { return run(*request); }; });
}

}  // namespace

void add_documents(CLI::App& program, Run& run_command) {
    add(program, run_command, "stats", "What a collection holds", nullptr, false, &run_stats);
    add(program, run_command, "get", "Print a document", "DOCUMENT", false, &run_get);
    add(program, run_command, "delete", "Delete documents", "DOCUMENT", true, &run_delete);
}

}  // namespace lectern::app
