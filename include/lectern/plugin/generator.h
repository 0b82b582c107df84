/* lectern/plugin/generator.h: the kind "generator", which writes text. */
#ifndef LECTERN_PLUGIN_GENERATOR_H
#define LECTERN_PLUGIN_GENERATOR_H

#include "lectern/plugin/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_GENERATOR_H */
