// model_hash.hpp: which model a file is, from all of its bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lectern::word2vec {

// A 64-bit hash of the whole file, read once through a small buffer (a mapped model would be paged
// in). Tells models apart; no defence against someone who forges one.
[[nodiscard]] std::uint64_t hash_file(const std::string& path);

}  // namespace lectern::word2vec
