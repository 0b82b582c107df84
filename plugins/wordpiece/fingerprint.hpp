// fingerprint.hpp: names a tokenizer by what it does.
#pragma once

#include <string>

#include "plugins/wordpiece/tokenizer_file.hpp"

namespace lectern::wordpiece {

// "wordpiece:" and 32 hexadecimal digits: 128-bit FNV-1a (Fowler, Noll, Vo) over the vocabulary in
// the order of ids and all that changes tokens. No defence against someone who forges one.
[[nodiscard]] std::string fingerprint(const TokenizerFile& file);

}  // namespace lectern::wordpiece
