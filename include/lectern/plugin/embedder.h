/* lectern/plugin/embedder.h: the kind "embedder", which makes vectors of tokens. */
#ifndef LECTERN_PLUGIN_EMBEDDER_H
#define LECTERN_PLUGIN_EMBEDDER_H

#include "lectern/plugin/stage.h"
#include "lectern/plugin/tokenizer.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_EMBEDDER_H */
