/* lectern/plugin/custom.h: the kind "custom": any record in, any record out. */
#ifndef LECTERN_PLUGIN_CUSTOM_H
#define LECTERN_PLUGIN_CUSTOM_H

#include "lectern/plugin/document.h"
#include "lectern/plugin/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_CUSTOM_H */
