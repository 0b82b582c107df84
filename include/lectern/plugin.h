/*
 * lectern/plugin.h: the plugin ABI of Lectern, version 1. Plain C (C99 and later, C++11 and later).
 *
 * A plugin is one shared object that exports one constant, `lectern_plugin_entry`. The host reads
 * the ABI version from that constant before it runs any code of the plugin. The plugin offers
 * stage types; the host creates stages (instances) from them and asks each stage for the function
 * table of its kind by a string id ("lectern.embedder/1").
 *
 * Rules that hold for every function here:
 *
 *  - Size first. Every struct that crosses the boundary starts with `struct_size`, set by whoever
 *    allocates it to the bytes that are there. Structs only grow, at the end, so the other side's
 *    may be smaller or larger than yours. Four rules follow:
 *     - Reading: a field that came after 1.0 is used only when LECTERN_HAS(pointer, field).
 *     - Filling a struct that the caller allocated (an `out` of these functions, a `report`): only
 *       fields that LECTERN_HAS says are there are written. It came filled with zeros; what is left
 *       alone is not said. Never assign the whole struct.
 *     - Copying a struct of the other side by assignment reads past its end when yours is larger,
 *       and takes its `struct_size` along. Make one of your own, set struct_size to its sizeof, and
 *       copy the fields.
 *     - Arrays of structs are walked by the first element's `struct_size`, not by sizeof:
 *       LECTERN_ITEM(type, array, index).
 *    The host hands a plugin every struct in the size of the plugin's own minor version, when that
 *    is the older one: what was right for its header stays right.
 *  - Borrowed spans. Every pointer passed into a call is valid until that call returns and no
 *    longer; whoever wants to keep the bytes copies them. Nothing is freed on the other side.
 *  - Text is UTF-8 with an explicit size; it is not NUL-terminated, and may contain NUL bytes.
 *    `const char*` fields marked "string" are NUL-terminated UTF-8.
 *  - Errors are codes. A function that can fail returns a lectern_code; on anything but LECTERN_OK
 *    it should first leave a message through call->set_error. Nothing may throw across the
 *    boundary, and nothing may exit or abort the process.
 *  - Threads. Functions marked [any thread] are called from any thread, also at the same time, for
 *    one stage. Functions marked [one at a time] are called from any thread but never twice at once
 *    for one stage. init and deinit are called once, on one thread.
 *  - Versions. A host loads plugins of its own ABI major. A plugin built for a later minor version
 *    is loaded too: it can tell from host->abi_minor what the host does not know.
 *
 * The layout is frozen: engine/plugin_host/abi_layout.c asserts every size and offset.
 */
#ifndef LECTERN_PLUGIN_H
#define LECTERN_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#include "lectern/code.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LECTERN_ABI_MAJOR 1u
#define LECTERN_ABI_MINOR 3u

#if defined(_WIN32)
#define LECTERN_EXPORT __declspec(dllexport)
#else
#define LECTERN_EXPORT __attribute__((visibility("default")))
#endif

/* True when the struct at `pointer` has `field`: whoever allocated it knew it. */
#define LECTERN_HAS(pointer, field)                                        \
    ((pointer)->struct_size >= (uint32_t)((const char*)&(pointer)->field - \
                                          (const char*)(pointer) + sizeof((pointer)->field)))

/* Item `index` of an array of structs, whatever size the other side's have: a `const type*`. */
#define LECTERN_ITEM(type, array, index)                            \
    ((const type*)(const void*)((const char*)(const void*)(array) + \
                                (size_t)(index) * (array)->struct_size))

/* ------------------------------------------------------------------ values */

/* Borrowed UTF-8. data may be NULL when size is 0. */
typedef struct lectern_text {
    const char* data;
    uint64_t size; /* bytes */
} lectern_text;

/* A half-open byte range [begin, end). */
typedef struct lectern_range {
    uint64_t begin;
    uint64_t end;
} lectern_range;

/* ------------------------------------------------------------------- call */

