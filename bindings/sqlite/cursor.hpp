// bindings/sqlite/cursor.hpp: the rows of one statement: all of the table, or what a search found.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bindings/sqlite/condition.hpp"
#include "bindings/sqlite/plan.hpp"
#include "bindings/sqlite/table.hpp"

namespace lectern::sqlite {

// A passage that was found, and its row.
struct Found {
    std::int64_t rowid = 0;
    double score = 0;
    std::string text;
    std::size_t begin = 0;  // of the document's text
    std::size_t end = 0;
};

struct Cursor : sqlite3_vtab_cursor {
    explicit Cursor(Table& of) : sqlite3_vtab_cursor{}, table(of) {}

    Table& table;

    [[nodiscard]] Status filter(const char* plan, std::span<sqlite3_value*> values);
    [[nodiscard]] Status next();
    [[nodiscard]] bool at_end() const { return plan_.search ? at_ >= found_.size() : scan_ended_; }
    [[nodiscard]] Status column(sqlite3_context* context, int number);
    [[nodiscard]] std::int64_t rowid() const;

    // For functions on the row that the cursor stands on.
    [[nodiscard]] bool searched() const { return plan_.search; }
    [[nodiscard]] const std::string& query() const { return query_; }
    [[nodiscard]] const Found& found() const { return found_[at_]; }
    [[nodiscard]] Result<std::vector<Value>> row();

 private:
    // What the arguments say.
    struct Wanted {
        std::vector<float> vector;
        std::optional<std::size_t> k;
        std::optional<std::string> mode;
        std::optional<double> weight;
        std::optional<std::int64_t> limit;
        std::int64_t offset = 0;
        std::vector<Condition> conditions;
        std::vector<std::int64_t> rowids;
        bool some_rowids = false;
        bool nothing = false;  // no row can fulfil it
    };
    [[nodiscard]] Status scan(std::span<sqlite3_value*> values);
    [[nodiscard]] Status search(std::span<sqlite3_value*> values);
    [[nodiscard]] Status read(std::span<sqlite3_value*> values);
    [[nodiscard]] Status read_match(sqlite3_value* value);
    [[nodiscard]] Status read_column(const Argument& argument, sqlite3_value* value);
    [[nodiscard]] Status read_rowids(const Argument& argument, sqlite3_value* value);
    [[nodiscard]] boost::json::object request(std::size_t k, bool filtered) const;
    [[nodiscard]] Status run();
    [[nodiscard]] Status more();
    // Searches for k_ hits.
    [[nodiscard]] Result<std::vector<Found>> fetch();
    // The hits whose rows are there in the version that was found, and fulfil the conditions.
    [[nodiscard]] Result<std::vector<Found>> keep(const boost::json::array& hits);
    [[nodiscard]] Status column_of_row(sqlite3_context* context, int number);

    std::string plan_text_;
    Plan plan_;
    Statement scan_;
    bool scan_ended_ = true;
    std::string query_;
    Wanted wanted_;
    std::vector<Found> found_;
    std::size_t at_ = 0;
    std::size_t k_ = 0;       // hits that were asked for
    bool unlimited_ = false;  // rows are given as long as SQLite asks
    bool exhausted_ = true;   // there are no more hits
    Statement row_;           // the columns of a row that was found
    std::optional<std::int64_t> row_at_;
    Statement check_;  // what the conditions are on
};

}  // namespace lectern::sqlite
