// lectern.h: engines, collections, and the walk over documents.
#include <deque>

#include "api/json_text.hpp"
#include "api/result_json.hpp"
#include "engine/c/handles.hpp"

namespace lectern::c {
namespace {

constexpr unsigned max_threads = 1024;

// A page of a walk: enough that looking up its begin costs little, and small in memory.
constexpr std::size_t page_documents = 64;
constexpr std::size_t page_bytes = 1U << 20U;

Failure read_engine_options(const char* request, EngineOptions& out) {
    std::string place;
    auto fields = read_fields(request, place);
    if (!fields) return {fields.status(), place};
    for (const std::string& folder : fields->texts("plugins"))
        out.folders.plugins.emplace_back(folder);
    out.folders.models = fields->text("models");
    out.folders.cache = fields->text("cache");
    out.folders.pipelines = fields->text("pipelines");
    out.threads = static_cast<unsigned>(fields->count("threads", 0, 0, max_threads));
    return wrong(*fields);
}

Failure read_collection_options(const char* request, CollectionOptions& out) {
    std::string place;
    auto fields = read_fields(request, place);
    if (!fields) return {fields.status(), place};
    out.pipeline = fields->text("pipeline");
    out.create = fields->flag("create", true);
    out.load_models = fields->flag("load_models", true);
    return wrong(*fields);
}

Log log_of(lectern_log log, void* data) {
    if (log == nullptr) return {};
    return [log, data](LogLevel level, std::string_view source, std::string_view message) {
        log(data, static_cast<std::int32_t>(level), std::string(source).c_str(),
            std::string(message).c_str());
    };
}

}  // namespace
}  // namespace lectern::c

namespace c = lectern::c;
using lectern::Status;

// Page by page: a caller may take as long as it likes, and no reader of the store waits for it.
struct lectern_documents {
    std::shared_ptr<lectern::Collection> collection;
    std::string after;
    std::deque<std::string> page = {};  // as JSON
    bool ended = false;

    Status read() {
        std::size_t bytes = 0;
        std::string last;
        const auto add = [&](const lectern::Document& document) {
            page.push_back(lectern::api::json_text(lectern::api::json_of(document)));
            bytes += page.back().size();
            last = document.id;
            return page.size() < c::page_documents && bytes < c::page_bytes;
        };
        LECTERN_TRY(collection->each_document(add, after));
        ended = page.empty();
        after = std::move(last);
        return {};
    }
};

lectern_code lectern_engine_open(const char* options, lectern_log log, void* log_data,
                                 lectern_engine** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the engine");
        *out = nullptr;
        lectern::EngineOptions engine_options;
        if (auto bad = c::read_engine_options(options, engine_options); !bad.status.ok())
            return bad;
        engine_options.log = c::log_of(log, log_data);
        auto engine = lectern::Engine::create(std::move(engine_options));
        if (!engine) return {engine.status()};
        *out = std::make_unique<lectern_engine>(lectern_engine{std::move(*engine)}).release();
        return {};
    });
}

void lectern_engine_close(lectern_engine* engine) {
    const std::unique_ptr<lectern_engine> ended(engine);
}

lectern_code lectern_engine_plugins(const lectern_engine* engine, char** out,
                                    lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the plugins");
        *out = nullptr;
        if (engine == nullptr) return c::null("engine");
        const auto plugins = engine->engine.plugins();
        if (!plugins) return {plugins.status()};
        *out = c::text_of(lectern::api::json_of(*plugins));
        return {};
    });
}

lectern_code lectern_engine_folders(const lectern_engine* engine, char** out,
                                    lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the folders");
        *out = nullptr;
        if (engine == nullptr) return c::null("engine");
        const lectern::Folders& folders = engine->engine.folders();
        const auto text = [](const std::filesystem::path& path) {
            return lectern::api::clean(path.string());
        };
        boost::json::array plugins;
        for (const auto& folder : folders.plugins) plugins.push_back(text(folder));
        *out = c::text_of(boost::json::object{{"plugins", std::move(plugins)},
                                              {"models", text(folders.models)},
                                              {"cache", text(folders.cache)},
                                              {"pipelines", text(folders.pipelines)}});
        return {};
    });
}

lectern_code lectern_engine_add_plugin(const lectern_engine* engine,
                                       const struct lectern_plugin* plugin, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (engine == nullptr) return c::null("engine");
        if (plugin == nullptr) return c::null("plugin");
        return {engine->engine.add_plugin(*plugin)};
    });
}

lectern_code lectern_collection_open(const lectern_engine* engine, const char* folder,
                                     const char* options, lectern_collection** out,
                                     lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the collection");
        *out = nullptr;
        if (engine == nullptr) return c::null("engine");
        if (folder == nullptr) return c::null("folder");
        lectern::CollectionOptions collection_options;
        if (auto bad = c::read_collection_options(options, collection_options); !bad.status.ok())
            return bad;
        auto opened = engine->engine.open(folder, std::move(collection_options));
        if (!opened) return {opened.status()};
        *out = std::make_unique<lectern_collection>(
                   lectern_collection{std::make_shared<lectern::Collection>(std::move(*opened))})
                   .release();
        return {};
    });
}

void lectern_collection_close(lectern_collection* collection) {
    const std::unique_ptr<lectern_collection> ended(collection);
}

lectern_code lectern_collection_stats(const lectern_collection* collection, char** out,
                                      lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the figures");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        const auto stats = collection->collection->stats();
        if (!stats) return {stats.status()};
        *out = c::text_of(lectern::api::json_of(*stats));
        return {};
    });
}

lectern_code lectern_collection_get(const lectern_collection* collection, const char* id,
                                    char** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the document");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        if (id == nullptr) return c::null("id");
        const auto document = collection->collection->get(id);
        if (!document) return {document.status()};
        *out = c::text_of(lectern::api::json_of(*document));
        return {};
    });
}

lectern_code lectern_collection_select(const lectern_collection* collection, const char* filter,
                                       char** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the ids");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        if (filter == nullptr) return c::null("filter");
        const auto selected = collection->collection->select(filter);
        if (!selected) return {selected.status(), "filter"};
        const auto list = [](const std::vector<std::string>& texts) {
            boost::json::array items;
            for (const std::string& text : texts) items.push_back(lectern::api::clean(text));
            return items;
        };
        *out = c::text_of(boost::json::object{{"documents", list(selected->documents)},
                                              {"hints", list(selected->hints)}});
        return {};
    });
}

lectern_code lectern_documents_open(const lectern_collection* collection, const char* after,
                                    lectern_documents** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the walk");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        *out = std::make_unique<lectern_documents>(
                   lectern_documents{collection->collection, after == nullptr ? "" : after})
                   .release();
        return {};
    });
}

lectern_code lectern_documents_next(lectern_documents* documents, char** out,
                                    lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the document");
        *out = nullptr;
        if (documents == nullptr) return c::null("walk");
        if (documents->page.empty() && !documents->ended)
            if (Status failed = documents->read(); !failed.ok()) return {std::move(failed)};
        if (documents->page.empty()) return {};
        *out = c::copy(documents->page.front());
        documents->page.pop_front();
        return {};
    });
}

void lectern_documents_close(lectern_documents* documents) {
    const std::unique_ptr<lectern_documents> ended(documents);
}
