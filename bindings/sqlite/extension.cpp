// The entry of lectern.so: .load lectern, load_extension('…/lectern').
#include <sqlite3ext.h>

SQLITE_EXTENSION_INIT1

#include "bindings/sqlite/connection.hpp"
#include "bindings/sqlite/functions.hpp"
#include "bindings/sqlite/guard.hpp"
#include "bindings/sqlite/table.hpp"

namespace lectern::sqlite {
namespace {

constexpr int least_version = 3'038'000;  // sqlite3_vtab_in, LIMIT among the constraints

Status register_everything(sqlite3* db) {
    if (sqlite3_libversion_number() < least_version)
        return {Code::unsupported,
                std::string("lectern needs SQLite 3.38 or later; this is ") + sqlite3_libversion()};
    auto connection = std::make_shared<Connection>();
    connection->db = db;
    LECTERN_TRY(register_transaction(connection));
    LECTERN_TRY(register_search(connection));
    LECTERN_TRY(register_ask(connection));
    LECTERN_TRY(register_refused(connection));
    LECTERN_TRY(register_embed(connection));
    return register_table(connection);
}

}  // namespace
}  // namespace lectern::sqlite

extern "C" __attribute__((visibility("default"))) int sqlite3_lectern_init(
    sqlite3* db, char** error, const sqlite3_api_routines* api) {
    SQLITE_EXTENSION_INIT2(api)
    char* what = nullptr;
    const int code =
        lectern::sqlite::guarded(&what, [&] { return lectern::sqlite::register_everything(db); });
    if (error != nullptr && what != nullptr)
        *error = what;
    else
        sqlite3_free(what);
    // The engine's threads outlive the connection that loaded it.
    return code == SQLITE_OK ? SQLITE_OK_LOAD_PERMANENTLY : code;
}
