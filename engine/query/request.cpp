#include "engine/query/request.hpp"

#include "text/text.hpp"

namespace lectern {

Status check_query(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return {Code::invalid_argument, "the query is empty"};
    if (text.size() > max_query_bytes)
        return {Code::invalid_argument, "the query has " + std::to_string(text.size()) +
                                            " bytes; the limit is " +
                                            std::to_string(max_query_bytes)};
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
        return {Code::invalid_argument,
                "the query has a NUL byte at offset " + std::to_string(nul)};
    if (const std::size_t bad = text::invalid_utf8_at(text); bad != std::string_view::npos)
        return {Code::invalid_argument,
                "the query is not valid UTF-8 at byte " + std::to_string(bad)};
    return {};
}

}  // namespace lectern
