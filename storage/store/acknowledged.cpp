#include "storage/store/acknowledged.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "storage/store/file_calls.hpp"
#include "system/crc32c.hpp"

namespace lectern::storage {
namespace {

constexpr std::array<char, 8> magic{'L', 'E', 'C', 'T', 'A', 'C', 'K', '1'};
constexpr std::size_t collection_at = 8;
constexpr std::size_t sequence_at = 24;
constexpr std::size_t checksum_at = 32;
using Bytes = std::array<unsigned char, 36>;

template <typename Integer>
void put(Bytes& bytes, std::size_t at, Integer value) {
    for (std::size_t i = 0; i < sizeof value; ++i)
        bytes[at + i] = static_cast<unsigned char>(value >> (8 * i));
}
template <typename Integer>
Integer get(const Bytes& bytes, std::size_t at) {
    Integer value = 0;
    for (std::size_t i = sizeof value; i-- > 0;)
        value = static_cast<Integer>(value << 8 | bytes[at + i]);
    return value;
}

}  // namespace

Acknowledged::Acknowledged(const std::filesystem::path& store) : file_(store / file_name) {
    std::ifstream in(file_, std::ios::binary);
    Bytes bytes{};
    if (!in.read(reinterpret_cast<char*>(bytes.data()), bytes.size())) return;
    if (std::memcmp(bytes.data(), magic.data(), magic.size()) != 0 ||
        get<std::uint32_t>(bytes, checksum_at) != sys::crc32c(bytes.data(), checksum_at))
        return;
    std::copy_n(bytes.begin() + collection_at, collection_.bytes.size(), collection_.bytes.begin());
    last_ = get<std::uint64_t>(bytes, sequence_at);
}

Sequence Acknowledged::last(const Hash128& collection) const noexcept {
    return collection == collection_ ? last_ : 0;
}

void Acknowledged::note(const Hash128& collection, Sequence sequence) noexcept {
    if (sequence <= last(collection)) return;
    if (!opened_.is_open())
        opened_ = sys::Descriptor(::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
    if (!opened_.is_open()) return;
    Bytes bytes{};
    std::memcpy(bytes.data(), magic.data(), magic.size());
    std::copy(collection.bytes.begin(), collection.bytes.end(), bytes.begin() + collection_at);
    put<std::uint64_t>(bytes, sequence_at, sequence);
    put<std::uint32_t>(bytes, checksum_at, sys::crc32c(bytes.data(), checksum_at));
    if (file_call::write_at(opened_.get(), bytes.data(), bytes.size(), 0) != 0) return;
    collection_ = collection;
    last_ = sequence;
}

}  // namespace lectern::storage
