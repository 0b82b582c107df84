/*
 * lectern/lectern.h: the engine for programs in C, and in every language that can call C.
 *
 *     lectern_engine* engine;
 *     lectern_collection* notes;
 *     char* answer;
 *     lectern_engine_open(NULL, NULL, NULL, &engine, NULL);
 *     lectern_collection_open(engine, "notes", NULL, &notes, NULL);
 *     lectern_collection_ask(notes, "{\"question\": \"What is BERT?\"}", NULL, &answer, NULL);
 *     puts(answer);
 *     lectern_string_free(answer);
 *     lectern_collection_close(notes);
 *     lectern_engine_close(engine);
 *
 * Rules that hold for every function here:
 *
 *  - Text is UTF-8 and ends with a NUL byte, unless a size stands beside it.
 *  - Requests and results are JSON with the names of the HTTP interface (docs/server.md); NULL
 *    or "" is a request without fields. A field that is unknown is refused.
 *  - Ownership. What a function gives through an `out` parameter is the caller's, who ends it with
 *    the function that the parameter's type names: lectern_..._close, lectern_..._free, and
 *    lectern_string_free for text. What is passed in is borrowed until the function returns. The
 *    functions that end something take NULL, and do nothing.
 *  - Failures. A function that can fail returns a lectern_code. On anything but LECTERN_OK
 *    `*out` is NULL, and `*error` receives an object that says why; `error` may be NULL. On
 *    LECTERN_OK `*error` is NULL. No C++ exception comes out, and none may go in: a callback
 *    must not throw.
 *  - Threads. [any thread]: from any thread, also at the same time for one handle. [last]: from any
 *    thread, when no other call with the handle is running or follows. Functions that read
 *    and write may be called from many threads at once: writers wait for each other, searches
 *    for nobody.
 *  - Callbacks are called while the function that was given them runs, from any thread, one at a
 *    time. They may call into the engine, but not end a handle of the function's.
 *  - Growth. Structs begin with `struct_size`, which the caller sets to sizeof, and only grow
 *    at the end. Functions are added and never change.
 */
#ifndef LECTERN_H
#define LECTERN_H

#include <stdint.h>

#include "lectern/code.h"

#if defined(_WIN32)
#define LECTERN_C_API
#else
#define LECTERN_C_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Folders, plugins, models, threads and a log: what collections share. */
typedef struct lectern_engine lectern_engine;
/* One open collection. */
typedef struct lectern_collection lectern_collection;
/* A walk over the documents of a collection. */
typedef struct lectern_documents lectern_documents;
/* Ends a call from another thread. */
typedef struct lectern_cancel lectern_cancel;
typedef struct lectern_error lectern_error;

/* The library's version, "0.1.0". Never freed. [any thread] */
LECTERN_C_API const char* lectern_version(void);

/* ------------------------------------------------------------------ errors */

/* [any thread] */
LECTERN_C_API lectern_code lectern_error_code(const lectern_error* error);
/* The code as the HTTP interface says it: "not_found". Never freed. [any thread] */
LECTERN_C_API const char* lectern_error_word(const lectern_error* error);
/* What, where and what to do, for people. Valid as long as the error. [any thread] */
LECTERN_C_API const char* lectern_error_message(const lectern_error* error);
/* The field of the request that is wrong: "k", "2/title" of the third of several documents,
 * "byte 17" of text that is no JSON; "" when the failure is not in the request. Valid as long as
 * the error. [any thread] */
LECTERN_C_API const char* lectern_error_place(const lectern_error* error);
/* [last] */
LECTERN_C_API void lectern_error_free(lectern_error* error);

/* Frees text that a function gave. [last] */
LECTERN_C_API void lectern_string_free(char* text);

/* ------------------------------------------------------- progress, streams */

/* NULL when memory is exhausted. [any thread] */
LECTERN_C_API lectern_cancel* lectern_cancel_new(void);
/* Every call that was given the handle, and every later one, ends with LECTERN_CANCELLED soon.
 * [any thread] */
