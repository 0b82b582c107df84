// bert/model_folder.hpp: what a model path holds, and what the files beside it say about its use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "pooling.hpp"

namespace lectern::bert {

enum class ModelKind {
    safetensors,  // a Hugging Face folder: config.json and model.safetensors
    graph         // an .onnx or .xml file that OpenVINO reads
};

// From modules.json, 1_Pooling/config.json, sentence_bert_config.json and
// config_sentence_transformers.json of the sentence-transformers library. Nothing where the files
// say nothing.
struct SentenceSettings {
    std::optional<Pooling> pooling;
    std::string pooling_problem;  // not "": the files ask for a pooling that is not computed here
    std::optional<std::uint64_t> max_tokens;
    std::optional<std::string> query_prefix;
    std::optional<std::string> passage_prefix;
};

struct ModelFolder {
    ModelKind kind = ModelKind::safetensors;
    std::filesystem::path folder;      // of all the files
    std::filesystem::path graph_file;  // for ModelKind::graph
    SentenceSettings settings;
    // Folder with tokenizer.json or vocab.txt, or "".
    std::filesystem::path tokenizer;
};

// `path` is a folder, an .onnx or an .xml file. Throws Failure when there is no model.
[[nodiscard]] ModelFolder open_model_folder(const std::filesystem::path& path);

// Only the settings; a folder without such files has none. Throws Failure when a file is broken or
// asks for what this plugin does not compute.
[[nodiscard]] SentenceSettings read_sentence_settings(const std::filesystem::path& folder);

}  // namespace lectern::bert
