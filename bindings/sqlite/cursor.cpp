#include "bindings/sqlite/cursor.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "bindings/sqlite/document.hpp"

namespace lectern::sqlite {
namespace {

namespace json = boost::json;

constexpr std::size_t most_hits = 10'000;  // of one search of the engine
// Where SQLite does not say how many rows it wants, it may want few: SQLite 3.40 does not say it of
// LIMIT beside MATCH, and none does where tables are joined.
constexpr std::size_t first_page = 50;
constexpr std::size_t next_page = 10;  // times as many

std::string_view sign_of(int comparison) {
    switch (comparison) {
        case SQLITE_INDEX_CONSTRAINT_GT: return " > ?";
        case SQLITE_INDEX_CONSTRAINT_GE: return " >= ?";
        case SQLITE_INDEX_CONSTRAINT_LT: return " < ?";
        case SQLITE_INDEX_CONSTRAINT_LE: return " <= ?";
        default: return " = ?";
    }
}

// The values of IN, or the one value.
template <typename Visit>
Status each_value(const Argument& argument, sqlite3_value* value, const Visit& visit) {
    if (!argument.list) {
        visit(value);
        return {};
    }
    sqlite3_value* one = nullptr;
    int code = sqlite3_vtab_in_first(value, &one);
    for (; code == SQLITE_OK && one != nullptr; code = sqlite3_vtab_in_next(value, &one))
        visit(one);
    if (code == SQLITE_OK || code == SQLITE_DONE) return {};
    return {Code::internal, "the values of IN could not be read"};
}

std::string joined(const std::vector<std::string>& filters) {
    std::string out;
    for (const std::string& filter : filters) {
        if (filter.empty()) continue;
        out += (out.empty() ? "(" : " and (") + filter + ")";
    }
    return out;
}

}  // namespace

Status Cursor::filter(const char* plan, std::span<sqlite3_value*> values) {
    if (table.reading)
        return {Code::invalid_argument, "the rows of '" + table.definition.content +
                                            "' come from '" + table.definition.table +
                                            "', whose content they are"};
    if (plan_text_ != plan) {
        plan_text_ = plan;
        plan_ = Plan::of(plan);
        check_ = Statement();
        scan_ = Statement();
    }
    found_.clear();
    unlimited_ = false;
    exhausted_ = true;
    at_ = 0;
    row_at_.reset();
    scan_ended_ = true;
    return plan_.search ? search(values) : scan(values);
}

// ----------------------------------------------------------------------- scan

Status Cursor::scan(std::span<sqlite3_value*> values) {
    if (!scan_) {
        std::string rest;
        for (const Argument& argument : plan_.arguments)
            rest +=
                (rest.empty() ? "WHERE $" : " AND $") + std::string(sign_of(argument.comparison));
        rest += plan_.descending ? " ORDER BY $ DESC" : " ORDER BY $";
        const auto wanted = [this](int column) { return plan_.reads(column); };
        LECTERN_ASSIGN(scan_, Statement::prepare(table.connection->db,
                                                 table.shadow.select_rows(wanted, rest)));
    }
    scan_.reset();
    for (std::size_t i = 0; i < values.size(); ++i) scan_.bind(static_cast<int>(i) + 1, values[i]);
    return next();
}

Status Cursor::next() {
    if (plan_.search) {
        ++at_;
        row_at_.reset();
        return unlimited_ ? more() : Status{};
    }
    table.reading = true;
    const auto row = scan_.step();
    table.reading = false;
    LECTERN_TRY(row.status());
    scan_ended_ = !*row;
    return {};
}

std::int64_t Cursor::rowid() const {
    return plan_.search ? found_[at_].rowid : scan_.number(0);
}

// ---------------------------------------------------------------------- search

Status Cursor::read_match(sqlite3_value* value) {
    query_.clear();
    if (sqlite3_value_type(value) == SQLITE_NULL) wanted_.nothing = true;
    if (sqlite3_value_type(value) != SQLITE_BLOB) {
        query_ = valid_text(text_of(value));
        if (query_.find_first_not_of(" \t\r\n\f\v") == std::string::npos) wanted_.nothing = true;
        return {};
    }
    // A vector, as lectern_embed gives one.
    const auto bytes = static_cast<std::size_t>(sqlite3_value_bytes(value));
    if (bytes == 0 || bytes % sizeof(float) != 0)
        return {Code::invalid_argument, "MATCH with a blob of " + std::to_string(bytes) +
                                            " bytes: a vector has 4 bytes for each number"};
    wanted_.vector.resize(bytes / sizeof(float));
    std::memcpy(wanted_.vector.data(), sqlite3_value_blob(value), bytes);
    if (!std::all_of(wanted_.vector.begin(), wanted_.vector.end(),
                     [](float number) { return std::isfinite(number); }))
        return {Code::invalid_argument, "MATCH with a vector that has an infinity or NaN in it"};
    return {};
}

Status Cursor::read_column(const Argument& argument, sqlite3_value* value) {
    Condition condition{argument.column, argument.comparison};
    const Column& column = table.definition.columns[static_cast<std::size_t>(argument.column)];
    const Affinity affinity = affinity_of(column.type);
    LECTERN_TRY(each_value(argument, value, [&](sqlite3_value* one) {
        condition.values.push_back(value_of(one, affinity));
    }));
    if (impossible(condition)) wanted_.nothing = true;
    wanted_.conditions.push_back(std::move(condition));
    return {};
}

Status Cursor::read_rowids(const Argument& argument, sqlite3_value* value) {
    std::set<std::int64_t> rowids;
    LECTERN_TRY(each_value(argument, value, [&](sqlite3_value* one) {
        if (const auto rowid = whole(value_of(one, Affinity::numeric))) rowids.insert(*rowid);
    }));
    if (wanted_.some_rowids)
        std::erase_if(rowids, [&](std::int64_t rowid) {
            return std::find(wanted_.rowids.begin(), wanted_.rowids.end(), rowid) ==
                   wanted_.rowids.end();
        });
    wanted_.some_rowids = true;
    wanted_.rowids.assign(rowids.begin(), rowids.end());
    wanted_.nothing = wanted_.nothing || rowids.empty();
    return {};
}

Status Cursor::read(std::span<sqlite3_value*> values) {
    wanted_ = {};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Argument& argument = plan_.arguments[i];
        sqlite3_value* value = values[i];
        switch (argument.use) {
            case Use::match: LECTERN_TRY(read_match(value)); break;
            case Use::k: {
                const auto k = whole(value_of(value, Affinity::numeric));
                if (!k || *k < 1 || *k > static_cast<std::int64_t>(most_hits))
                    return {Code::invalid_argument,
                            "k must be a whole number from 1 to " + std::to_string(most_hits)};
                wanted_.k = static_cast<std::size_t>(*k);
                break;
            }
            case Use::mode: wanted_.mode = std::string(text_of(value)); break;
            case Use::weight: wanted_.weight = sqlite3_value_double(value); break;
            case Use::limit: wanted_.limit = sqlite3_value_int64(value); break;
            case Use::offset: wanted_.offset = sqlite3_value_int64(value); break;
            case Use::rowid: LECTERN_TRY(read_rowids(argument, value)); break;
            case Use::column: LECTERN_TRY(read_column(argument, value)); break;
        }
    }
    return {};
}

