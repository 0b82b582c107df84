/*
 * A plugin with one stage of every kind, as small as each can be. It is compiled against the
 * plugin.h of release 1.0 and never changes: tests/abi keeps a binary of it that every later engine
 * must load and run.
 */
#include <stdlib.h>
#include <string.h>

#include "lectern/plugin.h"

#define VIEW(literal) \
    { literal, sizeof(literal) - 1 }

static const lectern_host* the_host;

static void log_text(const char* words) {
    const lectern_host_log* log = the_host->get_capability(the_host, LECTERN_HOST_LOG);
    lectern_text text;
    text.data = words;
    text.size = strlen(words);
    if (log != NULL && LECTERN_HAS(log, log)) log->log(the_host, LECTERN_LOG_INFO, text);
}

/* ------------------------------------------------------------------- stages */

struct stage {
    lectern_stage face;
    uint32_t input;
    uint32_t output;
    const char* id;
    const void* table;
    int64_t times; /* an option of "custom" */
    const lectern_pipeline* pipeline;
};

static void destroy(lectern_stage* stage) {
    free(stage->self);
}
static lectern_code input(const lectern_stage* stage, lectern_port* out) {
    out->type = ((const struct stage*)stage->self)->input;
    out->fingerprint = out->type == LECTERN_PORT_TOKENS ? "bytes:1" : NULL;
    return LECTERN_OK;
}
static lectern_code output(const lectern_stage* stage, lectern_port* out) {
    out->type = ((const struct stage*)stage->self)->output;
    if (out->type == LECTERN_PORT_TOKENS) out->fingerprint = "bytes:1";
    if (out->type == LECTERN_PORT_VECTORS) {
        out->dimension = 2;
        out->fingerprint = "letters:1";
    }
    return LECTERN_OK;
}
static const void* capability(const lectern_stage* stage, const char* id) {
    const struct stage* self = stage->self;
    return strcmp(id, self->id) == 0 ? self->table : NULL;
}

static lectern_code create(const lectern_stage_config* config, uint32_t in, uint32_t out_port,
                           const char* id, const void* table, lectern_stage** out) {
    struct stage* self = calloc(1, sizeof *self);
    if (self == NULL) return LECTERN_RESOURCE_EXHAUSTED;
    self->face.struct_size = sizeof(lectern_stage);
    self->face.self = self;
    self->face.destroy = destroy;
    self->face.input = input;
    self->face.output = output;
    self->face.get_capability = capability;
    self->input = in;
    self->output = out_port;
    self->id = id;
    self->table = table;
    self->pipeline = config->pipeline;
    if (config->get_integer(config, "times", &self->times) != LECTERN_OK) self->times = 1;
    log_text(config->stage);
    *out = &self->face;
    return LECTERN_OK;
}

/* An extractor: every line is a document; an empty line is one that failed. */
static uint32_t fits(const lectern_stage* stage, lectern_text name, lectern_text head) {
    (void)stage;
    (void)head;
    return name.size > 4 && memcmp(name.data + name.size - 4, ".abi", 4) == 0 ? 90 : 0;
}
static lectern_code extract(const lectern_stage* stage, const lectern_call* call,
                            const lectern_source* source, const lectern_document_sink* sink) {
    const char* at = source->bytes.data;
    const char* end = at + source->bytes.size;
    (void)stage;
    while (at < end) {
        const char* line_end = memchr(at, '\n', (size_t)(end - at));
        if (line_end == NULL) line_end = end;
        if (call->is_cancelled(call)) return LECTERN_CANCELLED;
        if (line_end == at) {
            static const lectern_text what = VIEW("a line");
            static const lectern_text why = VIEW("it is empty");
            sink->failed(sink, what, LECTERN_INVALID_ARGUMENT, why);
        } else {
            lectern_document document;
            lectern_code code;
            memset(&document, 0, sizeof document);
            document.struct_size = sizeof document;
            document.text.data = at;
            document.text.size = (uint64_t)(line_end - at);
            code = sink->document(sink, &document);
            if (code != LECTERN_OK) return code;
        }
        at = line_end + 1;
    }
    return LECTERN_OK;
}
static const lectern_extractor extractor = {sizeof(lectern_extractor), 0, fits, extract};