/* The context of one call, made by the host. Passed first to every stage function. */
typedef struct lectern_call {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* The reason of a failure that the function is about to return. The host copies the text.
     * [thread of the call] */
    void (*set_error)(const struct lectern_call* call, lectern_text message);
    /* One item of a batch failed and the others go on. The function then returns LECTERN_OK.
     * [thread of the call] */
    void (*item_error)(const struct lectern_call* call, uint64_t index, lectern_code code,
                       lectern_text message);
    /* Non-zero when the work is no longer wanted (cancelled, or past its deadline): return
     * LECTERN_CANCELLED soon. Cheap; ask between tokens, batches, pages. [any thread] */
    int32_t (*is_cancelled)(const struct lectern_call* call);
} lectern_call;

/* ------------------------------------------------------------------- host */

/* What the host offers. Lives as long as the plugin is loaded. */
typedef struct lectern_host {
    uint32_t struct_size;
    uint16_t abi_major;
    uint16_t abi_minor;
    const char* name;    /* string, "lectern" */
    const char* version; /* string, the engine's version */
    /* A table by id, or NULL when this host does not have it. [any thread] */
    const void* (*get_capability)(const struct lectern_host* host, const char* id);
} lectern_host;

enum {
    LECTERN_LOG_DEBUG = 0,
    LECTERN_LOG_INFO = 1,
    LECTERN_LOG_WARNING = 2,
    LECTERN_LOG_ERROR = 3
};

/* "lectern.host.log/1" */
#define LECTERN_HOST_LOG "lectern.host.log/1"
typedef struct lectern_host_log {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any thread] */
    void (*log)(const lectern_host* host, int32_t level, lectern_text message);
} lectern_host_log;

/* "lectern.host.threads/1": one thread budget for everything in the process. */
#define LECTERN_HOST_THREADS "lectern.host.threads/1"
typedef struct lectern_host_threads {
    uint32_t struct_size;
    uint32_t reserved;
    /* How many threads this plugin may keep busy at once, 1 or more. [any thread] */
    uint32_t (*budget)(const lectern_host* host);
} lectern_host_threads;

/* "lectern.host.folders/1": where relative paths in options are looked up. */
#define LECTERN_HOST_FOLDERS "lectern.host.folders/1"
typedef struct lectern_host_folders {
    uint32_t struct_size;
    uint32_t reserved;
    /* The folder of installed models, an absolute path. Valid as long as the host. [any thread] */
    const char* (*models)(const lectern_host* host);
    /* A folder that the plugin may fill with derived files (a compiled model); an absolute path
     * that exists. May be emptied between runs. [any thread] */
    const char* (*cache)(const lectern_host* host);
} lectern_host_folders;

/* ------------------------------------------------------------------- ports */

enum {
    LECTERN_PORT_SOURCE = 1,   /* raw bytes with a name */
    LECTERN_PORT_TEXT = 2,     /* documents: extracted UTF-8 text with metadata; or a query */
    LECTERN_PORT_CHUNKS = 3,   /* byte ranges of one document's text */
    LECTERN_PORT_TOKENS = 4,   /* tokens of one tokenizer (fingerprint) */
    LECTERN_PORT_VECTORS = 5,  /* vectors of one dimension and model (fingerprint) */
    LECTERN_PORT_HITS = 6,     /* chunks with scores */
    LECTERN_PORT_EVIDENCE = 7, /* sentences with byte ranges */
    LECTERN_PORT_ANSWER = 8    /* generated text with citations */
};

/* What enters or leaves a stage. Two ports fit when the types are equal, the dimensions equal or
 * one 0, and the fingerprints equal, one empty, or one that ends with ':' the beginning of the
 * other. */
typedef struct lectern_port {
    uint32_t struct_size;
    uint32_t type;      /* LECTERN_PORT_* */
    uint32_t dimension; /* of vectors; otherwise 0 */
    uint32_t reserved;
    const char* fingerprint; /* string or NULL; owned by the stage, valid while it lives */
} lectern_port;

