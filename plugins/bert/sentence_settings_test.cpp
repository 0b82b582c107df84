#include "sentence_settings.hpp"

#include "test_support.hpp"

namespace lectern::bert {
namespace {

constexpr const char* old_modules = R"([
  {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
  {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}])";
constexpr const char* new_modules = R"([
  {"idx": 0, "name": "0", "path": "",
   "type": "sentence_transformers.base.modules.transformer.Transformer"},
  {"idx": 1, "name": "1", "path": "1_Pooling",
   "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling"},
  {"idx": 2, "name": "2", "path": "2_Normalize",
   "type": "sentence_transformers.base.modules.normalize.Normalize"}])";

SentenceSettings read(const TestFolder& folder) {
    return read_sentence_settings(folder.path(), folder.path());
}

TEST(SentenceSettings, AFolderWithoutFilesSaysNothing) {
    const TestFolder folder;
    const SentenceSettings settings = read(folder);
    EXPECT_TRUE(settings.pooling.empty());
    EXPECT_EQ(settings.pooling_problem, "");
    EXPECT_EQ(settings.max_tokens.source, LengthSource::none);
    EXPECT_FALSE(settings.query_prefix.has_value());
    EXPECT_FALSE(settings.passage_prefix.has_value());
    EXPECT_TRUE(settings.include_prompt);
    EXPECT_TRUE(settings.steps.empty());
}

TEST(SentenceSettings, PoolingInBothForms) {
    struct Case {
        const char* config;
        const char* expected;  // joined by "+"; "": a problem
        const char* problem;   // in its text
    };
    const Case cases[] = {
        // From version 5.4 on.
        {R"({"embedding_dimension": 384, "pooling_mode": "cls", "include_prompt": true})", "cls",
         ""},
        {R"({"pooling_mode": "mean"})", "mean", ""},
        {R"({"pooling_mode": "max"})", "max", ""},
        {R"({"pooling_mode": "mean_sqrt_len_tokens"})", "mean_sqrt_len_tokens", ""},
        {R"({"pooling_mode": "weightedmean"})", "weightedmean", ""},
        {R"({"pooling_mode": "lasttoken"})", "lasttoken", ""},
        {R"({"pooling_mode": ["cls"]})", "cls", ""},
        {R"({"pooling_mode": ["mean", "cls"]})", "mean+cls", ""},
        // Before.
        {R"({"pooling_mode_cls_token": true})", "cls", ""},
        {R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false})", "cls", ""},
        {R"({"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true})", "max+mean", ""},
        {R"({"pooling_mode_mean_tokens": false, "pooling_mode_lasttoken": true})", "lasttoken", ""},
        {R"({"pooling_mode_weightedmean_tokens": true})", "weightedmean", ""},
        {R"({"pooling_mode_mean_sqrt_len_tokens": true})", "mean_sqrt_len_tokens", ""},
        {R"({"pooling_mode_cls_token": false})", "mean", ""},
        // Both.
        {R"({"pooling_mode": "cls", "pooling_mode_cls_token": true})", "cls", ""},
        {R"({"pooling_mode": ["mean", "max"], "pooling_mode_max_tokens": true,
             "pooling_mode_mean_tokens": true})",
         "mean+max", ""},
        {R"({"pooling_mode": null, "pooling_mode_max_tokens": true})", "max", ""},
        {R"({"pooling_mode": "cls", "pooling_mode_mean_tokens": true})", "",
         "contradicts itself: 'pooling_mode' is cls, the older keys ask for mean"},
        // Neither, or something else.
        {R"({"embedding_dimension": 384})", "", "has no 'pooling_mode'"},
        {R"({})", "", "has no 'pooling_mode'"},
        {R"({"pooling_mode": "attention"})", "", "'pooling_mode' is 'attention'"},
        {R"({"pooling_mode": "CLS"})", "", "'pooling_mode' is 'CLS'"},
        {R"({"pooling_mode": ["cls", "attention"]})", "", "'attention'"},
        {R"({"pooling_mode": []})", "", "neither a name nor a list"},
        {R"({"pooling_mode": true})", "", "neither a name nor a list"},
        {R"({"pooling_mode": [1]})", "", "something else than names"},
        {R"({"pooling_mode_attention_tokens": true})", "", "'pooling_mode_attention_tokens'"},
        {R"({"pooling_mode_mean_tokens": true, "pooling_mode_attention": true})", "",
         "'pooling_mode_attention'"},
        {R"({"pooling_mode_mean_tokens": false, "pooling_mode_cls_token": false})", "",
         "switches every pooling off"},
    };
    for (const char* modules : {"", old_modules, new_modules})
        for (const Case& test : cases) {
            const TestFolder folder;
            if (*modules != '\0') write_file(folder.path() / "modules.json", modules);
            write_file(folder.path() / "1_Pooling/config.json", test.config);
            const SentenceSettings settings = read(folder);
            EXPECT_EQ(names(settings.pooling), test.expected) << test.config;
            EXPECT_EQ(settings.pooling_problem.empty(), *test.expected != '\0')
                << test.config << settings.pooling_problem;
            EXPECT_NE(settings.pooling_problem.find(test.problem), std::string::npos)
                << test.config << settings.pooling_problem;
        }
}

