#include "bindings/sqlite/table.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <system_error>

#include "bindings/sqlite/kill_point.hpp"
#include "bindings/sqlite/place.hpp"

namespace lectern::sqlite {
namespace {

constexpr int format = 1;  // of the shadow

std::string random_id() {
    std::array<unsigned char, 16> bytes{};
    sqlite3_randomness(static_cast<int>(bytes.size()), bytes.data());
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const unsigned char byte : bytes) {
        out += digits[byte >> 4U];
        out += digits[byte & 0xFU];
    }
    return out;
}

}  // namespace

Table::~Table() {
    auto& all = connection->tables;
    all.erase(std::remove(all.begin(), all.end(), this), all.end());
}

// ------------------------------------------------------------------- life

Status Table::create() {
    if (same_name(definition.content, definition.table))
        return {Code::invalid_argument,
                "a table cannot be its own content; leave the option out, and it has its rows"};
    LECTERN_TRY(shadow.create());
    LECTERN_ASSIGN(const std::string name, new_name(*connection, definition));
    LECTERN_TRY(shadow.set_config("format", std::to_string(format)));
    LECTERN_TRY(shadow.set_config("table", random_id()));
    LECTERN_TRY(shadow.set_config("folder", name));
    // A file is found from another folder, too.
    std::error_code error;
    const std::filesystem::path file = std::filesystem::absolute(definition.pipeline, error);
    const bool is_file = !error && std::filesystem::is_regular_file(file, error);
    LECTERN_TRY(shadow.set_config("pipeline", is_file ? file.string() : definition.pipeline));
    LECTERN_TRY(connect());
    // Made anew also where this process has one open that was there: its folder has been deleted.
    Status made = index->reset({pipeline, id});
    if (made.ok())
        made =
            connection->folders.remove(connection->db, index->folder(), Folders::When::rolled_back);
    if (made.ok()) return {};
    index->remove();
    connection->indexes.erase(index->folder());
    return made;
}

Status Table::connect() {
    LECTERN_ASSIGN(const std::string made, shadow.config("format"));
    LECTERN_ASSIGN(id, shadow.config("table"));
    LECTERN_ASSIGN(pipeline, shadow.config("pipeline"));
    LECTERN_ASSIGN(const std::string name, shadow.config("folder"));
    if (std::atoi(made.c_str()) > format)
        return {Code::unsupported, "the table '" + definition.table + "' has format " + made +
                                       ", and this version of Lectern knows " +
                                       std::to_string(format) + "; use the one that made it"};
    if (made.empty() || id.empty() || name.empty() || name.find('/') != std::string::npos)
        return {Code::corrupt, "the table '" + definition.table + "_config' is not as it was made"};
    LECTERN_ASSIGN(const auto folder, folder_of(*connection, definition, name, id));
    index = connection->index(folder, in_memory(connection->db, definition.schema));
    return {};
}

Status Table::drop() {
    LECTERN_TRY(shadow.drop());
    return connection->folders.remove(connection->db, index->folder(), Folders::When::committed);
}

Status Table::prepare_to_read() {
    LECTERN_TRY(open_index());
    if (transaction) return {};  // what is not committed must not come into it
    // As long as a statement is open, all that follows sees the same state of the database.
    LECTERN_ASSIGN(
        Statement same,
        Statement::prepare(connection->db, "SELECT 1 FROM " + identifier(definition.schema) + '.' +
                                               identifier(definition.table + "_config")));
    LECTERN_TRY(same.step().status());
    return follow(*index, shadow, {pipeline, id}, false);
}

// ----------------------------------------------------------------- changes

Status Table::begin_change(bool follow_first) {
    if (transaction) return {};
    const Status opened = open_index();
    // Another process has it: that one will follow.
    if (!opened.ok() && opened.code() != Code::unavailable)
        return {opened.code(), opened.message() + "; INSERT INTO " + identifier(definition.table) +
                                   "(" + identifier(definition.table) +
                                   ") VALUES('rebuild') makes the index anew"};
    if (opened.ok() && follow_first) LECTERN_TRY(follow(*index, shadow, {pipeline, id}, true));
    Transaction begun;
    LECTERN_ASSIGN(begun.base, shadow.last_version());
    std::uint32_t random = 0;
    sqlite3_randomness(sizeof random, &random);
    begun.last = (begun.base >> version_shift << version_shift) |
                 static_cast<std::int64_t>(random >> (32 - version_shift));
    transaction = std::move(begun);
    return {};
}

