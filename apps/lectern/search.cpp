#include <cstdio>
#include <iostream>

#include "apps/lectern/common.hpp"

namespace lectern::app {
namespace {

struct Search {
    Common common;
    std::string text;
    SearchOptions options;
};

int run(const Search& search) {
    auto collection =
        Collection::open(search.common.collection, open_options(search.common, false, true));
    if (!collection) return fail(collection.status());
    auto result = collection->search(query_text(search.text), search.options);
    if (!result) return fail(result.status());
    if (search.common.json) {
        boost::json::array hits;
        for (const Hit& hit : result->hits) hits.push_back(json_of(hit));
        print({{"hits", std::move(hits)}, {"milliseconds", result->timing.milliseconds}});
    } else {
        std::size_t rank = 0;
        for (const Hit& hit : result->hits) {
            std::printf("%2zu. %.3f  %s  [%llu-%llu]\n", ++rank, static_cast<double>(hit.score),
                        hit.document.c_str(), static_cast<unsigned long long>(hit.begin),
                        static_cast<unsigned long long>(hit.end));
            if (!hit.title.empty()) std::printf("    %s\n", snippet(hit.title, 100).c_str());
            std::printf("    %s\n", snippet(hit.text, 200).c_str());
        }
        if (result->hits.empty()) std::cout << "nothing found; the collection is empty\n";
    }
    explain(search.common, result->timing.stages);
    return Exit::done;
}

}  // namespace

void add_search(CLI::App& program, Run& run_command) {
    auto search = std::make_shared<Search>();
    CLI::App& command = *program.add_subcommand("search", "Find passages by meaning");
    add_collection(command, search->common);
    command.add_option("--pipeline", search->common.pipeline,
                       "Another pipeline with the same vectors");
    command.add_option("TEXT", search->text, "What to look for; - reads standard input")
        ->required();
    command.add_option("-k", search->options.k, "Most hits")->capture_default_str();
    command.add_flag("--chunks", search->options.chunks, "Several hits of one document");
    add_json(command, search->common);
    add_explain(command, search->common);
    command.callback([search, &run_command] { run_command = [search] { return run(*search); }; });
}

}  // namespace lectern::app
