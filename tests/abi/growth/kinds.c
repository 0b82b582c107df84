/*
 * A plugin in plain C with a stage of every kind, by the rules of
 * plugin.h. It is compiled against today's header and against a later one with larger structs
 * (grow.py). With GREEDY it breaks the rule for structs that the caller allocates: it assigns them
 * whole, which a host should bear.
 */
#include <stdlib.h>
#include <string.h>

#include "lectern/plugin.h"

#if LECTERN_ABI_MINOR > 4 /* the later header */
#define LATER 1
#endif

struct stage {
    lectern_stage face;
    uint32_t input;
    uint32_t output;
    const char* id;
    const void* table;
};

static const struct stage* self_of(const lectern_stage* stage) {
    return stage->self;
}
static void destroy(lectern_stage* stage) {
    free(stage->self);
}

/* Gives a struct to the caller: what it has room for. */
#if defined(GREEDY)
#define GIVE(out, from) (*(out) = (from))
#else
#define GIVE(out, from)                                                           \
    do {                                                                          \
        const uint32_t room = (out)->struct_size;                                 \
        memcpy((out), &(from), room < sizeof(from) ? room : sizeof(from));        \
        (out)->struct_size = room < sizeof(from) ? room : (uint32_t)sizeof(from); \
    } while (0)
#endif
#if defined(LATER)
#define SAY_LATER(value) ((value).later_1 = (value).later_2 = 0x5A5A5A5A5A5A5A5AULL)
#else
#define SAY_LATER(value) ((void)0)
#endif

static lectern_code port(uint32_t type, lectern_port* out) {
    lectern_port mine;
    memset(&mine, 0, sizeof mine);
    mine.struct_size = sizeof mine;
    mine.type = type;
    if (type == LECTERN_PORT_TOKENS) mine.fingerprint = "bytes:1";
    if (type == LECTERN_PORT_VECTORS) {
        mine.dimension = 2;
        mine.fingerprint = "letters:1";
    }
    SAY_LATER(mine);
    GIVE(out, mine);
    return LECTERN_OK;
}
static lectern_code input(const lectern_stage* stage, lectern_port* out) {
    return port(self_of(stage)->input, out);
}
static lectern_code output(const lectern_stage* stage, lectern_port* out) {
    return port(self_of(stage)->output, out);
}
static const void* capability(const lectern_stage* stage, const char* id) {
    return strcmp(id, self_of(stage)->id) == 0 ? self_of(stage)->table : NULL;
}
static lectern_code create(uint32_t in, uint32_t out_port, const char* id, const void* table,
                           lectern_stage** out) {
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
    *out = &self->face;
    return LECTERN_OK;
}

/* Every line is a document; an empty one is one that failed. Then a source within the source. */
static lectern_text text_of(const char* string) {
    lectern_text out;
    out.data = string;
    out.size = strlen(string);
    return out;
}
static uint32_t fits(const lectern_stage* stage, lectern_text name, lectern_text head) {
    (void)stage;
    (void)head;
    return name.size > 4 && memcmp(name.data + name.size - 4, ".abi", 4) == 0 ? 90 : 0;
}
static lectern_code extract(const lectern_stage* stage, const lectern_call* call,
                            const lectern_source* source, const lectern_document_sink* sink) {
    const char* at = source->bytes.data;
    const char* end = at + source->bytes.size;
    lectern_source inner;
    (void)stage;
    (void)call;
    while (at < end) {
        const char* line_end = memchr(at, '\n', (size_t)(end - at));
        if (line_end == NULL) line_end = end;
        if (line_end == at) {
            sink->failed(sink, text_of("a line"), LECTERN_INVALID_ARGUMENT, text_of("it is empty"));
        } else {
            lectern_document document;
            lectern_code code;
            memset(&document, 0, sizeof document);
            document.struct_size = sizeof document;
            document.text.data = at;
            document.text.size = (uint64_t)(line_end - at);
            SAY_LATER(document);
            code = sink->document(sink, &document);
            if (code != LECTERN_OK) return code;
        }
        at = line_end + 1;
    }
    if (!LECTERN_HAS(sink, source) || sink->source == NULL) return LECTERN_OK;
    memset(&inner, 0, sizeof inner);
    inner.struct_size = sizeof inner;
    inner.name = text_of("notes.abi#inner");
    inner.bytes = text_of("within");
    inner.metadata = text_of("{\"deep\":1}");
    SAY_LATER(inner);
    return sink->source(sink, &inner);
}
static const lectern_extractor extractor = {
    .struct_size = sizeof(lectern_extractor), .fits = fits, .extract = extract};