/* ------------------------------------------------------------------ stages */

enum {
    LECTERN_EXTRACTOR = 1, /* source -> text */
    LECTERN_SPLITTER = 2,  /* text -> chunks */
    LECTERN_TOKENIZER = 3, /* text or chunks -> tokens */
    LECTERN_EMBEDDER = 4,  /* tokens -> vectors */
    LECTERN_RERANKER = 5,  /* hits -> hits */
    LECTERN_READER = 6,    /* hits -> evidence */
    LECTERN_GENERATOR = 7, /* evidence -> answer */
    LECTERN_CUSTOM = 8,    /* records -> records: text -> text */
    LECTERN_TRAINER = 9,   /* text -> a model file; stands in no pipeline */
    LECTERN_VERIFIER = 10  /* answer -> answer: does it follow from its evidence? (since 1.1) */
};

/* What a stage may ask of the pipeline it stands in ("the splitter counts with the embedder's own
 * tokenizer"). Functions answer LECTERN_UNAVAILABLE when the pipeline has no such stage, or when
 * it is asked during create. */
struct lectern_tokens;
struct lectern_token_sink;

typedef struct lectern_pipeline {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* Most tokens of one embedder input, special tokens included. [any thread] */
    lectern_code (*max_tokens)(const struct lectern_pipeline* pipeline, uint32_t* out);
    /* Tokens in `text` by the embedder's tokenizer, without special tokens. ends[i] (capacity
     * `capacity`, may be NULL) receives the byte offset just behind token i; offsets never
     * decrease. [any thread] */
    lectern_code (*count_tokens)(const struct lectern_pipeline* pipeline, lectern_text text,
                                 uint64_t* ends, uint64_t capacity, uint64_t* count);
    /* Dimension of the embedder's vectors. [any thread] */
    lectern_code (*dimension)(const struct lectern_pipeline* pipeline, uint32_t* out);
    /* Embeds `count` texts with the pipeline's tokenizer and embedder into out[count*dimension].
     * purpose: LECTERN_QUERY or LECTERN_PASSAGE. [any thread, not from inside an embedder] */
    lectern_code (*embed)(const struct lectern_pipeline* pipeline, const lectern_call* call,
                          const lectern_text* texts, uint64_t count, uint32_t purpose, float* out);
    /* Since 1.1. The name of the space of `embed`'s vectors; a string valid as long as the
     * pipeline. [any thread] */
    lectern_code (*fingerprint)(const struct lectern_pipeline* pipeline, const char** out);
    /* Since 1.3. The embedder as it reads tokens, for what is made from it. */
    /* Ids that the embedder reads are below this. LECTERN_UNSUPPORTED when it does not say so, or
     * reads words. [any thread] */
    lectern_code (*vocabulary)(const struct lectern_pipeline* pipeline, uint32_t* out);
    /* What the tokenizer's output port says: equal for tokenizers that give equal tokens. A string
     * valid as long as the pipeline. [any thread] */
    lectern_code (*tokens_fingerprint)(const struct lectern_pipeline* pipeline, const char** out);
    /* The pipeline's tokenizer, as lectern_tokenizer has it. [any thread] */
    lectern_code (*tokenize)(const struct lectern_pipeline* pipeline, const lectern_call* call,
                             const lectern_text* texts, uint64_t count, uint32_t flags,
                             uint32_t max_tokens, const struct lectern_token_sink* sink);
    /* The embedder on sequences of tokens, as lectern_embedder has it, into out[count*dimension].
     * [any thread, not from inside an embedder] */
    lectern_code (*embed_tokens)(const struct lectern_pipeline* pipeline, const lectern_call* call,
                                 const struct lectern_tokens* sequences, uint64_t count,
                                 uint32_t purpose, float* out);
} lectern_pipeline;

enum { LECTERN_QUERY = 0, LECTERN_PASSAGE = 1 };

/* What a stage is made from. Valid during create, except `host` and `pipeline`, which outlive the
 * stage. The functions answer about this config and may be called only during create. */
