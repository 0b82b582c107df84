// bindings/sqlite/row_function.hpp: functions that stand behind FROM: SELECT … FROM name(argument,
// …).
#pragma once

#include <string>
#include <vector>

#include "bindings/sqlite/connection.hpp"
#include "bindings/sqlite/value.hpp"

namespace lectern::sqlite {

using Row = std::vector<Value>;

struct RowFunction {
    const char* name;
    const char* usage;  // "lectern_ask(table, question)", for those who forget one
    std::vector<const char*> columns;
    std::vector<const char*> arguments;
    std::size_t needed;  // of the arguments
    // The arguments that were not given are NULL.
    Result<std::vector<Row>> (*call)(Connection& connection, const Row& arguments);
};

// `function` must stay for ever.
[[nodiscard]] Status register_row_function(const ConnectionPtr& connection,
                                           const RowFunction& function);

[[nodiscard]] Value number_value(double number);
[[nodiscard]] Value integer_value(std::int64_t number);
[[nodiscard]] Value text_value(std::string_view text);

}  // namespace lectern::sqlite
