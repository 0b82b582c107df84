// bindings/sqlite/shadow.hpp: the tables in which a table of ours keeps its rows:
//
//     NAME_config   k, v            "table": an id, "folder": of the collection, "rebuild": a
//     version NAME_content  id, c0, c1, …   the rows; not where `content` names another table
//     NAME_rows     id, version     each row that is in the index, and its last change
//     NAME_log      version, id     the changes, oldest first; those that the index has followed go
//
// A version is the number of a change times 2^24, and 24 bits that are another for each
// transaction: a change that a restored database makes anew has not the version of the one it lost.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/sqlite/definition.hpp"
#include "bindings/sqlite/sql.hpp"
#include "bindings/sqlite/value.hpp"

namespace lectern::sqlite {

inline constexpr int version_shift = 24;

class Shadow {
 public:
    Shadow(sqlite3* db, const Definition& definition) : db_(db), definition_(definition) {}

    [[nodiscard]] sqlite3* db() const { return db_; }
    [[nodiscard]] const Definition& definition() const { return definition_; }
    [[nodiscard]] bool own_content() const { return definition_.content.empty(); }

    [[nodiscard]] Status create();
    [[nodiscard]] Status drop();
    [[nodiscard]] Status rename(std::string_view table);
    [[nodiscard]] Result<bool> exists() const;
    [[nodiscard]] static bool is_shadow(std::string_view suffix);

    [[nodiscard]] Result<std::string> config(std::string_view key);
    [[nodiscard]] Status set_config(std::string_view key, std::string_view value);

    // ---- the rows, which `content` names; its columns in the order of the definition
    // SQL for the rows: their id, and the columns that `wanted` names (others are NULL).
    [[nodiscard]] std::string select_rows(const std::function<bool(int column)>& wanted,
                                          std::string_view rest) const;
    // SQLite's code in the statement: SQLITE_CONSTRAINT for a rowid that is there already.
    // `rowid` NULL: a new one, which is returned.
    [[nodiscard]] Result<std::int64_t> put_content(sqlite3_value* rowid,
                                                   const std::vector<sqlite3_value*>& values,
                                                   bool replace, bool& taken);
    [[nodiscard]] Status remove_content(std::int64_t rowid);
    [[nodiscard]] Result<bool> has_content(std::int64_t rowid);

    // ---- changes
    [[nodiscard]] Result<std::int64_t> last_version();
    [[nodiscard]] Result<bool> has_version(std::int64_t version);
    // The row is in the index with this version from now on, or is not.
    [[nodiscard]] Status log(std::int64_t rowid, std::int64_t version, bool present);
    // Every row is, of the content; the versions go up from `next`, by one change each.
    [[nodiscard]] Status log_everything(std::int64_t next, bool present);
    // Drops what came before.
    [[nodiscard]] Status forget_before(std::int64_t version);
    [[nodiscard]] Result<std::optional<std::int64_t>> version_of(std::int64_t rowid);

    struct Change {
        std::int64_t rowid = 0;
        std::int64_t version = 0;     // 0: it is in the index no longer
        std::vector<Value> row = {};  // empty likewise
    };
    using Visit = std::function<Status(Change change)>;
    // Each row that changed after a version, once, as it is now.
    [[nodiscard]] Status changed_after(std::int64_t version, const Visit& visit);
    // Each row that is in the index, in order of rowid: without `row`.
    [[nodiscard]] Status each_indexed(const Visit& visit);
    // One row as it is now.
    [[nodiscard]] Result<Change> now(std::int64_t rowid);

    // Ends the statements, so that the tables can be changed.
    void forget_statements();

 private:
    [[nodiscard]] std::string name(std::string_view suffix) const;
    [[nodiscard]] std::string content_name() const;
    [[nodiscard]] std::string content_id() const;
    [[nodiscard]] std::string content_column(int column) const;
    // Prepares it when it is first used.
    [[nodiscard]] Result<Statement*> use(Statement& statement,
                                         const std::function<std::string()>& sql);

    sqlite3* db_;
    const Definition& definition_;
    Statement get_config_, put_config_, insert_, replace_, remove_, has_, last_, has_version_,
        put_row_, remove_row_, put_log_, forget_, version_of_, now_;
};

}  // namespace lectern::sqlite
