#include "bindings/sqlite/value.hpp"

#include <cmath>
#include <memory>

namespace lectern::sqlite {
namespace {

struct FreeValue {
    void operator()(sqlite3_value* value) const { sqlite3_value_free(value); }
};

int rank(const Value& value) {
    return value.number() ? 0 : value.type == SQLITE_TEXT ? 1 : 2;
}

std::strong_ordering ordered(double a, double b) {
    return a < b   ? std::strong_ordering::less
           : a > b ? std::strong_ordering::greater
                   : std::strong_ordering::equal;
}

// A double need not have room for every whole number, nor the other way round.
std::strong_ordering compare(sqlite3_int64 whole, double real) {
    constexpr double beyond = 9223372036854775808.0;  // 2^63
    if (real >= beyond) return std::strong_ordering::less;
    if (real < -beyond) return std::strong_ordering::greater;
    const auto part = static_cast<sqlite3_int64>(real);
    if (whole != part) return whole <=> part;
    return ordered(static_cast<double>(part), real);
}

Value read(sqlite3_value* value, Affinity affinity) {
    Value out;
    out.type = affinity == Affinity::numeric ? sqlite3_value_numeric_type(value)
                                             : sqlite3_value_type(value);
    if (affinity == Affinity::text && out.number()) out.type = SQLITE_TEXT;
    if (out.type == SQLITE_INTEGER) out.integer = sqlite3_value_int64(value);
    if (out.type == SQLITE_FLOAT) out.real = sqlite3_value_double(value);
    if (out.type == SQLITE_TEXT) out.bytes = text_of(value);
    if (out.type == SQLITE_BLOB) {
        const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
        if (bytes != nullptr)
            out.bytes.assign(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
    }
    return out;
}

}  // namespace

Affinity affinity_of(std::string_view type) {
    if (type.empty() || same_name(type, "BLOB")) return Affinity::none;
    return same_name(type, "TEXT") ? Affinity::text : Affinity::numeric;
}

Value value_of(sqlite3_value* value, Affinity affinity) {
    if (affinity == Affinity::none) return read(value, affinity);
    // Its type is changed, which the caller's must not be.
    const std::unique_ptr<sqlite3_value, FreeValue> copy(sqlite3_value_dup(value));
    return copy == nullptr ? Value{} : read(copy.get(), affinity);
}

Value value_at(sqlite3_stmt* statement, int column) {
    Value out;
    out.type = sqlite3_column_type(statement, column);
    const auto bytes = [&](const void* at) {
        if (at != nullptr)
            out.bytes.assign(static_cast<const char*>(at),
                             static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    };
    switch (out.type) {
        case SQLITE_INTEGER: out.integer = sqlite3_column_int64(statement, column); break;
        case SQLITE_FLOAT: out.real = sqlite3_column_double(statement, column); break;
        case SQLITE_TEXT: bytes(sqlite3_column_text(statement, column)); break;
        case SQLITE_BLOB: bytes(sqlite3_column_blob(statement, column)); break;
        default: break;
    }
    return out;
}

std::optional<std::int64_t> whole(const Value& value) {
    constexpr double beyond = 9223372036854775808.0;  // 2^63
    if (value.type == SQLITE_INTEGER) return value.integer;
    if (value.type != SQLITE_FLOAT || std::trunc(value.real) != value.real ||
        value.real < -beyond || value.real >= beyond)
        return std::nullopt;
    return static_cast<std::int64_t>(value.real);
}

std::strong_ordering compare(const Value& a, const Value& b) {
    if (rank(a) != rank(b)) return rank(a) <=> rank(b);
    if (!a.number()) return a.bytes.compare(b.bytes) <=> 0;
    if (a.type == SQLITE_INTEGER && b.type == SQLITE_INTEGER) return a.integer <=> b.integer;
    if (a.type == SQLITE_INTEGER) return compare(a.integer, b.real);
    if (b.type == SQLITE_INTEGER) return 0 <=> compare(b.integer, a.real);
    return ordered(a.real, b.real);
}

}  // namespace lectern::sqlite
