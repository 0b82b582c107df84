// bindings/sqlite/connection.hpp: what is shared by all that this extension has in one connection.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bindings/sqlite/index.hpp"
#include "bindings/sqlite/transaction.hpp"

namespace lectern::sqlite {

struct Table;

struct Connection {
    sqlite3* db = nullptr;
    std::vector<Table*> tables;  // that are connected
    // Every index that was used: a change of the schema connects all tables anew, and need not open
    // their collections again.
    std::map<std::filesystem::path, std::shared_ptr<Index>> indexes;
    Folders folders{[this](const std::filesystem::path& folder) {
        if (const auto at = indexes.find(folder); at != indexes.end()) {
            at->second->remove();
            indexes.erase(at);
        } else {
            Index::of(folder, false)->remove();
        }
    }};

    [[nodiscard]] std::shared_ptr<Index> index(const std::filesystem::path& folder,
                                               bool temporary) {
        auto& place = indexes[folder];
        if (place == nullptr) place = Index::of(folder, temporary);
        return place;
    }
};

using ConnectionPtr = std::shared_ptr<Connection>;

// `data` of a module: a ConnectionPtr of its own, which this deletes.
inline void forget_connection(void* data) {
    const std::unique_ptr<ConnectionPtr> ended(static_cast<ConnectionPtr*>(data));
}

}  // namespace lectern::sqlite
