/*
 * The layout of lectern.h is frozen: this file compiles only while every field stands where it
 * stood when it was released, and every function is there with the arguments that it had. A struct
 * may grow at its end. Offsets in bytes, for 64-bit systems.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "lectern/lectern.h"

#define C_API_FIELD(type, field, at) \
    static_assert(offsetof(type, field) == (at), #type "." #field " moved")

static_assert(sizeof(void*) == 8, "lectern.h is for 64-bit systems");
static_assert(sizeof(lectern_code) == 4, "lectern_code is an int32_t");
static_assert(sizeof(lectern_watch) == 40, "lectern_watch has another size than in 0.1");
C_API_FIELD(lectern_watch, struct_size, 0);
C_API_FIELD(lectern_watch, reserved, 4);
C_API_FIELD(lectern_watch, data, 8);
C_API_FIELD(lectern_watch, on_text, 16);
C_API_FIELD(lectern_watch, on_event, 24);
C_API_FIELD(lectern_watch, cancel, 32);

static_assert(LECTERN_AS_QUERY == 0 && LECTERN_AS_PASSAGE == 1, "a value of an enum moved");

/* The functions, as they were released. New ones are put at the end. */
struct c_api_functions {
    const char* (*version)(void);
    lectern_code (*error_code)(const lectern_error*);
    const char* (*error_word)(const lectern_error*);
    const char* (*error_message)(const lectern_error*);
    const char* (*error_place)(const lectern_error*);
    void (*error_free)(lectern_error*);
    void (*string_free)(char*);
    lectern_cancel* (*cancel_new)(void);
    void (*cancel_request)(lectern_cancel*);
    void (*cancel_free)(lectern_cancel*);
    lectern_code (*engine_open)(const char*, lectern_log, void*, lectern_engine**, lectern_error**);
    void (*engine_close)(lectern_engine*);
    lectern_code (*engine_plugins)(const lectern_engine*, char**, lectern_error**);
    lectern_code (*engine_folders)(const lectern_engine*, char**, lectern_error**);
    lectern_code (*engine_add_plugin)(const lectern_engine*, const struct lectern_plugin*,
                                      lectern_error**);
    lectern_code (*collection_open)(const lectern_engine*, const char*, const char*,
                                    lectern_collection**, lectern_error**);
    void (*collection_close)(lectern_collection*);
    lectern_code (*collection_stats)(const lectern_collection*, char**, lectern_error**);
    lectern_code (*collection_ingest)(lectern_collection*, const char*, const lectern_watch*,
                                      char**, lectern_error**);
    lectern_code (*collection_add)(lectern_collection*, const char*, const lectern_watch*, char**,
                                   lectern_error**);
    lectern_code (*collection_put)(lectern_collection*, const char*, const lectern_watch*, char**,
                                   lectern_error**);
    lectern_code (*collection_add_bytes)(lectern_collection*, const char*, const void*, uint64_t,
                                         const lectern_watch*, char**, lectern_error**);
    lectern_code (*collection_sync)(lectern_collection*, const char*, const lectern_watch*, char**,
                                    lectern_error**);
    lectern_code (*collection_follow)(lectern_collection*, const char*, const lectern_watch*,
                                      lectern_error**);
    lectern_code (*collection_sources)(const lectern_collection*, char**, lectern_error**);
    lectern_code (*collection_add_source)(lectern_collection*, const char*, lectern_error**);
    lectern_code (*collection_remove_source)(lectern_collection*, const char*, uint64_t*,
                                             lectern_error**);
    lectern_code (*collection_remove)(lectern_collection*, const char* const*, uint64_t, uint64_t*,
                                      lectern_error**);
    lectern_code (*collection_get)(const lectern_collection*, const char*, char**, lectern_error**);
    lectern_code (*collection_select)(const lectern_collection*, const char*, char**,
                                      lectern_error**);
    lectern_code (*collection_patch_metadata)(lectern_collection*, const char*, const char*,
                                              int32_t*, lectern_error**);
    lectern_code (*documents_open)(const lectern_collection*, const char*, lectern_documents**,
                                   lectern_error**);
    lectern_code (*documents_next)(lectern_documents*, char**, lectern_error**);
    void (*documents_close)(lectern_documents*);
    lectern_code (*collection_search)(const lectern_collection*, const char*, const lectern_watch*,
                                      char**, lectern_error**);
    lectern_code (*collections_search)(const lectern_collection* const*, uint64_t, const char*,
                                       const lectern_watch*, char**, lectern_error**);
    lectern_code (*collection_ask)(const lectern_collection*, const char*, const lectern_watch*,
                                   char**, lectern_error**);
    lectern_code (*collection_summarize)(const lectern_collection*, const char*,
                                         const lectern_watch*, char**, lectern_error**);
    lectern_code (*collection_embed)(const lectern_collection*, const char* const*, uint64_t,
                                     int32_t, float*, uint64_t, uint32_t*, lectern_error**);
    lectern_code (*collection_embed_texts)(const lectern_collection*, const char* const*,
                                           const uint64_t*, uint64_t, int32_t, const lectern_watch*,
                                           float*, uint64_t, char**, lectern_error**);
    lectern_code (*collection_rerank)(const lectern_collection*, const char*, const lectern_watch*,
                                      char**, lectern_error**);
    lectern_code (*collection_generate)(const lectern_collection*, const char*,
                                        const lectern_watch*, char**, lectern_error**);
    lectern_code (*collection_reembed)(lectern_collection*, const char*, const lectern_watch*,
                                       char**, lectern_error**);
    lectern_code (*collection_verify)(const lectern_collection*, const lectern_watch*, char**,
                                      lectern_error**);
    lectern_code (*collection_backup)(const lectern_collection*, const char*, const lectern_watch*,
                                      char**, lectern_error**);
    lectern_code (*collection_flush)(lectern_collection*, lectern_error**);
    lectern_code (*folder_verify)(const char*, char**, lectern_error**);
    lectern_code (*folder_repair)(const char*, char**, lectern_error**);
    lectern_code (*folder_backups)(const char*, char**, lectern_error**);
    lectern_code (*folder_restore)(const char*, char**, lectern_error**);
    lectern_code (*folder_delete_backup)(const char*, uint32_t, lectern_error**);
    lectern_code (*folder_copy)(const char*, const lectern_watch*, char**, lectern_error**);
};
__attribute__((used)) static const struct c_api_functions functions = {
    lectern_version,
    lectern_error_code,
    lectern_error_word,
    lectern_error_message,
    lectern_error_place,
    lectern_error_free,
    lectern_string_free,
    lectern_cancel_new,
    lectern_cancel_request,
    lectern_cancel_free,
    lectern_engine_open,
    lectern_engine_close,
    lectern_engine_plugins,
    lectern_engine_folders,
    lectern_engine_add_plugin,
    lectern_collection_open,
    lectern_collection_close,
    lectern_collection_stats,
    lectern_collection_ingest,
    lectern_collection_add,
    lectern_collection_put,
    lectern_collection_add_bytes,
    lectern_collection_sync,
    lectern_collection_follow,
    lectern_collection_sources,
    lectern_collection_add_source,
    lectern_collection_remove_source,
    lectern_collection_remove,
    lectern_collection_get,
    lectern_collection_select,
    lectern_collection_patch_metadata,
    lectern_documents_open,
    lectern_documents_next,
    lectern_documents_close,
    lectern_collection_search,
    lectern_collections_search,
    lectern_collection_ask,
    lectern_collection_summarize,
    lectern_collection_embed,
    lectern_collection_embed_texts,
    lectern_collection_rerank,
    lectern_collection_generate,
    lectern_collection_reembed,
    lectern_collection_verify,
    lectern_collection_backup,
    lectern_collection_flush,
    lectern_folder_verify,
    lectern_folder_repair,
    lectern_folder_backups,
    lectern_folder_restore,
    lectern_folder_delete_backup,
    lectern_folder_copy,
};
