#include "index/metadata/table.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>

#include "index/metadata/date.hpp"
#include "index/metadata/facet_request.hpp"
#include "index/metadata/lexer.hpp"
#include "index/metadata/matcher.hpp"
#include "index/metadata/metadata.hpp"

namespace lectern::filter {
namespace {

constexpr std::string_view id_field = "id";
constexpr std::string_view title_field = "title";
constexpr std::string_view committed_field = "committed";
constexpr std::string_view metadata_prefix = "metadata.";
constexpr std::array all_kinds{Kind::string, Kind::number, Kind::date, Kind::boolean};

bool built_in(std::string_view field) {
    return field == id_field || field == title_field || field == committed_field;
}

bool is_string(Comparison comparison) {
    return comparison == Comparison::contains || comparison == Comparison::begins;
}

std::string singular(Kind kind) {
    switch (kind) {
        case Kind::string: return "a string";
        case Kind::number: return "a number";
        case Kind::date: return "a date";
        case Kind::boolean: return "a boolean";
    }
    return "a value";
}

// "'year' holds numbers, and '2020' is a string"
Status mismatch(const Condition& condition, const Literal& literal, const std::string& holds) {
    std::string what = "'" + condition.field + "' holds " + holds + ", and '" + literal.text +
                       "' is " + singular(literal.kind);
    if (literal.kind == Kind::string && !is_string(condition.comparison))
        what += "; a number, a date, true and false stand without quotation marks";
    if (literal.kind == Kind::number && holds.find("dates") != std::string::npos)
        what += "; a date is written as 2020-05 or 2020-05-17";
    return wrong(literal.column, what);
}

bool value_less(const Value& a, const Value& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    switch (a.kind) {
        case Kind::string: return a.text < b.text;
        case Kind::date: return a.time < b.time;
        default: return a.number < b.number;
    }
}

Value string_value(std::string_view text) {
    Value out;
    out.text = text;
    return out;
}

Value date_value(std::int64_t time) {
    return {Kind::date, {}, time, format_date(time)};
}

}  // namespace

bool sorts_before(const SortKey& a, const SortKey& b, bool descending) {
    if (a.present != b.present) return a.present;
    if (!a.present) return false;
    return descending ? value_less(b.value, a.value) : value_less(a.value, b.value);
}

void Table::add(const Record& record) {
    const auto row = static_cast<std::uint32_t>(live_.size());
    for (auto& [field, values] : fields_of(record.metadata))
        columns_[field].add(row, std::move(values));
    ids_.add(record.id);
    titles_.add(record.title);
    committed_.push_back(record.committed);
    first_chunk_.push_back(record.first_chunk);
    chunks_.push_back(record.chunks);
    live_.push_back(1);
    order_.push_back(row);
}

void Table::sort() {
    std::sort(order_.begin(), order_.end(),
              [&](std::uint32_t a, std::uint32_t b) { return first_chunk_[a] < first_chunk_[b]; });
}

void Table::remove(std::uint64_t begin, std::uint64_t end) {
    const auto first = std::lower_bound(
        order_.begin(), order_.end(), begin,
        [&](std::uint32_t row, std::uint64_t at) { return first_chunk_[row] < at; });
    for (auto at = first; at != order_.end() && first_chunk_[*at] < end; ++at) {
        removed_ += live_[*at];
        live_[*at] = 0;
    }
}

const Column* Table::column(std::string_view field) const {
    auto at = built_in(field) ? columns_.end() : columns_.find(field);
    if (at == columns_.end() && field.starts_with(metadata_prefix))
        at = columns_.find(field.substr(metadata_prefix.size()));
    return at == columns_.end() ? nullptr : &at->second;
}

bool Table::has_field(std::string_view field) const {
    return built_in(field) || column(field) != nullptr;
}

std::string Table::missing_field(std::string_view field) const {
    constexpr std::size_t most = 20;
    std::string known = "committed, id, title";
    std::size_t named = 0;
    for (const auto& [name, column] : columns_) {
        if (++named > most) break;
        known.append(", ").append(built_in(name) ? metadata_prefix : "").append(name);
    }
    return "no document has the field '" + std::string(field) + "'; there are: " + known +
           (named > most ? ", …" : "");
}

Status Table::check_kinds(const Condition& condition, const Column* column,
                          const Rows* among) const {
    if (condition.values.empty()) return {};
    const bool text = condition.field == id_field || condition.field == title_field;
    const bool time = condition.field == committed_field;
    std::array<bool, 4> held{};  // by kind
    const auto holds = [&held](Kind kind) { return held[static_cast<std::size_t>(kind)]; };
    for (const Kind kind : all_kinds)
        held[static_cast<std::size_t>(kind)] = text   ? kind == Kind::string
                                               : time ? kind == Kind::date
                                                      : column->count(kind) > 0;
    // Where one kind is held by all rows, it is by some of them, or none of them has the field.
    const bool one = std::count(held.begin(), held.end(), true) == 1;
    const auto fits = [&](const Literal& literal) {
        // A string can be compared with a date when it is one, or with what was written.
        return holds(literal.kind) ||
               (literal.kind == Kind::string && holds(Kind::date) &&
                (!time || (literal.dated && !is_string(condition.comparison))));
    };
    if (among != nullptr && column != nullptr &&
        !(one && std::all_of(condition.values.begin(), condition.values.end(), fits))) {
        held = {};
        column->count(*among, [&held](std::span<const Value> cell, std::uint64_t rows) {
            for (const Value& value : cell)
                if (rows > 0) held[static_cast<std::size_t>(value.kind)] = true;
        });
        if (std::none_of(held.begin(), held.end(), [](bool any) { return any; })) return {};
    }
    for (const Literal& literal : condition.values) {
        if (fits(literal)) continue;
        std::string kinds;
        for (const Kind kind : all_kinds)
            if (holds(kind)) kinds.append(kinds.empty() ? "" : " and ").append(plural(kind));
        return mismatch(condition, literal, kinds);
    }
    return {};
}

Status Table::evaluate(const Condition& condition, Rows& rows, std::vector<std::string>& hints,
                       const Rows* among) const {
    if (!has_field(condition.field)) {
        hints.push_back(missing_field(condition.field));
        return {};
    }
    const Column* values = column(condition.field);
    LECTERN_TRY(check_kinds(condition, values, among));
    Matcher matcher(condition);
    if (condition.field == committed_field) {
        for (std::size_t row = 0; row < rows.size(); ++row)
            rows[row] = matcher.time(committed_[row]) ? 1 : 0;
    } else if (values == nullptr) {
        const Strings& strings = condition.field == id_field ? ids_ : titles_;
        const bool exists = condition.comparison == Comparison::exists;
        for (std::size_t row = 0; row < rows.size(); ++row)
            rows[row] = (exists ? !strings[row].empty() : matcher.text(strings[row])) ? 1 : 0;
    } else {
        values->select(std::ref(matcher), rows);
    }
    return {};
}

Status Table::evaluate(const Expression& expression, Rows& rows, std::vector<std::string>& hints,
                       const Rows* among) const {
    if (expression.kind == Expression::Kind::condition)
        return evaluate(expression.condition, rows, hints, among);
    LECTERN_TRY(evaluate(expression.operands.front(), rows, hints, among));
    if (expression.kind == Expression::Kind::negation) {
        for (std::uint8_t& row : rows) row ^= 1U;
        return {};
    }
    const bool all = expression.kind == Expression::Kind::all;
    for (std::size_t i = 1; i < expression.operands.size(); ++i) {
        Rows other(rows.size());
        Rows left;
        if (all && among != nullptr) {
            left = rows;
            for (std::size_t row = 0; row < rows.size(); ++row) left[row] &= (*among)[row];
        }
        const Rows* const looked_at = !all ? among : among != nullptr ? &left : &rows;
        LECTERN_TRY(evaluate(expression.operands[i], other, hints, looked_at));
        for (std::size_t row = 0; row < rows.size(); ++row)
            rows[row] = all ? rows[row] & other[row] : rows[row] | other[row];
    }
    return {};
}

Result<Selection> Table::select(const Expression& expression) const {
    Selection out;
    out.rows.resize(live_.size());
    LECTERN_TRY(evaluate(expression, out.rows, out.hints, nullptr));
    for (std::size_t row = 0; row < out.rows.size(); ++row) out.rows[row] &= live_[row];
    std::sort(out.hints.begin(), out.hints.end());
    out.hints.erase(std::unique(out.hints.begin(), out.hints.end()), out.hints.end());
    return out;
}

std::vector<std::uint64_t> Table::chunks(const Selection& selection) const {
    std::vector<std::uint64_t> out;
    for (const std::uint32_t row : order_) {
        if (selection.rows[row] == 0) continue;
        for (std::uint32_t i = 0; i < chunks_[row]; ++i) out.push_back(first_chunk_[row] + i);
    }
    return out;
}

std::vector<std::string> Table::ids(const Selection& selection) const {
    std::vector<std::string> out;
    for (std::size_t row = 0; row < selection.rows.size(); ++row)
        if (selection.rows[row] != 0) out.emplace_back(ids_[row]);
    return out;
}

std::vector<FacetCount> Table::facet(std::string_view field, const Selection& selection,
                                     std::size_t most) const {
    std::unordered_map<std::string, std::uint64_t> counts;
    if (const Column* values = column(field); values != nullptr) {
        values->count(selection.rows, [&](std::span<const Value> cell, std::uint64_t rows) {
            // A document counts once for each of its different values.
            std::vector<std::string> texts;
            for (const Value& value : cell) texts.push_back(to_text(value));
            std::sort(texts.begin(), texts.end());
            texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
            for (std::string& text : texts) counts[std::move(text)] += rows;
        });
    } else if (built_in(field)) {
        for (std::size_t row = 0; row < live_.size(); ++row) {
            if (selection.rows[row] == 0) continue;
            constexpr std::size_t day = 10;  // of "2020-05-17T…"
            ++counts[field == committed_field
                         ? format_date(committed_[row]).substr(0, day)
                         : std::string((field == id_field ? ids_ : titles_)[row])];
        }
    }
    std::vector<FacetCount> out;
    out.reserve(counts.size());
    for (const auto& [value, count] : counts) out.push_back({value, count});
    std::sort(out.begin(), out.end(), [](const FacetCount& a, const FacetCount& b) {
        return a.documents != b.documents ? a.documents > b.documents : a.value < b.value;
    });
    if (out.size() > most) out.resize(most);
    return out;
}

std::vector<FacetCount> Table::ranges(std::string_view field, const Selection& selection,
                                      const std::vector<Literal>& bounds) const {
    std::vector<FacetCount> out;
    for (std::string& name : range_names(bounds)) out.push_back({std::move(name), 0});
    const Kind kind = bounds.front().kind;
    // The range that the value lies in: the first whose end is behind it.
    const auto range_of = [&](const Value& value) {
        const auto end = std::find_if(bounds.begin(), bounds.end(), [&](const Literal& bound) {
            return kind == Kind::number ? value.number < bound.number
                                        : value.time < bound.time.begin;
        });
        return static_cast<std::size_t>(end - bounds.begin());
    };
    if (const Column* values = column(field); values != nullptr) {
        values->count(selection.rows, [&](std::span<const Value> cell, std::uint64_t rows) {
            std::vector<bool> counted(out.size());
            for (const Value& value : cell) {
                if (value.kind != kind) continue;
                const std::size_t range = range_of(value);
                if (!counted[range]) out[range].documents += rows;
                counted[range] = true;
            }
        });
    } else if (field == committed_field && kind == Kind::date) {
        for (std::size_t row = 0; row < live_.size(); ++row)
            if (selection.rows[row] != 0) ++out[range_of(date_value(committed_[row]))].documents;
    }
    return out;
}

Statistics Table::statistics(std::string_view field, const Selection& selection) const {
    Statistics out;
    const Column* values = column(field);
    if (values == nullptr) return out;
    long double sum = 0;
    values->count(selection.rows, [&](std::span<const Value> cell, std::uint64_t rows) {
        for (const Value& value : cell) {
            if (value.kind != Kind::number || rows == 0) continue;
            out.least = out.count == 0 ? value.number : std::min(out.least, value.number);
            out.most = out.count == 0 ? value.number : std::max(out.most, value.number);
            out.count += rows;
            sum += (static_cast<long double>(value.number.nearest) +
                    static_cast<long double>(value.number.rest)) *
                   static_cast<long double>(rows);
        }
    });
    out.sum = static_cast<double>(sum);
    return out;
}

SortKey Table::sort_key(std::uint64_t chunk, std::string_view field, bool descending) const {
    const auto behind = std::upper_bound(
        order_.begin(), order_.end(), chunk,
        [&](std::uint64_t at, std::uint32_t row) { return at < first_chunk_[row]; });
    if (behind == order_.begin()) return {};
    const std::uint32_t row = *(behind - 1);
    if (live_[row] == 0 || chunk >= first_chunk_[row] + chunks_[row]) return {};
    if (field == id_field) return {true, string_value(ids_[row])};
    if (field == title_field) return {!titles_[row].empty(), string_value(titles_[row])};
    if (field == committed_field) return {true, date_value(committed_[row])};
    const Column* values = column(field);
    if (values == nullptr) return {};
    const auto cell = values->at(row);
    if (cell.empty()) return {};
    return {true, descending ? *std::max_element(cell.begin(), cell.end(), value_less)
                             : *std::min_element(cell.begin(), cell.end(), value_less)};
}

}  // namespace lectern::filter
