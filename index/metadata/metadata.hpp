// index/metadata/metadata.hpp: a document's JSON metadata to typed fields.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "index/metadata/value.hpp"

namespace lectern::filter {

// field → its values: one of a scalar, several of a list.
using Fields = std::map<std::string, std::vector<Value>, std::less<>>;

// Keys of nested objects are joined by dots ("author.name"), through lists too; null is no value.
// No fields when `json` is not an object. Whole numbers of 64 bits are exact.
[[nodiscard]] Fields fields_of(std::string_view json);

}  // namespace lectern::filter
