/* A custom stage in plain C: long numbers (telephones, cards, accounts) are masked. */
#include <stdlib.h>
#include <string.h>

#include "lectern/plugin.h"

/* One stage. Nothing in it changes after create, so `process` may run on many threads. */
struct redact {
    lectern_stage face;
    uint64_t digits; /* mask numbers of at least so many digits */
    char mask;
};

static lectern_text text_of(const char* string) {
    lectern_text text;
    text.data = string;
    text.size = strlen(string);
    return text;
}

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* [any thread] */
static lectern_code process(const lectern_stage* stage, const lectern_call* call,
                            const lectern_document* record, const lectern_document_sink* sink) {
    const struct redact* self = stage->self;
    const uint64_t size = record->text.size;
    lectern_document out;
    lectern_code code;
    uint64_t begin = 0;
    char* text;
    if (size == 0) return sink->document(sink, record);
    text = malloc(size);
    if (text == NULL) {
        call->set_error(call, text_of("no memory for a copy of the document"));
        return LECTERN_RESOURCE_EXHAUSTED;
    }
    memcpy(text, record->text.data, size);
    while (begin < size) {
        uint64_t end = begin;
        while (end < size && is_digit(text[end])) ++end;
        if (end - begin >= self->digits) memset(text + begin, self->mask, end - begin);
        begin = end + 1;
    }
    /* A struct of our own size: the host's may have another, so it is not assigned whole. */
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.id = record->id;
    out.title = record->title;
    out.metadata = record->metadata;
    out.text.data = text; /* borrowed by the host until `document` returns */
    out.text.size = size;
    code = sink->document(sink, &out);
    free(text);
    return code;
}

static const lectern_custom custom = {sizeof(lectern_custom), 0, process};

static void destroy(lectern_stage* stage) {
    free(stage->self);
}

static lectern_code text_port(const lectern_stage* stage, lectern_port* out) {
    (void)stage;
    out->type = LECTERN_PORT_TEXT;
    return LECTERN_OK;
}

static const void* get_capability(const lectern_stage* stage, const char* id) {
    (void)stage;
    return strcmp(id, LECTERN_CUSTOM_1) == 0 ? &custom : NULL;
}

static lectern_code create(const lectern_call* call, const lectern_stage_config* config,
                           lectern_stage** out) {
    lectern_text mask;
    int64_t digits;
    struct redact* self;
    /* The schema has defaults for both, so they are always there. */
    if (config->get_string(config, "mask", &mask) != LECTERN_OK || mask.size != 1) {
        call->set_error(call, text_of("the option 'mask' must be one ASCII character"));
        return LECTERN_INVALID_ARGUMENT;
    }
    if (config->get_integer(config, "digits", &digits) != LECTERN_OK) return LECTERN_INTERNAL;

    self = calloc(1, sizeof *self);
    if (self == NULL) return LECTERN_RESOURCE_EXHAUSTED;
    self->face.struct_size = sizeof(lectern_stage);
    self->face.self = self;
    self->face.destroy = destroy;
    self->face.input = text_port;
    self->face.output = text_port;
    self->face.get_capability = get_capability;
    self->digits = (uint64_t)digits;
    self->mask = mask.data[0];
    *out = &self->face;
    return LECTERN_OK;
}

static const lectern_stage_type redact = {
    sizeof(lectern_stage_type),
    LECTERN_CUSTOM,
    "redact",
    "Masks long numbers",
    "{\"type\": \"object\", \"properties\": {"
    "\"digits\": {\"type\": \"integer\", \"default\": 6, \"minimum\": 1, \"maximum\": 100},"
    "\"mask\": {\"type\": \"string\", \"default\": \"#\"}}}",
    create};
static const lectern_stage_type* const stage_types[] = {&redact};

LECTERN_EXPORT extern const lectern_plugin lectern_plugin_entry;
const lectern_plugin lectern_plugin_entry = {sizeof(lectern_plugin),
                                             LECTERN_ABI_MAJOR,
                                             LECTERN_ABI_MINOR,
                                             "redact",
                                             "1.0.0",
                                             "Masks what should not be found",
                                             "Apache-2.0",
                                             NULL, /* init */
                                             NULL, /* deinit */
                                             1,
                                             0,
                                             stage_types};
