/* Plugins with one defect each; the build compiles this file once for each DEFECT_... */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lectern/plugin.h"

#define STRING_2(x) #x
#define STRING(x) STRING_2(x)

static lectern_code create(const lectern_call* call, const lectern_stage_config* config,
                           lectern_stage** out) {
    (void)call;
    (void)config;
    (void)out;
    return LECTERN_OK; /* and gives no stage */
}
static const lectern_stage_type sound = {
    sizeof(lectern_stage_type), LECTERN_CUSTOM, "sound", "Can be listed", NULL, create};

#if defined(DEFECT_stage_types)
static const lectern_stage_type small = {8, LECTERN_CUSTOM, "small", "", NULL, create};
static const lectern_stage_type unknown = {
    sizeof(lectern_stage_type), 77, "unknown", "", NULL, create};
static const lectern_stage_type uncreated = {
    sizeof(lectern_stage_type), LECTERN_CUSTOM, "uncreated", "", NULL, NULL};
static const lectern_stage_type unnamed = {
    sizeof(lectern_stage_type), LECTERN_CUSTOM, "no name!", "", NULL, create};
static const lectern_stage_type schemaless = {
    sizeof(lectern_stage_type), LECTERN_CUSTOM, "schemaless", "", "{\"type\": 5}", create};
static const lectern_stage_type* const types[] = {NULL,     &small,      &unknown, &uncreated,
                                                  &unnamed, &schemaless, &sound,   &sound};
#elif defined(DEFECT_no_types)
static const lectern_stage_type* const types[] = {NULL};
#else
static const lectern_stage_type* const types[] = {&sound};
#endif

static lectern_code init(const lectern_call* call, const lectern_host* host) {
    (void)host;
    (void)call;
    (void)sound;
#if defined(DEFECT_crash_init)
    *(volatile int*)NULL = 1;
#elif defined(DEFECT_abort_init)
    static const char words[] = "something is wrong: no licence\n";
    if (write(2, words, sizeof words - 1) < 0) return LECTERN_INTERNAL;
    abort();
#elif defined(DEFECT_exit_init)
    exit(3);
#elif defined(DEFECT_hang_init)
    for (;;) pause();
#elif defined(DEFECT_fail_init)
    static const char words[] = "no accelerator in this machine; remove the plugin";
    lectern_text message = {words, sizeof words - 1};
    call->set_error(call, message);
    return LECTERN_UNAVAILABLE;
#elif defined(DEFECT_second_init)
    /* Good in the probe, which has a minimal environment; not in the engine. */
    if (getenv("LECTERN_TEST_FAIL_INIT") != NULL) return LECTERN_UNAVAILABLE;
#endif
    return LECTERN_OK;
}

static void deinit(void) {
#if defined(DEFECT_crash_deinit)
    abort();
#endif
}

#if defined(DEFECT_crash_load)
__attribute__((constructor)) static void load(void) {
    abort();
}
#endif

#if defined(DEFECT_undefined_symbol)
extern void lectern_test_function_that_nobody_has(void);
void (*lectern_test_reference)(void) = lectern_test_function_that_nobody_has;
#endif

#if defined(DEFECT_function_symbol)
LECTERN_EXPORT void lectern_plugin_entry(void);
void lectern_plugin_entry(void) {
    (void)types, (void)init, (void)deinit;
}
#elif defined(DEFECT_short_symbol)
LECTERN_EXPORT extern const uint32_t lectern_plugin_entry;
const uint32_t lectern_plugin_entry = sizeof(lectern_plugin);
void (*const lectern_test_uses[])(void) = {(void (*)(void))init, deinit};
const lectern_stage_type* const* lectern_test_types = types;
#else
#if !defined(DEFECT_no_symbol)
LECTERN_EXPORT
#endif
extern const lectern_plugin lectern_plugin_entry;
const lectern_plugin lectern_plugin_entry = {
#if defined(DEFECT_small_entry)
    24,
#else
    sizeof(lectern_plugin),
#endif
#if defined(DEFECT_abi_major)
    2,
#else
    LECTERN_ABI_MAJOR,
#endif
#if defined(DEFECT_abi_minor)
    9,
#else
    LECTERN_ABI_MINOR,
#endif
#if defined(DEFECT_bad_name)
    "../../etc",
#else
    STRING(DEFECT_NAME),
#endif
    "1.0.0",
    "A plugin with a defect",
    "Apache-2.0",
    init,
    deinit,
    sizeof types / sizeof types[0],
    0,
    types};
#endif
