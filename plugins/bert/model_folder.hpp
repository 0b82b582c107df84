// bert/model_folder.hpp: what a model path holds, and what the files beside it say about its use.
#pragma once

#include <filesystem>

#include "sentence_settings.hpp"

namespace lectern::bert {

enum class ModelKind {
    safetensors,  // a Hugging Face folder: config.json and model.safetensors
    graph         // an .onnx or .xml file that OpenVINO reads
};

struct ModelFolder {
    ModelKind kind = ModelKind::safetensors;
    std::filesystem::path root;        // what was asked for, or the folder of it
    std::filesystem::path folder;      // of the encoder's files: root, or below it
    std::filesystem::path graph_file;  // for ModelKind::graph
    // Folder with tokenizer.json or vocab.txt, or "".
    std::filesystem::path tokenizer;
    SentenceSettings settings;  // of open_model_folder
};

// `path` is a folder, an .onnx or an .xml file. Throws Failure when there is no model.
[[nodiscard]] ModelFolder find_model(const std::filesystem::path& path);

// With the settings of an embedder. Throws Failure, as read_sentence_settings() does besides.
[[nodiscard]] ModelFolder open_model_folder(const std::filesystem::path& path);

}  // namespace lectern::bert
