// apps/cli/usage.hpp: the words after "lectern" when they are wrong.
#pragma once

#include <CLI/CLI.hpp>

#include "lectern/status.hpp"

namespace lectern::app {

// What is wrong, what was probably meant, and where the right words are.
[[nodiscard]] Status wrong_use(const CLI::App& program, const CLI::ParseError& error);

// Has every option that takes a count refuse a negative one: the parser takes -4 for 2^64 - 4.
// Called when all commands are there.
void refuse_negative_counts(CLI::App& command);

// Whether --json is among the words: asked before they are read, so that what is wrong with them
// is told as JSON, too.
[[nodiscard]] bool asks_for_json(int argc, char** argv);

}  // namespace lectern::app
