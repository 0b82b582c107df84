/* A plugin whose stages are wrong, each in its own way: the stage type's name says how. */
#include <stdlib.h>
#include <string.h>

#include "lectern/plugin.h"

static void destroy(lectern_stage* stage) {
    free(stage);
}
static lectern_code text_port(const lectern_stage* stage, lectern_port* out) {
    (void)stage;
    out->type = LECTERN_PORT_TEXT;
    return LECTERN_OK;
}
static lectern_code chunks_port(const lectern_stage* stage, lectern_port* out) {
    (void)stage;
    out->type = LECTERN_PORT_CHUNKS;
    return LECTERN_OK;
}
static lectern_code no_port(const lectern_stage* stage, lectern_port* out) {
    (void)stage;
    (void)out;
    return LECTERN_INTERNAL;
}

static const lectern_custom without_function = {sizeof(lectern_custom), 0, NULL};
static const lectern_custom small = {8, 0, NULL};
static lectern_code process(const lectern_stage* stage, const lectern_call* call,
                            const lectern_document* record, const lectern_document_sink* sink) {
    (void)stage;
    (void)call;
    return sink->document(sink, record);
}
static const lectern_custom whole = {sizeof(lectern_custom), 0, process};

static const void* no_capability(const lectern_stage* stage, const char* id) {
    (void)stage;
    (void)id;
    return NULL;
}
static const void* functionless(const lectern_stage* stage, const char* id) {
    (void)stage;
    (void)id;
    return &without_function;
}
static const void* small_table(const lectern_stage* stage, const char* id) {
    (void)stage;
    (void)id;
    return &small;
}
static const void* whole_table(const lectern_stage* stage, const char* id) {
    (void)stage;
    (void)id;
    return &whole;
}

static lectern_code give(lectern_stage stage, lectern_stage** out) {
    *out = malloc(sizeof stage);
    if (*out == NULL) return LECTERN_RESOURCE_EXHAUSTED;
    stage.self = *out;
    memcpy(*out, &stage, sizeof stage);
    return LECTERN_OK;
}

#define STAGE(name, size, destroy, input, output, capability)                                    \
    static lectern_code create_##name(const lectern_call* call,                                  \
                                      const lectern_stage_config* config, lectern_stage** out) { \
        const lectern_stage stage = {size, 0, NULL, destroy, input, output, capability};         \
        (void)call;                                                                              \
        (void)config;                                                                            \
        return give(stage, out);                                                                 \
    }                                                                                            \
    static const lectern_stage_type name = {                                                     \
        sizeof(lectern_stage_type), LECTERN_CUSTOM, #name, "", NULL, create_##name};

#define WHOLE sizeof(lectern_stage)
STAGE(no_table, WHOLE, destroy, text_port, text_port, no_capability)
STAGE(no_function, WHOLE, destroy, text_port, text_port, functionless)
STAGE(short_table, WHOLE, destroy, text_port, text_port, small_table)
STAGE(wrong_port, WHOLE, destroy, text_port, chunks_port, whole_table)
STAGE(failing_port, WHOLE, destroy, no_port, text_port, whole_table)

/* These two cannot be destroyed, so they are no malloc'ed memory. */
static lectern_code create_no_destroy(const lectern_call* call, const lectern_stage_config* config,
                                      lectern_stage** out) {
    static lectern_stage stage = {WHOLE, 0, NULL, NULL, text_port, text_port, whole_table};
    (void)call;
    (void)config;
    *out = &stage;
    return LECTERN_OK;
}
static const lectern_stage_type no_destroy = {
    sizeof(lectern_stage_type), LECTERN_CUSTOM, "no_destroy", "", NULL, create_no_destroy};
static lectern_code create_short_stage(const lectern_call* call, const lectern_stage_config* config,
                                       lectern_stage** out) {
    static lectern_stage stage = {16, 0, NULL, NULL, NULL, NULL, NULL};
    (void)call;
    (void)config;
    *out = &stage;
    return LECTERN_OK;
}
static const lectern_stage_type short_stage = {
    sizeof(lectern_stage_type), LECTERN_CUSTOM, "short_stage", "", NULL, create_short_stage};
static lectern_code create_odd_code(const lectern_call* call, const lectern_stage_config* config,
                                    lectern_stage** out) {
    (void)call;
    (void)config;
    (void)out;
    return 77;
}
static const lectern_stage_type odd_code = {
    sizeof(lectern_stage_type), LECTERN_CUSTOM, "odd_code", "", NULL, create_odd_code};

static const lectern_stage_type* const types[] = {&no_table,    &no_function,  &short_table,
                                                  &wrong_port,  &failing_port, &no_destroy,
                                                  &short_stage, &odd_code};

LECTERN_EXPORT extern const lectern_plugin lectern_plugin_entry;
const lectern_plugin lectern_plugin_entry = {sizeof(lectern_plugin),
                                             LECTERN_ABI_MAJOR,
                                             LECTERN_ABI_MINOR,
                                             "stages",
                                             "1.0.0",
                                             "Wrong stages",
                                             "Apache-2.0",
                                             NULL,
                                             NULL,
                                             sizeof types / sizeof types[0],
                                             0,
                                             types};
