/* notes FOLDER PIPELINE PLUGINS: the C interface from C99. Ingests, searches, streams an answer,
 * and ends it in both ways. Prints what goes wrong, and exits with 1 then. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lectern/lectern.h"
/* Both interfaces fit into one program. */
#include "lectern/plugin.h"

static int wrong = 0;
static lectern_code last; /* how the last call ended */

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            wrong = 1;                                                              \
        }                                                                           \
    } while (0)

/* The call succeeded; otherwise says why. Ends the error. */
static int good(lectern_code code, lectern_error* error) {
    if (code != LECTERN_OK)
        fprintf(stderr, "failed: %s: %s (%s)\n", lectern_error_word(error),
                lectern_error_message(error), lectern_error_place(error));
    else if (error != NULL)
        fprintf(stderr, "an error where there is none\n");
    lectern_error_free(error);
    if (code != LECTERN_OK || error != NULL) wrong = 1;
    return code == LECTERN_OK;
}

/* The call failed so. Ends the error. */
static int fails(lectern_code code, lectern_error* error, const char* word, const char* place) {
    const int as_expected =
        code != LECTERN_OK && error != NULL && lectern_error_code(error) == code &&
        strcmp(lectern_error_word(error), word) == 0 &&
        strcmp(lectern_error_place(error), place) == 0 && lectern_error_message(error)[0] != '\0';
    if (!as_expected)
        fprintf(stderr, "%d: %s: %s (%s)\n", (int)code, lectern_error_word(error),
                lectern_error_message(error), lectern_error_place(error));
    lectern_error_free(error);
    return as_expected;
}

/* The call is over before its error is looked at. */
#define GOOD(call) (last = (call), good(last, error))
#define FAILS(call, word, place) (last = (call), fails(last, error, word, place))

static int has(const char* text, const char* part) {
    if (text != NULL && strstr(text, part) != NULL) return 1;
    fprintf(stderr, "no %s in %s\n", part, text == NULL ? "NULL" : text);
    return 0;
}

/* What a stream gave. */
struct stream {
    char text[4096];
    size_t size;
    int pieces;
    int evidence;
    int progress;
    int enough_after; /* pieces; 0: never */
    lectern_cancel* cancel;
    pthread_t other;
    int started;
};

static int32_t on_text(void* data, const char* piece, uint64_t size) {
    struct stream* to = data;
    if (to->size + size < sizeof to->text) {
        memcpy(to->text + to->size, piece, size);
        to->size += size;
        to->text[to->size] = '\0';
    }
    ++to->pieces;
    return to->enough_after == 0 || to->pieces < to->enough_after;
}

static void* cancel_it(void* data) {
    lectern_cancel_request(data);
    return NULL;
}

static int32_t on_event(void* data, const char* name, const char* json) {
    struct stream* to = data;
    if (strcmp(name, "progress") == 0) to->progress += has(json, "\"fraction\":");
    if (strcmp(name, "evidence") != 0) return 1;
    to->evidence += has(json, "\"quote\":\"The moon raises the tides of the sea.\"");
    /* Its answer waits until it is stopped, from another thread. */
    if (to->cancel != NULL)
        to->started = pthread_create(&to->other, NULL, cancel_it, to->cancel) == 0;
    return 1;
}

static int warnings = 0;

static void on_log(void* data, int32_t level, const char* source, const char* message) {
    (void)data;
    if (level < 2) return;
    fprintf(stderr, "log: %s: %s\n", source, message);
    ++warnings;
}

