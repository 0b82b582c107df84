#include "index/metadata/facet_request.hpp"

#include <utility>

#include "index/metadata/parser.hpp"

namespace lectern::filter {
namespace {

constexpr std::size_t most_bounds = 100;

Status unfit(std::string_view facet, const std::string& what) {
    return {Code::invalid_argument, "the facet '" + std::string(facet) + "' " + what +
                                        "; write year(1990, 2000) or day(2020-01, 2021-01)"};
}

bool ascending(const Literal& a, const Literal& b) {
    return a.kind == Kind::number ? a.number < b.number : a.time.begin < b.time.begin;
}

}  // namespace

bool has_bounds(std::string_view text) noexcept {
    return text.ends_with(')') && text.find('(') != std::string_view::npos;
}

Result<FacetRequest> parse_facet(std::string_view text) {
    if (!has_bounds(text)) return FacetRequest{std::string(text), {}};
    // Bounds are written as the values of a filter's "in".
    const std::size_t open = text.rfind('(');
    auto read = parse(std::string(text.substr(0, open)) + " in " + std::string(text.substr(open)));
    if (!read || read->kind != Expression::Kind::condition)
        return unfit(text, "is no field with bounds");
    FacetRequest out{std::move(read->condition.field), std::move(read->condition.values)};
    if (out.bounds.size() > most_bounds) return unfit(text, "has more than 100 bounds");
    for (std::size_t i = 0; i < out.bounds.size(); ++i) {
        const Literal& bound = out.bounds[i];
        if (bound.kind != Kind::number && bound.kind != Kind::date)
            return unfit(text, "has the bound '" + bound.text + "', which is no number or date");
        if (bound.kind != out.bounds.front().kind) return unfit(text, "mixes numbers and dates");
        if (i > 0 && !ascending(out.bounds[i - 1], bound))
            return unfit(text, "has bounds that do not ascend");
    }
    return out;
}

std::vector<std::string> range_names(const std::vector<Literal>& bounds) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
        std::string name = i == 0 ? std::string() : bounds[i - 1].text;
        name += "..";
        if (i < bounds.size()) name += bounds[i].text;
        out.push_back(std::move(name));
    }
    return out;
}

}  // namespace lectern::filter
