/* lectern/plugin/extractor.h: the kind "extractor", which makes documents of a file's bytes. */
#ifndef LECTERN_PLUGIN_EXTRACTOR_H
#define LECTERN_PLUGIN_EXTRACTOR_H

#include "lectern/plugin/document.h"
#include "lectern/plugin/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_EXTRACTOR_H */