static void store(lectern_collection* notes, const char* folder) {
    lectern_error* error = NULL;
    char* report = NULL;
    char request[4096];
    struct stream seen = {0};
    lectern_watch watch = {sizeof(lectern_watch), 0, &seen, NULL, on_event, NULL};
    FILE* file;

    snprintf(request, sizeof request, "%s/cheese.txt", folder);
    file = fopen(request, "w");
    CHECK(file != NULL && fputs("Cheese is made of milk.", file) >= 0 && fclose(file) == 0);
    snprintf(request, sizeof request, "{\"paths\": [\"%s/cheese.txt\"]}", folder);
    if (GOOD(lectern_collection_ingest(notes, request, &watch, &report, &error))) {
        CHECK(has(report, "\"documents\":1"));
        CHECK(has(report, "\"failed\":[]"));
    }
    lectern_string_free(report);
    CHECK(seen.progress > 0);

    if (GOOD(lectern_collection_add(
            notes,
            "[{\"id\": \"tides\", \"title\": \"Tides\", \"metadata\": {\"year\": 2020},"
            " \"text\": \"The moon raises the tides of the sea.\"},"
            " {\"id\": \"bread\", \"text\": \"Bread is baked in an oven.\"}]",
            NULL, &report, &error)))
        CHECK(has(report, "\"documents\":2"));
    lectern_string_free(report);

    CHECK(FAILS(lectern_collection_add(notes, "[{\"id\": \"a\"}, {\"id\": \"b\", \"txt\": \"\"}]",
                                       NULL, &report, &error),
                "invalid_argument", "1/txt"));
    CHECK(report == NULL);
    CHECK(FAILS(lectern_collection_add(notes, "[{\"id\": ", NULL, &report, &error),
                "invalid_argument", "byte 8"));
    CHECK(FAILS(lectern_collection_ingest(notes, "{}", NULL, &report, &error), "invalid_argument",
                "paths"));
}

static void walk(lectern_collection* notes) {
    lectern_error* error = NULL;
    lectern_documents* documents = NULL;
    char* document = NULL;
    int count = 0;
    if (!GOOD(lectern_documents_open(notes, NULL, &documents, &error))) return;
    while (GOOD(lectern_documents_next(documents, &document, &error)) && document != NULL) {
        CHECK(has(document, "\"text\":"));
        lectern_string_free(document);
        ++count;
    }
    CHECK(count == 3);
    /* And so it stays. */
    CHECK(lectern_documents_next(documents, &document, NULL) == LECTERN_OK && document == NULL);
    lectern_documents_close(documents);

    CHECK(GOOD(lectern_documents_open(notes, "bread", &documents, &error)));
    CHECK(GOOD(lectern_documents_next(documents, &document, &error)));
    CHECK(document != NULL && strstr(document, "\"bread\"") == NULL);
    lectern_string_free(document);
    lectern_documents_close(documents);

    if (GOOD(lectern_collection_get(notes, "tides", &document, &error)))
        CHECK(has(document, "\"metadata\":{\"year\":2020}"));
    lectern_string_free(document);
    CHECK(FAILS(lectern_collection_get(notes, "none", &document, &error), "not_found", ""));
}