typedef struct lectern_stage_config {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    const lectern_host* host;
    const lectern_pipeline* pipeline;
    const char* stage;    /* string: the stage's name in the pipeline, for messages */
    lectern_text options; /* a JSON object; the host has checked it against the option schema and
                             filled in the schema's defaults */
    /* One option by its path: "pooling", "window/size", "stop/0". LECTERN_NOT_FOUND when it is not
     * set and has no default. Spans are valid during create. [thread of the call] */
    lectern_code (*get_string)(const struct lectern_stage_config* config, const char* path,
                               lectern_text* out);
    lectern_code (*get_number)(const struct lectern_stage_config* config, const char* path,
                               double* out);
    lectern_code (*get_integer)(const struct lectern_stage_config* config, const char* path,
                                int64_t* out);
    lectern_code (*get_boolean)(const struct lectern_stage_config* config, const char* path,
                                int32_t* out);
    /* Items of an array option. */
    lectern_code (*get_count)(const struct lectern_stage_config* config, const char* path,
                              uint64_t* out);
    /* Makes a path option absolute: as it is when absolute; else beside the pipeline file when it
     * exists there; else in the models folder, or among the models that ship. A string valid during
     * create; the file need not exist. [thread of the call] */
    const char* (*resolve_path)(const struct lectern_stage_config* config, lectern_text path);
} lectern_stage_config;

/* One stage of a pipeline. Made by create, ended by destroy. */
typedef struct lectern_stage {
    uint32_t struct_size;
    uint32_t reserved;
    void* self;
    /* [one at a time; no other call is running] */
    void (*destroy)(struct lectern_stage* stage);
    /* The ports of this instance. [any thread] */
    lectern_code (*input)(const struct lectern_stage* stage, lectern_port* out);
    lectern_code (*output)(const struct lectern_stage* stage, lectern_port* out);
    /* The function table of an id ("lectern.embedder/1"), or NULL. Valid as long as the stage.
     * [any thread] */
    const void* (*get_capability)(const struct lectern_stage* stage, const char* id);
} lectern_stage;

/* A kind of stage that a plugin offers. Constant data of the plugin. */
typedef struct lectern_stage_type {
    uint32_t struct_size;
    uint32_t kind;           /* LECTERN_EXTRACTOR ... */
    const char* name;        /* string, unique within the plugin: "bert" */
    const char* description; /* string, one line */
    const char* options;     /* string: JSON Schema of the options (an object with "properties";
                                used: type, description, default, enum, minimum, maximum, items,
                                required). Unknown options are refused. NULL: no options. */
    /* [any thread] */
    lectern_code (*create)(const lectern_call* call, const lectern_stage_config* config,
                           lectern_stage** out);
} lectern_stage_type;

/* The one exported symbol. Constant data: the host reads the first fields before it calls. */
typedef struct lectern_plugin {
    uint32_t struct_size;
    uint16_t abi_major; /* LECTERN_ABI_MAJOR at compile time */
    uint16_t abi_minor;
    const char* name; /* string: letters, digits, '-', '_' */
    const char* version;
    const char* description;
    const char* license; /* SPDX expression */
    /* Before anything else; may fail, with a message. May be NULL. [once] */
    lectern_code (*init)(const lectern_call* call, const lectern_host* host);
    /* After the last stage is destroyed. May be NULL. [once] */
    void (*deinit)(void);
    uint32_t stage_type_count;
    uint32_t reserved;
    const lectern_stage_type* const* stage_types;
} lectern_plugin;

#define LECTERN_PLUGIN_SYMBOL "lectern_plugin_entry"

/* --------------------------------------------------------------- extractor */

/* Bytes to extract documents from. */
typedef struct lectern_source {
    uint32_t struct_size;
    uint32_t reserved;
    lectern_text name;       /* the path as given, or "-" */
    lectern_text media_type; /* may be empty */
    lectern_text bytes;      /* any bytes; may be a mapped file of many gigabytes */
    /* Since 1.3. A JSON object, or empty: what each document of this source gets into its metadata,
     * where it has no member of that name. Of a source that an extractor hands on; the host gives
     * an extractor none, and puts them in itself. */
    lectern_text metadata;
} lectern_source;

