/* lectern/plugin/splitter.h: the kind "splitter", which cuts a document into chunks. */
#ifndef LECTERN_PLUGIN_SPLITTER_H
#define LECTERN_PLUGIN_SPLITTER_H

#include "lectern/plugin/document.h"
#include "lectern/plugin/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lectern_chunk {
    uint32_t struct_size;
    uint32_t tokens; /* by the embedder's tokenizer, without special tokens; 0: not counted */
    uint64_t begin;  /* bytes into the document's text, at character boundaries */
    uint64_t end;
    /* Since 1.3. Bytes of the text before `begin` that this chunk cannot be understood without: the
     * header of the table that it begins within. They are embedded and searched with it, and shown
     * to readers, and are no part of it. Both 0: none. At most 2048 bytes. */
    uint64_t context_begin;
    uint64_t context_end;
} lectern_chunk;

typedef struct lectern_chunk_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* Chunks come in order of begin. [thread of the call] */
    lectern_code (*chunk)(const struct lectern_chunk_sink* sink, const lectern_chunk* chunk);
} lectern_chunk_sink;

#define LECTERN_SPLITTER_1 "lectern.splitter/1"
typedef struct lectern_splitter {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any thread] */
    lectern_code (*split)(const lectern_stage* stage, const lectern_call* call,
                          const lectern_document* document, const lectern_chunk_sink* sink);
} lectern_splitter;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_SPLITTER_H */