static void search(lectern_collection* notes) {
    lectern_error* error = NULL;
    char* result = NULL;
    if (GOOD(lectern_collection_search(
            notes, "{\"query\": \"tides\", \"k\": 1, \"filter\": \"year >= 2020\"}", NULL, &result,
            &error))) {
        CHECK(has(result, "\"document\":\"tides\""));
        CHECK(strstr(result, "\"stages\":") == NULL);
    }
    lectern_string_free(result);
    if (GOOD(lectern_collection_search(notes, "{\"query\": \"tides\", \"explain\": true}", NULL,
                                       &result, &error)))
        CHECK(has(result, "\"stages\":[{\"stage\":"));
    lectern_string_free(result);
    CHECK(FAILS(
        lectern_collection_search(notes, "{\"query\": \"tides\", \"k\": 0}", NULL, &result, &error),
        "invalid_argument", "k"));
    CHECK(FAILS(lectern_collection_search(notes, "{\"query\": \"tides\", \"limit\": 3}", NULL,
                                          &result, &error),
                "invalid_argument", "limit"));
    CHECK(FAILS(lectern_collection_search(notes, "[]", NULL, &result, &error), "invalid_argument",
                ""));
    CHECK(FAILS(lectern_collection_search(NULL, "{}", NULL, &result, &error), "invalid_argument",
                ""));
    if (GOOD(lectern_collection_search(
            notes, "{\"query\": \"\\\"the tides\\\" -zebra\", \"mode\": \"dense\", \"k\": 1}", NULL,
            &result, &error)))
        CHECK(has(result, "\"highlights\":[{\"begin\":"));
    lectern_string_free(result);
    if (GOOD(lectern_collection_search(notes, "{\"similar\": \"tides\"}", NULL, &result, &error)))
        CHECK(strstr(result, "\"document\":\"tides\"") == NULL);
    lectern_string_free(result);
    /* One list, here of one collection. */
    const lectern_collection* all[] = {notes, notes};
    if (GOOD(lectern_collections_search(all, 1, "{\"query\": \"tides\", \"k\": 1}", NULL, &result,
                                        &error)))
        CHECK(has(result, "\"collection\":0"));
    lectern_string_free(result);
    CHECK(FAILS(lectern_collections_search(all, 2, "{\"query\": \"tides\"}", NULL, &result, &error),
                "invalid_argument", ""));
    CHECK(FAILS(lectern_collections_search(NULL, 1, "{}", NULL, &result, &error),
                "invalid_argument", ""));
    /* Who does not ask for the error is told the code. */
    CHECK(lectern_collection_search(notes, "{}", NULL, &result, NULL) == LECTERN_INVALID_ARGUMENT);
    CHECK(lectern_collection_search(notes, "{}", NULL, NULL, NULL) == LECTERN_INVALID_ARGUMENT);
}

static void ask(lectern_collection* notes) {
    lectern_error* error = NULL;
    char* answer = NULL;
    char expected[4200];
    struct stream seen = {0};
    lectern_watch watch = {sizeof(lectern_watch), 0, &seen, on_text, on_event, NULL};

    /* What was streamed is the answer. */
    if (GOOD(lectern_collection_ask(notes, "{\"question\": \"What raises the tides of the sea?\"}",
                                    &watch, &answer, &error))) {
        CHECK(seen.pieces > 0);
        CHECK(seen.evidence == 1);
        CHECK(has(seen.text, "The moon raises the tides of the sea"));
        snprintf(expected, sizeof expected, "\"answer\":\"%s\"", seen.text);
        CHECK(has(answer, expected));
        CHECK(has(answer, "\"document\":\"tides\""));
    }
    lectern_string_free(answer);

    /* The callback has enough after a piece. */
    memset(&seen, 0, sizeof seen);
    seen.enough_after = 1;
    CHECK(
        FAILS(lectern_collection_ask(notes, "{\"question\": \"What raises the tides of the sea?\"}",
                                     &watch, &answer, &error),
              "cancelled", ""));
    CHECK(answer == NULL);
    CHECK(seen.pieces == 1);

    /* Another thread ends an answer that would never end. */
    memset(&seen, 0, sizeof seen);
    seen.cancel = lectern_cancel_new();
    watch.cancel = seen.cancel;
    CHECK(FAILS(lectern_collection_ask(
                    notes, "{\"question\": \"What raises the patient tides of the sea?\"}", &watch,
                    &answer, &error),
                "cancelled", ""));
    CHECK(seen.started);
    if (seen.started) pthread_join(seen.other, NULL);
    /* A handle that was used ends every later call too. */
    CHECK(lectern_collection_ask(notes, "{\"question\": \"What raises the tides of the sea?\"}",
                                 &watch, &answer, NULL) == LECTERN_CANCELLED);
    lectern_cancel_free(seen.cancel);

    /* A program that was built when the struct was smaller: what is beyond is not read. */
    memset(&seen, 0, sizeof seen);
    watch.struct_size = 24;
    watch.on_event = NULL;
    CHECK(GOOD(lectern_collection_ask(notes, "{\"question\": \"What raises the tides?\"}", &watch,
                                      &answer, &error)));
    CHECK(seen.pieces > 0);
    lectern_string_free(answer);
}

