#include "plugins/static/token_vectors.hpp"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <boost/json.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "lectern/plugin.hpp"
#include "plugins/shared/read_file.hpp"
#include "plugins/shared/safetensors.hpp"

namespace lectern::static_vectors {
namespace {

namespace json = boost::json;
using plugin::Failure;

constexpr std::size_t length_bytes = 8;
constexpr std::uint64_t most_dimensions = 4096;

// "__metadata__" of the header, which has been checked.
json::object metadata_of(std::span<const std::byte> file) {
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), length_bytes);
    const std::string_view header(reinterpret_cast<const char*>(file.data()) + length_bytes,
                                  length);
    boost::system::error_code error;
    const json::value value = json::parse(header, error);
    const json::object* object = error ? nullptr : value.if_object();
    const json::value* found = object == nullptr ? nullptr : object->if_contains("__metadata__");
    return found != nullptr && found->is_object() ? found->get_object() : json::object{};
}

std::string text_of(const json::object& metadata, std::string_view key) {
    const json::value* found = metadata.if_contains(key);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
}

}  // namespace

float from_half(std::uint16_t bits) noexcept {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16U;
    const std::uint32_t exponent = bits >> 10U & 0x1FU;
    const std::uint32_t fraction = bits & 0x3FFU;
    if (exponent == 0)  // 0 and the smallest ones
        return (sign != 0 ? -1.0F : 1.0F) * std::ldexp(static_cast<float>(fraction), -24);
    const std::uint32_t wide = exponent == 31 ? 0xFFU : exponent + 112U;
    return std::bit_cast<float>(sign | wide << 23U | fraction << 13U);
}

std::string file_of(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return path + "/model.safetensors";
    return path;
}

TokenVectors read_token_vectors(const std::string& path) {
    const std::string name = file_of(path);
    const sys::Mapping file = shared::map_file(name);
    const auto tensors = shared::parse_safetensors(file.bytes(), name);
    const auto found = std::find_if(tensors.begin(), tensors.end(),
                                    [](const auto& one) { return one.name == "embeddings"; });
    if (found == tensors.end())
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      "'" + name +
                          "' has no tensor 'embeddings', so it is no static model; "
                          "'lectern train static' makes one");
    if (tensors.size() > 1)
        throw Failure(LECTERN_UNSUPPORTED,
                      "'" + name +
                          "' has tensors beside 'embeddings' (weights or a mapping of "
                          "tokens), which are not read");
    const bool half = found->dtype == "F16";
    if (!half && found->dtype != "F32")
        throw Failure(LECTERN_UNSUPPORTED, "'embeddings' in '" + name + "' is " + found->dtype +
                                               "; F32 and F16 are read");
    if (found->shape.size() != 2 || found->shape[0] == 0 || found->shape[1] == 0 ||
        found->shape[1] > most_dimensions)
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      "'embeddings' in '" + name + "' is no table of one row a token with 1 to " +
                          std::to_string(most_dimensions) + " numbers each");
    TokenVectors out;
    out.dimension = static_cast<std::uint32_t>(found->shape[1]);
    out.values.resize(found->shape[0] * found->shape[1]);
    const std::byte* const data = file.bytes().data() + found->begin;
    if (half) {
        for (std::size_t i = 0; i < out.values.size(); ++i) {
            std::uint16_t bits = 0;
            std::memcpy(&bits, data + 2 * i, sizeof bits);
            out.values[i] = from_half(bits);
        }
    } else {
        std::memcpy(out.values.data(), data, out.values.size() * sizeof(float));
    }
    if (!std::all_of(out.values.begin(), out.values.end(),
                     [](float x) { return std::isfinite(x); }))
        throw Failure(LECTERN_CORRUPT, "'" + name + "' has values that are no finite numbers");
    const json::object metadata = metadata_of(file.bytes());
    out.tokens = text_of(metadata, "tokens");
    out.source = text_of(metadata, "source");
    return out;
}

void write_token_vectors(const TokenVectors& vectors, const std::string& path) {
    json::object header;
    header["__metadata__"] = json::object{
        {"format", "lectern static 1"}, {"tokens", vectors.tokens}, {"source", vectors.source}};
    const std::uint64_t bytes = vectors.values.size() * sizeof(float);
    header["embeddings"] = json::object{{"dtype", "F32"},
                                        {"shape", json::array{vectors.size(), vectors.dimension}},
                                        {"data_offsets", json::array{0, bytes}}};
    std::string text = json::serialize(header);
    text.resize((text.size() + 7) / 8 * 8, ' ');  // the data is aligned
    const std::uint64_t length = text.size();
    const std::string unfinished = path + "." + std::to_string(::getpid()) + ".tmp";
    {
        std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
        out.write(reinterpret_cast<const char*>(&length), length_bytes);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        out.write(reinterpret_cast<const char*>(vectors.values.data()),
                  static_cast<std::streamsize>(bytes));
        out.flush();
        if (!out) {
            std::error_code ignored;
            std::filesystem::remove(unfinished, ignored);
            throw Failure(LECTERN_UNAVAILABLE,
                          "cannot write '" + path + "': is there room, and may it be written?");
        }
    }
    std::error_code error;
    std::filesystem::rename(unfinished, path, error);
    if (error)
        throw Failure(LECTERN_UNAVAILABLE, "cannot write '" + path + "': " + error.message());
}

bool add_up(const TokenVectors& vectors, std::span<const std::int32_t> ids, std::span<float> out) {
    const std::size_t dimension = vectors.dimension;
    std::vector<float> sum(dimension);
    for (const std::int32_t id : ids) {
        if (id < 0 || static_cast<std::size_t>(id) >= vectors.size()) continue;
        const float* const row = vectors.values.data() + static_cast<std::size_t>(id) * dimension;
        for (std::size_t i = 0; i < dimension; ++i) sum[i] += row[i];
    }
    double square = 0;
    for (const float x : sum) square += static_cast<double>(x) * x;
    if (!(square > 0) || !std::isfinite(square)) return false;
    const auto scale = static_cast<float>(1 / std::sqrt(square));
    for (std::size_t i = 0; i < dimension; ++i) out[i] = sum[i] * scale;
    return true;
}

}  // namespace lectern::static_vectors