json::object Cursor::request(std::size_t k, bool filtered) const {
    json::object out{{"k", k}};
    if (!query_.empty()) out["query"] = query_;
    if (!wanted_.vector.empty()) {
        json::array numbers;
        for (const float number : wanted_.vector) numbers.push_back(number);
        out["vector"] = std::move(numbers);
    }
    if (wanted_.mode) out["mode"] = *wanted_.mode;
    if (wanted_.weight) out["weight"] = *wanted_.weight;
    if (!filtered) return out;
    std::vector<std::string> filters;
    for (const Condition& condition : wanted_.conditions)
        filters.push_back(filter_of(table.definition, condition));
    if (wanted_.some_rowids) {
        std::string ids;
        for (const std::int64_t rowid : wanted_.rowids)
            ids += (ids.empty() ? "\"" : ", \"") + std::to_string(rowid) + '"';
        filters.push_back("id in (" + ids + ")");
    }
    if (std::string filter = joined(filters); !filter.empty()) out["filter"] = filter;
    return out;
}

Status Cursor::search(std::span<sqlite3_value*> values) {
    LECTERN_TRY(read(values));
    if (wanted_.nothing || wanted_.limit == 0) return {};
    LECTERN_TRY(table.prepare_to_read());
    return run();
}

Status Cursor::run() {
    unlimited_ = !wanted_.k && !(wanted_.limit && *wanted_.limit > 0);
    std::size_t most = unlimited_ ? first_page : wanted_.k.value_or(most_hits);
    if (wanted_.limit && *wanted_.limit > 0) {
        const auto all = static_cast<std::uint64_t>(*wanted_.limit) +
                         static_cast<std::uint64_t>(std::max<std::int64_t>(wanted_.offset, 0));
        most = static_cast<std::size_t>(std::min<std::uint64_t>(most, all));
    }
    for (k_ = most;; k_ = std::min(most_hits, k_ * 4 + 16)) {
        LECTERN_ASSIGN(found_, fetch());
        if (found_.size() < most && !exhausted_) continue;
        if (found_.size() > most && !unlimited_) found_.resize(most);
        return {};
    }
}

