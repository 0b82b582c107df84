#include "plugins/word2vec/model_hash.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <vector>

#include "plugins/word2vec/failure.hpp"

namespace lectern::word2vec {
namespace {

// Finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit moves every output bit.
constexpr std::uint64_t mix(std::uint64_t value) noexcept {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

constexpr std::size_t hash_lanes = 4;  // independent multiplications hide each other's latency
constexpr std::size_t block = hash_lanes * sizeof(std::uint64_t);

}  // namespace

std::uint64_t hash_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Failure(LECTERN_NOT_FOUND, "cannot open '" + path + "'");
    std::array<std::uint64_t, hash_lanes> state{0x243F6A8885A308D3U, 0x13198A2E03707344U,
                                                0xA4093822299F31D0U, 0x082EFA98EC4E6C89U};
    std::vector<char> buffer(std::size_t{1} << 20U);  // a multiple of block
    std::uint64_t size = 0;
    while (in) {
        in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        const auto got = static_cast<std::size_t>(in.gcount());
        size += got;
        const std::size_t padded = (got + block - 1) / block * block;
        std::memset(buffer.data() + got, 0, padded - got);
        for (std::size_t at = 0; at < padded; at += block)
            for (std::size_t lane = 0; lane < hash_lanes; ++lane) {
                std::uint64_t word = 0;
                std::memcpy(&word, buffer.data() + at + lane * sizeof word, sizeof word);
                state[lane] = std::rotl((state[lane] ^ word) * 0x9E3779B97F4A7C15U, 29);
            }
    }
    if (in.bad()) invalid("cannot read '" + path + "'");
    std::uint64_t out = mix(size + 1);
    for (const std::uint64_t lane : state) out = mix(out ^ lane) + 0x9E3779B97F4A7C15U;
    return out;
}

}  // namespace lectern::word2vec