/* The record again, twice. */
static lectern_code process(const lectern_stage* stage, const lectern_call* call,
                            const lectern_document* record, const lectern_document_sink* sink) {
    lectern_document out;
    lectern_code code;
    (void)stage;
    (void)call;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.id = record->id;
    out.title = record->title;
    out.text = record->text;
    out.metadata = record->metadata;
    if (LECTERN_HAS(record, place_count)) {
        out.places = record->places;
        out.place_count = record->place_count;
    }
    SAY_LATER(out);
    code = sink->document(sink, &out);
    return code != LECTERN_OK ? code : sink->document(sink, &out);
}
static const lectern_custom custom = {.struct_size = sizeof(lectern_custom), .process = process};

/* Two halves. */
static lectern_code split(const lectern_stage* stage, const lectern_call* call,
                          const lectern_document* document, const lectern_chunk_sink* sink) {
    lectern_chunk chunk;
    lectern_code code;
    (void)stage;
    (void)call;
    memset(&chunk, 0, sizeof chunk);
    chunk.struct_size = sizeof chunk;
    chunk.end = document->text.size / 2;
    SAY_LATER(chunk);
    code = sink->chunk(sink, &chunk);
    chunk.begin = chunk.end;
    chunk.end = document->text.size;
    chunk.context_end = 1;
    return code != LECTERN_OK ? code : sink->chunk(sink, &chunk);
}
static const lectern_splitter splitter = {.struct_size = sizeof(lectern_splitter), .split = split};

/* A byte is a token, 16 at most. */
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
        SAY_LATER(tokens);
        code = sink->tokens(sink, i, &tokens);
        if (code != LECTERN_OK) return code;
    }
    return LECTERN_OK;
}
static const lectern_tokenizer tokenizer = {.struct_size = sizeof(lectern_tokenizer),
                                            .tokenize = tokenize};

/* (1, 0) when the first token is even, (0, 1) when it is odd. */
static lectern_code embedder_info(const lectern_stage* stage, lectern_embedder_info* out) {
    lectern_embedder_info mine;
    (void)stage;
    memset(&mine, 0, sizeof mine);
    mine.struct_size = sizeof mine;
    mine.dimension = 2;
    mine.max_tokens = 16;
    mine.batch_tokens = 64;
    mine.fingerprint = "letters:1";
    mine.query_prefix = "";
    mine.passage_prefix = "";
    mine.precision = "f32";
    mine.concurrency = 1;
    SAY_LATER(mine);
    GIVE(out, mine);
    return LECTERN_OK;
}
static lectern_code embed(const lectern_stage* stage, const lectern_call* call,
                          const lectern_tokens* sequences, uint64_t count, uint32_t purpose,
                          float* out) {
    uint64_t i;
    (void)stage;
    (void)call;
    (void)purpose;
    for (i = 0; i < count; ++i) {
        const lectern_tokens* sequence = LECTERN_ITEM(lectern_tokens, sequences, i);
        out[2 * i] = out[2 * i + 1] = 0;
        out[2 * i + (uint64_t)(sequence->ids[0] % 2)] = 1;
    }
    return LECTERN_OK;
}
static const lectern_embedder embedder = {
    .struct_size = sizeof(lectern_embedder), .info = embedder_info, .embed = embed};