static void embed(lectern_collection* notes) {
    lectern_error* error = NULL;
    const char* const texts[] = {"moon", "tides"};
    uint32_t dimension = 0;
    float values[64] = {0};
    CHECK(GOOD(
        lectern_collection_embed(notes, NULL, 0, LECTERN_AS_QUERY, NULL, 0, &dimension, &error)));
    CHECK(dimension == 8);
    CHECK(GOOD(
        lectern_collection_embed(notes, texts, 2, LECTERN_AS_PASSAGE, values, 16, NULL, &error)));
    CHECK(values[0] != 0 && values[15] != 0 && values[16] == 0);
    CHECK(FAILS(
        lectern_collection_embed(notes, texts, 2, LECTERN_AS_PASSAGE, values, 15, NULL, &error),
        "invalid_argument", ""));
    CHECK(FAILS(lectern_collection_embed(notes, texts, 2, 7, values, 16, NULL, &error),
                "invalid_argument", ""));
}

static void maintain(lectern_collection* notes, const char* folder) {
    lectern_error* error = NULL;
    char* report = NULL;
    char request[4096];
    uint64_t removed = 0;
    const char* const ids[] = {"bread", "none"};
    CHECK(GOOD(lectern_collection_remove(notes, ids, 2, &removed, &error)));
    CHECK(removed == 1);
    if (GOOD(lectern_collection_stats(notes, &report, &error)))
        CHECK(has(report, "\"documents\":2"));
    lectern_string_free(report);
    if (GOOD(lectern_collection_verify(notes, NULL, &report, &error)))
        CHECK(has(report, "\"clean\":true"));
    lectern_string_free(report);
    snprintf(request, sizeof request, "{\"folder\": \"%s/backups\"}", folder);
    if (GOOD(lectern_collection_backup(notes, request, NULL, &report, &error)))
        CHECK(has(report, "\"documents\":2"));
    lectern_string_free(report);
    CHECK(FAILS(lectern_collection_backup(notes, NULL, NULL, &report, &error), "invalid_argument",
                "folder"));
    CHECK(GOOD(lectern_collection_flush(notes, &error)));
    if (GOOD(lectern_collection_summarize(notes, "{\"document\": \"tides\", \"extractive\": true}",
                                          NULL, &report, &error)))
        CHECK(has(report, "\"summary\":"));
    lectern_string_free(report);
}

static void write_file(const char* path, const char* text) {
    FILE* file = fopen(path, "w");
    CHECK(file != NULL);
    if (file == NULL) return;
    fputs(text, file);
    CHECK(fclose(file) == 0);
}

/* Documents that keep others, bytes with a name, and what a filter chooses. */
static void put(lectern_collection* notes) {
    lectern_error* error = NULL;
    char* report = NULL;
    const char* const first =
        "{\"documents\": [{\"id\": \"kept\", \"text\": \"bread\"}], \"keep_existing\": true}";
    const char* const again =
        "{\"documents\": [{\"id\": \"kept\", \"text\": \"the oven\", \"metadata\": {\"year\": "
        "2022}}]}";
    if (GOOD(lectern_collection_put(notes, first, NULL, &report, &error)))
        CHECK(has(report, "\"documents\":1") && has(report, "\"kept\":[]"));
    lectern_string_free(report);
    if (GOOD(lectern_collection_put(notes, first, NULL, &report, &error)))
        CHECK(has(report, "\"documents\":0") && has(report, "\"kept\":[\"kept\"]"));
    lectern_string_free(report);
    if (GOOD(lectern_collection_put(notes, again, NULL, &report, &error)))
        CHECK(has(report, "\"replaced\":1") && has(report, "\"kept\":[]"));
    lectern_string_free(report);
    CHECK(FAILS(
        lectern_collection_put(notes, "{\"documents\": [{\"id\": 7}]}", NULL, &report, &error),
        "invalid_argument", "documents/0/id"));
    CHECK(FAILS(lectern_collection_put(notes, NULL, NULL, &report, &error), "invalid_argument",
                "documents"));
    if (GOOD(lectern_collection_add_bytes(notes, "mem/sea.txt", "the sea", 7, NULL, &report,
                                          &error)))
        CHECK(has(report, "\"documents\":1"));
    lectern_string_free(report);
    if (GOOD(
            lectern_collection_select(notes, "year > 2020 or id begins \"mem/\"", &report, &error)))
        CHECK(has(report, "\"documents\":[\"kept\",\"mem/sea.txt\"]"));
    lectern_string_free(report);
    CHECK(FAILS(lectern_collection_select(notes, "year >", &report, &error), "invalid_argument",
                "filter"));
    int32_t changed = 0;
    CHECK(GOOD(
        lectern_collection_patch_metadata(notes, "kept", "{\"checked\": true}", &changed, &error)));
    CHECK(changed == 1);
    if (GOOD(lectern_collection_select(notes, "checked = true", &report, &error)))
        CHECK(has(report, "\"documents\":[\"kept\"]"));
    lectern_string_free(report);
    CHECK(GOOD(
        lectern_collection_patch_metadata(notes, "kept", "{\"checked\": null}", &changed, &error)));
    CHECK(GOOD(
        lectern_collection_patch_metadata(notes, "kept", "{\"checked\": null}", &changed, &error)));
    CHECK(changed == 0);
    CHECK(FAILS(lectern_collection_patch_metadata(notes, "none", "{}", NULL, &error), "not_found",
                ""));
    CHECK(FAILS(lectern_collection_patch_metadata(notes, "kept", "[]", NULL, &error),
                "invalid_argument", ""));
}