/* A splitter: two halves. */
static lectern_code split(const lectern_stage* stage, const lectern_call* call,
                          const lectern_document* document, const lectern_chunk_sink* sink) {
    const uint64_t middle = document->text.size / 2;
    lectern_chunk first;
    lectern_chunk second;
    lectern_code code;
    (void)stage;
    (void)call;
    first.struct_size = second.struct_size = sizeof(lectern_chunk);
    first.tokens = second.tokens = 0;
    first.begin = 0;
    first.end = second.begin = middle;
    second.end = document->text.size;
    code = sink->chunk(sink, &first);
    return code != LECTERN_OK ? code : sink->chunk(sink, &second);
}
static const lectern_splitter splitter = {sizeof(lectern_splitter), 0, split};

/* A tokenizer: a byte is a token, 16 at most. */
static lectern_code tokenize(const lectern_stage* stage, const lectern_call* call,
                             const lectern_text* texts, uint64_t count, uint32_t flags,
                             uint32_t max_tokens, const lectern_token_sink* sink) {
    uint64_t i;
    (void)stage;
    (void)call;
    (void)flags;
    for (i = 0; i < count; ++i) {
        int32_t ids[16];
        lectern_range ranges[16];
        lectern_tokens tokens;
        lectern_code code;
        uint64_t j;
        memset(&tokens, 0, sizeof tokens);
        tokens.struct_size = sizeof tokens;
        tokens.count = texts[i].size < 16 ? texts[i].size : 16;
        if (max_tokens != 0 && tokens.count > max_tokens) tokens.count = max_tokens;
        for (j = 0; j < tokens.count; ++j) {
            ids[j] = (unsigned char)texts[i].data[j];
            ranges[j].begin = j;
            ranges[j].end = j + 1;
        }
        tokens.ids = ids;
        tokens.ranges = ranges;
        code = sink->tokens(sink, i, &tokens);
        if (code != LECTERN_OK) return code;
    }
    return LECTERN_OK;
}
static const lectern_tokenizer tokenizer = {sizeof(lectern_tokenizer), 0, tokenize};

/* An embedder: (1, 0) when the first token is even, (0, 1) when it is odd. */
static lectern_code embedder_info(const lectern_stage* stage, lectern_embedder_info* out) {
    (void)stage;
    out->dimension = 2;
    out->max_tokens = 16;
    out->batch_tokens = 64;
    out->fingerprint = "letters:1";
    out->query_prefix = "";
    out->passage_prefix = "";
    out->precision = "f32";
    out->concurrency = 1;
    out->special_tokens = 0;
    return LECTERN_OK;
}
static lectern_code embed(const lectern_stage* stage, const lectern_call* call,
                          const lectern_tokens* sequences, uint64_t count, uint32_t purpose,
                          float* out) {
    uint64_t i;
    (void)stage;
    (void)purpose;
    for (i = 0; i < count; ++i) {
        out[2 * i] = out[2 * i + 1] = 0;
        if (sequences[i].count == 0) {
            static const lectern_text why = VIEW("no tokens");
            call->item_error(call, i, LECTERN_INVALID_ARGUMENT, why);
        } else {
            out[2 * i + (uint64_t)(sequences[i].ids[0] % 2)] = 1;
        }
    }
    return LECTERN_OK;
}
static const lectern_embedder embedder = {sizeof(lectern_embedder), 0, embedder_info, embed};

