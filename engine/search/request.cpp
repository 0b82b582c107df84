#include "engine/search/request.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "text/text.hpp"

namespace lectern {

void cut_page(std::size_t offset, std::size_t k, std::vector<Hit>& hits) {
    const auto at = [&hits](std::size_t place) {
        return hits.begin() + static_cast<std::ptrdiff_t>(std::min(place, hits.size()));
    };
    hits.erase(hits.begin(), at(offset));
    hits.erase(at(k), hits.end());
}

void leave_out_weak(Request& request) {
    if (!request.min_score) return;
    std::erase_if(request.hits, [least = *request.min_score](const Hit& hit) {
        return static_cast<double>(hit.score) < least;
    });
}

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

Status check_vector(std::span<const float> vector, std::uint32_t dimension) {
    if (vector.size() != dimension)
        return {Code::invalid_argument, "the vector has " + std::to_string(vector.size()) +
                                            " numbers; the collection's vectors have " +
                                            std::to_string(dimension)};
    double square = 0;
    for (std::size_t i = 0; i < vector.size(); ++i) {
        if (!std::isfinite(vector[i]))
            return {Code::invalid_argument,
                    "the vector is not a finite number at position " + std::to_string(i)};
        square += static_cast<double>(vector[i]) * vector[i];
    }
    if (square > std::numeric_limits<float>::max())
        return {Code::invalid_argument, "the vector's numbers are too large; scale it to length 1"};
    if (square == 0)
        return {Code::invalid_argument,
                "the vector is 0, which points nowhere, so nothing is nearest to it"};
    return {};
}

}  // namespace lectern