/* The models alone. */
static void models(lectern_collection* notes) {
    lectern_error* error = NULL;
    char* out = NULL;
    struct stream stream = {0};
    lectern_watch watch = {sizeof watch, 0, &stream, on_text, NULL, NULL};
    const char* const texts[] = {"moon, and more", "tides"};
    const uint64_t sizes[] = {4, 5};
    float first[16] = {0};
    float values[16] = {0};
    const char* const say =
        "{\"messages\": [{\"role\": \"user\", \"content\": \"speak\"}], \"max_tokens\": 9}";
    CHECK(GOOD(
        lectern_collection_embed(notes, texts + 1, 1, LECTERN_AS_PASSAGE, first, 8, NULL, &error)));
    if (GOOD(lectern_collection_embed_texts(notes, texts, sizes, 2, LECTERN_AS_PASSAGE, NULL,
                                            values, 16, &out, &error)))
        CHECK(has(out, "\"dimension\":8") && has(out, "\"cut\":[]"));
    lectern_string_free(out);
    CHECK(values[0] != 0 && memcmp(first, values + 8, 8 * sizeof *values) == 0);
    CHECK(FAILS(lectern_collection_embed_texts(notes, texts, NULL, 2, LECTERN_AS_PASSAGE, NULL,
                                               values, 15, &out, &error),
                "invalid_argument", ""));
    CHECK(FAILS(lectern_collection_rerank(notes, "{\"query\": \"a\", \"passages\": [\"b\"]}", NULL,
                                          &out, &error),
                "unsupported", ""));
    if (GOOD(lectern_collection_generate(notes, say, &watch, &out, &error)))
        CHECK(has(out, "moon raises the tides") && has(out, "\"truncated\":false"));
    lectern_string_free(out);
    CHECK(has(stream.text, "moon raises the tides"));
    CHECK(FAILS(lectern_collection_generate(notes, "{\"messages\": [{\"role\": \"cook\"}]}", NULL,
                                            &out, &error),
                "invalid_argument", "messages"));
}