/* Since 1.3. Where in its source a part of a document's text comes from. */
enum {
    LECTERN_PLACE_NONE = 0,    /* not known, from here on */
    LECTERN_PLACE_PAGE = 1,    /* number: counted from 1; name: what is printed on it ("iv") */
    LECTERN_PLACE_SLIDE = 2,   /* number: counted from 1 */
    LECTERN_PLACE_CELLS = 3,   /* name: the sheet, or empty; number: the row, counted from 1 */
    LECTERN_PLACE_CHAPTER = 4, /* of a book. number: counted from 1; name: its title */
    LECTERN_PLACE_TIME = 5,    /* number: milliseconds from the begin of a recording */
    LECTERN_PLACE_PART = 6,    /* name: the path of a part of an archive or a mail. Holds beside a
                                  place of the other kinds, until the next one of this kind */
    LECTERN_PLACE_NOTEBOOK_CELL = 7, /* number: of all cells, counted from 1 */
    LECTERN_PLACE_SECTION = 8 /* name: the headings above, highest first ("Setup > Linux"); empty:
                                 none. Holds beside the other kinds, as a part does. Of a document
                                 without any the host finds them by its Markdown */
};

/* Since 1.3. A place holds from `begin` on, until the next one. */
typedef struct lectern_place {
    uint32_t struct_size;
    uint32_t kind;   /* LECTERN_PLACE_*; one that the host does not know is LECTERN_PLACE_NONE */
    uint64_t begin;  /* bytes into the document's text, at a character boundary */
    uint64_t number; /* 0: none */
    uint32_t first_column; /* of cells, counted from 1; 0: not known */
    uint32_t last_column;
    lectern_text name; /* may be empty */
} lectern_place;

/* A document, and what custom stages take and give (a record). */
typedef struct lectern_document {
    uint32_t struct_size;
    uint32_t reserved;
    lectern_text id;       /* empty: the source's name */
    lectern_text title;    /* may be empty */
    lectern_text text;     /* valid UTF-8 */
    lectern_text metadata; /* a JSON object, or empty */
    /* Since 1.3. In order of begin; NULL with a count of 0: not known. A custom stage gets those of
     * its record. One that says none, and gives the text as it was, leaves them as they were. */
    const lectern_place* places;
    uint64_t place_count;
} lectern_document;

typedef struct lectern_document_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* Takes one document; may block until there is room. Anything but LECTERN_OK: stop, and return
     * that code. [thread of the call] */
    lectern_code (*document)(const struct lectern_document_sink* sink,
                             const lectern_document* document);
    /* One document of a source with many failed ("row 17"). [thread of the call] */
    void (*failed)(const struct lectern_document_sink* sink, lectern_text what, lectern_code code,
                   lectern_text message);
    /* Since 1.3; NULL where there are no extractors (custom stages). Hands on a source within this
     * one, a member of an archive or an attachment: the extractors of the pipeline read it. Its
     * name is "archive.zip#docs/report.docx", the id of a document that has none of its own; what
     * stands behind the name of the outer source and the '#' is the part (LECTERN_PLACE_PART).
     * What fails in it is reported. LECTERN_UNSUPPORTED: no extractor takes it, which is for the
     * caller to report or not. Anything else but LECTERN_OK, as when sources lie too deep in each
     * other or are too much together: stop, and return that code. [thread of the call] */
    lectern_code (*source)(const struct lectern_document_sink* sink, const lectern_source* inner);
} lectern_document_sink;

