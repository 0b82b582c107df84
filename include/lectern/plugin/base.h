/*
 * lectern/plugin/base.h: what every other header of the plugin ABI stands on: its version, structs
 * that grow, texts, ranges, and the context of a call. The rules are in lectern/plugin.h.
 */
#ifndef LECTERN_PLUGIN_BASE_H
#define LECTERN_PLUGIN_BASE_H

#include <stddef.h>
#include <stdint.h>

#include "lectern/code.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LECTERN_ABI_MAJOR 1u
#define LECTERN_ABI_MINOR 4u

#if defined(_WIN32)
#define LECTERN_EXPORT __declspec(dllexport)
#else
#define LECTERN_EXPORT __attribute__((visibility("default")))
#endif

/* True when the struct at `pointer` has `field`: whoever allocated it knew it. */
#define LECTERN_HAS(pointer, field)                                        \
    ((pointer)->struct_size >= (uint32_t)((const char*)&(pointer)->field - \
                                          (const char*)(pointer) + sizeof((pointer)->field)))

/* Item `index` of an array of structs, whatever size the other side's have: a `const type*`. */
#define LECTERN_ITEM(type, array, index)                            \
    ((const type*)(const void*)((const char*)(const void*)(array) + \
                                (size_t)(index) * (array)->struct_size))

/* ------------------------------------------------------------------ values */

/* Borrowed UTF-8. data may be NULL when size is 0. */
typedef struct lectern_text {
    const char* data;
    uint64_t size; /* bytes */
} lectern_text;

/* A half-open byte range [begin, end). */
typedef struct lectern_range {
    uint64_t begin;
    uint64_t end;
} lectern_range;

/* Text that is given piece by piece: a generator's answer, a trainer's report. */
typedef struct lectern_text_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* The next piece, whole UTF-8 characters. Anything but LECTERN_OK: stop. [thread of the call]
     */
    lectern_code (*text)(const struct lectern_text_sink* sink, lectern_text piece);
} lectern_text_sink;

/* ------------------------------------------------------------------- call */

/* The context of one call, made by the host. Passed first to every stage function. */
typedef struct lectern_call {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* The reason of a failure that the function is about to return. The host copies the text.
     * [thread of the call] */
    void (*set_error)(const struct lectern_call* call, lectern_text message);
    /* One item of a batch failed and the others go on. The function then returns LECTERN_OK.
     * [thread of the call] */
    void (*item_error)(const struct lectern_call* call, uint64_t index, lectern_code code,
                       lectern_text message);
    /* Non-zero when the work is no longer wanted (cancelled, or past its deadline): return
     * LECTERN_CANCELLED soon. Cheap; ask between tokens, batches, pages. [any thread] */
    int32_t (*is_cancelled)(const struct lectern_call* call);
} lectern_call;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_BASE_H */