LECTERN_C_API void lectern_cancel_request(lectern_cancel* cancel);
/* [last] */
LECTERN_C_API void lectern_cancel_free(lectern_cancel* cancel);

/* What the caller of a long function wants to hear. Every field but the first may be 0. */
typedef struct lectern_watch {
    uint32_t struct_size; /* sizeof(lectern_watch) */
    uint32_t reserved;    /* 0 */
    void* data;           /* is passed to the callbacks */
    /* The text as it is written, piece by piece; each is whole characters and `size` bytes long,
     * and is not ended by a NUL byte. What was given is part of the result. Returns 0 when it is
     * enough: the function then ends with LECTERN_CANCELLED, and calls back no more. */
    int32_t (*on_text)(void* data, const char* piece, uint64_t size);
    /* Something with a name, as JSON: "evidence" and "hits" before the text that stands on them,
     * "summary" {"hit", "text"} for a piece of the summary of one hit, "progress" of what takes
     * long. Returns 0 as on_text. */
    int32_t (*on_event)(void* data, const char* name, const char* json);
    const lectern_cancel* cancel; /* or NULL */
} lectern_watch;

/* ------------------------------------------------------------------ engine */

/* level: 0 debug, 1 information, 2 warning, 3 error. source: the room or plugin that speaks. Called
 * from any thread, also at the same time, until the engine and the last of its collections have
 * ended. */
typedef void (*lectern_log)(void* data, int32_t level, const char* source, const char* message);

/* `options`: {"plugins": [FOLDER, ...], "models": FOLDER, "cache": FOLDER, "pipelines": FOLDER,
 * "threads": 0 to 1024}, all optional; engine.hpp says what stands for what is left out. `log`:
 * NULL for warnings and errors on standard error. Engines of one process share nothing but the code
 * of plugins. [any thread] */
LECTERN_C_API lectern_code lectern_engine_open(const char* options, lectern_log log, void* log_data,
                                               lectern_engine** out, lectern_error** error);
/* Its collections may still be open: the engine ends with the last of them. [last] */
LECTERN_C_API void lectern_engine_close(lectern_engine* engine);
/* {"plugins": [...], "refused": [...]}. [any thread] */
LECTERN_C_API lectern_code lectern_engine_plugins(const lectern_engine* engine, char** out,
                                                  lectern_error** error);
/* {"plugins": [FOLDER, ...], "models": FOLDER, "cache": FOLDER, "pipelines": FOLDER}: where the
 * engine looks, with what its options left out. [any thread] */
LECTERN_C_API lectern_code lectern_engine_folders(const lectern_engine* engine, char** out,
                                                  lectern_error** error);
/* A plugin that is part of this program: `plugin` is what a shared object would export as
 * lectern_plugin_entry (plugin.h). It stays where it is, unchanged, until the process ends. Its
 * stages stand in pipelines by its name, as those of other plugins do. invalid_argument when the
 * entry is wrong or the name is taken; it comes before the plugins of folders when it is added
 * before the first collection is opened. [any thread] */
struct lectern_plugin;
LECTERN_C_API lectern_code lectern_engine_add_plugin(const lectern_engine* engine,
                                                     const struct lectern_plugin* plugin,
                                                     lectern_error** error);

/* -------------------------------------------------------------- collection */

/* `options`: {"pipeline": FILE or name, "create": true, "load_models": true}, all optional. A
 * folder is open once at a time, in one process. [any thread] */
LECTERN_C_API lectern_code lectern_collection_open(const lectern_engine* engine, const char* folder,
                                                   const char* options, lectern_collection** out,
                                                   lectern_error** error);
/* The folder is free when walks over its documents have ended too. [last] */
LECTERN_C_API void lectern_collection_close(lectern_collection* collection);

/* Counts, the pipeline, the fingerprint of its vectors. [any thread] */
LECTERN_C_API lectern_code lectern_collection_stats(const lectern_collection* collection,
                                                    char** out, lectern_error** error);

