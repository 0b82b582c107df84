/* A program in C with the extension: program EXTENSION, in a folder that has small.yaml. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(sqlite3* db, int holds, const char* what) {
    if (holds) return;
    fprintf(stderr, "%s: %s\n", what, db == NULL ? "no database" : sqlite3_errmsg(db));
    exit(1);
}

static void run(sqlite3* db, const char* sql) {
    need(db, sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

int main(int count, char** arguments) {
    sqlite3* db = NULL;
    sqlite3_stmt* insert = NULL;
    sqlite3_stmt* find = NULL;
    char* error = NULL;
    int i;
    const char* texts[] = {"The moon raises tides.", "Bread is baked in the oven.",
                           "Cheese is made from milk."};

    if (count != 2) return 2;
    need(db, sqlite3_open("program.db", &db) == SQLITE_OK, "opening");
    need(db, sqlite3_enable_load_extension(db, 1) == SQLITE_OK, "allowing extensions");
    if (sqlite3_load_extension(db, arguments[1], NULL, &error) != SQLITE_OK) {
        fprintf(stderr, "loading: %s\n", error);
        return 1;
    }
    run(db,
        "CREATE VIRTUAL TABLE notes USING lectern(body, n INTEGER UNINDEXED, "
        "pipeline='small.yaml')");
    run(db, "BEGIN");
    need(db,
         sqlite3_prepare_v2(db, "INSERT INTO notes(body, n) VALUES(?, ?)", -1, &insert, NULL) ==
             SQLITE_OK,
         "preparing an insert");
    for (i = 0; i < 3; ++i) {
        sqlite3_bind_text(insert, 1, texts[i], -1, SQLITE_STATIC);
        sqlite3_bind_int(insert, 2, i);
        need(db, sqlite3_step(insert) == SQLITE_DONE, "inserting");
        need(db, sqlite3_last_insert_rowid(db) == i + 1, "its rowid");
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    run(db, "COMMIT");

    need(db,
         sqlite3_prepare_v2(db,
                            "SELECT rowid, snippet(notes, 0, '[', ']') FROM notes WHERE notes "
                            "MATCH ?1 AND n < ?2 ORDER BY score DESC LIMIT 1",
                            -1, &find, NULL) == SQLITE_OK,
         "preparing a search");
    sqlite3_bind_text(find, 1, "oven", -1, SQLITE_STATIC);
    sqlite3_bind_int(find, 2, 2);
    need(db, sqlite3_step(find) == SQLITE_ROW, "searching");
    need(db, sqlite3_column_int(find, 0) == 2, "the row");
    need(db,
         strcmp((const char*)sqlite3_column_text(find, 1), "Bread is baked in the [oven].") == 0,
         "the snippet");
    /* The same statement with another value, and one that fits no row. */
    sqlite3_reset(find);
    sqlite3_bind_int(find, 2, 0);
    need(db, sqlite3_step(find) == SQLITE_DONE, "searching for nothing");
    sqlite3_finalize(find);

    /* A statement that stands in the middle of its rows while the table changes. */
    need(db,
         sqlite3_prepare_v2(db, "SELECT rowid FROM notes WHERE notes MATCH 'moon'", -1, &find,
                            NULL) == SQLITE_OK,
         "preparing another search");
    need(db, sqlite3_step(find) == SQLITE_ROW, "its first row");
    run(db, "INSERT INTO notes(body, n) VALUES('The moon and the sea.', 9)");
    need(db, sqlite3_step(find) == SQLITE_ROW, "its second row");
    sqlite3_finalize(find);

    run(db, "INSERT INTO notes(notes) VALUES('integrity-check')");
    run(db, "DROP TABLE notes");
    need(db, sqlite3_close(db) == SQLITE_OK, "closing");
    puts("all is well");
    return 0;
}
