/*
 * lectern/plugin/stage.h: what all kinds of stages have: ports, what they are made from, and the
 * stage types that a plugin offers.
 */
#ifndef LECTERN_PLUGIN_STAGE_H
#define LECTERN_PLUGIN_STAGE_H

#include "lectern/plugin/base.h"
#include "lectern/plugin/host.h"
#include "lectern/plugin/pipeline.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_STAGE_H */
