/* lectern/plugin/reader.h: the kind "reader", which finds the sentences that answer a question. */
#ifndef LECTERN_PLUGIN_READER_H
#define LECTERN_PLUGIN_READER_H

#include "lectern/plugin/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

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
    /* Since 1.4. Of these bytes, 0 to 1: how likely they are what answers, if anything in the
     * passage does, and how likely the likeliest others are that share none of them. A sentence is
     * written around the answer only where it is likely beside the others. Both 0: the reader does
     * not say. */
    float answer_probability;
    float other_probability;
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

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_READER_H */
