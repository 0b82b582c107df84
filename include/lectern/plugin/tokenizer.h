/* lectern/plugin/tokenizer.h: the kind "tokenizer", which makes tokens of texts. */
#ifndef LECTERN_PLUGIN_TOKENIZER_H
#define LECTERN_PLUGIN_TOKENIZER_H

#include "lectern/plugin/stage.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The tokens of one text. Arrays have `count` items. */
typedef struct lectern_tokens {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t count;
    const int32_t* ids;          /* NULL when the tokenizer has no vocabulary */
    const lectern_range* ranges; /* where in the text; empty for special tokens. NULL: not known,
                                    and then no stage can count this tokenizer's tokens */
    const lectern_text* words;   /* normalised text of each token; NULL when ids say it all */
} lectern_tokens;

typedef struct lectern_token_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* The tokens of texts[index]; the host copies. Each index once, in any order.
     * [thread of the call] */
    lectern_code (*tokens)(const struct lectern_token_sink* sink, uint64_t index,
                           const lectern_tokens* tokens);
} lectern_token_sink;

enum { LECTERN_ADD_SPECIAL = 1u }; /* flags of tokenize: add [CLS] and [SEP] or the like */

#define LECTERN_TOKENIZER_1 "lectern.tokenizer/1"
typedef struct lectern_tokenizer {
    uint32_t struct_size;
    uint32_t reserved;
    /* max_tokens: 0, or the most tokens of one text, special tokens included; what is beyond is cut
     * at the end of the text. [any thread] */
    lectern_code (*tokenize)(const lectern_stage* stage, const lectern_call* call,
                             const lectern_text* texts, uint64_t count, uint32_t flags,
                             uint32_t max_tokens, const lectern_token_sink* sink);
} lectern_tokenizer;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_TOKENIZER_H */