TEST(SentenceSettings, AListWithoutAUsablePoolingIsAProblem) {
    const TestFolder folder;
    write_file(folder.path() / "modules.json", old_modules);
    EXPECT_NE(read(folder).pooling_problem.find("config.json is missing"), std::string::npos);
    write_file(folder.path() / "modules.json",
               R"([{"path": "", "type": "sentence_transformers.models.Transformer"}])");
    EXPECT_NE(read(folder).pooling_problem.find("names no module 'Pooling'"), std::string::npos);
}

struct Refusal {
    const char* file;
    const char* content;
    lectern_code code;
    const char* message;
};

void expect_refused(const Refusal& test, const char* modules) {
    const TestFolder folder;
    if (*modules != '\0') write_file(folder.path() / "modules.json", modules);
    write_file(folder.path() / "1_Pooling/config.json", R"({"pooling_mode": "mean"})");
    write_file(folder.path() / test.file, test.content);
    const auto failure = failure_of([&] { (void)read(folder); });
    EXPECT_EQ(failure.code(), test.code) << test.content << failure.what();
    EXPECT_NE(std::string(failure.what()).find(test.message), std::string::npos) << failure.what();
}

TEST(SentenceSettings, AModuleThatIsNotComputedIsNamed) {
    const std::string begin =
        R"([{"path": "", "type": "sentence_transformers.models.Transformer"},)";
    const std::string pooling =
        R"({"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"})";
    struct Case {
        std::string modules;
        const char* message;
    };
    const Case cases[] = {
        {begin + pooling + R"(,{"path": "2", "type": "sentence_transformers.models.LSTM"}])",
         "the module 'LSTM'"},
        {begin + pooling +
             R"(,{"path": "2", "type": "sentence_transformers.sentence_transformer.modules.layer_norm.LayerNorm"}])",
         "the module 'LayerNorm'"},
        {R"([{"path": "", "type": "sentence_transformers.models.Asym"}])", "the module 'Asym'"},
        {R"([{"path": "", "type": "sentence_transformers.base.modules.router.Router"}])",
         "the module 'Router'"},
        {R"([{"path": "", "type": "sentence_transformers.models.StaticEmbedding"}])",
         "the module 'StaticEmbedding'"},
        {begin + R"({"path": "1", "type": "custom_pooling.Pooling"}])",
         "the module 'custom_pooling.Pooling'"},
        {R"([{"path": "", "type": "custom_st.Transformer"}])",
         "the module 'custom_st.Transformer'"},
        {begin + R"({"path": "1_Dense", "type": "sentence_transformers.models.Dense"}])",
         "the module 'Dense' stands where"},
        {begin + pooling + "," + pooling + "]", "the module 'Pooling' stands where"},
        {begin + R"({"path": "1", "type": "sentence_transformers.models.Normalize"},)" + pooling +
             "]",
         "the module 'Normalize' stands where"},
    };
    for (const Case& test : cases)
        expect_refused({"modules.json", test.modules.c_str(), LECTERN_UNSUPPORTED, test.message},
                       "");
    expect_refused({"modules.json", "{}", LECTERN_CORRUPT, "is not a JSON array"}, "");
    expect_refused({"modules.json", R"([{"path": ""}])", LECTERN_CORRUPT, "no 'type'"}, "");
}

