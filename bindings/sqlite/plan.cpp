#include "bindings/sqlite/plan.hpp"

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <span>

#include "bindings/sqlite/condition.hpp"

namespace lectern::sqlite {
namespace {

// A search costs as much as so many rows that are looked up.
constexpr double search_cost = 10'000;
constexpr double scan_cost = 1'000'000;
constexpr sqlite3_int64 usual_hits = 25;

bool equality(int comparison) {
    return comparison == SQLITE_INDEX_CONSTRAINT_EQ;
}
bool range(int comparison) {
    return comparison == SQLITE_INDEX_CONSTRAINT_GT || comparison == SQLITE_INDEX_CONSTRAINT_GE ||
           comparison == SQLITE_INDEX_CONSTRAINT_LT || comparison == SQLITE_INDEX_CONSTRAINT_LE;
}
bool limit(int comparison) {
    return comparison == SQLITE_INDEX_CONSTRAINT_LIMIT ||
           comparison == SQLITE_INDEX_CONSTRAINT_OFFSET;
}

class Chooser {
 public:
    Chooser(const Definition& definition, sqlite3_index_info* info)
        : definition_(definition),
          info_(info),
          constraints_(info->aConstraint, static_cast<std::size_t>(info->nConstraint)) {}

    Result<int> run() {
        for (const auto& one : constraints_) {
            if (!match(one)) {
                if (one.op == SQLITE_INDEX_CONSTRAINT_MATCH)
                    return Status{Code::invalid_argument,
                                  "MATCH is for the whole table: " + identifier(definition_.table) +
                                      " MATCH …, and not for one of its columns"};
                continue;
            }
            // In this order of the tables the query is not known yet.
            if (!one.usable) return SQLITE_CONSTRAINT;
            if (plan_.search)
                return Status{Code::invalid_argument,
                              "there is more than one MATCH for " + identifier(definition_.table)};
            plan_.search = true;
        }
        plan_.columns = info_->colUsed;
        if (plan_.search)
            search();
        else
            scan();
        info_->idxStr = given(plan_.text());
        if (info_->idxStr == nullptr) return SQLITE_NOMEM;
        info_->needToFreeIdxStr = 1;
        return SQLITE_OK;
    }

 private:
    using Constraint = sqlite3_index_info::sqlite3_index_constraint;

    [[nodiscard]] const Hidden* hidden(const Constraint& one) const {
        return limit(one.op) || one.iColumn < 0 ? nullptr : definition_.hidden_at(one.iColumn);
    }
    // notes MATCH 'x', and notes('x').
    [[nodiscard]] bool match(const Constraint& one) const {
        const Hidden* column = hidden(one);
        return column != nullptr && *column == Hidden::table &&
               (one.op == SQLITE_INDEX_CONSTRAINT_MATCH || equality(one.op));
    }

    void take(std::size_t place, Argument argument, bool omit) {
        const int at = static_cast<int>(place);
        if (argument.list) argument.list = sqlite3_vtab_in(info_, at, 1) != 0;
        plan_.arguments.push_back(argument);
        info_->aConstraintUsage[at].argvIndex = static_cast<int>(plan_.arguments.size());
        info_->aConstraintUsage[at].omit = omit ? 1 : 0;
    }
    [[nodiscard]] bool is_list(std::size_t place) const {
        return equality(constraints_[place].op) &&
               sqlite3_vtab_in(info_, static_cast<int>(place), -1) != 0;
    }
    [[nodiscard]] bool binary(std::size_t place) const {
        return std::strcmp(sqlite3_vtab_collation(info_, static_cast<int>(place)), "BINARY") == 0;
    }

    // True: the search decides this condition.
    bool take_for_search(std::size_t place) {
        const Constraint& one = constraints_[place];
        if (!one.usable) return false;
        if (match(one)) return take(place, {Use::match, 0, one.op}, true), true;
        if (const Hidden* column = hidden(one); column != nullptr) {
            if (!equality(one.op)) return false;
            switch (*column) {
                case Hidden::k: return take(place, {Use::k}, true), true;
                case Hidden::mode: return take(place, {Use::mode}, true), true;
                case Hidden::weight: return take(place, {Use::weight}, true), true;
                default: return false;
            }
        }
        if (one.iColumn < 0) {
            if (!equality(one.op)) return false;
            return take(place, {Use::rowid, -1, one.op, is_list(place)}, false), true;
        }
        const Column& column = definition_.columns[static_cast<std::size_t>(one.iColumn)];
        if (column.indexed || !known_comparison(one.op) || !binary(place)) return false;
        return take(place, {Use::column, one.iColumn, one.op, is_list(place)}, false), true;
    }

