#include "apps/server/http/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace lectern::server {

std::string base64(std::string_view bytes) {
    // One byte more, for the zero that OpenSSL writes after it.
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::optional<std::string> base64_decoded(std::string_view text) {
    // OpenSSL passes over spaces, and takes a '=' in the middle for zeros.
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::string_view padding =
        text.substr(std::min(text.find_first_not_of(letters), text.size()));
    if (text.size() % 4 != 0 || (!padding.empty() && padding != "=" && padding != "==")) return {};
    std::string out(text.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    if (size < 0) return {};
    out.resize(static_cast<std::size_t>(size) - padding.size());
    return out;
}

}  // namespace lectern::server