std::int64_t Table::next_version() {
    return transaction->last += std::int64_t{1} << version_shift;
}

Status Table::log(std::int64_t rowid, bool present) {
    return shadow.log(rowid, next_version(), present);
}

Status Table::put_row(sqlite3_value* wanted, int count, sqlite3_value** values,
                      sqlite3_int64* rowid) {
    if (!shadow.own_content()) {
        if (sqlite3_value_type(wanted) != SQLITE_INTEGER)
            return {Code::invalid_argument,
                    "'" + definition.content + "' has the rows: say which, INSERT INTO " +
                        identifier(definition.table) + "(rowid, …) with its " +
                        identifier(definition.content_rowid)};
        *rowid = sqlite3_value_int64(wanted);
        return log(*rowid, true);
    }
    const bool replace = sqlite3_vtab_on_conflict(connection->db) == SQLITE_REPLACE ||
                         count < 0;  // a row in its own place
    const std::vector<sqlite3_value*> columns(values, values + definition.columns.size());
    auto put = shadow.put_content(wanted, columns, replace, rowid_taken);
    if (rowid_taken)
        return {Code::invalid_argument, "UNIQUE constraint failed: " + definition.table + ".rowid"};
    LECTERN_TRY(put.status());
    *rowid = *put;
    return log(*rowid, true);
}

Status Table::insert(int count, sqlite3_value** values, sqlite3_int64* rowid) {
    const std::size_t own = 2 + definition.columns.size();
    if (sqlite3_value_type(values[own]) != SQLITE_NULL) {
        *rowid = sqlite3_last_insert_rowid(connection->db);
        const Status done = command(std::string(text_of(values[own])), count, values);
        sqlite3_set_last_insert_rowid(connection->db, *rowid);
        return done;
    }
    LECTERN_TRY(begin_change());
    return put_row(values[1], count, values + 2, rowid);
}

Status Table::update(int count, sqlite3_value** values) {
    LECTERN_TRY(begin_change());
    const std::int64_t from = sqlite3_value_int64(values[0]);
    const bool stays =
        sqlite3_value_type(values[1]) == SQLITE_INTEGER && sqlite3_value_int64(values[1]) == from;
    sqlite3_int64 rowid = 0;
    if (stays) return put_row(values[1], -1, values + 2, &rowid);
    LECTERN_TRY(put_row(values[1], count, values + 2, &rowid));
    if (shadow.own_content()) LECTERN_TRY(shadow.remove_content(from));
    return log(from, false);
}

Status Table::remove(std::int64_t rowid) {
    LECTERN_TRY(begin_change());
    if (shadow.own_content()) LECTERN_TRY(shadow.remove_content(rowid));
    return log(rowid, false);
}

Status Table::command(const std::string& name, int, sqlite3_value** values) {
    const bool own = shadow.own_content();
    if (name == "rebuild") return rebuild(true);
    if (name == "integrity-check") return check_integrity();
    if (name == "optimize") {
        LECTERN_TRY(prepare_to_read());
        return index->flush();
    }
    if (own && (name == "delete" || name == "delete-all"))
        return {Code::invalid_argument,
                "'" + name + "' is for a table with content=; DELETE FROM " +
                    identifier(definition.table) + " takes rows out of this one"};
    if (name == "delete-all") return rebuild(false);
    if (name != "delete")
        return {Code::invalid_argument,
                "there is no command '" + name +
                    "'; there are rebuild, integrity-check, optimize, delete and delete-all"};
    if (sqlite3_value_type(values[1]) != SQLITE_INTEGER)
        return {Code::invalid_argument, "'delete' needs the rowid of the row that is gone"};
    LECTERN_TRY(begin_change());
    return log(sqlite3_value_int64(values[1]), false);
}

