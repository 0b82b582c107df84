/* lectern/plugin/reranker.h: the kind "reranker", which scores the hits of a search again. */
#ifndef LECTERN_PLUGIN_RERANKER_H
#define LECTERN_PLUGIN_RERANKER_H

#include "lectern/plugin/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_RERANKER_H */
