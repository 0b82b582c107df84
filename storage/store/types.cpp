#include "storage/store/types.hpp"

namespace lectern::storage {

std::string to_hex(const Hash128& hash) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * hash.bytes.size());
    for (const std::uint8_t byte : hash.bytes) {
        text.push_back(digits[byte >> 4]);
        text.push_back(digits[byte & 15]);
    }
    return text;
}

const Generation* CollectionMeta::generation(GenerationNumber number) const noexcept {
    for (const Generation& candidate : generations)
        if (candidate.number == number) return &candidate;
    return nullptr;
}

}  // namespace lectern::storage
