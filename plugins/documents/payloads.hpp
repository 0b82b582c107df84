// documents/payloads.hpp: takes out of a text what is a file written as text: the payload of data:
// URIs, and base64.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::documents {

// The text without payloads: a view of it when it has none, otherwise of `storage`. Of
// "data:image/png;base64,iVBOR…" remains "data:image/png", and of what stands in lines of base64,
// or in one word of 512 characters or more, nothing. Takes time in proportion to the text.
// `cuts`, when it is not null, gets the ranges of the text that are left out, in order.
struct Cut {
    std::size_t begin = 0;
    std::size_t end = 0;
};
[[nodiscard]] std::string_view without_payloads(std::string_view text, std::string& storage,
                                                std::vector<Cut>* cuts = nullptr);

}  // namespace lectern::documents
