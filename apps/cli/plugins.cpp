#include <iostream>

#include "apps/cli/common.hpp"

namespace lectern::app {
namespace {

int run(const Common& common) {
    // What was refused is in the list, so the log need not say it as well; what the host says of
    // folders is not.
    EngineOptions options = engine_options(common);
    options.log = [](LogLevel level, std::string_view source, std::string_view message) {
        if (level >= LogLevel::warning && source.empty())
            std::cerr << "lectern: " << message << '\n';
    };
    const auto engine = Engine::create(std::move(options));
    if (!engine) return fail(engine.status());
    auto plugins = engine->plugins();
    if (!plugins) return fail(plugins.status());
    if (common.json) {
        print(api::json_of(*plugins));
        return Exit::done;
    }
    for (const PluginInfo& plugin : *plugins) {
        if (!plugin.refused.ok()) {
            std::cout << plugin.name << "  REFUSED: " << plugin.refused.message() << "\n  "
                      << plugin.path.string() << '\n';
            continue;
        }
        std::cout << plugin.name << " " << plugin.version << "  (ABI " << plugin.abi << ", "
                  << plugin.license << ")  " << plugin.description << "\n  " << plugin.path.string()
                  << '\n';
        for (const StageTypeInfo& stage : plugin.stages) {
            std::cout << "  " << stage.kind << " '" << stage.name << "': " << stage.description
                      << '\n';
            const auto schema = api::parsed(stage.options);
            const auto* properties = schema.as_object().if_contains("properties");
            if (properties == nullptr || !properties->is_object()) continue;
            for (const auto& [name, about] : properties->as_object()) {
                std::cout << "    " << name;
                if (const auto* object = about.if_object(); object != nullptr) {
                    if (const auto* initial = object->if_contains("default"))
                        std::cout << " = " << boost::json::serialize(*initial);
                    if (const auto* text = object->if_contains("description");
                        text != nullptr && text->is_string())
                        std::cout << "  " << std::string_view(text->get_string());
                }
                std::cout << '\n';
            }
        }
    }
    if (plugins->empty())
        std::cerr << "lectern: no plugins were found; name their folder with --plugins or "
                     "LECTERN_PLUGINS\n";
    return Exit::done;
}

}  // namespace

void add_plugins(CLI::App& program, Run& run_command) {
    auto common = std::make_shared<Common>();
    CLI::App& command = *program.add_subcommand(
        "plugins", "List plugins: where, kinds, versions, options, and what was refused and why");
    add_folders(command, *common);
    add_json(command, *common);
    command.callback([common, &run_command] { run_command = [common] { return run(*common); }; });
}

}  // namespace lectern::app