/* Files and folders: {"paths": [PATH, ...]}. The report names the files that failed. Events:
 * "progress". When it is cancelled the report comes all the same, with LECTERN_OK: what is stored
 * stays, and the rest was not begun. [any thread] */
LECTERN_C_API lectern_code lectern_collection_ingest(lectern_collection* collection,
                                                     const char* request,
                                                     const lectern_watch* watch, char** out,
                                                     lectern_error** error);
/* `documents`: one {"id", "title", "text", "metadata"} or a list of them; one of an id that is
 * there is replaced. None is stored when one is malformed. The rest as lectern_collection_ingest.
 * [any thread] */
LECTERN_C_API lectern_code lectern_collection_add(lectern_collection* collection,
                                                  const char* documents, const lectern_watch* watch,
                                                  char** out, lectern_error** error);
/* {"documents": [DOCUMENT, ...], "keep_existing": false}: as lectern_collection_add, and with
 * `keep_existing` a document whose id is there is left as it is. The report has `replaced` as well,
 * and the ids in `kept`. [any thread] */
LECTERN_C_API lectern_code lectern_collection_put(lectern_collection* collection,
                                                  const char* request, const lectern_watch* watch,
                                                  char** out, lectern_error** error);
/* A file of this name that is in memory: `size` bytes of whatever an extractor reads. The rest as
 * lectern_collection_ingest. [any thread] */
LECTERN_C_API lectern_code lectern_collection_add_bytes(lectern_collection* collection,
                                                        const char* name, const void* bytes,
                                                        uint64_t size, const lectern_watch* watch,
                                                        char** out, lectern_error** error);
/* Makes the collection equal to its sources (docs/sync.md): {"paths", "include", "exclude",
 * "dry_run", "accept_loss"}, all optional. Events: "progress". Cancelled: LECTERN_CANCELLED while
 * it looks at the folders; later what is stored stays, and the same call goes on from there.
 * [any thread] */
LECTERN_C_API lectern_code lectern_collection_sync(lectern_collection* collection,
                                                   const char* request, const lectern_watch* watch,
                                                   char** out, lectern_error** error);
/* The same, and again whenever something changes, until it is cancelled, which is LECTERN_OK.
 * "debounce_milliseconds" (500) must pass without a change before one is taken up. Events:
 * "progress", "synced" with the report, "failed" {"code", "message"} of a later sync. The failure
 * of the first one is that of the call. [any thread] */
LECTERN_C_API lectern_code lectern_collection_follow(lectern_collection* collection,
                                                     const char* request,
                                                     const lectern_watch* watch,
                                                     lectern_error** error);
/* {"sources": [{"path", "name", "include", "exclude", "files", "documents"}, ...]}. [any thread] */
LECTERN_C_API lectern_code lectern_collection_sources(const lectern_collection* collection,
                                                      char** out, lectern_error** error);
/* {"path", "include", "exclude"}; one that is there gets these patterns. [any thread] */
LECTERN_C_API lectern_code lectern_collection_add_source(lectern_collection* collection,
                                                         const char* request,
                                                         lectern_error** error);
/* Its documents stay: how many these are. [any thread] */
LECTERN_C_API lectern_code lectern_collection_remove_source(lectern_collection* collection,
                                                            const char* path, uint64_t* documents,
                                                            lectern_error** error);
/* Takes out the documents of these ids: how many there were. Found by nothing on return.
 * [any thread] */
LECTERN_C_API lectern_code lectern_collection_remove(lectern_collection* collection,
                                                     const char* const* ids, uint64_t count,
                                                     uint64_t* removed, lectern_error** error);
/* [any thread] */
LECTERN_C_API lectern_code lectern_collection_get(const lectern_collection* collection,
                                                  const char* id, char** out,
                                                  lectern_error** error);

/* {"documents": [ID, ...], "hints": [...]}: all that fulfil a filter (docs/filters.md), in order of
 * id. A document without text is in no index, and not among them. [any thread] */
LECTERN_C_API lectern_code lectern_collection_select(const lectern_collection* collection,
                                                     const char* filter, char** out,
                                                     lectern_error** error);