#define LECTERN_EXTRACTOR_1 "lectern.extractor/1"
typedef struct lectern_extractor {
    uint32_t struct_size;
    uint32_t reserved;
    /* How well this extractor fits, 0 (not at all) to 100; `head` is the first 4096 bytes or less.
     * [any thread] */
    uint32_t (*fits)(const lectern_stage* stage, lectern_text name, lectern_text head);
    /* [any thread] */
    lectern_code (*extract)(const lectern_stage* stage, const lectern_call* call,
                            const lectern_source* source, const lectern_document_sink* sink);
} lectern_extractor;

/* ---------------------------------------------------------------- splitter */

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

/* --------------------------------------------------------------- tokenizer */

/* The tokens of one text. Arrays have `count` items. */
typedef struct lectern_tokens {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t count;
    const int32_t* ids;          /* NULL when the tokenizer has no vocabulary */
    const lectern_range* ranges; /* where in the text; empty for special tokens. NULL: not known,
                                    and then no stage can count this tokenizer's tokens */
    const lectern_text* words;   /* normalised text of each token; NULL when ids say it all */
} lectern_tokens;

typedef struct lectern_token_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* The tokens of texts[index]; the host copies. Each index once, in any order.
     * [thread of the call] */
    lectern_code (*tokens)(const struct lectern_token_sink* sink, uint64_t index,
                           const lectern_tokens* tokens);
} lectern_token_sink;

enum { LECTERN_ADD_SPECIAL = 1u }; /* flags of tokenize: add [CLS] and [SEP] or the like */

#define LECTERN_TOKENIZER_1 "lectern.tokenizer/1"
typedef struct lectern_tokenizer {
    uint32_t struct_size;
    uint32_t reserved;
    /* max_tokens: 0, or the most tokens of one text, special tokens included; what is beyond is cut
     * at the end of the text. [any thread] */
    lectern_code (*tokenize)(const lectern_stage* stage, const lectern_call* call,
                             const lectern_text* texts, uint64_t count, uint32_t flags,
                             uint32_t max_tokens, const lectern_token_sink* sink);
} lectern_tokenizer;

/* ---------------------------------------------------------------- embedder */

typedef struct lectern_embedder_info {
    uint32_t struct_size;
    uint32_t dimension;
    uint32_t max_tokens;   /* of one sequence, special tokens included; 0: no limit */
    uint32_t batch_tokens; /* sequences x longest that fill a batch well */
    /* Strings owned by the stage, valid while it lives. */
    const char* fingerprint;  /* names the vector space: model, pooling, normalisation, prefixes */
    const char* query_prefix; /* put before a query's text, may be "" */
    const char* passage_prefix;
    const char* precision;   /* what was picked: "bf16", "int8", "f32" */
    uint32_t concurrency;    /* embed calls at once that help; 1 or more */
    uint32_t special_tokens; /* how many a sequence carries: 2 for [CLS] and [SEP] */
    uint32_t flags;          /* since 1.2: LECTERN_ANY_LENGTH, or 0 */
    uint32_t vocabulary;     /* since 1.3: ids that it reads are below this; 0: it does not say, or
                                reads words. Reserved, and 0, in 1.2 */
} lectern_embedder_info;

/* Of `flags`: the vectors have lengths of their own, and inner products are no cosines. */
enum { LECTERN_ANY_LENGTH = 1u };

#define LECTERN_EMBEDDER_1 "lectern.embedder/1"
typedef struct lectern_embedder {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any thread] */
    lectern_code (*info)(const lectern_stage* stage, lectern_embedder_info* out);
    /* Sequences are tokens with special tokens. out[i*dimension .. ) receives vector i, of length 1
     * (inner product is cosine) unless LECTERN_ANY_LENGTH. A sequence that cannot be embedded is an
     * item_error, and its vector is zeros. What is not finite, or 0 without an item_error, fails
     * its text. [any thread] */
    lectern_code (*embed)(const lectern_stage* stage, const lectern_call* call,
                          const lectern_tokens* sequences, uint64_t count, uint32_t purpose,
                          float* out);
} lectern_embedder;

/* ---------------------------------------------------------------- reranker */

