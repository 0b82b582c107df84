/* lectern/plugin/pipeline.h: what a stage may ask of the pipeline it stands in. */
#ifndef LECTERN_PLUGIN_PIPELINE_H
#define LECTERN_PLUGIN_PIPELINE_H

#include "lectern/plugin/base.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_PIPELINE_H */
