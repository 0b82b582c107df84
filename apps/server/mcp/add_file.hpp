// apps/server/mcp/add_file.hpp: the tool of MCP that stores a file, through the extraction that
// files have over HTTP and on the command line.
#pragma once

#include <boost/json.hpp>
#include <cstddef>

#include "api/fields.hpp"
#include "apps/server/mcp/protocol.hpp"

namespace lectern::server::mcp {

inline constexpr std::size_t most_of_a_file = std::size_t{64} << 20U;  // bytes

[[nodiscard]] Result<boost::json::object> add_file(api::Fields& fields, const Sources& sources,
                                                   const Progress& progress);

// The collection that the arguments name, or the only one there is; with it all arguments have been
// taken. In tools.cpp.
[[nodiscard]] Result<CollectionPointer> chosen(api::Fields& fields, const Sources& sources);

}  // namespace lectern::server::mcp
