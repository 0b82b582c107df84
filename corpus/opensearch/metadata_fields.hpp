// corpus/opensearch/metadata_fields.hpp: a document's metadata as fields of the index, and filters
// as queries over them.
//
// A field NAME of the metadata becomes, by the kinds of its values (index/metadata/value.hpp):
//
//     s.NAME strings   n.NAME numbers   b.NAME booleans   d.NAME dates as written
//     t.NAME where dates begin, in milliseconds   f.NAME strings and dates, folded
//     v.NAME all values as text, for facets       has: the names
//
// so that conditions mean what they mean locally. Characters that mean something in the names of
// fields are written as ~XX.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "index/metadata/expression.hpp"
#include "index/metadata/value.hpp"
#include "lectern/status.hpp"

namespace lectern::corpus::opensearch {

// More characters are not kept as one value by the engine.
inline constexpr std::size_t longest_value = 8191;

[[nodiscard]] std::string field_name(std::string_view field);
[[nodiscard]] std::string field_of_name(std::string_view name);

// Adds the fields of a document to its row.
void add_fields(std::string_view metadata, boost::json::object& row);
// Ok, or which value is too long.
[[nodiscard]] Status check_fields(std::string_view metadata);

// Which kinds of values each field has, as the index's mapping tells.
using Kinds = std::map<std::string, std::set<filter::Kind>, std::less<>>;
[[nodiscard]] Kinds kinds_of(const boost::json::object& properties);

// A query that the filter's documents and their chunks pass. Errors and hints are those of the
// local index: invalid_argument names the column.
[[nodiscard]] Result<boost::json::value> filter_query(std::string_view filter, const Kinds& kinds,
                                                      std::vector<std::string>& hints);

[[nodiscard]] bool has_field(const Kinds& kinds, std::string_view field);
// The hint that no document has it.
[[nodiscard]] std::string missing_field(const Kinds& kinds, std::string_view field);
// What a facet of the field counts.
[[nodiscard]] std::string facet_field(const Kinds& kinds, std::string_view field);

}  // namespace lectern::corpus::opensearch
