// lectern/engine.hpp: what the collections of a program share: folders, plugins, models, threads
// and the log.
//
//     auto engine = lectern::Engine::create({.threads = 4, .log = my_log});
//     auto notes = engine->open("notes");
//     auto papers = engine->open("papers");  // a model that both use is in memory once
//
// Two engines of a process share nothing that is Lectern's: neither models nor settings nor logs.
// The code of a plugin is the exception, because the system's loader has a file once for a process:
// its `init` runs once, with the folders and threads of the engine that used it first, and what it
// says outside of a stage goes to the log of every engine that uses it. Code is never unloaded.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"

struct lectern_plugin;  // plugin.h

#define LECTERN_API __attribute__((visibility("default")))
#define LECTERN_LOCAL __attribute__((visibility("hidden")))

namespace lectern {

class Collection;  // lectern.hpp

enum class LogLevel { debug, info, warning, error };
// Called from any thread. `source`: the room or plugin that speaks.
using Log = std::function<void(LogLevel level, std::string_view source, std::string_view message)>;

// Where the engine finds things. Empty fields: the environment (LECTERN_PLUGINS, LECTERN_MODELS,
// LECTERN_CACHE), then beside the installed library, then the per-user cache; of models at last
// /usr/local/share/lectern/models, for all users of the machine.
struct Folders {
    std::vector<std::filesystem::path> plugins = {};
    std::filesystem::path models = {};
    std::filesystem::path cache = {};      // derived files: compiled models, probe results
    std::filesystem::path pipelines = {};  // the pipelines that ship
};

struct EngineOptions {
    Folders folders = {};
    // That one request, one ingest and one model may keep busy at once. 0: what the pipeline says
    // that is loaded first, or all cores.
    unsigned threads = 0;
    // What the engine, its collections and its plugins say. Empty: warnings and errors to stderr.
    Log log = {};
};

struct CollectionOptions {
    // A pipeline file, or the name of one that ships ("bert", "word2vec", "search-only"). Empty:
    // the pipeline that the collection was made with; for a new collection, "bert".
    std::string pipeline = {};
    bool create = true;  // make the collection when there is none
    // False: no model is loaded. get, remove, each_document and stats work; ingest, search and ask
    // are refused.
    bool load_models = true;
};

struct StageTypeInfo {
    std::string name;
    std::string kind;  // "embedder"
    std::string description;
    std::string options;  // the JSON Schema, or ""
};

struct PluginInfo {
    std::filesystem::path path;
    std::string name;
    std::string version;
    std::string description;
    std::string license;
    std::string abi;  // "1.0"
    std::vector<StageTypeInfo> stages;
    Status refused;  // why it is not used; ok when it is
};

// A handle: copies are the same engine, and so is what its collections hold. It ends, with its log,
// when the last handle and the last of its collections are gone, in whatever order.
// Threads: everything is safe from any thread.
class LECTERN_API Engine {
 public:
    // Quick: plugins are looked at when the first pipeline is loaded, or they are listed.
    [[nodiscard]] static Result<Engine> create(EngineOptions options = {});

    // Collections of one pipeline (text, folder, model files) share it, others what is the same.
    // `folder`: one, which is open once at a time, or opensearch://HOST…/NAME (docs/cluster.md).
    [[nodiscard]] Result<Collection> open(const std::filesystem::path& folder,
                                          CollectionOptions options = {}) const;

    // What is used, by name, and then what was refused.
    [[nodiscard]] Result<std::vector<PluginInfo>> plugins() const;

    // A plugin that is part of this program, by what a shared object would export as
    // lectern_plugin_entry: it must stay, unchanged, until the process ends. Its stages stand in
    // pipelines by its name. invalid_argument when the entry is wrong or the name is taken.
    // Plugins that are added before the first pipeline is loaded come before those of the folders.
    [[nodiscard]] Status add_plugin(const ::lectern_plugin& entry) const;

    // With the empty ones filled in.
    [[nodiscard]] const Folders& folders() const noexcept;

    struct LECTERN_LOCAL Impl;

 private:
    explicit Engine(std::shared_ptr<Impl> impl) noexcept;
    friend class Collection;
    std::shared_ptr<Impl> impl_;
};

}  // namespace lectern
