// A plugin with a stage of every kind that does what a plugin must not, as its option `how` says,
// and where it is given text only when that has the word "wrong". Against plugin.h alone:
// plugin.hpp would mend half of it.
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "lectern/plugin.h"

namespace {

lectern_text text(std::string_view value) {
    return {value.data(), value.size()};
}
std::string_view view(lectern_text value) {
    return value.size == 0 ? std::string_view{} : std::string_view{value.data, value.size};
}
bool is_wrong(lectern_text value) {
    return view(value).find("wrong") != std::string_view::npos;
}

struct Wrong {
    lectern_stage face{};
    std::string how;
    std::uint32_t input = 0;
    std::uint32_t output = 0;
    std::string_view id;
    const void* table = nullptr;
    const lectern_pipeline* pipeline = nullptr;
};
const Wrong& self(const lectern_stage* stage) {
    return *static_cast<const Wrong*>(stage->self);
}

// What every kind can do wrong.
void do_wrong(const std::string& how) {
    if (how == "throw") throw std::runtime_error("thrown \x1b[31mby a plugin");
    if (how == "throw_int") throw 42;
    if (how == "exit") std::exit(0);
    if (how == "exit_thread") {
        std::thread([] { std::exit(0); }).join();
    }
    if (how == "hang")
        for (volatile bool always = true; always;) std::this_thread::yield();
}

void destroy(lectern_stage* stage) {
    const std::unique_ptr<Wrong> end(static_cast<Wrong*>(stage->self));
    if (end->how == "throw_destroy") throw std::runtime_error("thrown in destroy");
}
lectern_code port(const Wrong& of, std::uint32_t type, lectern_port* out) {
    if (of.how == "throw_port") throw 1;
    out->type = type;
    if (type == LECTERN_PORT_VECTORS) {
        out->dimension = of.how == "other_dimension" ? 4 : 2;
        out->fingerprint = "wrong:1";
    }
    if (type == LECTERN_PORT_TOKENS) out->fingerprint = "words:wrong";
    return LECTERN_OK;
}
lectern_code input(const lectern_stage* stage, lectern_port* out) {
    return port(self(stage), self(stage).input, out);
}
lectern_code output(const lectern_stage* stage, lectern_port* out) {
    return port(self(stage), self(stage).output, out);
}
const void* capability(const lectern_stage* stage, const char* id) {
    if (self(stage).how == "throw_capability") throw std::runtime_error("thrown in capability");
    return self(stage).id == id ? self(stage).table : nullptr;
}

lectern_code create(const lectern_stage_config* config, std::uint32_t in, std::uint32_t out_port,
                    const char* id, const void* table, lectern_stage** out) {
    auto made = std::make_unique<Wrong>();
    lectern_text how{};
    if (config->get_string(config, "how", &how) == LECTERN_OK) made->how = view(how);
    made->face.struct_size = sizeof(lectern_stage);
    made->face.self = made.get();
    made->face.destroy = &destroy;
    made->face.input = &input;
    made->face.output = &output;
    made->face.get_capability = &capability;
    made->input = in;
    made->output = out_port;
    made->id = id;
    made->table = table;
    made->pipeline = config->pipeline;
    *out = &made.release()->face;
    return LECTERN_OK;
}

// ------------------------------------------------------------ documents, chunks

lectern_code give_places(const std::string& how, lectern_document& out,
                         const lectern_document_sink* sink) {
    std::array<lectern_place, 2> places{};
    for (lectern_place& place : places) {
        place.struct_size = sizeof place;
        place.kind = LECTERN_PLACE_PAGE;
        place.begin = 3;
    }
    out.places = places.data();
    out.place_count = places.size();
    if (how == "place_null") out.places = nullptr;
    if (how == "place_short") places[0].struct_size = 8;
    if (how == "place_order") places[1].begin = 2;
    if (how == "place_outside") places[1].begin = out.text.size + 1;
    if (how == "place_many") out.place_count = out.text.size + 2;
    if (how == "place_character") {
        out.text = text("wr\u00F6ng");
        places[1].begin = 3;
    }
    if (how == "place_name") places[0].name = text("\xff");
    if (how == "place_no_data") places[0].name = {nullptr, 4};
    if (how == "place_kind") places[0].kind = 4711;
    return sink->document(sink, &out);
}

lectern_code give(const lectern_stage* stage, const lectern_document* record,
                  const lectern_document_sink* sink) {
    const std::string& how = self(stage).how;
    lectern_document out{};
    out.struct_size = sizeof out;
    out.id = record->id;
    out.title = record->title;
    out.text = record->text;
    out.metadata = record->metadata;
    if (!is_wrong(record->text)) return sink->document(sink, &out);
    do_wrong(how);
    if (how == "null_document") return sink->document(sink, nullptr);
    if (how == "short_document") out.struct_size = 8;
    if (how == "no_data") out.text = {nullptr, 12};
    if (how == "bad_utf8") out.text = text("wrong \xff bytes");
    if (how == "bad_metadata") out.metadata = text("[1");
    if (how.starts_with("place")) return give_places(how, out, sink);
    if (how == "fail_often") {
        for (int i = 0; i < 2'000'000; ++i)
            sink->failed(sink, text("row"), LECTERN_CORRUPT, text("is broken"));
        return LECTERN_OK;
    }
    if (how == "endless") {
        while (sink->document(sink, &out) == LECTERN_OK) continue;
        // It does not listen: the host must bear what comes after.
        for (int i = 0; i < 1000; ++i) sink->document(sink, &out);
        return LECTERN_OK;
    }
    if (how == "other_thread") {
        lectern_code code = LECTERN_OK;
        std::thread([&] { code = sink->document(sink, &out); }).join();
        return LECTERN_OK;
    }
    return sink->document(sink, &out);
}

std::uint32_t fits(const lectern_stage* stage, lectern_text name, lectern_text) {
    if (view(name).find(".wrong") == std::string_view::npos) return 0;
    if (self(stage).how == "throw_fits") throw std::runtime_error("thrown in fits");
    return self(stage).how == "huge_fit" ? 4'000'000'000U : 100;
}
lectern_code extract(const lectern_stage* stage, const lectern_call*, const lectern_source* source,
                     const lectern_document_sink* sink) {
    lectern_document document{};
    document.text = source->bytes;
    return give(stage, &document, sink);
}
const lectern_extractor extractor{sizeof(lectern_extractor), 0, &fits, &extract};

lectern_code process(const lectern_stage* stage, const lectern_call*,
                     const lectern_document* record, const lectern_document_sink* sink) {
    return give(stage, record, sink);
}
const lectern_custom custom{sizeof(lectern_custom), 0, &process};

lectern_code split(const lectern_stage* stage, const lectern_call*,
                   const lectern_document* document, const lectern_chunk_sink* sink) {
    const std::string& how = self(stage).how;
    lectern_chunk chunk{};
    chunk.struct_size = sizeof chunk;
    chunk.end = document->text.size;
    if (!is_wrong(document->text)) return sink->chunk(sink, &chunk);
    do_wrong(how);
    if (how == "none") return LECTERN_OK;
    if (how == "outside") ++chunk.end;
    if (how == "empty") chunk.end = 0;
    if (how.starts_with("context")) {
        chunk.begin = 3;
        chunk.context_end = 2;
        if (how == "context_behind") chunk.context_end = 4;
        if (how == "context_empty") chunk.context_begin = 2;
    }
    if (how == "same") {
        for (int i = 0; i < 2'000'000; ++i) sink->chunk(sink, &chunk);
        return LECTERN_OK;
    }
    if (how == "growing") {
        for (chunk.end = 1; chunk.end <= document->text.size; ++chunk.end)
            sink->chunk(sink, &chunk);
        return LECTERN_OK;
    }
    return sink->chunk(sink, &chunk);
}
const lectern_splitter splitter{sizeof(lectern_splitter), 0, &split};

// ------------------------------------------------------------- tokens, vectors

lectern_code tokenize(const lectern_stage* stage, const lectern_call* call,
                      const lectern_text* texts, std::uint64_t count, std::uint32_t, std::uint32_t,
                      const lectern_token_sink* sink) {
    const std::string& how = self(stage).how;
    for (std::uint64_t i = 0; i < count; ++i) {
        // One token: 1 of a sound text, 2 of a wrong one.
        const std::int32_t id = is_wrong(texts[i]) ? 2 : 1;
        lectern_range range{0, texts[i].size};
        lectern_tokens tokens{};
        tokens.struct_size = sizeof tokens;
        tokens.count = 1;
        tokens.ids = &id;
        tokens.ranges = &range;
        tokens.words = &texts[i];
        std::uint64_t index = i;
        if (is_wrong(texts[i])) {
            do_wrong(how);
            if (how == "none") continue;
            if (how == "item_error") {
                call->item_error(call, i, LECTERN_INVALID_ARGUMENT, text("no words in it"));
                continue;
            }
            if (how == "no_ranges") tokens.ranges = nullptr;
            if (how == "bad_range") range.end += 7;
            if (how == "huge_count") tokens.count = 1ULL << 40U;
            if (how == "neither") tokens.ids = nullptr, tokens.words = nullptr;
            if (how == "short_tokens") tokens.struct_size = 16;
            if (how == "null_tokens") {
                sink->tokens(sink, i, nullptr);
                continue;
            }
            if (how == "outside") index = count + 5;
            if (how == "twice") sink->tokens(sink, index, &tokens);
        }
        // Its code is not looked at, on purpose.
        sink->tokens(sink, index, &tokens);
    }
    return LECTERN_OK;
}
const lectern_tokenizer tokenizer{sizeof(lectern_tokenizer), 0, &tokenize};

lectern_code embedder_info(const lectern_stage* stage, lectern_embedder_info* out) {
    if (self(stage).how == "throw_info") throw std::runtime_error("thrown in info");
    out->dimension = self(stage).how == "no_dimension" ? 0 : 2;
    out->batch_tokens = 64;
    out->fingerprint = self(stage).how == "no_fingerprint" ? nullptr : "wrong:1";
    if (self(stage).how == "any_length") out->flags = LECTERN_ANY_LENGTH;
    return LECTERN_OK;
}
lectern_code embed(const lectern_stage* stage, const lectern_call* call,
                   const lectern_tokens* sequences, std::uint64_t count, std::uint32_t,
                   float* out) {
    const std::string& how = self(stage).how;
    for (std::uint64_t i = 0; i < count; ++i, out += 2) {
        const lectern_tokens& tokens = *LECTERN_ITEM(lectern_tokens, sequences, i);
        out[0] = 1;
        out[1] = 0;
        const bool wrong = tokens.words != nullptr ? is_wrong(tokens.words[0])
                                                   : tokens.count > 0 && tokens.ids[0] == 2;
        if (!wrong) continue;
        do_wrong(how);
        if (how == "nan") out[0] = std::nanf("");
        if (how == "infinite") out[0] = INFINITY;
        if (how == "zeros") out[0] = 0;
        if (how == "long") out[0] = 1e30F;
        if (how == "two" || how == "any_length") out[0] = 2;
        if (how == "item_error") {
            call->item_error(call, i, LECTERN_INVALID_ARGUMENT, text("cannot be embedded"));
            call->item_error(call, i, LECTERN_INVALID_ARGUMENT, text("said twice"));
            call->item_error(call, count + 9, LECTERN_INVALID_ARGUMENT, text("of no item"));
        }
    }
    return LECTERN_OK;
}
const lectern_embedder embedder{sizeof(lectern_embedder), 0, &embedder_info, &embed};

// ------------------------------------------------------------------- answering

lectern_code rerank(const lectern_stage* stage, const lectern_call*, lectern_text query,
                    const lectern_text*, std::uint64_t count, float* scores) {
    for (std::uint64_t i = 0; i < count; ++i) scores[i] = static_cast<float>(i);
    if (!is_wrong(query)) return LECTERN_OK;
    do_wrong(self(stage).how);
    if (self(stage).how == "nan") scores[count - 1] = std::nanf("");
    return LECTERN_OK;
}
const lectern_reranker reranker{sizeof(lectern_reranker), 0, &rerank, nullptr};

lectern_code read(const lectern_stage* stage, const lectern_call*, lectern_text question,
                  const lectern_passage* passages, std::uint64_t count, std::uint32_t,
                  const lectern_evidence_sink* sink) {
    const std::string& how = self(stage).how;
    const bool wrong = is_wrong(question);
    if (wrong) do_wrong(how);
    lectern_evidence evidence{};
    evidence.struct_size = sizeof evidence;
    evidence.score = 0.5F;
    evidence.end = passages->text.size;
    if (wrong && how == "nan") evidence.score = std::nanf("");
    if (wrong && how == "nine") evidence.score = 9;
    if (wrong && how == "negative") evidence.score = -0.5F;
    if (wrong && how == "outside") evidence.passage = count;
    if (wrong && how == "too_long") evidence.end += 1;
    if (wrong && how == "unlikely") {
        evidence.answer_end = evidence.end;
        evidence.other_probability = 1.5F;
    }
    if (wrong && how == "endless")
        while (sink->evidence(sink, &evidence) == LECTERN_OK) continue;
    return sink->evidence(sink, &evidence);
}
const lectern_reader reader{sizeof(lectern_reader), 0, &read};

lectern_code infer(const lectern_stage* stage, const lectern_call*, const lectern_text*,
                   const lectern_text* hypotheses, std::uint64_t, float* out) {
    out[0] = 1;
    out[1] = out[2] = 0;
    if (!is_wrong(hypotheses[0])) return LECTERN_OK;
    do_wrong(self(stage).how);
    if (self(stage).how == "nan") out[0] = std::nanf("");
    if (self(stage).how == "sum") out[1] = out[2] = 1;
    return LECTERN_OK;
}
const lectern_entailment verifier{sizeof(lectern_entailment), 0, &infer};

lectern_code generator_info(const lectern_stage* stage, lectern_generator_info* out) {
    if (self(stage).how == "throw_info") throw 3;
    out->context_tokens = 1 << 20;
    out->fingerprint = "wrong:1";
    return LECTERN_OK;
}
lectern_code count_tokens(const lectern_stage* stage, const lectern_call*, const lectern_message*,
                          std::uint64_t count, std::uint64_t* out) {
    do_wrong(self(stage).how);
    *out = count;
    return LECTERN_OK;
}
lectern_code generate(const lectern_stage* stage, const lectern_call* call,
                      const lectern_generation* request, const lectern_text_sink* sink,
                      lectern_generation_report*) {
    const std::string& how = self(stage).how;
    bool wrong = false;
    for (std::uint64_t i = 0; i < request->message_count; ++i)
        wrong = wrong || is_wrong(LECTERN_ITEM(lectern_message, request->messages, i)->text);
    if (!wrong) return sink->text(sink, text("A sound answer."));
    do_wrong(how);
    if (how == "bad_utf8") {
        // A character in two pieces is whole in the end; the rest is not.
        for (const char* piece : {"caf\xc3", "\xa9 \xff", "\xf0\x9f", " and \xe2\x82"})
            sink->text(sink, text(piece));
        return LECTERN_OK;
    }
    if (how == "no_data") return sink->text(sink, {nullptr, 8});
    if (how == "endless") {
        static const std::string words(1 << 16, 'x');
        while (call->is_cancelled(call) == 0) sink->text(sink, text(words));
        return LECTERN_OK;
    }
    if (how == "deaf") {
        // Goes on when the host has said that it wants no more.
        for (int i = 0; i < 1000; ++i) sink->text(sink, text("more "));
        return LECTERN_OK;
    }
    return sink->text(sink, text("A sound answer."));
}
lectern_code warm(const lectern_stage* stage, const lectern_call*, const lectern_message*,
                  std::uint64_t) {
    do_wrong(self(stage).how);
    return LECTERN_OK;
}
const lectern_generator generator{
    sizeof(lectern_generator), 0, &generator_info, &count_tokens, &generate, &warm};

lectern_code train(const lectern_stage* stage, const lectern_call*, const lectern_text_source*,
                   const char*, const lectern_progress_sink*, const lectern_text_sink* report) {
    do_wrong(self(stage).how);
    return report->text(report, text(self(stage).how == "no_json" ? "trained" : "{}"));
}
lectern_code evaluate(const lectern_stage* stage, const lectern_call*, const char*, const char*,
                      const lectern_progress_sink*, const lectern_text_sink* report) {
    do_wrong(self(stage).how);
    return report->text(report, text("{}"));
}
const lectern_trainer trainer{sizeof(lectern_trainer), 0, &train, &evaluate};

// ------------------------------------------------------------------------ entry

constexpr const char* options =
    R"({"type": "object", "properties": {"how": {"type": "string", "default": ""}}})";

#define TYPE(kind, value, in, out_port, id)                                                \
    const lectern_stage_type kind##_type{                                                  \
        sizeof(lectern_stage_type),                                                        \
        value,                                                                             \
        #kind,                                                                             \
        "Does wrong",                                                                      \
        options,                                                                           \
        [](const lectern_call*, const lectern_stage_config* config, lectern_stage** out) { \
            return create(config, in, out_port, id, &kind, out);                           \
        }};