TEST(SentenceSettings, WhatTheFilesAskForAndIsNotComputedIsRefused) {
    const Refusal cases[] = {
        {"1_Pooling/config.json",
         R"({"pooling_mode": "cls", "embedding_dimension": 16, "word_embedding_dimension": 8})",
         LECTERN_CORRUPT, "contradicts itself: 'embedding_dimension' is 16"},
        {"1_Pooling/config.json", R"({"pooling_mode": "cls", "include_prompt": "no"})",
         LECTERN_INVALID_ARGUMENT, "'include_prompt'"},
        {"config_sentence_transformers.json", R"({"model_type": "SparseEncoder"})",
         LECTERN_UNSUPPORTED, "'model_type' is 'SparseEncoder'"},
        {"config_sentence_transformers.json", R"({"default_prompt_name": "query"})",
         LECTERN_INVALID_ARGUMENT, "is 'query', which 'prompts' does not have"},
        {"config_sentence_transformers.json", R"({"prompts": {"query": 1}})",
         LECTERN_INVALID_ARGUMENT, "'prompts' has something else than a text for 'query'"},
        {"config_sentence_transformers.json", R"({"truncate_dim": 0})", LECTERN_INVALID_ARGUMENT,
         "'truncate_dim' is 0"},
        {"sentence_bert_config.json", R"({"transformer_task": "fill-mask"})", LECTERN_UNSUPPORTED,
         "'transformer_task' is 'fill-mask'"},
        {"sentence_bert_config.json", R"({"module_output_name": "sentence_embedding"})",
         LECTERN_UNSUPPORTED, "'module_output_name' is 'sentence_embedding'"},
        {"sentence_bert_config.json",
         R"({"modality_config": {"text": {"method": "forward", "method_output_name": "pooler_output"}}})",
         LECTERN_UNSUPPORTED, "'modality_config'"},
        {"tokenizer_config.json", R"({"model_max_length": 2})", LECTERN_INVALID_ARGUMENT,
         "'model_max_length'"},
        {"tokenizer_config.json", R"({"model_max_length": 12.5})", LECTERN_INVALID_ARGUMENT,
         "'model_max_length'"},
        {"2_Normalize/config.json", R"({"module_input_name": "token_embeddings"})",
         LECTERN_UNSUPPORTED, "'module_input_name' is 'token_embeddings'"},
    };
    for (const Refusal& test : cases) expect_refused(test, new_modules);
    // A folder that lost its modules.json still has theirs.
    expect_refused({"2_CNN/config.json", "{}", LECTERN_UNSUPPORTED, "the module 'CNN'"}, "");
}

