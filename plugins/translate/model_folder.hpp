// translate/model_folder.hpp: the files of a model, in a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace lectern::translate {

struct ModelFolder {
    std::filesystem::path model;
    std::filesystem::path source_vocabulary;
    std::filesystem::path target_vocabulary;
    std::filesystem::path shortlist;  // empty: the model has none
    std::uint32_t beam = 1;
    float normalise = 1;
    float length_factor = 2.5F;
    // "en" and "pt", from names such as "model.enpt.intgemm.alphas.bin"; empty: not known.
    std::string from;
    std::string to;
};

// By the settings for decoding (a .yml file with "models:") where there are some; else by the names
// that Firefox gives its files: model*.bin, vocab*.spm or srcvocab*.spm and trgvocab*.spm,
// lex*.bin. Throws shared::Failure where something is missing, with what was looked for.
[[nodiscard]] ModelFolder find_model(const std::filesystem::path& folder);

}  // namespace lectern::translate
