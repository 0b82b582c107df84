/* A sound plugin in plain C with one custom stage type, "echo": it gives each record back with the
 * option `suffix` behind its text, `times` times. Counts its init and deinit. */
#include <stdlib.h>
#include <string.h>

#include "lectern/plugin.h"

static uint32_t inits;
static uint32_t deinits;
static const lectern_host* init_host; /* what is said to it, all hosts hear */

/* What a test may ask of a stage. */
#define GOOD_FACTS_1 "test.facts/1"
struct facts {
    uint32_t struct_size;
    uint32_t inits;
    uint32_t deinits;
    uint32_t threads;
    char models[256];
    char cache[256];
    char model[256];
    int32_t pipeline_code; /* of pipeline->dimension during create */
    int64_t seed;
    double rate;
    int32_t fast;
    uint64_t stop_count;
    char last_stop[32];
    int32_t missing_code; /* of get_string of an option that nobody set */
    int32_t type_code;    /* of get_integer of a string option */
};

struct echo {
    lectern_stage face;
    struct facts facts;
    char suffix[64];
    size_t suffix_size;
    int64_t times;
};

static lectern_text text(const char* string) {
    lectern_text out;
    out.data = string;
    out.size = strlen(string);
    return out;
}

static void copy(char* to, size_t size, const char* from, size_t count) {
    if (count >= size) count = size - 1;
    memcpy(to, from, count);
    to[count] = 0;
}

static lectern_code process(const lectern_stage* stage, const lectern_call* call,
                            const lectern_document* record, const lectern_document_sink* sink) {
    const struct echo* self = stage->self;
    lectern_document out;
    int64_t i;
    lectern_code code = LECTERN_OK;
    char* joined;
    const lectern_host_log* log = init_host->get_capability(init_host, LECTERN_HOST_LOG);
    if (call->is_cancelled(call)) return LECTERN_CANCELLED;
    log->log(init_host, LECTERN_LOG_INFO, text("an echo"));
    if (record->text.size == 0) {
        call->set_error(call, text("the text is empty"));
        return LECTERN_INVALID_ARGUMENT;
    }
    joined = malloc(record->text.size + self->suffix_size + 1);
    if (joined == NULL) return LECTERN_RESOURCE_EXHAUSTED;
    memcpy(joined, record->text.data, record->text.size);
    memcpy(joined + record->text.size, self->suffix, self->suffix_size);
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.id = record->id;
    out.title = record->title;
    out.metadata = record->metadata;
    out.text.data = joined;
    out.text.size = record->text.size + self->suffix_size;
    for (i = 0; i < self->times && code == LECTERN_OK; ++i) code = sink->document(sink, &out);
    call->item_error(call, 7, LECTERN_CORRUPT, text("item seven"));
    free(joined);
    return code;
}

static const lectern_custom custom = {sizeof(lectern_custom), 0, process};

static void destroy(lectern_stage* stage) {
    free(stage->self);
}
static lectern_code port(const lectern_stage* stage, lectern_port* out) {
    (void)stage;
    out->type = LECTERN_PORT_TEXT;
    return LECTERN_OK;
}
static const void* capability(const lectern_stage* stage, const char* id) {
    const struct echo* self = stage->self;
    if (strcmp(id, LECTERN_CUSTOM_1) == 0) return &custom;
    if (strcmp(id, GOOD_FACTS_1) == 0) {
        ((struct echo*)stage->self)->facts.deinits = deinits;
        return &self->facts;
    }
    return NULL;
}

