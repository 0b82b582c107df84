// apps/cli/described.hpp: the options of a command from their descriptions (api/described.hpp).
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "api/described.hpp"

namespace lectern::app {

// Adds one option; `set` gets its value, checked.
void add_described(CLI::App& command, const api::Description& description,
                   const api::Schema& schema, std::function<void(const boost::json::value&)> set);

// All fields that may stand on the command line, set in `out`, which must outlive the command.
template <typename T>
void add_described(CLI::App& command, const api::Table<T>& table, T& out) {
    for (const api::Bound<T>& field : table) {
        if ((field.description.places & api::in_command) == 0) continue;
        add_described(
            command, field.description,
            api::schema_of(field.description, field.kind, field.get(out)),
            [&out, set = field.set](const boost::json::value& value) { set(out, value); });
    }
}

}  // namespace lectern::app
