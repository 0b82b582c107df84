// tasks/stage_options.hpp: the options that all stages with a model of their own share.
#pragma once

#include <string>

#include "lectern/plugin.hpp"
#include "plugins/shared/failure.hpp"
#include "plugins/tasks/task_model.hpp"

namespace lectern::tasks {

[[nodiscard]] inline TaskOptions task_options(const plugin::Config& config) {
    TaskOptions out;
    out.model = config.path("model");
    if (const auto tokens = config.integer("max_tokens"))
        out.max_tokens = static_cast<std::uint32_t>(*tokens);
    const std::string precision = config.string("precision").value_or("auto");
    for (const bert::Precision known :
         {bert::Precision::f32, bert::Precision::bf16, bert::Precision::int8})
        if (precision == name(known)) out.precision = known;
    out.batch_tokens = static_cast<std::uint32_t>(
        config.integer("batch_tokens").value_or(std::int64_t{out.batch_tokens}));
    out.streams = static_cast<std::uint32_t>(config.integer("streams").value_or(0));
    out.threads = config.host().threads();
    out.models = config.host().models_folder();
    out.cache = config.host().cache_folder();
    return out;
}

[[nodiscard]] inline std::filesystem::path tokenizer_option(const plugin::Config& config) {
    return config.string("tokenizer") ? std::filesystem::path(config.path("tokenizer"))
                                      : std::filesystem::path();
}

[[nodiscard]] inline std::string into_option(const plugin::Config& config) {
    std::string out = config.string("into").value_or("class");
    if (out.empty())
        shared::fail(LECTERN_INVALID_ARGUMENT,
                     "the option 'into' is empty; it names the metadata field");
    return out;
}

// Of a JSON Schema's "properties".
#define LECTERN_TASKS_MODEL_OPTIONS                                                                                                 \
    R"("model": {"type": "string",)"                                                                                                \
    R"("description": "A Hugging Face folder (config.json, model.safetensors), an .onnx or an .xml file"},)"                        \
    R"("max_tokens": {"type": "integer", "minimum": 8, "maximum": 1000000,)"                                                        \
    R"("description": "Most tokens of one input with special tokens; without it, what the model has positions for, 512 at most"},)" \
    R"("precision": {"type": "string", "enum": ["auto", "f32", "bf16", "int8"], "default": "auto",)"                                \
    R"("description": "auto: bf16 where the CPU multiplies it, else f32"},)"                                                        \
    R"("batch_tokens": {"type": "integer", "minimum": 16, "maximum": 1000000, "default": 2048,)"                                    \
    R"("description": "Sequences times the longest of them in one batch"},)"                                                        \
    R"("streams": {"type": "integer", "minimum": 0, "maximum": 64, "default": 0,)"                                                  \
    R"("description": "Batches computed at once, sharing the threads; 0: chosen by their number"})"

#define LECTERN_TASKS_TOKENIZER_OPTION   \
    R"("tokenizer": {"type": "string",)" \
    R"("description": "The folder of the model's tokenizer, when it is not the model's own"})"

}  // namespace lectern::tasks