/* A reranker: the longer, the better. */
static lectern_code rerank(const lectern_stage* stage, const lectern_call* call, lectern_text query,
                           const lectern_text* passages, uint64_t count, float* scores) {
    uint64_t i;
    (void)stage;
    (void)call;
    (void)query;
    for (i = 0; i < count; ++i) scores[i] = (float)passages[i].size;
    return LECTERN_OK;
}
static const lectern_reranker reranker = {sizeof(lectern_reranker), 0, rerank};

/* A reader: the whole of each passage. */
static lectern_code read_passages(const lectern_stage* stage, const lectern_call* call,
                                  lectern_text question, const lectern_passage* passages,
                                  uint64_t count, uint32_t max_evidence,
                                  const lectern_evidence_sink* sink) {
    uint64_t i;
    (void)stage;
    (void)call;
    (void)question;
    for (i = 0; i < count && i < max_evidence; ++i) {
        lectern_evidence evidence;
        lectern_code code;
        evidence.struct_size = sizeof evidence;
        evidence.score = passages[i].score;
        evidence.passage = i;
        evidence.begin = 0;
        evidence.end = passages[i].text.size;
        code = sink->evidence(sink, &evidence);
        if (code != LECTERN_OK) return code;
    }
    return LECTERN_OK;
}
static const lectern_reader reader = {sizeof(lectern_reader), 0, read_passages};

/* A generator: the messages again, piece by piece. */
static lectern_code generator_info(const lectern_stage* stage, lectern_generator_info* out) {
    (void)stage;
    out->context_tokens = 100;
    out->fingerprint = "echo:1";
    out->model = "echo";
    return LECTERN_OK;
}
static lectern_code count_tokens(const lectern_stage* stage, const lectern_call* call,
                                 const lectern_message* messages, uint64_t count, uint64_t* out) {
    uint64_t i;
    (void)stage;
    (void)call;
    *out = 0;
    for (i = 0; i < count; ++i) *out += messages[i].text.size;
    return LECTERN_OK;
}
static lectern_code generate(const lectern_stage* stage, const lectern_call* call,
                             const lectern_generation* request, const lectern_text_sink* sink,
                             lectern_generation_report* report) {
    uint64_t i;
    uint64_t prompt = 0;
    count_tokens(stage, call, request->messages, request->message_count, &prompt);
    if (prompt > 100) {
        static const lectern_text why = VIEW("the prompt is too long");
        call->set_error(call, why);
        return LECTERN_RESOURCE_EXHAUSTED;
    }
    for (i = 0; i < request->message_count; ++i)
        if (sink->text(sink, request->messages[i].text) != LECTERN_OK) break;
    if (report != NULL && LECTERN_HAS(report, truncated)) {
        report->prompt_tokens = (uint32_t)prompt;
        report->answer_tokens = (uint32_t)i;
        report->truncated = 0;
    }
    return LECTERN_OK;
}
static const lectern_generator generator = {
    sizeof(lectern_generator), 0, generator_info, count_tokens, generate, NULL};

/* A custom stage: the record again, `times` times. */
static lectern_code process(const lectern_stage* stage, const lectern_call* call,
                            const lectern_document* record, const lectern_document_sink* sink) {
    const struct stage* self = stage->self;
    int64_t i;
    (void)call;
    for (i = 0; i < self->times; ++i) {
        const lectern_code code = sink->document(sink, record);
        if (code != LECTERN_OK) return code;
    }
    return LECTERN_OK;
}
static const lectern_custom custom = {sizeof(lectern_custom), 0, process};

