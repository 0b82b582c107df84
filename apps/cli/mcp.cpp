// lectern mcp: collections for a language model's client, on standard input and output.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/cli/common.hpp"
#include "apps/server/mcp/conversation.hpp"
#include "apps/server/work/source_folders.hpp"
#include "lectern/cluster.hpp"

namespace lectern::app {
namespace {

struct Mcp {
    Common common;
    std::string data;
    std::vector<std::string> sources;  // "NAME=DIR"
    bool read_only = false;
};

// The folder's last name; "collection" when it has none ("/", ".").
std::string name_of(const std::string& folder) {
    std::error_code error;
    std::filesystem::path path = folder;
    if (!is_in_cluster(folder)) path = std::filesystem::weakly_canonical(folder, error);
    if (error) path = folder;
    const std::string name = path.filename().string();
    return name.empty() ? "collection" : name;
}

Result<server::mcp::Sources> one_collection(const Mcp& mcp) {
    LECTERN_ASSIGN(auto opened, open_collection(mcp.common, false, true));
    auto open =
        std::make_shared<server::OpenCollection>(name_of(mcp.common.collection), std::move(opened));
    server::mcp::Sources out;
    out.names = [open] { return std::vector<std::string>{open->name}; };
    out.get = [open](const std::string& name) -> Result<server::CollectionPointer> {
        if (name == open->name) return open;
        return Status{Code::not_found,
                      "there is no collection '" + name + "', only '" + open->name + "'"};
    };
    return out;
}

Result<server::mcp::Sources> all_collections(const Mcp& mcp) {
    std::error_code error;
    const bool in_cluster = is_in_cluster(mcp.data);
    if (in_cluster) LECTERN_TRY(cluster_collections(mcp.data).status());
    if (!in_cluster && !std::filesystem::is_directory(mcp.data, error))
        return Status{Code::not_found, "there is no data folder '" + mcp.data +
                                           "'; name that of 'lectern serve' with --data"};
    LECTERN_ASSIGN(Engine engine, Engine::create(engine_options(mcp.common)));
    auto collections = std::make_shared<server::Collections>(mcp.data, std::move(engine),
                                                             CollectionOptions{.create = false});
    server::mcp::Sources out;
    out.names = [collections] { return collections->names(); };
    out.get = [collections](const std::string& name) { return collections->get(name); };
    return out;
}

// What the client may store: it has the rights of who has started this program.
Status let_write(const Mcp& mcp, server::mcp::Sources& out) {
    if (mcp.read_only && !mcp.sources.empty())
        return {Code::invalid_argument,
                "--source names folders of files to store, which --read-only forbids; give one of "
                "them"};
    LECTERN_ASSIGN(server::SourceFolders folders, server::SourceFolders::parse(mcp.sources));
    if (mcp.read_only) return {};
    out.may_write = [](const std::string&) { return true; };
    if (folders.empty()) return {};
    out.file_at = [folders = std::move(folders)](const std::string& path) {
        return folders.find_file(path);
    };
    return {};
}

// One message a line; the end of the input is the end.
int run(const Mcp& mcp) {
    if (mcp.common.collection.empty() == mcp.data.empty())
        return fail({Code::invalid_argument, "give either --data DIR or -c DIR"});
    auto sources = mcp.data.empty() ? one_collection(mcp) : all_collections(mcp);
    if (!sources) return fail(sources.status());
    if (const Status bad = let_write(mcp, *sources); !bad.ok()) return fail(bad);
    server::mcp::Conversation conversation(std::move(*sources),
                                           [](const boost::json::value& message) {
                                               std::cout << api::json_text(message) << std::endl;
                                               return static_cast<bool>(std::cout);
                                           });
    for (std::string line; std::getline(std::cin, line);)
        if (!conversation.take(line)) return Exit::failed;  // the client has gone
    conversation.finish();
    return Exit::done;
}

}  // namespace

void add_mcp(CLI::App& program, Run& run_command) {
    auto mcp = std::make_shared<Mcp>();
    CLI::App& command = *program.add_subcommand(
        "mcp",
        "Serve a language model's client on standard input and output: search, answers, and the "
        "storing of files (see docs/mcp.md)");
    command.add_option("--data", mcp->data, "The folder of collections, as of 'lectern serve'");
    command.add_option("-c,--collection", mcp->common.collection, "One collection's folder");
    command.add_option("--source", mcp->sources,
                       "NAME=DIR: a folder whose files the client may store by their path");
    command.add_flag("--read-only", mcp->read_only, "The client may store nothing");
    add_folders(command, mcp->common);
    command.callback([mcp, &run_command] { run_command = [mcp] { return run(*mcp); }; });
}

}  // namespace lectern::app