/* Since 1.2. A hit of the search. */
typedef struct lectern_hit {
    uint32_t struct_size;
    float score;           /* of the search, larger is better */
    lectern_text document; /* its id */
    lectern_text title;    /* may be empty */
    lectern_text text;     /* of the chunk */
    lectern_text metadata; /* of the document: a JSON object, or empty */
} lectern_hit;

#define LECTERN_RERANKER_1 "lectern.reranker/1"
typedef struct lectern_reranker {
    uint32_t struct_size;
    uint32_t reserved;
    /* scores[i]: how well passages[i] (with their titles before them) answers the query; finite,
     * larger is better. [any thread] */
    lectern_code (*rerank)(const lectern_stage* stage, const lectern_call* call, lectern_text query,
                           const lectern_text* passages, uint64_t count, float* scores);
    /* Since 1.2, and may be NULL. The same with all that is known of each hit; called in place of
     * `rerank` by hosts that know it. [any thread] */
    lectern_code (*rerank_hits)(const lectern_stage* stage, const lectern_call* call,
                                lectern_text query, const lectern_hit* hits, uint64_t count,
                                float* scores);
} lectern_reranker;

/* ------------------------------------------------------------------ reader */

typedef struct lectern_passage {
    uint32_t struct_size;
    float score; /* of the search, larger is better */
    lectern_text title;
    lectern_text text;
} lectern_passage;

typedef struct lectern_evidence {
    uint32_t struct_size;
    float score;      /* 0 to 1: how sure the reader is that this answers the question */
    uint64_t passage; /* index */
    uint64_t begin;   /* bytes into the passage's text, at character boundaries */
    uint64_t end;
    /* Since 1.1. The shortest bytes that answer, within begin and end, at character boundaries;
     * both 0: the reader does not say. */
    uint64_t answer_begin;
    uint64_t answer_end;
} lectern_evidence;

typedef struct lectern_evidence_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* Best first. [thread of the call] */
    lectern_code (*evidence)(const struct lectern_evidence_sink* sink,
                             const lectern_evidence* evidence);
} lectern_evidence_sink;

#define LECTERN_READER_1 "lectern.reader/1"
typedef struct lectern_reader {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any thread] */
    lectern_code (*read)(const lectern_stage* stage, const lectern_call* call,
                         lectern_text question, const lectern_passage* passages, uint64_t count,
                         uint32_t max_evidence, const lectern_evidence_sink* sink);
} lectern_reader;

/* --------------------------------------------------------------- generator */

enum { LECTERN_ROLE_SYSTEM = 0, LECTERN_ROLE_USER = 1, LECTERN_ROLE_ASSISTANT = 2 };

typedef struct lectern_message {
    uint32_t struct_size;
    uint32_t role;
    lectern_text text;
} lectern_message;

typedef struct lectern_generation {
    uint32_t struct_size;
    uint32_t max_tokens; /* of the answer; 0: what is left of the context */
    const lectern_message* messages;
    uint64_t message_count;
    float temperature; /* 0: greedy */
    float top_p;       /* 0 or 1: off */
    uint64_t seed;
    const lectern_text* stop; /* the text ends before the first of these */
    uint64_t stop_count;
    lectern_text grammar; /* GBNF, or empty */
} lectern_generation;

typedef struct lectern_text_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* The next piece, whole UTF-8 characters. Anything but LECTERN_OK: stop. [thread of the call]
     */
    lectern_code (*text)(const struct lectern_text_sink* sink, lectern_text piece);
} lectern_text_sink;

typedef struct lectern_generation_report {
    uint32_t struct_size;
    uint32_t prompt_tokens;
    uint32_t reused_tokens; /* of the prompt, taken from kept state */
    uint32_t answer_tokens;
    double prefill_seconds;
    double decode_seconds;
    uint32_t truncated; /* 1: ended at max_tokens or the context's end */
    uint32_t reserved;
} lectern_generation_report;

typedef struct lectern_generator_info {
    uint32_t struct_size;
    uint32_t context_tokens;
    const char* fingerprint; /* string owned by the stage */
    const char* model;       /* string, a name for people */
} lectern_generator_info;

