/*
 * engine/plugin_host/abi_v1_0.h: the size of every struct of plugin.h as release 1.0 had it, on
 * 64-bit systems. A plugin that gives a struct of at least this size can be called; fields that
 * came later are asked for with LECTERN_HAS. These numbers never change.
 */
#ifndef LECTERN_PLUGIN_HOST_ABI_V1_0_H
#define LECTERN_PLUGIN_HOST_ABI_V1_0_H

enum {
    LECTERN_V1_0_SIZE_text = 16,
    LECTERN_V1_0_SIZE_range = 16,
    LECTERN_V1_0_SIZE_call = 40,
    LECTERN_V1_0_SIZE_host = 32,
    LECTERN_V1_0_SIZE_host_log = 16,
    LECTERN_V1_0_SIZE_host_threads = 16,
    LECTERN_V1_0_SIZE_host_folders = 24,
    LECTERN_V1_0_SIZE_port = 24,
    LECTERN_V1_0_SIZE_pipeline = 48,
    LECTERN_V1_0_SIZE_stage_config = 104,
    LECTERN_V1_0_SIZE_stage = 48,
    LECTERN_V1_0_SIZE_stage_type = 40,
    LECTERN_V1_0_SIZE_plugin = 72,
    LECTERN_V1_0_SIZE_source = 56,
    LECTERN_V1_0_SIZE_document = 72,
    LECTERN_V1_0_SIZE_document_sink = 32,
    LECTERN_V1_0_SIZE_extractor = 24,
    LECTERN_V1_0_SIZE_chunk = 24,
    LECTERN_V1_0_SIZE_chunk_sink = 24,
    LECTERN_V1_0_SIZE_splitter = 16,
    LECTERN_V1_0_SIZE_tokens = 40,
    LECTERN_V1_0_SIZE_token_sink = 24,
    LECTERN_V1_0_SIZE_tokenizer = 16,
    LECTERN_V1_0_SIZE_embedder_info = 56,
    LECTERN_V1_0_SIZE_embedder = 24,
    LECTERN_V1_0_SIZE_reranker = 16,
    LECTERN_V1_0_SIZE_passage = 40,
    LECTERN_V1_0_SIZE_evidence = 32,
    LECTERN_V1_0_SIZE_evidence_sink = 24,
    LECTERN_V1_0_SIZE_reader = 16,
    LECTERN_V1_0_SIZE_message = 24,
    LECTERN_V1_0_SIZE_generation = 72,
    LECTERN_V1_0_SIZE_text_sink = 24,
    LECTERN_V1_0_SIZE_generation_report = 40,
    LECTERN_V1_0_SIZE_generator_info = 24,
    LECTERN_V1_0_SIZE_generator = 40,
    LECTERN_V1_0_SIZE_custom = 16,
    LECTERN_V1_0_SIZE_text_source = 24,
    LECTERN_V1_0_SIZE_progress_sink = 24,
    LECTERN_V1_0_SIZE_trainer = 24,
    LECTERN_V1_1_SIZE_entailment = 16, /* new in 1.1 */
    LECTERN_V1_3_SIZE_place = 48       /* new in 1.3 */
};

#endif /* LECTERN_PLUGIN_HOST_ABI_V1_0_H */
