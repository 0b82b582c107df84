/*
 * lectern/plugin/trainer.h: the kind "trainer", which makes a model file of texts. It stands in no
 * pipeline.
 */
#ifndef LECTERN_PLUGIN_TRAINER_H
#define LECTERN_PLUGIN_TRAINER_H

#include "lectern/plugin/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#endif /* LECTERN_PLUGIN_TRAINER_H */