TYPE(extractor, LECTERN_EXTRACTOR, LECTERN_PORT_SOURCE, LECTERN_PORT_TEXT, LECTERN_EXTRACTOR_1)
TYPE(custom, LECTERN_CUSTOM, LECTERN_PORT_TEXT, LECTERN_PORT_TEXT, LECTERN_CUSTOM_1)
TYPE(splitter, LECTERN_SPLITTER, LECTERN_PORT_TEXT, LECTERN_PORT_CHUNKS, LECTERN_SPLITTER_1)
TYPE(tokenizer, LECTERN_TOKENIZER, LECTERN_PORT_TEXT, LECTERN_PORT_TOKENS, LECTERN_TOKENIZER_1)
TYPE(embedder, LECTERN_EMBEDDER, LECTERN_PORT_TOKENS, LECTERN_PORT_VECTORS, LECTERN_EMBEDDER_1)
TYPE(reranker, LECTERN_RERANKER, LECTERN_PORT_HITS, LECTERN_PORT_HITS, LECTERN_RERANKER_1)
TYPE(reader, LECTERN_READER, LECTERN_PORT_HITS, LECTERN_PORT_EVIDENCE, LECTERN_READER_1)
TYPE(verifier, LECTERN_VERIFIER, LECTERN_PORT_ANSWER, LECTERN_PORT_ANSWER, LECTERN_ENTAILMENT_1)
TYPE(generator, LECTERN_GENERATOR, LECTERN_PORT_EVIDENCE, LECTERN_PORT_ANSWER, LECTERN_GENERATOR_1)
TYPE(trainer, LECTERN_TRAINER, LECTERN_PORT_TEXT, LECTERN_PORT_TEXT, LECTERN_TRAINER_1)
#undef TYPE

const lectern_stage_type* const types[] = {
    &extractor_type, &custom_type, &splitter_type, &tokenizer_type, &embedder_type,
    &reranker_type,  &reader_type, &verifier_type, &generator_type, &trainer_type};

}  // namespace

extern "C" LECTERN_EXPORT const lectern_plugin lectern_plugin_entry = {
    sizeof(lectern_plugin),
    LECTERN_ABI_MAJOR,
    LECTERN_ABI_MINOR,
    "wrong",
    "1.0.0",
    "Does what a plugin must not",
    "Apache-2.0",
    nullptr,
    nullptr,
    sizeof types / sizeof types[0],
    0,
    types};
