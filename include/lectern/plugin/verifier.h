/* lectern/plugin/verifier.h: the kind "verifier": does an answer follow from its evidence? */
#ifndef LECTERN_PLUGIN_VERIFIER_H
#define LECTERN_PLUGIN_VERIFIER_H

#include "lectern/plugin/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_VERIFIER_H */
