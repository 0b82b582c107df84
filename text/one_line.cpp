#include "text/one_line.hpp"

#include "text/text.hpp"

namespace lectern::text {

std::string one_plain_line(std::string_view text) {
    if (invalid_utf8_at(text) != std::string_view::npos) return {};
    std::string out = one_line(text);
    for (const char c : out)
        if (static_cast<unsigned char>(c) < 0x20 ||
            std::string_view("[]<>").find(c) != std::string_view::npos)
            return {};
    return out;
}

}  // namespace lectern::text
