// shared/safetensors.hpp: the safetensors file format, read only.
//
// A file is: 8 bytes, the header's length n (little endian); n bytes of JSON, an object from tensor
// name to {"dtype", "shape", "data_offsets": [begin, end)}; then the data that the offsets count
// in. Format: https://github.com/huggingface/safetensors#format
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lectern::shared {

struct TensorEntry {
    std::string name;
    std::string dtype;                 // as written: "F32", "F16", "BF16", "I64", ...
    std::vector<std::uint64_t> shape;  // empty: a scalar
    std::uint64_t begin = 0;           // bytes from the start of the file; begin <= end <= size
    std::uint64_t end = 0;
};

// The tensors of a whole file, in order of name. Every entry has been checked: its bytes lie in the
// file, and for the dtypes that the format defines they are as many as the shape says. `name` is
// for messages. Throws Failure (LECTERN_CORRUPT) and nothing else, whatever the bytes are.
[[nodiscard]] std::vector<TensorEntry> parse_safetensors(std::span<const std::byte> file,
                                                         const std::string& name);

}  // namespace lectern::shared