/* Changes the metadata of the document `id`, and nothing else of it: `merge_patch` is a JSON object
 * (RFC 7396: null takes a key out, objects are merged, all else is replaced). No model runs.
 * `*changed` (may be NULL): 1 when that changed something. not_found without such a document.
 * [any thread] */
LECTERN_C_API lectern_code lectern_collection_patch_metadata(lectern_collection* collection,
                                                             const char* id,
                                                             const char* merge_patch,
                                                             int32_t* changed,
                                                             lectern_error** error);

/* All documents in order of id, after `after` (NULL: from the first). [any thread] */
LECTERN_C_API lectern_code lectern_documents_open(const lectern_collection* collection,
                                                  const char* after, lectern_documents** out,
                                                  lectern_error** error);
/* The next document, or LECTERN_OK with `*out` NULL at the end. What is written meanwhile may be
 * among them. [one call at a time for one walk] */
LECTERN_C_API lectern_code lectern_documents_next(lectern_documents* documents, char** out,
                                                  lectern_error** error);
/* [last] */
LECTERN_C_API void lectern_documents_close(lectern_documents* documents);

/* {"query", "k", "filter", "facets", "sort", "mode", "similar", "summarize", ...} as POST
 * .../search, and "explain". With summaries: the event "hits", then text (of a list) or events
 * "summary" (of each hit). [any thread] */
LECTERN_C_API lectern_code lectern_collection_search(const lectern_collection* collection,
                                                     const char* request,
                                                     const lectern_watch* watch, char** out,
                                                     lectern_error** error);
/* One list of what several collections have for a query, which is that of lectern_collection_search
 * without "facets", "sort", "summarize" and "similar": {"hits", "milliseconds", "hints"}, each hit
 * with "collection", its place in the list. Each collection once. [any thread] */
LECTERN_C_API lectern_code lectern_collections_search(const lectern_collection* const* collections,
                                                      uint64_t count, const char* request,
                                                      const lectern_watch* watch, char** out,
                                                      lectern_error** error);
/* {"question", "history", "filter", "extractive", "deadline_milliseconds", "explain"}. `history` is
 * a list of {"question", "answer"}, the oldest first: what the question may lean on. With one, the
 * event "question" where it was put another way, and the answer has "question". The event
 * "evidence", then the answer's text. [any thread] */
LECTERN_C_API lectern_code lectern_collection_ask(const lectern_collection* collection,
                                                  const char* request, const lectern_watch* watch,
                                                  char** out, lectern_error** error);
/* {"document", "extractive", "deadline_milliseconds", "explain"}. The summary's text. [any thread]
 */
LECTERN_C_API lectern_code lectern_collection_summarize(const lectern_collection* collection,
                                                        const char* request,
                                                        const lectern_watch* watch, char** out,
                                                        lectern_error** error);

enum {
    LECTERN_AS_QUERY = 0,
    LECTERN_AS_PASSAGE = 1
}; /* models put different prefixes before them */

/* The vectors of `count` texts, row after row, into `values`, which has room for `capacity`
 * numbers: count times `*dimension`. `dimension` (may be NULL) receives the length of a vector
 * whenever the models are loaded, so a call with no text asks for it. [any thread] */
LECTERN_C_API lectern_code lectern_collection_embed(const lectern_collection* collection,
                                                    const char* const* texts, uint64_t count,
                                                    int32_t as, float* values, uint64_t capacity,
                                                    uint32_t* dimension, lectern_error** error);

/* As lectern_collection_embed, for many texts: `sizes` has the bytes of each (NULL: they end with a
 * NUL byte), `watch` may be cancelled, and `*out` receives {"dimension", "tokens", "max_tokens",
 * "cut": [INDEX, ...]}, the texts of which the model did not read the end. [any thread] */
LECTERN_C_API lectern_code lectern_collection_embed_texts(const lectern_collection* collection,
                                                          const char* const* texts,
                                                          const uint64_t* sizes, uint64_t count,
                                                          int32_t as, const lectern_watch* watch,
                                                          float* values, uint64_t capacity,
                                                          char** out, lectern_error** error);
