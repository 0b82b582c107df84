/*
 * The layout of lectern.h is frozen: this file compiles only while every field stands where it
 * stood when it was released. A struct may grow at its end. Offsets in bytes, for 64-bit systems.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "lectern/lectern.h"

#define C_API_FIELD(type, field, at) \
    static_assert(offsetof(type, field) == (at), #type "." #field " moved")

static_assert(sizeof(void*) == 8, "lectern.h is for 64-bit systems");
static_assert(sizeof(lectern_code) == 4, "lectern_code is an int32_t");
static_assert(sizeof(lectern_watch) == 40, "lectern_watch has another size than in 0.1");
C_API_FIELD(lectern_watch, struct_size, 0);
C_API_FIELD(lectern_watch, reserved, 4);
C_API_FIELD(lectern_watch, data, 8);
C_API_FIELD(lectern_watch, on_text, 16);
C_API_FIELD(lectern_watch, on_event, 24);
C_API_FIELD(lectern_watch, cancel, 32);