// SQLite wants more than the first page, and has not said how many.
Status Cursor::more() {
    while (at_ >= found_.size() && !exhausted_) {
        k_ = std::min(most_hits, k_ * next_page);
        LECTERN_ASSIGN(std::vector<Found> all, fetch());
        std::set<std::int64_t> given;
        for (const Found& one : found_) given.insert(one.rowid);
        // Scores are relative to what a search has looked at: this one has looked at more. What
        // comes later is no better than what came before.
        double least =
            found_.empty() ? std::numeric_limits<double>::infinity() : found_.back().score;
        for (Found& one : all) {
            if (given.contains(one.rowid)) continue;
            one.score = least = std::min(one.score, least);
            found_.push_back(std::move(one));
        }
    }
    return {};
}

Result<std::vector<Found>> Cursor::fetch() {
    const json::object wanted = request(k_, true);
    auto result = table.index->search(wanted);
    // No row has a value of that kind, or the list of IN is too long for a filter: the conditions
    // are decided row by row.
    if (!result && result.status().code() == Code::invalid_argument && wanted.contains("filter"))
        result = table.index->search(request(k_, false));
    LECTERN_TRY(result.status());
    const json::array& hits = result->at("hits").as_array();
    exhausted_ = hits.size() < k_ || k_ >= most_hits;
    return keep(hits);
}

Result<std::vector<Found>> Cursor::keep(const json::array& hits) {
    if (!check_) {
        const auto wanted = [this](int column) {
            return std::any_of(wanted_.conditions.begin(), wanted_.conditions.end(),
                               [&](const Condition& one) { return one.column == column; });
        };
        LECTERN_ASSIGN(check_, Statement::prepare(table.connection->db,
                                                  table.shadow.select_rows(wanted, "WHERE $ = ?")));
    }
    std::vector<Found> out;
    for (const json::value& hit : hits) {
        const json::object& fields = hit.as_object();
        const auto rowid = rowid_of(std::string_view(fields.at("document").as_string()));
        if (!rowid) continue;
        // A row that this statement sees in another state than the index has it is not the one that
        // was found: it was changed and that is not committed, or was so after the statement began.
        LECTERN_ASSIGN(const auto version, table.shadow.version_of(*rowid));
        if (version != version_of(fields.at("metadata"))) continue;
        const Reset reset(check_);
        LECTERN_ASSIGN(const bool row, check_.bind(1, *rowid).step());
        if (!row) continue;
        if (!std::all_of(wanted_.conditions.begin(), wanted_.conditions.end(),
                         [&](const Condition& one) {
                             return fulfils(one, value_at(check_.get(), one.column + 1));
                         }))
            continue;
        out.push_back({*rowid, fields.at("score").to_number<double>(),
                       std::string(fields.at("text").as_string()),
                       fields.at("begin").to_number<std::size_t>(),
                       fields.at("end").to_number<std::size_t>()});
    }
    return out;
}

// --------------------------------------------------------------------- columns

Status Cursor::column_of_row(sqlite3_context* context, int number) {
    if (!plan_.search) {
        sqlite3_result_value(context, sqlite3_column_value(scan_.get(), number + 1));
        return {};
    }
    if (!row_) {
        LECTERN_ASSIGN(row_, Statement::prepare(table.connection->db,
                                                table.shadow.select_rows([](int) { return true; },
                                                                         "WHERE $ = ?")));
    }
    if (row_at_ != rowid()) {
        row_.reset();
        LECTERN_TRY(row_.bind(1, rowid()).step().status());
        row_at_ = rowid();
    }
    sqlite3_result_value(context, sqlite3_column_value(row_.get(), number + 1));
    return {};
}

Status Cursor::column(sqlite3_context* context, int number) {
    const Hidden* hidden = table.definition.hidden_at(number);
    if (hidden == nullptr) return column_of_row(context, number);
    if (*hidden == Hidden::table) {
        // What snippet(notes) gets; NULL for everybody else.
        sqlite3_result_pointer(context, this, "lectern-cursor", nullptr);
        return {};
    }
    if (!plan_.search) return {};
    switch (*hidden) {
        case Hidden::score: sqlite3_result_double(context, found_[at_].score); break;
        case Hidden::rank: sqlite3_result_double(context, -found_[at_].score); break;
        case Hidden::k:
            if (wanted_.k) sqlite3_result_int64(context, static_cast<sqlite3_int64>(*wanted_.k));
            break;
        case Hidden::mode:
            if (wanted_.mode)
                sqlite3_result_text(context, wanted_.mode->c_str(), -1, SQLITE_TRANSIENT);
            break;
        case Hidden::weight:
            if (wanted_.weight) sqlite3_result_double(context, *wanted_.weight);
            break;
        default: break;
    }
    return {};
}

Result<std::vector<Value>> Cursor::row() {
    LECTERN_ASSIGN(const Shadow::Change now, table.shadow.now(rowid()));
    if (!now.row.empty()) return now.row;
    return std::vector<Value>(table.definition.columns.size());
}

}  // namespace lectern::sqlite