/* {"query", "passages": [TEXT, ...]}: {"scores": [NUMBER, ...]} by the pipeline's reranker, larger
 * is better. unsupported without one. [any thread] */
LECTERN_C_API lectern_code lectern_collection_rerank(const lectern_collection* collection,
                                                     const char* request,
                                                     const lectern_watch* watch, char** out,
                                                     lectern_error** error);
/* The pipeline's generator alone; nothing that it says is verified. {"messages": [{"role":
 * "system", "user" or "assistant", "content"}, ...], "max_tokens", "temperature", "top_p", "seed",
 * "stop": [TEXT, ...], "deadline_milliseconds"}: {"text", "prompt_tokens", "generated_tokens",
 * "truncated"}. The text as it is written. [any thread] */
LECTERN_C_API lectern_code lectern_collection_generate(const lectern_collection* collection,
                                                       const char* request,
                                                       const lectern_watch* watch, char** out,
                                                       lectern_error** error);

/* ------------------------------------------------------------- maintenance */

/* Changes the model: {"pipeline": FILE or name, "truncate": false}; see lectern.hpp. Events:
 * "progress". Not from a callback of another call. [any thread] */
LECTERN_C_API lectern_code lectern_collection_reembed(lectern_collection* collection,
                                                      const char* request,
                                                      const lectern_watch* watch, char** out,
                                                      lectern_error** error);
/* Reads everything and changes nothing. Damage is in the report, with LECTERN_OK. Events:
 * "progress". [any thread] */
LECTERN_C_API lectern_code lectern_collection_verify(const lectern_collection* collection,
                                                     const lectern_watch* watch, char** out,
                                                     lectern_error** error);
/* {"folder": FOLDER} that is empty, not there, or has earlier backups. Events: "progress".
 * [any thread] */
LECTERN_C_API lectern_code lectern_collection_backup(const lectern_collection* collection,
                                                     const char* request,
                                                     const lectern_watch* watch, char** out,
                                                     lectern_error** error);
/* Writes the index caches, so that the next open is quick. Nothing is lost without it. [any thread]
 */
LECTERN_C_API lectern_code lectern_collection_flush(lectern_collection* collection,
                                                    lectern_error** error);

/* Of a collection that is not open. As lectern_collection_verify, without events. [any thread] */
LECTERN_C_API lectern_code lectern_folder_verify(const char* folder, char** out,
                                                 lectern_error** error);
/* Saves what can be read and rebuilds what is derived: {"found", "lost", "documents", "chunks",
 * "store_rebuilt", "index_files", "kept_aside", "seconds"}. [any thread] */
LECTERN_C_API lectern_code lectern_folder_repair(const char* folder, char** out,
                                                 lectern_error** error);
/* {"backups": [...]} of a folder, oldest first. [any thread] */
LECTERN_C_API lectern_code lectern_folder_backups(const char* folder, char** out,
                                                  lectern_error** error);
/* {"folder", "to", "id"}: makes the collection `to`, a folder that is empty or not there, from a
 * backup (0, or left out: the latest that is whole). [any thread] */
LECTERN_C_API lectern_code lectern_folder_restore(const char* request, char** out,
                                                  lectern_error** error);
/* Takes one backup out of a folder; what others share with it stays. Not while one is made there.
 * [any thread] */
LECTERN_C_API lectern_code lectern_folder_delete_backup(const char* folder, uint32_t id,
                                                        lectern_error** error);
/* {"from", "to", "replace": false}: a collection to another place, folders or clusters
 * (opensearch://...), without embedding again; copy.hpp says how. What is not equal in the end is
 * in the report, with LECTERN_OK. Events: "progress". Cancelled: LECTERN_CANCELLED, and the same
 * call goes on from there. [any thread] */
LECTERN_C_API lectern_code lectern_folder_copy(const char* request, const lectern_watch* watch,
                                               char** out, lectern_error** error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_H */