/* In step with a folder, and out of it again. */
static void sync_folder(lectern_collection* notes, const char* folder) {
    lectern_error* error = NULL;
    char* report = NULL;
    char path[4096];
    char request[4200];
    uint64_t left = 0;
    snprintf(path, sizeof path, "%s/tea.txt", folder);
    write_file(path, "tea and bread");
    snprintf(request, sizeof request, "{\"paths\": [\"%s\"], \"dry_run\": true}", path);
    if (GOOD(lectern_collection_sync(notes, request, NULL, &report, &error)))
        CHECK(has(report, "\"change\":\"added\"") && has(report, "\"documents\":0"));
    lectern_string_free(report);
    snprintf(request, sizeof request, "{\"path\": \"%s\"}", path);
    CHECK(GOOD(lectern_collection_add_source(notes, request, &error)));
    CHECK(FAILS(lectern_collection_add_source(notes, NULL, &error), "invalid_argument", "path"));
    if (GOOD(lectern_collection_sync(notes, NULL, NULL, &report, &error)))
        CHECK(has(report, "\"documents\":1"));
    lectern_string_free(report);
    if (GOOD(lectern_collection_sources(notes, &report, &error)))
        CHECK(has(report, "\"files\":1") && has(report, "tea.txt"));
    lectern_string_free(report);
    CHECK(GOOD(lectern_collection_remove_source(notes, path, &left, &error)));
    CHECK(left == 1);
    CHECK(
        FAILS(lectern_collection_sync(notes, NULL, NULL, &report, &error), "invalid_argument", ""));
}

/* Folders of collections that are not open. */
static void folders(const char* folder) {
    lectern_error* error = NULL;
    char* out = NULL;
    char path[4096];
    char request[8300];
    snprintf(path, sizeof path, "%s/notes", folder);
    if (GOOD(lectern_folder_verify(path, &out, &error))) CHECK(has(out, "\"clean\":true"));
    lectern_string_free(out);
    if (GOOD(lectern_folder_repair(path, &out, &error)))
        CHECK(has(out, "\"found\":[]") && has(out, "\"store_rebuilt\":false"));
    lectern_string_free(out);
    snprintf(path, sizeof path, "%s/backups", folder);
    if (GOOD(lectern_folder_backups(path, &out, &error))) CHECK(has(out, "\"id\":1"));
    lectern_string_free(out);
    snprintf(request, sizeof request, "{\"folder\": \"%s\", \"to\": \"%s/restored\"}", path,
             folder);
    if (GOOD(lectern_folder_restore(request, &out, &error))) CHECK(has(out, "\"documents\":2"));
    lectern_string_free(out);
    CHECK(FAILS(lectern_folder_restore("{\"folder\": \"a\"}", &out, &error), "invalid_argument",
                "to"));
    CHECK(GOOD(lectern_folder_delete_backup(path, 1, &error)));
    CHECK(FAILS(lectern_folder_delete_backup(path, 1, &error), "not_found", ""));
    CHECK(FAILS(lectern_folder_delete_backup(NULL, 1, &error), "invalid_argument", ""));
    snprintf(request, sizeof request, "{\"from\": \"%s/notes\", \"to\": \"%s/copied\"}", folder,
             folder);
    if (GOOD(lectern_folder_copy(request, NULL, &out, &error)))
        CHECK(has(out, "\"same\":5") && has(out, "\"different\":[]"));
    lectern_string_free(out);
    CHECK(FAILS(lectern_folder_copy("{\"from\": \"a\"}", NULL, &out, &error), "invalid_argument",
                "to"));
    CHECK(FAILS(lectern_folder_verify("none/such", &out, &error), "not_found", ""));
}

/* A plugin that is part of this program. */
static lectern_code never(const lectern_call* call, const lectern_stage_config* config,
                          lectern_stage** out) {
    (void)call;
    (void)config;
    *out = NULL;
    return LECTERN_UNAVAILABLE;
}
static const lectern_stage_type own_type = {sizeof own_type, LECTERN_CUSTOM, "stage",
                                            "Nothing",       NULL,           never};
static const lectern_stage_type* const own_types[] = {&own_type};
static const lectern_plugin own_plugin = {sizeof own_plugin,
                                          LECTERN_ABI_MAJOR,
                                          LECTERN_ABI_MINOR,
                                          "own",
                                          "1",
                                          "In the program",
                                          "Apache-2.0",
                                          NULL,
                                          NULL,
                                          1,
                                          0,
                                          own_types};
