// translate/model_file.hpp: Marian's binary model file, read only.
//
// Little-endian. A file is: uint64 version (1); uint64 n; n heads of four uint64 (bytes of the
// name with its NUL, type, number of dimensions, bytes of the data); the names; the dimensions
// (int32 each); uint64 p and p bytes of padding; the data of each item, one after the other.
//
// Of int8 items ("intgemm8", as Firefox's models have them) the data is one byte an element and
// then the float32 that the weights were multiplied with; matrices are kept transposed, tables of
// embeddings are not. The settings of the model are an item too: YAML, named "special:model.yml".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::translate {

enum class ItemType { bytes, f32, int8 };

struct Item {
    std::string name;
    ItemType type = ItemType::bytes;
    std::uint64_t rows = 1;
    std::uint64_t columns = 1;
    std::span<const std::byte> data;  // of int8: without the scale
    float scale = 1;                  // of int8: an element stands for its value / scale

    [[nodiscard]] std::uint64_t elements() const noexcept { return rows * columns; }
};

// Every item has been checked: its bytes lie in the file and are as many as type and shape say, and
// scales are finite and positive. The items point into `file`. `name` is for messages. Throws
// shared::Failure and nothing else, whatever the bytes are.
[[nodiscard]] std::vector<Item> parse_model_file(std::span<const std::byte> file,
                                                 const std::string& name);

}  // namespace lectern::translate
