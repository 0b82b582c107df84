#include "bindings/sqlite/place.hpp"

#include <stdlib.h>

#include <cerrno>
#include <set>
#include <system_error>

#include "bindings/sqlite/sql.hpp"

namespace lectern::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr int most_names = 1000;

std::string database_file(sqlite3* db, const std::string& schema) {
    const char* file = sqlite3_db_filename(db, schema.c_str());
    return file == nullptr ? std::string() : std::string(file);
}

// No '-' and no '~' in it, so that what stands before the last '-' is the database's.
std::string escaped(const std::string& table) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : table) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || byte >= 0x80;
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 0xFU];
        }
    }
    return out;
}

fs::path beside(const std::string& file, const std::string& name) {
    return file + '-' + name + ".lectern";
}

// The folders that tables of the database have.
Result<std::set<std::string>> taken(sqlite3* db, const std::string& schema) {
    LECTERN_ASSIGN(Statement tables,
                   Statement::prepare(db, "SELECT name FROM " + identifier(schema) +
                                              ".sqlite_schema WHERE type = 'table' AND name LIKE "
                                              "'%\\_config' ESCAPE '\\'"));
    std::set<std::string> out;
    while (true) {
        LECTERN_ASSIGN(const bool row, tables.step());
        if (!row) return out;
        // Others have such a table too, with what they like in it.
        auto folder =
            Statement::prepare(db, "SELECT v FROM " + identifier(schema) + '.' +
                                       identifier(tables.text(0)) + " WHERE k = 'folder'");
        if (!folder) continue;
        const auto found = folder->step();
        if (found && *found) out.insert(folder->text(0));
    }
}

// Removes a folder that an index was in whose table is no more. False: it is somebody's.
bool removed(const fs::path& folder) {
    if (Index::in_use(folder) || !read_mark(folder)) return false;
    {
        lectern_engine* engine = nullptr;
        lectern_collection* collection = nullptr;
        if (lectern_engine_open(nullptr, nullptr, nullptr, &engine, nullptr) != LECTERN_OK)
            return false;
        const lectern_code code = lectern_collection_open(
            engine, folder.c_str(), R"({"create": false, "load_models": false})", &collection,
            nullptr);
        lectern_collection_close(collection);
        lectern_engine_close(engine);
        if (code == LECTERN_UNAVAILABLE) return false;  // another process has it
    }
    return !remove_folder(folder);
}

}  // namespace

bool in_memory(sqlite3* db, const std::string& schema) {
    return database_file(db, schema).empty();
}

Result<fs::path> temporary_folder() {
    std::error_code error;
    const fs::path above = fs::temp_directory_path(error);
    std::string name = (above / "lectern-sqlite-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr)
        return Status{Code::unavailable,
                      "making a folder for the index among the temporary files: " +
                          std::generic_category().message(errno)};
    return fs::path(name);
}

Result<std::string> new_name(Connection& connection, const Definition& definition) {
    const std::string file = database_file(connection.db, definition.schema);
    const std::string table = escaped(definition.table);
    if (file.empty()) return table;
    LECTERN_ASSIGN(const auto others, taken(connection.db, definition.schema));
    for (int number = 1; number <= most_names; ++number) {
        std::string name = number == 1 ? table : table + '~' + std::to_string(number);
        const fs::path folder = beside(file, name);
        if (others.contains(name) || connection.folders.pending(folder)) continue;
        std::error_code error;
        if (!fs::exists(folder, error) || fs::is_empty(folder, error) || removed(folder))
            return name;
    }
    return Status{Code::unavailable, "there is no free name for the folder of the index beside '" +
                                         file + "'; remove those that no table uses"};
}

Result<fs::path> folder_of(Connection& connection, const Definition& definition,
                           const std::string& name, const std::string& table) {
    const std::string file = database_file(connection.db, definition.schema);
    if (!file.empty()) return beside(file, name);
    // As long as the connection, also where the schema is read again.
    for (const auto& [folder, index] : connection.indexes) {
        const auto mark = read_mark(folder);
        if (mark && mark->table == table) return folder;
    }
    return temporary_folder();
}

}  // namespace lectern::sqlite