static const lectern_plugin bert_plugin = {sizeof bert_plugin,
                                           LECTERN_ABI_MAJOR,
                                           LECTERN_ABI_MINOR,
                                           "bert",
                                           "1",
                                           "Not the one",
                                           "Apache-2.0",
                                           NULL,
                                           NULL,
                                           1,
                                           0,
                                           own_types};
static const lectern_plugin nameless_plugin = {sizeof nameless_plugin,
                                               LECTERN_ABI_MAJOR,
                                               LECTERN_ABI_MINOR,
                                               "",
                                               "1",
                                               "",
                                               "",
                                               NULL,
                                               NULL,
                                               1,
                                               0,
                                               own_types};

static void plugins(lectern_engine* engine) {
    lectern_error* error = NULL;
    char* text = NULL;
    int before;
    /* Before the folders are looked at, and after. */
    for (before = 1; before >= 0; --before) {
        if (before) CHECK(GOOD(lectern_engine_add_plugin(engine, &own_plugin, &error)));
        CHECK(
            FAILS(lectern_engine_add_plugin(engine, &own_plugin, &error), "invalid_argument", ""));
        CHECK(
            FAILS(lectern_engine_add_plugin(engine, &bert_plugin, &error), "invalid_argument", ""));
        CHECK(FAILS(lectern_engine_add_plugin(engine, &nameless_plugin, &error), "invalid_argument",
                    ""));
        if (GOOD(lectern_engine_plugins(engine, &text, &error)))
            CHECK(has(text, "\"name\":\"own\"") && has(text, "\"name\":\"patient\""));
        lectern_string_free(text);
    }
    if (GOOD(lectern_engine_folders(engine, &text, &error)))
        CHECK(has(text, "\"models\":\"") && has(text, "/cache\""));
    lectern_string_free(text);
}

int main(int argc, char** argv) {
    lectern_engine* engine = NULL;
    lectern_collection* notes = NULL;
    lectern_collection* second = NULL;
    lectern_documents* documents = NULL;
    lectern_error* error = NULL;
    char* text = NULL;
    char path[4096];
    char options[4096];
    if (argc != 4) return 2;
    CHECK(strlen(lectern_version()) > 0);

    CHECK(FAILS(lectern_engine_open("{\"threads\": 5000}", NULL, NULL, &engine, &error),
                "invalid_argument", "threads"));
    snprintf(options, sizeof options,
             "{\"plugins\": [\"%s\"], \"cache\": \"%s/cache\", \"threads\": 2}", argv[3], argv[1]);
    if (!GOOD(lectern_engine_open(options, on_log, NULL, &engine, &error))) return 1;
    plugins(engine);

    snprintf(path, sizeof path, "%s/notes", argv[1]);
    CHECK(FAILS(lectern_collection_open(engine, path, "{\"create\": false}", &notes, &error),
                "not_found", ""));
    snprintf(options, sizeof options, "{\"pipeline\": \"%s\"}", argv[2]);
    if (!GOOD(lectern_collection_open(engine, path, options, &notes, &error))) return 1;
    CHECK(FAILS(lectern_collection_open(engine, path, NULL, &second, &error), "unavailable", ""));
    /* The engine ends with the last of its collections. */
    lectern_engine_close(engine);
    store(notes, argv[1]);
    walk(notes);
    search(notes);
    ask(notes);
    embed(notes);
    maintain(notes, argv[1]);
    put(notes);
    models(notes);
    sync_folder(notes, argv[1]);

    /* And a collection with the last walk. */
    CHECK(GOOD(lectern_documents_open(notes, NULL, &documents, &error)));
    lectern_collection_close(notes);
    CHECK(GOOD(lectern_documents_next(documents, &text, &error)));
    CHECK(text != NULL);
    lectern_string_free(text);
    lectern_documents_close(documents);
    folders(argv[1]);
    /* Nothing to end. */
    lectern_engine_close(NULL);
    lectern_collection_close(NULL);
    lectern_documents_close(NULL);
    lectern_cancel_free(NULL);
    lectern_error_free(NULL);
    lectern_string_free(NULL);
    CHECK(warnings == 0);
    if (!wrong) puts("all is well");
    return wrong;
}