/* The longer, the better. */
static lectern_code rerank(const lectern_stage* stage, const lectern_call* call, lectern_text query,
                           const lectern_text* passages, uint64_t count, float* scores) {
    uint64_t i;
    (void)stage;
    (void)call;
    (void)query;
    for (i = 0; i < count; ++i) scores[i] = (float)passages[i].size;
    return LECTERN_OK;
}
static lectern_code rerank_hits(const lectern_stage* stage, const lectern_call* call,
                                lectern_text query, const lectern_hit* hits, uint64_t count,
                                float* scores) {
    uint64_t i;
    (void)stage;
    (void)call;
    (void)query;
    for (i = 0; i < count; ++i) scores[i] = (float)LECTERN_ITEM(lectern_hit, hits, i)->text.size;
    return LECTERN_OK;
}
static const lectern_reranker reranker = {
    .struct_size = sizeof(lectern_reranker), .rerank = rerank, .rerank_hits = rerank_hits};

/* The whole of each passage. */
static lectern_code read_passages(const lectern_stage* stage, const lectern_call* call,
                                  lectern_text question, const lectern_passage* passages,
                                  uint64_t count, uint32_t max_evidence,
                                  const lectern_evidence_sink* sink) {
    uint64_t i;
    (void)stage;
    (void)call;
    (void)question;
    for (i = 0; i < count && i < max_evidence; ++i) {
        const lectern_passage* passage = LECTERN_ITEM(lectern_passage, passages, i);
        lectern_evidence evidence;
        lectern_code code;
        memset(&evidence, 0, sizeof evidence);
        evidence.struct_size = sizeof evidence;
        evidence.score = passage->score;
        evidence.passage = i;
        evidence.end = passage->text.size;
        evidence.answer_end = 1;
        evidence.answer_probability = 0.5f;
        evidence.other_probability = 0.25f;
        SAY_LATER(evidence);
        code = sink->evidence(sink, &evidence);
        if (code != LECTERN_OK) return code;
    }
    return LECTERN_OK;
}
static const lectern_reader reader = {.struct_size = sizeof(lectern_reader), .read = read_passages};

/* The messages again, piece by piece. */
static lectern_code generator_info(const lectern_stage* stage, lectern_generator_info* out) {
    lectern_generator_info mine;
    (void)stage;
    memset(&mine, 0, sizeof mine);
    mine.struct_size = sizeof mine;
    mine.context_tokens = 100;
    mine.fingerprint = "echo:1";
    mine.model = "echo";
    SAY_LATER(mine);
    GIVE(out, mine);
    return LECTERN_OK;
}
static lectern_code count_tokens(const lectern_stage* stage, const lectern_call* call,
                                 const lectern_message* messages, uint64_t count, uint64_t* out) {
    uint64_t i;
    (void)stage;
    (void)call;
    *out = 0;
    for (i = 0; i < count; ++i) *out += LECTERN_ITEM(lectern_message, messages, i)->text.size;
    return LECTERN_OK;
}
static lectern_code generate(const lectern_stage* stage, const lectern_call* call,
                             const lectern_generation* request, const lectern_text_sink* sink,
                             lectern_generation_report* report) {
    uint64_t i;
    uint64_t prompt = 0;
    count_tokens(stage, call, request->messages, request->message_count, &prompt);
    for (i = 0; i < request->message_count; ++i)
        if (sink->text(sink, LECTERN_ITEM(lectern_message, request->messages, i)->text) !=
            LECTERN_OK)
            break;
    if (report != NULL) {
        lectern_generation_report mine;
        memset(&mine, 0, sizeof mine);
        mine.struct_size = sizeof mine;
        mine.prompt_tokens = (uint32_t)prompt;
        mine.answer_tokens = (uint32_t)i;
        SAY_LATER(mine);
        GIVE(report, mine);
    }
    return LECTERN_OK;
}
static const lectern_generator generator = {.struct_size = sizeof(lectern_generator),
                                            .info = generator_info,
                                            .count_tokens = count_tokens,
                                            .generate = generate};

/* Likely when both are equally long. */
static lectern_code infer(const lectern_stage* stage, const lectern_call* call,
                          const lectern_text* premises, const lectern_text* hypotheses,
                          uint64_t count, float* out) {
    uint64_t i;
    (void)stage;
    (void)call;
    for (i = 0; i < count; ++i) {
        const int same = premises[i].size == hypotheses[i].size;
        out[3 * i] = same ? 0.75F : 0.25F;
        out[3 * i + 1] = 0;
        out[3 * i + 2] = same ? 0.25F : 0.75F;
    }
    return LECTERN_OK;
}
static const lectern_entailment verifier = {.struct_size = sizeof(lectern_entailment),
                                            .infer = infer};

