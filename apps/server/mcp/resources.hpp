// apps/server/mcp/resources.hpp: documents as resources, prompts, and what completes their
// arguments.
//
// A document is lectern://COLLECTION/ID, its id percent-encoded but for the slashes. Lists come in
// pages; a cursor is the last address of the page before.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "apps/server/mcp/protocol.hpp"

namespace lectern::server::mcp {

inline constexpr std::string_view resource_template = "lectern://{collection}/{+document}";

struct Address {
    std::string collection;
    std::string document;
};
// Nothing: it is no address of a document.
[[nodiscard]] std::optional<Address> address_of(std::string_view uri);
[[nodiscard]] std::string resource_uri(std::string_view collection, std::string_view document);

// Results of the methods of the same names; a failure is the caller's: invalid_argument, or
// not_found of a resource.
[[nodiscard]] Result<boost::json::object> list_resources(const boost::json::object& parameters,
                                                         const Sources& sources);
[[nodiscard]] boost::json::object list_templates();
[[nodiscard]] Result<boost::json::object> read_resource(const boost::json::object& parameters,
                                                        const Sources& sources);
[[nodiscard]] boost::json::object list_prompts();
[[nodiscard]] Result<boost::json::object> get_prompt(const boost::json::object& parameters);
[[nodiscard]] Result<boost::json::object> complete(const boost::json::object& parameters,
                                                   const Sources& sources);

}  // namespace lectern::server::mcp