#define LECTERN_GENERATOR_1 "lectern.generator/1"
typedef struct lectern_generator {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any thread] */
    lectern_code (*info)(const lectern_stage* stage, lectern_generator_info* out);
    /* Tokens of the whole prompt: the messages in the model's chat template. [any thread] */
    lectern_code (*count_tokens)(const lectern_stage* stage, const lectern_call* call,
                                 const lectern_message* messages, uint64_t count, uint64_t* out);
    /* A prompt that does not fit the context is LECTERN_RESOURCE_EXHAUSTED before any text. State
     * of the longest common prefix with earlier prompts is reused. `report` may be NULL. [any
     * thread; the stage makes callers wait for each other] */
    lectern_code (*generate)(const lectern_stage* stage, const lectern_call* call,
                             const lectern_generation* request, const lectern_text_sink* sink,
                             lectern_generation_report* report);
    /* Prefills the prompt's fixed part ahead of the first question. Optional: may be NULL.
     * [any thread] */
    lectern_code (*warm)(const lectern_stage* stage, const lectern_call* call,
                         const lectern_message* messages, uint64_t count);
} lectern_generator;

/* ---------------------------------------------------------------- verifier */

/* Since 1.1. Whether a sentence of an answer follows from the evidence that it cites. */
#define LECTERN_ENTAILMENT_1 "lectern.entailment/1"
typedef struct lectern_entailment {
    uint32_t struct_size;
    uint32_t reserved;
    /* Of each pair: out[3*i] is the probability that premises[i] entails hypotheses[i], out[3*i+1]
     * that it says nothing about it, out[3*i+2] that it contradicts it; together 1. [any thread] */
    lectern_code (*infer)(const lectern_stage* stage, const lectern_call* call,
                          const lectern_text* premises, const lectern_text* hypotheses,
                          uint64_t count, float* out);
} lectern_entailment;

/* ------------------------------------------------------------------ custom */

/* Any record in, any record out: none, one or many. At ingest a record is a document after its
 * extraction; in a query pipeline it is the query (only `text` is set). */
#define LECTERN_CUSTOM_1 "lectern.custom/1"
typedef struct lectern_custom {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any thread] */
    lectern_code (*process)(const lectern_stage* stage, const lectern_call* call,
                            const lectern_document* record, const lectern_document_sink* sink);
} lectern_custom;

/* ----------------------------------------------------------------- trainer */

typedef struct lectern_text_source {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* The next text, valid until the next call; LECTERN_NOT_FOUND at the end. [thread of the call]
     */
    lectern_code (*next)(const struct lectern_text_source* source, lectern_text* out);
} lectern_text_source;

typedef struct lectern_progress_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* fraction: 0 to 1 of `step`; `detail` is for people ("loss 1.93, 210 k words/s").
     * [one at a time] */
    void (*progress)(const struct lectern_progress_sink* sink, double fraction, lectern_text step,
                     lectern_text detail);
} lectern_progress_sink;

#define LECTERN_TRAINER_1 "lectern.trainer/1"
typedef struct lectern_trainer {
    uint32_t struct_size;
    uint32_t reserved;
    /* Trains on the texts and writes the model to the path (an absolute path, string): under a
     * temporary name first, renamed when whole. What was trained is given to `report` as one JSON
     * object. [one at a time] */
    lectern_code (*train)(const lectern_stage* stage, const lectern_call* call,
                          const lectern_text_source* texts, const char* model,
                          const lectern_progress_sink* progress, const lectern_text_sink* report);
    /* Measures a model on a test file of its kind (for word vectors: analogies in sections) and
     * gives one JSON object to `report`. [one at a time] */
    lectern_code (*evaluate)(const lectern_stage* stage, const lectern_call* call,
                             const char* model, const char* test,
                             const lectern_progress_sink* progress,
                             const lectern_text_sink* report);
} lectern_trainer;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_H */
