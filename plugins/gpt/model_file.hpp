// A GGUF file on disk: found, checked before it is loaded, and named by a fingerprint. The format:
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#pragma once

#include <cstdint>
#include <string>

namespace lectern::gpt {

struct ModelFile {
    std::string path;
    std::uint64_t bytes = 0;
    std::string fingerprint;
};

// `path` is a GGUF file, or a folder with exactly one. Checks the magic, the version and that every
// tensor lies within the file, so that what is left for the loader to refuse is what it does not
// know. Throws Failure: LECTERN_NOT_FOUND, LECTERN_INVALID_ARGUMENT (not GGUF), LECTERN_CORRUPT.
[[nodiscard]] ModelFile check_model_file(const std::string& path);

// "gpt:" and 16 hexadecimal digits: FNV-1a (64 bits) of the file's size, its first MiB (metadata,
// the vocabulary's beginning) and 64 samples of 16 KiB, spread evenly over the rest (weights).
// Reads 2 MiB instead of the whole model: two files of one size that differ between the samples
// only get one fingerprint, which no training or quantising does.
[[nodiscard]] std::string fingerprint_of(const std::string& path);

}  // namespace lectern::gpt
