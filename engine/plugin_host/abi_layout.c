/*
 * The layout of plugin.h, and of what it includes, is frozen: this file compiles only while every
 * field of release 1.0 stands where it stood. A struct may grow at its end (its SIZE below then
 * becomes GROWN); nothing may move. Offsets in bytes, for 64-bit systems.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/plugin_host/abi_v1_0.h"
#include "lectern/plugin.h"

static_assert(sizeof(void*) == 8, "Lectern's plugin ABI is for 64-bit systems");
static_assert(sizeof(lectern_code) == 4, "lectern_code is an int32_t");

/* sizeof(struct) is what it was in 1.0. */
#define SIZE(type, bytes) static_assert(sizeof(type) == (bytes), #type " has another size")
/* sizeof(struct) is larger than in 1.0. */
#define GROWN(type, bytes) static_assert(sizeof(type) > (bytes), #type " is not larger than in 1.0")
#define FIELD(type, field, at) \
    static_assert(offsetof(type, field) == (at), #type "." #field " moved")

SIZE(lectern_text, 16);
FIELD(lectern_text, data, 0);
FIELD(lectern_text, size, 8);

SIZE(lectern_range, 16);
FIELD(lectern_range, begin, 0);
FIELD(lectern_range, end, 8);

SIZE(lectern_call, 40);
FIELD(lectern_call, struct_size, 0);
FIELD(lectern_call, reserved, 4);
FIELD(lectern_call, host_data, 8);
FIELD(lectern_call, set_error, 16);
FIELD(lectern_call, item_error, 24);
FIELD(lectern_call, is_cancelled, 32);

SIZE(lectern_host, 32);
FIELD(lectern_host, struct_size, 0);
FIELD(lectern_host, abi_major, 4);
FIELD(lectern_host, abi_minor, 6);
FIELD(lectern_host, name, 8);
FIELD(lectern_host, version, 16);
FIELD(lectern_host, get_capability, 24);

SIZE(lectern_host_log, 16);
FIELD(lectern_host_log, struct_size, 0);
FIELD(lectern_host_log, reserved, 4);
FIELD(lectern_host_log, log, 8);

SIZE(lectern_host_threads, 16);
FIELD(lectern_host_threads, struct_size, 0);
FIELD(lectern_host_threads, reserved, 4);
FIELD(lectern_host_threads, budget, 8);

SIZE(lectern_host_folders, 24);
FIELD(lectern_host_folders, struct_size, 0);
FIELD(lectern_host_folders, reserved, 4);
FIELD(lectern_host_folders, models, 8);
FIELD(lectern_host_folders, cache, 16);

SIZE(lectern_port, 24);
FIELD(lectern_port, struct_size, 0);
FIELD(lectern_port, type, 4);
FIELD(lectern_port, dimension, 8);
FIELD(lectern_port, reserved, 12);
FIELD(lectern_port, fingerprint, 16);

#if LECTERN_ABI_MINOR >= 1 /* compiled against the header of 1.0 as well */
GROWN(lectern_pipeline, 48);
FIELD(lectern_pipeline, fingerprint, 48);
#if LECTERN_ABI_MINOR >= 3
FIELD(lectern_pipeline, vocabulary, 56);
FIELD(lectern_pipeline, tokens_fingerprint, 64);
FIELD(lectern_pipeline, tokenize, 72);
FIELD(lectern_pipeline, embed_tokens, 80);
#endif
#else
SIZE(lectern_pipeline, 48);
#endif
FIELD(lectern_pipeline, struct_size, 0);
FIELD(lectern_pipeline, reserved, 4);
FIELD(lectern_pipeline, host_data, 8);
FIELD(lectern_pipeline, max_tokens, 16);
FIELD(lectern_pipeline, count_tokens, 24);
FIELD(lectern_pipeline, dimension, 32);
FIELD(lectern_pipeline, embed, 40);

SIZE(lectern_stage_config, 104);
FIELD(lectern_stage_config, struct_size, 0);
FIELD(lectern_stage_config, reserved, 4);
FIELD(lectern_stage_config, host_data, 8);
FIELD(lectern_stage_config, host, 16);
FIELD(lectern_stage_config, pipeline, 24);
FIELD(lectern_stage_config, stage, 32);
FIELD(lectern_stage_config, options, 40);
FIELD(lectern_stage_config, get_string, 56);
FIELD(lectern_stage_config, get_number, 64);
FIELD(lectern_stage_config, get_integer, 72);
FIELD(lectern_stage_config, get_boolean, 80);
FIELD(lectern_stage_config, get_count, 88);
FIELD(lectern_stage_config, resolve_path, 96);

SIZE(lectern_stage, 48);
FIELD(lectern_stage, struct_size, 0);
FIELD(lectern_stage, reserved, 4);
FIELD(lectern_stage, self, 8);
FIELD(lectern_stage, destroy, 16);
FIELD(lectern_stage, input, 24);
FIELD(lectern_stage, output, 32);
FIELD(lectern_stage, get_capability, 40);

SIZE(lectern_stage_type, 40);
FIELD(lectern_stage_type, struct_size, 0);
FIELD(lectern_stage_type, kind, 4);
FIELD(lectern_stage_type, name, 8);
FIELD(lectern_stage_type, description, 16);
FIELD(lectern_stage_type, options, 24);
FIELD(lectern_stage_type, create, 32);

SIZE(lectern_plugin, 72);
FIELD(lectern_plugin, struct_size, 0);
FIELD(lectern_plugin, abi_major, 4);
FIELD(lectern_plugin, abi_minor, 6);
FIELD(lectern_plugin, name, 8);
FIELD(lectern_plugin, version, 16);
FIELD(lectern_plugin, description, 24);
FIELD(lectern_plugin, license, 32);
FIELD(lectern_plugin, init, 40);
FIELD(lectern_plugin, deinit, 48);
FIELD(lectern_plugin, stage_type_count, 56);
FIELD(lectern_plugin, reserved, 60);
FIELD(lectern_plugin, stage_types, 64);

#if LECTERN_ABI_MINOR >= 3
GROWN(lectern_source, 56);
FIELD(lectern_source, metadata, 56);
#else
SIZE(lectern_source, 56);
#endif
FIELD(lectern_source, struct_size, 0);
FIELD(lectern_source, reserved, 4);
FIELD(lectern_source, name, 8);
FIELD(lectern_source, media_type, 24);
FIELD(lectern_source, bytes, 40);

#if LECTERN_ABI_MINOR >= 3
GROWN(lectern_document, 72);
FIELD(lectern_document, places, 72);
FIELD(lectern_document, place_count, 80);
#else
SIZE(lectern_document, 72);
#endif
FIELD(lectern_document, struct_size, 0);
FIELD(lectern_document, reserved, 4);
FIELD(lectern_document, id, 8);
FIELD(lectern_document, title, 24);
FIELD(lectern_document, text, 40);
FIELD(lectern_document, metadata, 56);

#if LECTERN_ABI_MINOR >= 3
GROWN(lectern_document_sink, 32);
FIELD(lectern_document_sink, source, 32);
#else
SIZE(lectern_document_sink, 32);
#endif
FIELD(lectern_document_sink, struct_size, 0);
FIELD(lectern_document_sink, reserved, 4);
FIELD(lectern_document_sink, host_data, 8);
FIELD(lectern_document_sink, document, 16);
FIELD(lectern_document_sink, failed, 24);

SIZE(lectern_extractor, 24);
FIELD(lectern_extractor, struct_size, 0);
FIELD(lectern_extractor, reserved, 4);
FIELD(lectern_extractor, fits, 8);
FIELD(lectern_extractor, extract, 16);

#if LECTERN_ABI_MINOR >= 3
GROWN(lectern_chunk, 24);
FIELD(lectern_chunk, context_begin, 24);
FIELD(lectern_chunk, context_end, 32);
#else
SIZE(lectern_chunk, 24);
#endif
FIELD(lectern_chunk, struct_size, 0);
FIELD(lectern_chunk, tokens, 4);
FIELD(lectern_chunk, begin, 8);
FIELD(lectern_chunk, end, 16);

SIZE(lectern_chunk_sink, 24);
FIELD(lectern_chunk_sink, struct_size, 0);
FIELD(lectern_chunk_sink, reserved, 4);
FIELD(lectern_chunk_sink, host_data, 8);
FIELD(lectern_chunk_sink, chunk, 16);

SIZE(lectern_splitter, 16);
FIELD(lectern_splitter, struct_size, 0);
FIELD(lectern_splitter, reserved, 4);
FIELD(lectern_splitter, split, 8);

SIZE(lectern_tokens, 40);
FIELD(lectern_tokens, struct_size, 0);
FIELD(lectern_tokens, reserved, 4);
FIELD(lectern_tokens, count, 8);
FIELD(lectern_tokens, ids, 16);
FIELD(lectern_tokens, ranges, 24);
FIELD(lectern_tokens, words, 32);

SIZE(lectern_token_sink, 24);
FIELD(lectern_token_sink, struct_size, 0);
FIELD(lectern_token_sink, reserved, 4);
FIELD(lectern_token_sink, host_data, 8);
FIELD(lectern_token_sink, tokens, 16);

SIZE(lectern_tokenizer, 16);
FIELD(lectern_tokenizer, struct_size, 0);
FIELD(lectern_tokenizer, reserved, 4);
FIELD(lectern_tokenizer, tokenize, 8);

#if LECTERN_ABI_MINOR >= 2
GROWN(lectern_embedder_info, 56);
FIELD(lectern_embedder_info, flags, 56);
#if LECTERN_ABI_MINOR >= 3
FIELD(lectern_embedder_info, vocabulary, 60);
#else
FIELD(lectern_embedder_info, reserved, 60);
#endif
static_assert(sizeof(lectern_embedder_info) == 64, "lectern_embedder_info is not that of 1.2");
#else
SIZE(lectern_embedder_info, 56);
#endif
FIELD(lectern_embedder_info, struct_size, 0);
FIELD(lectern_embedder_info, dimension, 4);
FIELD(lectern_embedder_info, max_tokens, 8);
FIELD(lectern_embedder_info, batch_tokens, 12);
FIELD(lectern_embedder_info, fingerprint, 16);
FIELD(lectern_embedder_info, query_prefix, 24);
FIELD(lectern_embedder_info, passage_prefix, 32);
FIELD(lectern_embedder_info, precision, 40);
FIELD(lectern_embedder_info, concurrency, 48);
FIELD(lectern_embedder_info, special_tokens, 52);

SIZE(lectern_embedder, 24);
FIELD(lectern_embedder, struct_size, 0);
FIELD(lectern_embedder, reserved, 4);
FIELD(lectern_embedder, info, 8);
FIELD(lectern_embedder, embed, 16);

#if LECTERN_ABI_MINOR >= 2
GROWN(lectern_reranker, 16);
FIELD(lectern_reranker, rerank_hits, 16);
static_assert(sizeof(lectern_reranker) == 24, "lectern_reranker is not that of 1.2");

SIZE(lectern_hit, 72);
FIELD(lectern_hit, struct_size, 0);
FIELD(lectern_hit, score, 4);
FIELD(lectern_hit, document, 8);
FIELD(lectern_hit, title, 24);
FIELD(lectern_hit, text, 40);
FIELD(lectern_hit, metadata, 56);
#else
SIZE(lectern_reranker, 16);
#endif
FIELD(lectern_reranker, struct_size, 0);
FIELD(lectern_reranker, reserved, 4);
FIELD(lectern_reranker, rerank, 8);

SIZE(lectern_passage, 40);
FIELD(lectern_passage, struct_size, 0);
FIELD(lectern_passage, score, 4);
FIELD(lectern_passage, title, 8);
FIELD(lectern_passage, text, 24);

FIELD(lectern_evidence, struct_size, 0);
FIELD(lectern_evidence, score, 4);
FIELD(lectern_evidence, passage, 8);
FIELD(lectern_evidence, begin, 16);
FIELD(lectern_evidence, end, 24);
#if LECTERN_ABI_MINOR >= 1
GROWN(lectern_evidence, 32);
FIELD(lectern_evidence, answer_begin, 32);
FIELD(lectern_evidence, answer_end, 40);
#if LECTERN_ABI_MINOR >= 4
FIELD(lectern_evidence, answer_probability, 48);
FIELD(lectern_evidence, other_probability, 52);
#endif
#else
SIZE(lectern_evidence, 32);
#endif

SIZE(lectern_evidence_sink, 24);
FIELD(lectern_evidence_sink, struct_size, 0);
FIELD(lectern_evidence_sink, reserved, 4);
FIELD(lectern_evidence_sink, host_data, 8);
FIELD(lectern_evidence_sink, evidence, 16);

SIZE(lectern_reader, 16);
FIELD(lectern_reader, struct_size, 0);
FIELD(lectern_reader, reserved, 4);
FIELD(lectern_reader, read, 8);

SIZE(lectern_message, 24);
FIELD(lectern_message, struct_size, 0);
FIELD(lectern_message, role, 4);
FIELD(lectern_message, text, 8);

SIZE(lectern_generation, 72);
FIELD(lectern_generation, struct_size, 0);
FIELD(lectern_generation, max_tokens, 4);
FIELD(lectern_generation, messages, 8);
FIELD(lectern_generation, message_count, 16);
FIELD(lectern_generation, temperature, 24);
FIELD(lectern_generation, top_p, 28);
FIELD(lectern_generation, seed, 32);
FIELD(lectern_generation, stop, 40);
FIELD(lectern_generation, stop_count, 48);
FIELD(lectern_generation, grammar, 56);

SIZE(lectern_text_sink, 24);
FIELD(lectern_text_sink, struct_size, 0);
FIELD(lectern_text_sink, reserved, 4);
FIELD(lectern_text_sink, host_data, 8);
FIELD(lectern_text_sink, text, 16);

SIZE(lectern_generation_report, 40);
FIELD(lectern_generation_report, struct_size, 0);
FIELD(lectern_generation_report, prompt_tokens, 4);
FIELD(lectern_generation_report, reused_tokens, 8);
FIELD(lectern_generation_report, answer_tokens, 12);
FIELD(lectern_generation_report, prefill_seconds, 16);
FIELD(lectern_generation_report, decode_seconds, 24);
FIELD(lectern_generation_report, truncated, 32);
FIELD(lectern_generation_report, reserved, 36);

SIZE(lectern_generator_info, 24);
FIELD(lectern_generator_info, struct_size, 0);
FIELD(lectern_generator_info, context_tokens, 4);
FIELD(lectern_generator_info, fingerprint, 8);
FIELD(lectern_generator_info, model, 16);

SIZE(lectern_generator, 40);
FIELD(lectern_generator, struct_size, 0);
FIELD(lectern_generator, reserved, 4);
FIELD(lectern_generator, info, 8);
FIELD(lectern_generator, count_tokens, 16);
FIELD(lectern_generator, generate, 24);
FIELD(lectern_generator, warm, 32);

SIZE(lectern_custom, 16);
FIELD(lectern_custom, struct_size, 0);
FIELD(lectern_custom, reserved, 4);
FIELD(lectern_custom, process, 8);

SIZE(lectern_text_source, 24);
FIELD(lectern_text_source, struct_size, 0);
FIELD(lectern_text_source, reserved, 4);
FIELD(lectern_text_source, host_data, 8);
FIELD(lectern_text_source, next, 16);

SIZE(lectern_progress_sink, 24);
FIELD(lectern_progress_sink, struct_size, 0);
FIELD(lectern_progress_sink, reserved, 4);
FIELD(lectern_progress_sink, host_data, 8);
FIELD(lectern_progress_sink, progress, 16);

#if LECTERN_ABI_MINOR >= 3
SIZE(lectern_place, 48);
FIELD(lectern_place, struct_size, 0);
FIELD(lectern_place, kind, 4);
FIELD(lectern_place, begin, 8);
FIELD(lectern_place, number, 16);
FIELD(lectern_place, first_column, 24);
FIELD(lectern_place, last_column, 28);
FIELD(lectern_place, name, 32);
#endif

#if LECTERN_ABI_MINOR >= 1
SIZE(lectern_entailment, 16);
FIELD(lectern_entailment, struct_size, 0);
FIELD(lectern_entailment, reserved, 4);
FIELD(lectern_entailment, infer, 8);
#endif

SIZE(lectern_trainer, 24);
FIELD(lectern_trainer, struct_size, 0);
FIELD(lectern_trainer, reserved, 4);
FIELD(lectern_trainer, train, 8);
FIELD(lectern_trainer, evaluate, 16);

/* Values that plugins were compiled with. */
static_assert(LECTERN_OK == 0, "LECTERN_OK changed");
static_assert(LECTERN_INVALID_ARGUMENT == 1, "LECTERN_INVALID_ARGUMENT changed");
static_assert(LECTERN_NOT_FOUND == 2, "LECTERN_NOT_FOUND changed");
static_assert(LECTERN_UNSUPPORTED == 3, "LECTERN_UNSUPPORTED changed");
static_assert(LECTERN_CORRUPT == 4, "LECTERN_CORRUPT changed");
static_assert(LECTERN_RESOURCE_EXHAUSTED == 5, "LECTERN_RESOURCE_EXHAUSTED changed");
static_assert(LECTERN_CANCELLED == 6, "LECTERN_CANCELLED changed");
static_assert(LECTERN_DEADLINE_EXCEEDED == 7, "LECTERN_DEADLINE_EXCEEDED changed");
static_assert(LECTERN_UNAVAILABLE == 8, "LECTERN_UNAVAILABLE changed");
static_assert(LECTERN_INTERNAL == 9, "LECTERN_INTERNAL changed");
static_assert(LECTERN_LOG_DEBUG == 0, "LECTERN_LOG_DEBUG changed");
static_assert(LECTERN_LOG_INFO == 1, "LECTERN_LOG_INFO changed");
static_assert(LECTERN_LOG_WARNING == 2, "LECTERN_LOG_WARNING changed");
static_assert(LECTERN_LOG_ERROR == 3, "LECTERN_LOG_ERROR changed");
static_assert(LECTERN_PORT_SOURCE == 1, "LECTERN_PORT_SOURCE changed");
static_assert(LECTERN_PORT_TEXT == 2, "LECTERN_PORT_TEXT changed");
static_assert(LECTERN_PORT_CHUNKS == 3, "LECTERN_PORT_CHUNKS changed");
static_assert(LECTERN_PORT_TOKENS == 4, "LECTERN_PORT_TOKENS changed");
static_assert(LECTERN_PORT_VECTORS == 5, "LECTERN_PORT_VECTORS changed");
static_assert(LECTERN_PORT_HITS == 6, "LECTERN_PORT_HITS changed");
static_assert(LECTERN_PORT_EVIDENCE == 7, "LECTERN_PORT_EVIDENCE changed");
static_assert(LECTERN_PORT_ANSWER == 8, "LECTERN_PORT_ANSWER changed");
static_assert(LECTERN_EXTRACTOR == 1, "LECTERN_EXTRACTOR changed");
static_assert(LECTERN_SPLITTER == 2, "LECTERN_SPLITTER changed");
static_assert(LECTERN_TOKENIZER == 3, "LECTERN_TOKENIZER changed");
static_assert(LECTERN_EMBEDDER == 4, "LECTERN_EMBEDDER changed");
static_assert(LECTERN_RERANKER == 5, "LECTERN_RERANKER changed");
static_assert(LECTERN_READER == 6, "LECTERN_READER changed");
static_assert(LECTERN_GENERATOR == 7, "LECTERN_GENERATOR changed");
static_assert(LECTERN_CUSTOM == 8, "LECTERN_CUSTOM changed");
static_assert(LECTERN_TRAINER == 9, "LECTERN_TRAINER changed");
static_assert(LECTERN_QUERY == 0, "LECTERN_QUERY changed");
static_assert(LECTERN_PASSAGE == 1, "LECTERN_PASSAGE changed");
static_assert(LECTERN_ADD_SPECIAL == 1, "LECTERN_ADD_SPECIAL changed");
static_assert(LECTERN_ROLE_SYSTEM == 0, "LECTERN_ROLE_SYSTEM changed");
static_assert(LECTERN_ROLE_USER == 1, "LECTERN_ROLE_USER changed");
static_assert(LECTERN_ROLE_ASSISTANT == 2, "LECTERN_ROLE_ASSISTANT changed");

/* ISO C wants a declaration in every file. */
extern const int lectern_abi_layout_is_frozen;
const int lectern_abi_layout_is_frozen = 1;
