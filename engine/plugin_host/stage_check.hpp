// engine/plugin_host/stage_check.hpp: what create has made, checked before the engine uses it.
#pragma once

#include "engine/plugin_host/port.hpp"
#include "engine/plugin_host/stage.hpp"
#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern::host {

// Where a stage comes from, for messages and for what its plugin knows.
struct StageOrigin {
    std::string_view plugin;
    std::string_view stage;
    unsigned abi_minor = 0;
};

// The stage's own functions are there (so that it can at least be destroyed).
[[nodiscard]] Status check_functions(const lectern_stage* stage);

// The table of the kind with every function that is not optional.
struct KindTable {
    std::string_view id;
    const void* table = nullptr;
};
[[nodiscard]] Result<KindTable> find_table(const lectern_stage& stage, StageKind kind,
                                           const StageOrigin& origin);

// The ports as the stage gives them; their types are those of its kind.
struct Ports {
    Port input;
    Port output;
};
[[nodiscard]] Ports ports_of(StageKind kind);  // of any stage of the kind: the types alone
[[nodiscard]] Result<Ports> read_ports(const lectern_stage& stage, StageKind kind,
                                       const StageOrigin& origin);

}  // namespace lectern::host
