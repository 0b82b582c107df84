// apps/server/openai/json_grammar.hpp: JSON that a generator is to write, as a grammar that it
// keeps to.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "lectern/status.hpp"

namespace lectern::server {

// The grammar (GBNF) of JSON objects of any content.
[[nodiscard]] std::string json_object_grammar();

// A grammar of JSON values on one line that fulfil a JSON Schema (docs/server.md says what of
// one). Not of all that do: properties come in the schema's order, others than those that it names
// are not written, and no list or text of a bounded length is longer than 1,000. What would make a
// value that breaks the schema, and what it asks for that no grammar can hold, is refused with its
// place and name.
[[nodiscard]] Result<std::string> json_grammar(const boost::json::value& schema);

}  // namespace lectern::server
