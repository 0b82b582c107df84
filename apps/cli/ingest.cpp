#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>

#include "apps/cli/common.hpp"
#include "apps/cli/progress.hpp"
#include "apps/cli/standard_input.hpp"

namespace lectern::app {
namespace {

struct Ingest {
    Common common;
    std::vector<std::string> paths;
    std::string name;
};

void add(IngestReport& to, IngestReport from) {
    to.documents += from.documents;
    to.chunks += from.chunks;
    to.tokens += from.tokens;
    to.skipped += from.skipped;
    to.gone += from.gone;
    to.seconds += from.seconds;
    std::move(from.failed.begin(), from.failed.end(), std::back_inserter(to.failed));
    if (to.stages.empty()) to.stages = std::move(from.stages);
}

int run(const Ingest& ingest) {
    const auto dashes = std::count(ingest.paths.begin(), ingest.paths.end(), "-");
    if (dashes > 1)
        return fail(
            {Code::invalid_argument, "'-' stands there twice: standard input is read once"});
    if (dashes == 0 && !ingest.name.empty())
        return fail({Code::invalid_argument,
                     "--name is the id of what '-' reads, and '-' is not among the paths; a file's "
                     "id is its path"});
    const std::stop_token stop = stop_on_interrupt();
    auto collection = open_collection(ingest.common, true, true);
    if (!collection) return fail(collection.status());
    Progress progress(!ingest.common.json);
    IngestOptions options;
    options.stop = stop;
    options.progress = [&](const IngestProgress& state) { progress.show(state); };

    IngestReport report;
    std::vector<std::filesystem::path> paths;
    for (const std::string& path : ingest.paths) {
        if (path != "-") {
            paths.emplace_back(path);
            continue;
        }
        auto input = StandardInput::read(stop);
        if (!input && input.status().code() == Code::cancelled) continue;
        if (!input) return fail(input.status());
        auto part = collection->ingest_bytes(ingest.name.empty() ? "-" : ingest.name,
                                             input->bytes(), options);
        progress.end();
        if (!part) return fail(part.status());
        add(report, std::move(*part));
    }
    if (!paths.empty()) {
        auto part = collection->ingest(paths, options);
        progress.end();
        if (!part) return fail(part.status());
        add(report, std::move(*part));
    }

    if (ingest.common.json) {
        print(api::json_of(report));
    } else {
        for (const IngestFailure& failure : report.failed)
            std::cerr << "failed: " << shown(failure.path + ": " + failure.error.message()) << '\n';
        std::printf(
            "%s stored (%s, %s), %llu unchanged, %zu failed, %.1f s\n",
            counted(report.documents, "document").c_str(), counted(report.chunks, "chunk").c_str(),
            counted(report.tokens, "token").c_str(),
            static_cast<unsigned long long>(report.skipped), report.failed.size(), report.seconds);
        if (report.gone > 0)
            std::printf(
                "%s of files that are no longer there; 'lectern sync' of these folders takes %s "
                "out\n",
                (counted(report.gone, "stored document") + (report.gone == 1 ? " is" : " are"))
                    .c_str(),
                report.gone == 1 ? "it" : "them");
    }
    explain(ingest.common, report.stages);
    if (stop.stop_requested()) return Exit::part;
    if (report.failed.empty()) return Exit::done;
    return report.documents + report.skipped > 0 ? Exit::part : Exit::failed;
}

}  // namespace

void add_ingest(CLI::App& program, Run& run_command) {
    auto ingest = std::make_shared<Ingest>();
    CLI::App& command = *program.add_subcommand(
        "ingest", "Store files and folders: .txt .md .html .pdf .jsonl and any UTF-8 text");
    add_collection(command, ingest->common);
    command.add_option("--pipeline", ingest->common.pipeline,
                       "The pipeline of a new collection: a file, or bert, word2vec, search-only");
    command.add_option("PATH", ingest->paths, "Files and folders; - reads standard input")
        ->required();
    command.add_option("--name", ingest->name, "The id of what - reads (-)");
    add_json(command, ingest->common);
    add_explain(command, ingest->common);
    command.callback([ingest, &run_command] { run_command = [ingest] { return run(*ingest); }; });
}

}  // namespace lectern::app