    void search() {
        bool all = true;
        for (std::size_t i = 0; i < constraints_.size(); ++i)
            if (!limit(constraints_[i].op)) all = take_for_search(i) && all;
        bool ordered = info_->nOrderBy == 0;
        if (info_->nOrderBy == 1) {
            const auto& by = info_->aOrderBy[0];
            const Hidden* column = by.iColumn < 0 ? nullptr : definition_.hidden_at(by.iColumn);
            ordered = column != nullptr && ((*column == Hidden::score && by.desc != 0) ||
                                            (*column == Hidden::rank && by.desc == 0));
            info_->orderByConsumed = ordered ? 1 : 0;
        }
        // The best so many of the search are those of the statement only where nothing that it does
        // not know of leaves rows out or orders them.
        for (std::size_t i = 0; all && ordered && i < constraints_.size(); ++i) {
            const Constraint& one = constraints_[i];
            if (limit(one.op) && one.usable)
                take(i, {one.op == SQLITE_INDEX_CONSTRAINT_LIMIT ? Use::limit : Use::offset},
                     false);
        }
        info_->estimatedCost = search_cost;
        info_->estimatedRows = usual_hits;
    }

    void scan() {
        bool one_row = false;
        int ends = 0;
        for (std::size_t i = 0; i < constraints_.size(); ++i) {
            const Constraint& one = constraints_[i];
            if (limit(one.op) || one.iColumn >= 0 || !one.usable) continue;
            if (!equality(one.op) && !range(one.op)) continue;
            take(i, {Use::rowid, -1, one.op}, false);
            one_row = one_row || equality(one.op);
            ends += range(one.op) ? 1 : 0;
        }
        if (info_->nOrderBy == 1 && info_->aOrderBy[0].iColumn < 0) {
            plan_.descending = info_->aOrderBy[0].desc != 0;
            info_->orderByConsumed = 1;
        }
        info_->estimatedCost = one_row ? 10 : scan_cost / (1 << ends);
        info_->estimatedRows = one_row ? 1 : static_cast<sqlite3_int64>(scan_cost) >> ends;
        if (one_row) info_->idxFlags |= SQLITE_INDEX_SCAN_UNIQUE;
    }

    const Definition& definition_;
    sqlite3_index_info* info_;
    std::span<Constraint> constraints_;
    Plan plan_;
};

}  // namespace

std::string Plan::text() const {
    char head[40];
    std::snprintf(head, sizeof head, "%d %d %" PRIx64 ";", search ? 1 : 0, descending ? 1 : 0,
                  static_cast<std::uint64_t>(columns));
    std::string out = head;
    for (const Argument& one : arguments)
        out += std::string(1, static_cast<char>(one.use)) + ' ' + std::to_string(one.column) + ' ' +
               std::to_string(one.comparison) + ' ' + (one.list ? "1;" : "0;");
    return out;
}

Plan Plan::of(const char* text) {
    Plan out;
    int search = 0;
    int descending = 0;
    std::uint64_t columns = 0;
    int read = 0;
    if (std::sscanf(text, "%d %d %" SCNx64 ";%n", &search, &descending, &columns, &read) != 3)
        return out;
    out.search = search != 0;
    out.descending = descending != 0;
    out.columns = columns;
    char use = 0;
    int list = 0;
    for (Argument one; text += read, std::sscanf(text, "%c %d %d %d;%n", &use, &one.column,
                                                 &one.comparison, &list, &read) == 4;) {
        one.use = static_cast<Use>(use);
        one.list = list != 0;
        out.arguments.push_back(one);
    }
    return out;
}

Result<int> choose(const Definition& definition, sqlite3_index_info* info) {
    return Chooser(definition, info).run();
}

}  // namespace lectern::sqlite