/* A trainer: the model is not written; the report counts the texts. */
static lectern_code train(const lectern_stage* stage, const lectern_call* call,
                          const lectern_text_source* texts, const char* model,
                          const lectern_progress_sink* progress, const lectern_text_sink* report) {
    static const lectern_text step = VIEW("count");
    static const lectern_text two = VIEW("{\"texts\":2}");
    static const lectern_text other = VIEW("{\"texts\":-1}");
    lectern_text text;
    int count = 0;
    (void)stage;
    (void)call;
    (void)model;
    while (texts->next(texts, &text) == LECTERN_OK) ++count;
    progress->progress(progress, 1.0, step, step);
    return report->text(report, count == 2 ? two : other);
}
static lectern_code evaluate(const lectern_stage* stage, const lectern_call* call,
                             const char* model, const char* test,
                             const lectern_progress_sink* progress,
                             const lectern_text_sink* report) {
    (void)stage;
    (void)call;
    (void)model;
    (void)test;
    (void)progress;
    (void)report;
    return LECTERN_UNSUPPORTED;
}
static const lectern_trainer trainer = {sizeof(lectern_trainer), 0, train, evaluate};

/* -------------------------------------------------------------------- entry */

#define TYPE(kind_name, kind_value, in, out_port, id, schema)                                \
    static lectern_code create_##kind_name(                                                  \
        const lectern_call* call, const lectern_stage_config* config, lectern_stage** out) { \
        (void)call;                                                                          \
        return create(config, in, out_port, id, &kind_name, out);                            \
    }                                                                                        \
    static const lectern_stage_type kind_name##_type = {                                     \
        sizeof(lectern_stage_type), kind_value, #kind_name, "A fixture", schema,             \
        create_##kind_name};

TYPE(extractor, LECTERN_EXTRACTOR, LECTERN_PORT_SOURCE, LECTERN_PORT_TEXT, LECTERN_EXTRACTOR_1,
     NULL)
TYPE(splitter, LECTERN_SPLITTER, LECTERN_PORT_TEXT, LECTERN_PORT_CHUNKS, LECTERN_SPLITTER_1, NULL)
TYPE(tokenizer, LECTERN_TOKENIZER, LECTERN_PORT_TEXT, LECTERN_PORT_TOKENS, LECTERN_TOKENIZER_1,
     NULL)
TYPE(embedder, LECTERN_EMBEDDER, LECTERN_PORT_TOKENS, LECTERN_PORT_VECTORS, LECTERN_EMBEDDER_1,
     NULL)
TYPE(reranker, LECTERN_RERANKER, LECTERN_PORT_HITS, LECTERN_PORT_HITS, LECTERN_RERANKER_1, NULL)
TYPE(reader, LECTERN_READER, LECTERN_PORT_HITS, LECTERN_PORT_EVIDENCE, LECTERN_READER_1, NULL)
TYPE(generator, LECTERN_GENERATOR, LECTERN_PORT_EVIDENCE, LECTERN_PORT_ANSWER, LECTERN_GENERATOR_1,
     NULL)
TYPE(custom, LECTERN_CUSTOM, LECTERN_PORT_TEXT, LECTERN_PORT_TEXT, LECTERN_CUSTOM_1,
     "{\"properties\":{\"times\":{\"type\":\"integer\",\"default\":2,\"maximum\":3}}}")
TYPE(trainer, LECTERN_TRAINER, LECTERN_PORT_TEXT, LECTERN_PORT_TEXT, LECTERN_TRAINER_1, NULL)

static const lectern_stage_type* const types[] = {&extractor_type, &splitter_type, &tokenizer_type,
                                                  &embedder_type,  &reranker_type, &reader_type,
                                                  &generator_type, &custom_type,   &trainer_type};

static lectern_code init(const lectern_call* call, const lectern_host* host) {
    (void)call;
    the_host = host;
    return LECTERN_OK;
}
static void deinit(void) {
    the_host = NULL;
}

LECTERN_EXPORT extern const lectern_plugin lectern_plugin_entry;
const lectern_plugin lectern_plugin_entry = {sizeof(lectern_plugin),
                                             LECTERN_ABI_MAJOR,
                                             LECTERN_ABI_MINOR,
                                             "every-kind",
                                             "1.0.0",
                                             "One stage of every kind",
                                             "Apache-2.0",
                                             init,
                                             deinit,
                                             sizeof types / sizeof types[0],
                                             0,
                                             types};
