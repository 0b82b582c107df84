#include "plugins/shared/file_hash.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>

#include "plugins/shared/read_file.hpp"

namespace lectern::shared {
namespace {

constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87U;
constexpr std::uint64_t prime2 = 0xC2B2AE3D27D4EB4FU;
constexpr std::uint64_t prime3 = 0x165667B19E3779F9U;
constexpr std::uint64_t prime4 = 0x85EBCA77C2B2AE63U;
constexpr std::uint64_t prime5 = 0x27D4EB2F165667C5U;

template <typename Number>
std::uint64_t read(const std::byte* from) noexcept {
    Number out;
    std::memcpy(&out, from, sizeof out);
    return out;
}

std::uint64_t mix(std::uint64_t lane, std::uint64_t word) noexcept {
    return std::rotl(lane + word * prime2, 31) * prime1;
}

std::uint64_t merge(std::uint64_t hash, std::uint64_t lane) noexcept {
    return (hash ^ mix(0, lane)) * prime1 + prime4;
}

std::uint64_t finished(std::uint64_t hash, std::span<const std::byte> rest) noexcept {
    for (; rest.size() >= 8; rest = rest.subspan(8))
        hash = std::rotl(hash ^ mix(0, read<std::uint64_t>(rest.data())), 27) * prime1 + prime4;
    if (rest.size() >= 4) {
        hash = std::rotl(hash ^ (read<std::uint32_t>(rest.data()) * prime1), 23) * prime2 + prime3;
        rest = rest.subspan(4);
    }
    for (const std::byte byte : rest)
        hash = std::rotl(hash ^ (std::to_integer<std::uint64_t>(byte) * prime5), 11) * prime1;
    hash = (hash ^ (hash >> 33U)) * prime2;
    hash = (hash ^ (hash >> 29U)) * prime3;
    return hash ^ (hash >> 32U);
}

// What changes when a file's content does; "" when the file cannot be looked at.
std::string identity(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {};
    return std::filesystem::absolute(path).string() + "\n" + std::to_string(status.st_size) + " " +
           std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) +
           " " + std::to_string(status.st_ctim.tv_sec) + "." +
           std::to_string(status.st_ctim.tv_nsec) + " " + std::to_string(status.st_dev) + " " +
           std::to_string(status.st_ino);
}

std::optional<std::uint64_t> remembered(const std::filesystem::path& note) {
    std::ifstream in(note);
    std::string text;
    if (!(in >> text) || text.size() != 16) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Written under another name first, so that a reader never sees half a note. A cache folder that
// cannot be written costs time at the next start and nothing else.
void remember(const std::filesystem::path& note, std::uint64_t value) {
    std::error_code ignored;
    std::filesystem::create_directories(note.parent_path(), ignored);
    const std::filesystem::path temporary =
        note.string() + "." + std::to_string(::getpid()) + ".tmp";
    {
        std::ofstream out(temporary);
        out << hexadecimal(value) << '\n';
        if (!out.flush()) return;
    }
    std::filesystem::rename(temporary, note, ignored);
}

}  // namespace

std::uint64_t xxh64(std::span<const std::byte> bytes) noexcept {
    const std::uint64_t size = bytes.size();
    std::uint64_t hash = prime5;
    if (size >= 32) {
        std::uint64_t a = prime1 + prime2;
        std::uint64_t b = prime2;
        std::uint64_t c = 0;
        std::uint64_t d = 0 - prime1;
        for (; bytes.size() >= 32; bytes = bytes.subspan(32)) {
            a = mix(a, read<std::uint64_t>(bytes.data()));
            b = mix(b, read<std::uint64_t>(bytes.data() + 8));
            c = mix(c, read<std::uint64_t>(bytes.data() + 16));
            d = mix(d, read<std::uint64_t>(bytes.data() + 24));
        }
        hash = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
        hash = merge(merge(merge(merge(hash, a), b), c), d);
    }
    return finished(hash + size, bytes);
}

std::uint64_t xxh64(std::string_view text) noexcept {
    return xxh64(std::as_bytes(std::span(text.data(), text.size())));
}

std::string hexadecimal(std::uint64_t value) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4U) out[i] = digits[value & 15U];
    return out;
}

std::uint64_t file_hash(const std::filesystem::path& path,
                        const std::filesystem::path& cache_folder) {
    constexpr std::size_t worth_a_note = std::size_t{1} << 20U;
    const sys::Mapping file = map_file(path);
    const std::string key = identity(path);
    const bool noted = file.bytes().size() > worth_a_note && !cache_folder.empty() && !key.empty();
    if (!noted) return xxh64(file.bytes());
    const auto note = cache_folder / "bert" / (hexadecimal(xxh64(key)) + ".hash");
    if (const auto known = remembered(note)) return *known;
    const std::uint64_t value = xxh64(file.bytes());
    remember(note, value);
    return value;
}

}  // namespace lectern::shared
