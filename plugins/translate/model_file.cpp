#include "plugins/translate/model_file.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "plugins/translate/bytes.hpp"

namespace lectern::translate {
namespace {

constexpr std::uint64_t most_items = 100'000;
constexpr std::uint64_t most_name_bytes = 4096;
constexpr std::uint64_t most_elements = std::uint64_t{1} << 32U;

// Types of the format: the size of an element in the low byte, above it what it is.
constexpr std::uint64_t type_bytes = 0x101;
constexpr std::uint64_t type_f32 = 0x404;
constexpr std::uint64_t type_int8 = 0x4101;

struct Head {
    std::uint64_t name = 0;
    std::uint64_t type = 0;
    std::uint64_t dimensions = 0;
    std::uint64_t data = 0;
};

std::string hex(std::uint64_t value) {
    std::array<char, 24> out{};
    (void)std::snprintf(out.data(), out.size(), "0x%llx", static_cast<unsigned long long>(value));
    return out.data();
}

ItemType type_of(const ByteReader& reader, const Item& item, std::uint64_t type) {
    if (type == type_bytes) return ItemType::bytes;
    if (type == type_f32) return ItemType::f32;
    if (type == type_int8) return ItemType::int8;
    // Weights of 16 bits, and weights that were arranged for one instruction set.
    reader.corrupt("the item '" + item.name + "' is of type " + hex(type) +
                   ", which is not read; float32 and int8 (intgemm8) are");
}

void read_shape(ByteReader& reader, Item& item, std::uint64_t dimensions) {
    if (dimensions > 8)
        reader.corrupt("the item '" + item.name + "' has " + std::to_string(dimensions) +
                       " dimensions");
    std::uint64_t elements = 1;
    for (std::uint64_t d = 0; d < dimensions; ++d) {
        const auto size = reader.number<std::int32_t>("the shapes");
        if (size < 0)
            reader.corrupt("the item '" + item.name + "' has a dimension of " +
                           std::to_string(size));
        elements *= static_cast<std::uint64_t>(size);
        if (elements > most_elements) reader.corrupt("the item '" + item.name + "' is too large");
        item.columns = static_cast<std::uint64_t>(size);
    }
    if (dimensions == 0) item.columns = 1;
    item.rows = item.columns == 0 ? 0 : elements / item.columns;
}

void read_data(ByteReader& reader, Item& item, std::uint64_t bytes) {
    const auto all = reader.take(bytes, ("the item '" + item.name + "'").c_str());
    const std::uint64_t wanted = item.type == ItemType::f32    ? item.elements() * 4
                                 : item.type == ItemType::int8 ? item.elements() + sizeof(float)
                                                               : item.elements();
    if (bytes < wanted)
        reader.corrupt("the item '" + item.name + "' has " + std::to_string(bytes) +
                       " bytes, and its shape of " + std::to_string(item.rows) + " x " +
                       std::to_string(item.columns) + " takes " + std::to_string(wanted));
    item.data =
        all.first(static_cast<std::size_t>(item.type == ItemType::int8 ? item.elements() : wanted));
    if (item.type != ItemType::int8) return;
    std::memcpy(&item.scale, all.data() + item.elements(), sizeof(float));
    if (!std::isnormal(item.scale) || item.scale <= 0)
        reader.corrupt("the scale of the item '" + item.name + "' is " +
                       std::to_string(item.scale));
}

}  // namespace

std::vector<Item> parse_model_file(std::span<const std::byte> file, const std::string& name) {
    ByteReader reader(file, name);
    const auto version = reader.number<std::uint64_t>("the version");
    if (version != 1)
        reader.corrupt("it is no model file of Marian (its first number is " +
                       std::to_string(version) + ", and version 1 is read)");
    const auto count = reader.number<std::uint64_t>("the number of items");
    if (count == 0 || count > most_items)
        reader.corrupt("it says that it has " + std::to_string(count) + " items");
    std::vector<Head> heads;
    for (std::uint64_t i = 0; i < count; ++i) {
        Head head;
        for (std::uint64_t* field : {&head.name, &head.type, &head.dimensions, &head.data})
            *field = reader.number<std::uint64_t>("the table of items");
        if (head.name == 0 || head.name > most_name_bytes)
            reader.corrupt("the name of item " + std::to_string(i) + " has " +
                           std::to_string(head.name) + " bytes");
        heads.push_back(head);
    }
    std::vector<Item> out(heads.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto bytes = reader.take(heads[i].name, "the names");
        out[i].name.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        if (const std::size_t end = out[i].name.find('\0'); end != std::string::npos)
            out[i].name.resize(end);
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].type = type_of(reader, out[i], heads[i].type);
        read_shape(reader, out[i], heads[i].dimensions);
    }
    (void)reader.take(reader.number<std::uint64_t>("the padding"), "the padding");
    for (std::size_t i = 0; i < out.size(); ++i) read_data(reader, out[i], heads[i].data);
    return out;
}

}  // namespace lectern::translate
