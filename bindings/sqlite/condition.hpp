// bindings/sqlite/condition.hpp: conditions on UNINDEXED columns: as a filter of the index, which
// lets every row through that may fulfil them, and decided exactly for one row. Pure.
#pragma once

#include <string>
#include <vector>

#include "bindings/sqlite/definition.hpp"
#include "bindings/sqlite/value.hpp"

namespace lectern::sqlite {

struct Condition {
    int column = 0;
    int comparison = SQLITE_INDEX_CONSTRAINT_EQ;
    // One; those of a list for IN, which is SQLITE_INDEX_CONSTRAINT_EQ; none for IS NULL.
    std::vector<Value> values = {};
};

// Whether there is a meaning for SQLITE_INDEX_CONSTRAINT_... here.
[[nodiscard]] bool known_comparison(int comparison);

// Whether the row's value fulfils it; NULL, which is neither, does not.
[[nodiscard]] bool fulfils(const Condition& condition, const Value& value);

// Whether no value at all does.
[[nodiscard]] bool impossible(const Condition& condition);

// In the language of filters (docs/filters.md); "": everything passes.
[[nodiscard]] std::string filter_of(const Definition& definition, const Condition& condition);

}  // namespace lectern::sqlite