static lectern_code create(const lectern_call* call, const lectern_stage_config* config,
                           lectern_stage** out) {
    const lectern_host* host = config->host;
    const lectern_host_threads* threads = host->get_capability(host, LECTERN_HOST_THREADS);
    const lectern_host_folders* folders = host->get_capability(host, LECTERN_HOST_FOLDERS);
    const lectern_host_log* log = host->get_capability(host, LECTERN_HOST_LOG);
    lectern_text value = {NULL, 0};
    uint32_t dimension = 0;
    struct echo* self = calloc(1, sizeof *self);
    const char* path;
    if (self == NULL) return LECTERN_RESOURCE_EXHAUSTED;
    log->log(host, LECTERN_LOG_INFO, text("echo is made"));
    self->face.struct_size = sizeof(lectern_stage);
    self->face.self = self;
    self->face.destroy = destroy;
    self->face.input = port;
    self->face.output = port;
    self->face.get_capability = capability;
    self->facts.struct_size = sizeof(struct facts);
    self->facts.inits = inits;
    self->facts.threads = threads->budget(host);
    path = folders->models(host);
    copy(self->facts.models, sizeof self->facts.models, path, strlen(path));
    path = folders->cache(host);
    copy(self->facts.cache, sizeof self->facts.cache, path, strlen(path));
    self->facts.pipeline_code = config->pipeline->dimension(config->pipeline, &dimension);
    config->get_integer(config, "seed", &self->facts.seed);
    config->get_number(config, "window/rate", &self->facts.rate);
    config->get_boolean(config, "fast", &self->facts.fast);
    config->get_count(config, "stop", &self->facts.stop_count);
    if (config->get_string(config, "stop/1", &value) == LECTERN_OK)
        copy(self->facts.last_stop, sizeof self->facts.last_stop, value.data, value.size);
    self->facts.missing_code = config->get_string(config, "model", &value);
    if (self->facts.missing_code == LECTERN_OK) {
        path = config->resolve_path(config, value);
        copy(self->facts.model, sizeof self->facts.model, path, strlen(path));
    }
    self->facts.type_code = config->get_integer(config, "suffix", &self->facts.seed);
    if (config->get_string(config, "suffix", &value) == LECTERN_OK) {
        copy(self->suffix, sizeof self->suffix, value.data, value.size);
        self->suffix_size = strlen(self->suffix);
    }
    config->get_integer(config, "times", &self->times);
    if (self->suffix_size > 0 && self->suffix[0] == '#') {
        call->set_error(call, text("a suffix must not begin with '#'"));
        free(self);
        return LECTERN_INVALID_ARGUMENT;
    }
    *out = &self->face;
    return LECTERN_OK;
}

static lectern_code init(const lectern_call* call, const lectern_host* host) {
    (void)call;
    init_host = host;
    ++inits;
    return LECTERN_OK;
}
static void deinit(void) {
    ++deinits;
}

static const lectern_stage_type echo = {
    sizeof(lectern_stage_type),
    LECTERN_CUSTOM,
    "echo",
    "Gives records back",
    "{\"type\": \"object\", \"properties\": {"
    "\"suffix\": {\"type\": \"string\", \"default\": \"\", \"description\": \"put behind\"},"
    "\"times\": {\"type\": \"integer\", \"default\": 1, \"minimum\": 0, \"maximum\": 9},"
    "\"mode\": {\"enum\": [\"auto\", \"slow\", \"quick\"], \"default\": \"auto\"},"
    "\"fast\": {\"type\": \"boolean\"},"
    "\"seed\": {\"type\": [\"integer\", \"null\"]},"
    "\"model\": {\"type\": \"string\"},"
    "\"stop\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}},"
    "\"window\": {\"type\": \"object\", \"properties\": {"
    "\"rate\": {\"type\": \"number\", \"default\": 0.5, \"minimum\": 0}}}}}",
    create};
static const lectern_stage_type* const types[] = {&echo};

LECTERN_EXPORT extern const lectern_plugin lectern_plugin_entry;
const lectern_plugin lectern_plugin_entry = {sizeof(lectern_plugin),
                                             LECTERN_ABI_MAJOR,
                                             LECTERN_ABI_MINOR,
                                             "good",
                                             "1.2.3",
                                             "A sound plugin",
                                             "Apache-2.0",
                                             init,
                                             deinit,
                                             1,
                                             0,
                                             types};
