/* lectern/code.h: how a call ended, for the C interface (lectern.h) and for plugins (plugin.h). The
 * numbers never change, and those of later versions are added. */
#ifndef LECTERN_CODE_H
#define LECTERN_CODE_H

#include <stdint.h>

typedef int32_t lectern_code;
enum {
    LECTERN_OK = 0,
    LECTERN_INVALID_ARGUMENT = 1,   /* the caller's input is wrong: an option, a file's content */
    LECTERN_NOT_FOUND = 2,          /* a file, a document, a capability is not there */
    LECTERN_UNSUPPORTED = 3,        /* well-formed, but not done here */
    LECTERN_CORRUPT = 4,            /* bytes that fail their own checks */
    LECTERN_RESOURCE_EXHAUSTED = 5, /* memory, disk, a limit */
    LECTERN_CANCELLED = 6,          /* it was no longer wanted */
    LECTERN_DEADLINE_EXCEEDED = 7,
    LECTERN_UNAVAILABLE = 8, /* locked by another process, or a program that is needed is missing */
    LECTERN_INTERNAL = 9     /* a defect */
};

#endif /* LECTERN_CODE_H */
