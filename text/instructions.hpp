// text/instructions.hpp: sentences that speak to a language model instead of to a reader.
//
// Such a sentence in a document is an attempt to steer the writer ("prompt injection", Greshake et
// al. 2023, arXiv:2302.12173), or an article about such attempts. It is poor evidence either way.
// The list cannot be complete: the fence around the evidence and the verifier stand behind it.
#pragma once

#include <string_view>

namespace lectern::text {

[[nodiscard]] bool speaks_to_a_model(std::string_view sentence);

}  // namespace lectern::text
