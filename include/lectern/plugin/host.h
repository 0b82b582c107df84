/* lectern/plugin/host.h: what the host offers a plugin. */
#ifndef LECTERN_PLUGIN_HOST_H
#define LECTERN_PLUGIN_HOST_H

#include "lectern/plugin/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the host offers. Lives as long as the plugin is loaded. */
typedef struct lectern_host {
    uint32_t struct_size;
    uint16_t abi_major;
    uint16_t abi_minor;
    const char* name;    /* string, "lectern" */
    const char* version; /* string, the engine's version */
    /* A table by id, or NULL when this host does not have it. [any thread] */
    const void* (*get_capability)(const struct lectern_host* host, const char* id);
} lectern_host;

enum {
    LECTERN_LOG_DEBUG = 0,
    LECTERN_LOG_INFO = 1,
    LECTERN_LOG_WARNING = 2,
    LECTERN_LOG_ERROR = 3
};

/* "lectern.host.log/1" */
#define LECTERN_HOST_LOG "lectern.host.log/1"
typedef struct lectern_host_log {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any thread] */
    void (*log)(const lectern_host* host, int32_t level, lectern_text message);
} lectern_host_log;

/* "lectern.host.threads/1": one thread budget for everything in the process. */
#define LECTERN_HOST_THREADS "lectern.host.threads/1"
typedef struct lectern_host_threads {
    uint32_t struct_size;
    uint32_t reserved;
    /* How many threads this plugin may keep busy at once, 1 or more. [any thread] */
    uint32_t (*budget)(const lectern_host* host);
} lectern_host_threads;

/* "lectern.host.folders/1": where relative paths in options are looked up. */
#define LECTERN_HOST_FOLDERS "lectern.host.folders/1"
typedef struct lectern_host_folders {
    uint32_t struct_size;
    uint32_t reserved;
    /* The folder of installed models, an absolute path. Valid as long as the host. [any thread] */
    const char* (*models)(const lectern_host* host);
    /* A folder that the plugin may fill with derived files (a compiled model); an absolute path
     * that exists. May be emptied between runs. [any thread] */
    const char* (*cache)(const lectern_host* host);
} lectern_host_folders;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_HOST_H */