Status Table::rebuild(bool present) {
    // One that cannot be opened, and that no other process has open, is not worth keeping.
    if (const Status opened = open_index();
        !opened.ok() && opened.code() != Code::unavailable && present)
        LECTERN_TRY(index->reset({pipeline, id}));
    LECTERN_TRY(begin_change(false));
    const std::int64_t next = next_version();
    LECTERN_TRY(shadow.log_everything(next, present));
    LECTERN_TRY(shadow.set_config("rebuild", std::to_string(next)));
    LECTERN_ASSIGN(const std::int64_t last, shadow.last_version());
    transaction->last = std::max(transaction->last, last);
    return {};
}

Status Table::check_integrity() {
    if (transaction)
        return {Code::invalid_argument,
                "the index has what is committed; commit before 'integrity-check'"};
    LECTERN_TRY(prepare_to_read());
    LECTERN_ASSIGN(const auto found, differences(*index, shadow));
    if (found.empty()) return {};
    std::string what = "the index and the table '" + definition.table + "' differ";
    for (const std::string& one : found) what += "; " + one;
    return {Code::corrupt, what};
}

// ------------------------------------------------------------- transactions

Status Table::before_commit() {
    if (!transaction) return {};
    transaction->changes.reset();
    const auto last_version = shadow.last_version();
    if (!last_version) {
        // A savepoint took back that the table was made: SQLite tells it of the end all the same.
        LECTERN_ASSIGN(const bool there, shadow.exists());
        if (!there) return {};
    }
    LECTERN_ASSIGN(const std::int64_t last, last_version);
    if (last == transaction->base) return {};  // a savepoint took it all back
    const auto followed = index->is_open() ? index->followed() : std::nullopt;
    if (followed && *followed <= transaction->base) LECTERN_TRY(shadow.forget_before(*followed));
    if (followed == transaction->base) {
        auto changes = std::make_unique<Changes>();
        LECTERN_TRY(shadow.changed_after(transaction->base, [&](const Shadow::Change& change) {
            return changes->add(definition, change);
        }));
        transaction->changes = std::move(changes);
    }
    transaction->last = last;
    LECTERN_ASSIGN(const std::string rebuilt, shadow.config("rebuild"));
    transaction->rebuilt = std::strtoll(rebuilt.c_str(), nullptr, 10);
    kill_point("sqlite.before_commit");
    return {};
}

Status Table::after_commit() {
    const auto done = std::exchange(transaction, std::nullopt);
    if (!done || done->changes == nullptr) return {};
    kill_point("sqlite.after_commit");
    const auto alone = index->following();
    // What another connection committed before comes first: the next search sees to that.
    if (index->followed() != done->base) return {};
    if (done->rebuilt > done->base) LECTERN_TRY(index->reset({pipeline, id}));
    LECTERN_TRY(done->changes->apply(*index, connection->db));
    kill_point("sqlite.after_apply");
    return index->set_followed(done->last);
}

// ------------------------------------------------------------------ by name

Result<TableReference> TableReference::find(Connection& connection, std::string_view name) {
    const auto select = [&](const std::string& from) {
        return Statement::prepare(connection.db, "SELECT 1 FROM " + from + " LIMIT 0");
    };
    std::string_view schema;
    std::string_view table = name;
    TableReference out;
    auto keep = select(identifier(name));
    // "main.notes"; a name may have a dot in it as well.
    if (const std::size_t dot = name.find('.'); !keep && dot != std::string_view::npos) {
        schema = name.substr(0, dot);
        table = name.substr(dot + 1);
        keep = select(identifier(schema) + '.' + identifier(table));
    }
    if (!keep)
        return Status{Code::not_found, "there is no table '" + std::string(name) + "' (" +
                                           sqlite3_errmsg(connection.db) + ")"};
    out.keep_ = std::move(*keep);
    const auto look = [&](std::string_view in) {
        for (auto at = connection.tables.rbegin(); at != connection.tables.rend(); ++at)
            if (same_name((*at)->definition.table, table) &&
                (in.empty() || same_name((*at)->definition.schema, in)))
                return *at;
        return static_cast<Table*>(nullptr);
    };
    if (!schema.empty()) {
        out.table_ = look(schema);
    } else {
        // In SQLite's order.
        for (const std::string_view in : {"temp", "main", ""})
            if (out.table_ == nullptr) out.table_ = look(in);
    }
    if (out.table_ == nullptr)
        return Status{Code::invalid_argument,
                      "'" + std::string(name) + "' is not a table USING lectern"};
    return out;
}

}  // namespace lectern::sqlite
