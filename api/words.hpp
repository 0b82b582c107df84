// api/words.hpp: what the choices of requests and pipeline files are called.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "api/described.hpp"
#include "lectern/lectern.hpp"

namespace lectern::api {

template <>
struct Words<SearchMode> {
    static constexpr std::array<std::pair<SearchMode, std::string_view>, 3> all{
        {{SearchMode::hybrid, "hybrid"},
         {SearchMode::dense, "dense"},
         {SearchMode::lexical, "lexical"}}};
};

template <>
struct Words<Fusion> {
    static constexpr std::array<std::pair<Fusion, std::string_view>, 2> all{
        {{Fusion::convex, "convex"}, {Fusion::rrf, "rrf"}}};
};

// Summaries::none has no word: it is what is meant when nothing is said.
template <>
struct Words<Summaries> {
    static constexpr std::array<std::pair<Summaries, std::string_view>, 2> all{
        {{Summaries::list, "list"}, {Summaries::each, "each"}}};
};

}  // namespace lectern::api
