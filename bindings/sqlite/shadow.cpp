#include "bindings/sqlite/shadow.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lectern::sqlite {
namespace {

constexpr std::array<std::string_view, 4> suffixes{"config", "content", "rows", "log"};

}  // namespace

bool Shadow::is_shadow(std::string_view suffix) {
    return std::any_of(suffixes.begin(), suffixes.end(),
                       [&](std::string_view one) { return same_name(one, suffix); });
}

std::string Shadow::name(std::string_view suffix) const {
    return identifier(definition_.schema) + '.' +
           identifier(definition_.table + '_' + std::string(suffix));
}

// Its columns are said with "t.": without, SQLite takes a name that the table does not have for a
// text.
std::string Shadow::content_name() const {
    return (own_content()
                ? name("content")
                : identifier(definition_.schema) + '.' + identifier(definition_.content)) +
           " AS t";
}

std::string Shadow::content_id() const {
    return own_content() ? "t.id" : "t." + identifier(definition_.content_rowid);
}

std::string Shadow::content_column(int column) const {
    return "t." + (own_content()
                       ? "c" + std::to_string(column)
                       : identifier(definition_.columns[static_cast<std::size_t>(column)].name));
}

Status Shadow::create() {
    std::string content = "(id INTEGER PRIMARY KEY";
    for (std::size_t i = 0; i < definition_.columns.size(); ++i)
        content += ", c" + std::to_string(i) + ' ' + definition_.columns[i].type;
    const std::pair<std::string_view, std::string> tables[] = {
        {"config", "(k TEXT PRIMARY KEY, v) WITHOUT ROWID"},
        {"content", content + ')'},
        {"rows", "(id INTEGER PRIMARY KEY, version INTEGER NOT NULL)"},
        {"log", "(version INTEGER PRIMARY KEY, id INTEGER)"}};
    // When one fails, SQLite takes back those that were made, with the statement.
    for (const auto& [suffix, columns] : tables)
        if (suffix != "content" || own_content())
            LECTERN_TRY(execute(db_, "CREATE TABLE " + name(suffix) + columns));
    return execute(db_, "INSERT INTO " + name("log") + " VALUES(0, NULL)");
}

Status Shadow::drop() {
    forget_statements();
    std::string sql;
    for (const std::string_view suffix : suffixes)
        if (suffix != "content" || own_content())
            sql += "DROP TABLE IF EXISTS " + name(suffix) + ';';
    return execute(db_, sql);
}

Result<bool> Shadow::exists() const {
    LECTERN_ASSIGN(Statement there,
                   Statement::prepare(db_, "SELECT 1 FROM " + identifier(definition_.schema) +
                                               ".sqlite_schema WHERE name = " +
                                               literal(definition_.table + "_config")));
    return there.step();
}

Status Shadow::rename(std::string_view table) {
    forget_statements();
    std::string sql;
    for (const std::string_view suffix : suffixes) {
        if (suffix == "content" && !own_content()) continue;
        sql += "ALTER TABLE " + name(suffix) + " RENAME TO " +
               identifier(std::string(table) + '_' + std::string(suffix)) + ';';
    }
    return execute(db_, sql);
}

void Shadow::forget_statements() {
    for (Statement* one :
         {&get_config_, &put_config_, &insert_, &replace_, &remove_, &has_, &last_, &has_version_,
          &put_row_, &remove_row_, &put_log_, &forget_, &version_of_, &now_})
        *one = Statement();
}

Result<Statement*> Shadow::use(Statement& statement, const std::function<std::string()>& sql) {
    if (!statement) {
        LECTERN_ASSIGN(statement, Statement::prepare(db_, sql()));
    }
    return &statement;
}

Result<std::string> Shadow::config(std::string_view key) {
    LECTERN_ASSIGN(Statement * get, use(get_config_, [&] {
                       return "SELECT v FROM " + name("config") + " WHERE k = ?";
                   }));
    const Reset reset(*get);
    LECTERN_ASSIGN(const bool row, get->bind(1, key).step());
    return row ? get->text(0) : std::string();
}

Status Shadow::set_config(std::string_view key, std::string_view value) {
    LECTERN_ASSIGN(Statement * put, use(put_config_, [&] {
                       return "REPLACE INTO " + name("config") + " VALUES(?, ?)";
                   }));
    return put->bind(1, key).bind(2, value).run();
}

// ------------------------------------------------------------------- content

std::string Shadow::select_rows(const std::function<bool(int column)>& wanted,
                                std::string_view rest) const {
    std::string sql = "SELECT " + content_id();
    for (int i = 0; i < static_cast<int>(definition_.columns.size()); ++i)
        sql += wanted(i) ? ", " + content_column(i) : ", NULL";
    sql += " FROM " + content_name() + ' ';
    // "$id" stands for the rowid.
    for (const char c : rest) sql += c == '$' ? content_id() : std::string(1, c);
    return sql;
}

Result<std::int64_t> Shadow::put_content(sqlite3_value* rowid,
                                         const std::vector<sqlite3_value*>& values, bool replace,
                                         bool& taken) {
    taken = false;
    LECTERN_ASSIGN(Statement * put, use(replace ? replace_ : insert_, [&] {
                       std::string sql = (replace ? "REPLACE" : "INSERT");
                       sql += " INTO " + name("content") + " VALUES(?";
                       for (std::size_t i = 0; i < values.size(); ++i) sql += ", ?";
                       return sql + ')';
                   }));
    if (sqlite3_value_type(rowid) != SQLITE_NULL) put->bind(1, rowid);
    for (std::size_t i = 0; i < values.size(); ++i) put->bind(static_cast<int>(i) + 2, values[i]);
    const Status done = put->run();
    taken = (put->code() & 0xff) == SQLITE_CONSTRAINT;
    LECTERN_TRY(done);
    return sqlite3_last_insert_rowid(db_);
}

