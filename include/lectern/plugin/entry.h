/* lectern/plugin/entry.h: the constant that a plugin exports. */
#ifndef LECTERN_PLUGIN_ENTRY_H
#define LECTERN_PLUGIN_ENTRY_H

#include "lectern/plugin/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The one exported symbol. Constant data: the host reads the first fields before it calls. */
typedef struct lectern_plugin {
    uint32_t struct_size;
    uint16_t abi_major; /* LECTERN_ABI_MAJOR at compile time */
    uint16_t abi_minor;
    const char* name; /* string: letters, digits, '-', '_' */
    const char* version;
    const char* description;
    const char* license; /* SPDX expression */
    /* Before anything else; may fail, with a message. May be NULL. [once] */
    lectern_code (*init)(const lectern_call* call, const lectern_host* host);
    /* After the last stage is destroyed. May be NULL. [once] */
    void (*deinit)(void);
    uint32_t stage_type_count;
    uint32_t reserved;
    const lectern_stage_type* const* stage_types;
} lectern_plugin;

#define LECTERN_PLUGIN_SYMBOL "lectern_plugin_entry"

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_ENTRY_H */
