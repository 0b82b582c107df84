// bindings/sqlite/transaction.hpp: what is to happen to folders when a transaction ends. SQLite
// tells a virtual table of commits, rollbacks and savepoints, but not one that was dropped in it:
// so there is one of ours in every connection, which is written to when a table is made or dropped.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "lectern/status.hpp"

struct sqlite3;

namespace lectern::sqlite {

// The folders whose fate hangs on the transaction of one connection.
class Folders {
 public:
    enum class When { committed, rolled_back };
    // `remove` deletes one.
    explicit Folders(std::function<void(const std::filesystem::path&)> remove)
        : remove_(std::move(remove)) {}

    // The folder is removed when the transaction of `db` ends so.
    [[nodiscard]] Status remove(sqlite3* db, const std::filesystem::path& folder, When when);
    // Whether its removal is pending.
    [[nodiscard]] bool pending(const std::filesystem::path& folder) const;

    void savepoint(int level) { level_ = level + 1; }
    void release(int level);
    void roll_back_to(int level);
    void end(When how);

 private:
    struct Entry {
        std::filesystem::path folder;
        When when;
        int level;  // savepoints that were open
    };
    std::function<void(const std::filesystem::path&)> remove_;
    std::vector<Entry> entries_;
    int level_ = 0;
};

struct Connection;
// The module.
[[nodiscard]] Status register_transaction(const std::shared_ptr<Connection>& connection);

}  // namespace lectern::sqlite