Status Shadow::remove_content(std::int64_t rowid) {
    LECTERN_ASSIGN(Statement * remove, use(remove_, [&] {
                       return "DELETE FROM " + name("content") + " WHERE id = ?";
                   }));
    return remove->bind(1, rowid).run();
}

Result<bool> Shadow::has_content(std::int64_t rowid) {
    LECTERN_ASSIGN(Statement * has, use(has_, [&] {
                       return "SELECT 1 FROM " + content_name() + " WHERE " + content_id() + " = ?";
                   }));
    const Reset reset(*has);
    return has->bind(1, rowid).step();
}

// ------------------------------------------------------------------- changes

Result<std::int64_t> Shadow::last_version() {
    LECTERN_ASSIGN(Statement * last,
                   use(last_, [&] { return "SELECT max(version) FROM " + name("log"); }));
    const Reset reset(*last);
    LECTERN_TRY(last->step().status());
    return last->number(0);
}

Result<bool> Shadow::has_version(std::int64_t version) {
    LECTERN_ASSIGN(Statement * has, use(has_version_, [&] {
                       return "SELECT 1 FROM " + name("log") + " WHERE version = ?";
                   }));
    const Reset reset(*has);
    return has->bind(1, version).step();
}

Status Shadow::log(std::int64_t rowid, std::int64_t version, bool present) {
    if (present) {
        LECTERN_ASSIGN(Statement * put, use(put_row_, [&] {
                           return "REPLACE INTO " + name("rows") + " VALUES(?, ?)";
                       }));
        LECTERN_TRY(put->bind(1, rowid).bind(2, version).run());
    } else {
        LECTERN_ASSIGN(Statement * remove, use(remove_row_, [&] {
                           return "DELETE FROM " + name("rows") + " WHERE id = ?";
                       }));
        LECTERN_TRY(remove->bind(1, rowid).run());
    }
    LECTERN_ASSIGN(Statement * put,
                   use(put_log_, [&] { return "INSERT INTO " + name("log") + " VALUES(?, ?)"; }));
    return put->bind(1, version).bind(2, rowid).run();
}

Status Shadow::log_everything(std::int64_t next, bool present) {
    LECTERN_ASSIGN(Statement count,
                   Statement::prepare(db_, "SELECT count(*) FROM " + name("rows")));
    LECTERN_TRY(count.step().status());
    const std::int64_t behind = next + (count.number(0) << version_shift);
    count.reset();
    const auto numbered = [](std::int64_t from) {
        return std::to_string(from) + " + (row_number() OVER () - 1) * " +
               std::to_string(std::int64_t{1} << version_shift);
    };
    // Those that are in the index and have no row any more go.
    std::string sql = "INSERT INTO " + name("log") + "(version, id) SELECT " + numbered(next) +
                      ", id FROM " + name("rows") + ";DELETE FROM " + name("rows") + ';';
    if (present)
        sql += "INSERT INTO " + name("rows") + "(id, version) SELECT " + content_id() + ", " +
               numbered(behind) + " FROM " + content_name() + " WHERE " + content_id() +
               " IS NOT NULL;INSERT INTO " + name("log") +
               "(version, id) SELECT version, id FROM " + name("rows") + ';';
    return execute(db_, sql);
}

Status Shadow::forget_before(std::int64_t version) {
    LECTERN_ASSIGN(Statement * forget, use(forget_, [&] {
                       return "DELETE FROM " + name("log") + " WHERE version < ?";
                   }));
    return forget->bind(1, version).run();
}

Result<std::optional<std::int64_t>> Shadow::version_of(std::int64_t rowid) {
    LECTERN_ASSIGN(Statement * get, use(version_of_, [&] {
                       return "SELECT version FROM " + name("rows") + " WHERE id = ?";
                   }));
    const Reset reset(*get);
    LECTERN_ASSIGN(const bool row, get->bind(1, rowid).step());
    return row ? std::optional(get->number(0)) : std::nullopt;
}

Result<Shadow::Change> Shadow::now(std::int64_t rowid) {
    Change out{rowid};
    LECTERN_ASSIGN(const auto version, version_of(rowid));
    if (!version) return out;
    LECTERN_ASSIGN(Statement * get,
                   use(now_, [&] { return select_rows([](int) { return true; }, "WHERE $ = ?"); }));
    const Reset reset(*get);
    LECTERN_ASSIGN(const bool row, get->bind(1, rowid).step());
    if (!row) return out;
    out.version = *version;
    for (int i = 0; i < static_cast<int>(definition_.columns.size()); ++i)
        out.row.push_back(value_at(get->get(), i + 1));
    return out;
}

Status Shadow::changed_after(std::int64_t version, const Visit& visit) {
    LECTERN_ASSIGN(Statement changed,
                   Statement::prepare(db_, "SELECT DISTINCT id FROM " + name("log") +
                                               " WHERE version > ? AND id IS NOT NULL"));
    changed.bind(1, version);
    while (true) {
        LECTERN_ASSIGN(const bool row, changed.step());
        if (!row) return {};
        LECTERN_ASSIGN(Change change, now(changed.number(0)));
        LECTERN_TRY(visit(std::move(change)));
    }
}

Status Shadow::each_indexed(const Visit& visit) {
    LECTERN_ASSIGN(Statement rows, Statement::prepare(db_, "SELECT id, version FROM " +
                                                               name("rows") + " ORDER BY id"));
    while (true) {
        LECTERN_ASSIGN(const bool row, rows.step());
        if (!row) return {};
        LECTERN_TRY(visit(Change{rows.number(0), rows.number(1)}));
    }
}

}  // namespace lectern::sqlite