/* The model is not written; the report counts the texts. */
static lectern_code train(const lectern_stage* stage, const lectern_call* call,
                          const lectern_text_source* texts, const char* model,
                          const lectern_progress_sink* progress, const lectern_text_sink* report) {
    lectern_text text;
    int count = 0;
    (void)stage;
    (void)call;
    (void)model;
    while (texts->next(texts, &text) == LECTERN_OK) ++count;
    progress->progress(progress, 1.0, text_of("count"), text_of(""));
    return report->text(report, text_of(count == 2 ? "{\"texts\":2}" : "{\"texts\":-1}"));
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
static const lectern_trainer trainer = {
    .struct_size = sizeof(lectern_trainer), .train = train, .evaluate = evaluate};

#define TYPE(kind_name, kind_value, in, out_port, table_id)                                        \
    static lectern_code create_##kind_name(                                                        \
        const lectern_call* call, const lectern_stage_config* config, lectern_stage** out) {       \
        (void)call;                                                                                \
        (void)config;                                                                              \
        return create(in, out_port, table_id, &kind_name, out);                                    \
    }                                                                                              \
    static const lectern_stage_type kind_name##_type = {.struct_size = sizeof(lectern_stage_type), \
                                                        .kind = kind_value,                        \
                                                        .name = #kind_name,                        \
                                                        .description = "A fixture",                \
                                                        .create = create_##kind_name};

TYPE(extractor, LECTERN_EXTRACTOR, LECTERN_PORT_SOURCE, LECTERN_PORT_TEXT, LECTERN_EXTRACTOR_1)
TYPE(splitter, LECTERN_SPLITTER, LECTERN_PORT_TEXT, LECTERN_PORT_CHUNKS, LECTERN_SPLITTER_1)
TYPE(tokenizer, LECTERN_TOKENIZER, LECTERN_PORT_TEXT, LECTERN_PORT_TOKENS, LECTERN_TOKENIZER_1)
TYPE(embedder, LECTERN_EMBEDDER, LECTERN_PORT_TOKENS, LECTERN_PORT_VECTORS, LECTERN_EMBEDDER_1)
TYPE(reranker, LECTERN_RERANKER, LECTERN_PORT_HITS, LECTERN_PORT_HITS, LECTERN_RERANKER_1)
TYPE(reader, LECTERN_READER, LECTERN_PORT_HITS, LECTERN_PORT_EVIDENCE, LECTERN_READER_1)
TYPE(generator, LECTERN_GENERATOR, LECTERN_PORT_EVIDENCE, LECTERN_PORT_ANSWER, LECTERN_GENERATOR_1)
TYPE(custom, LECTERN_CUSTOM, LECTERN_PORT_TEXT, LECTERN_PORT_TEXT, LECTERN_CUSTOM_1)
TYPE(verifier, LECTERN_VERIFIER, LECTERN_PORT_ANSWER, LECTERN_PORT_ANSWER, LECTERN_ENTAILMENT_1)
TYPE(trainer, LECTERN_TRAINER, LECTERN_PORT_TEXT, LECTERN_PORT_TEXT, LECTERN_TRAINER_1)

static const lectern_stage_type* const types[] = {
    &extractor_type, &splitter_type,  &tokenizer_type, &embedder_type, &reranker_type,
    &reader_type,    &generator_type, &custom_type,    &verifier_type, &trainer_type};

LECTERN_EXPORT extern const lectern_plugin lectern_plugin_entry;
const lectern_plugin lectern_plugin_entry = {.struct_size = sizeof(lectern_plugin),
                                             .abi_major = LECTERN_ABI_MAJOR,
                                             .abi_minor = LECTERN_ABI_MINOR,
                                             .name = "every-kind",
                                             .version = "1.0.0",
                                             .description = "One stage of every kind",
                                             .license = "Apache-2.0",
                                             .stage_type_count = sizeof types / sizeof types[0],
                                             .stage_types = types};