TEST(SentenceSettings, DenseLayers) {
    const std::string size = R"("in_features": 16, "out_features": 8)";
    struct Case {
        std::string config;
        const char* expected;  // the description; "": refused
        const char* message;
    };
    const Case cases[] = {
        {"{" + size + "}", "dense 16 8 Tanh", ""},
        {"{" + size +
             R"(, "bias": true, "activation_function": "torch.nn.modules.activation.Tanh"})",
         "dense 16 8 Tanh", ""},
        {"{" + size +
             R"(, "bias": false, "activation_function": "torch.nn.modules.linear.Identity"})",
         "dense 16 8 Identity without bias", ""},
        {"{" + size + R"(, "use_residual": true, "module_input_name": "sentence_embedding"})",
         "dense 16 8 Tanh and its input", ""},
        {"{" + size + R"(, "activation_function": "torch.nn.modules.activation.Mish"})", "",
         "'activation_function' is 'torch.nn.modules.activation.Mish'"},
        {"{" + size + R"(, "activation_function": "mine.Tanh"})", "", "'mine.Tanh'"},
        {"{" + size + R"(, "module_input_name": "token_embeddings"})", "", "'token_embeddings'"},
        {R"({"in_features": 16})", "", "'out_features' is missing"},
    };
    for (const char* type : {"", "sentence_transformers.models.Dense",
                             "sentence_transformers.base.modules.dense.Dense"})
        for (const Case& test : cases) {
            const TestFolder folder;
            if (*type != '\0')
                write_file(folder.path() / "modules.json",
                           std::string(
                               R"([{"path": "", "type": "sentence_transformers.models.Transformer"},
                            {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                            {"path": "2_Dense", "type": ")") +
                               type + "\"}]");
            write_file(folder.path() / "1_Pooling/config.json", R"({"pooling_mode": "mean"})");
            write_file(folder.path() / "2_Dense/config.json", test.config);
            if (*test.expected == '\0') {
                const auto failure = failure_of([&] { (void)read(folder); });
                EXPECT_NE(std::string(failure.what()).find(test.message), std::string::npos)
                    << failure.what();
                continue;
            }
            const SentenceSettings settings = read(folder);
            ASSERT_EQ(settings.steps.size(), 1U) << type;
            EXPECT_EQ(description(std::get<DenseLayer>(settings.steps[0])), test.expected);
        }
}

TEST(SentenceSettings, LengthsFromEitherFile) {
    struct Case {
        const char* sentence;   // sentence_bert_config.json; "": none
        const char* tokenizer;  // tokenizer_config.json; "": none
        std::uint64_t tokens;
        LengthSource source;
    };
    const Case cases[] = {
        {R"({"max_seq_length": 256})", R"({"model_max_length": 512})", 256,
         LengthSource::sentence_config},
        {R"({"max_seq_length": 256})", "", 256, LengthSource::sentence_config},
        {R"({"transformer_task": "feature-extraction", "module_output_name": "token_embeddings",
             "modality_config": {"text": {"method": "forward",
                                          "method_output_name": "last_hidden_state"}}})",
         R"({"model_max_length": 128})", 128, LengthSource::tokenizer_config},
        {R"({"max_seq_length": null})", R"({"model_max_length": 128})", 128,
         LengthSource::tokenizer_config},
        {"", R"({"model_max_length": 128})", 128, LengthSource::tokenizer_config},
        {"", R"({"model_max_length": 128.0})", 128, LengthSource::tokenizer_config},
        {"", R"({"model_max_length": 1000000000000000019884624838656})", 0, LengthSource::none},
        {"", R"({"model_max_length": 1e30})", 0, LengthSource::none},
        {"", R"({"model_max_length": null})", 0, LengthSource::none},
        {"", R"({"do_lower_case": true})", 0, LengthSource::none},
        {"", "", 0, LengthSource::none},
    };
    for (const Case& test : cases) {
        const TestFolder folder;
        if (*test.sentence != '\0')
            write_file(folder.path() / "sentence_bert_config.json", test.sentence);
        if (*test.tokenizer != '\0')
            write_file(folder.path() / "tokenizer_config.json", test.tokenizer);
        const StatedLength length = read(folder).max_tokens;
        EXPECT_EQ(length.tokens, test.tokens) << test.sentence << test.tokenizer;
        EXPECT_EQ(length.source, test.source) << test.sentence << test.tokenizer;
    }
}

TEST(SentenceSettings, Prompts) {
    struct Case {
        const char* config;
        std::optional<std::string> query;
        std::optional<std::string> passage;
    };
    const Case cases[] = {
        {R"({"prompts": {"query": "query: ", "document": "passage: "}})", "query: ", "passage: "},
        {R"({"prompts": {"query": "query: ", "passage": "passage: "}})", "query: ", "passage: "},
        {R"({"prompts": {"query": "query: ", "document": "", "passage": "passage: "}})",
         "query: ", "passage: "},
        {R"({"prompts": {"query": "q: ", "document": "d: ", "passage": "p: "}})", "q: ", "d: "},
        {R"({"prompts": {"query": "q: ", "corpus": "c: "}})", "q: ", "c: "},
        {R"({"prompts": {"query": "", "document": ""}, "default_prompt_name": null})", "", ""},
        {R"({"prompts": {"query": "q: "}})", "q: ", {}},
        {R"({"prompts": {"all": "a: "}, "default_prompt_name": "all"})", "a: ", "a: "},
        {R"({"prompts": {"all": "a: ", "query": "q: ", "document": ""},
             "default_prompt_name": "all"})",
         "q: ", ""},
        {R"({"prompts": {"all": "a: "}})", {}, {}},
        {R"({"prompts": null})", {}, {}},
        {R"({"__version__": {"sentence_transformers": "2.0.0"}})", {}, {}},
    };
    for (const Case& test : cases) {
        const TestFolder folder;
        write_file(folder.path() / "config_sentence_transformers.json", test.config);
        const SentenceSettings settings = read(folder);
        EXPECT_EQ(settings.query_prefix, test.query) << test.config;
        EXPECT_EQ(settings.passage_prefix, test.passage) << test.config;
    }
}

}  // namespace
}  // namespace lectern::bert
