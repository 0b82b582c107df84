#include "documents/list_mark.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace lectern::documents {
namespace {

std::string letters(long number, char first) {
    std::string out;
    for (; number > 0; number = (number - 1) / 26)
        out += static_cast<char>(first + (number - 1) % 26);
    std::reverse(out.begin(), out.end());
    return out;
}

std::string roman(long number) {
    constexpr std::array<std::pair<int, std::string_view>, 13> parts{{{1000, "M"},
                                                                      {900, "CM"},
                                                                      {500, "D"},
                                                                      {400, "CD"},
                                                                      {100, "C"},
                                                                      {90, "XC"},
                                                                      {50, "L"},
                                                                      {40, "XL"},
                                                                      {10, "X"},
                                                                      {9, "IX"},
                                                                      {5, "V"},
                                                                      {4, "IV"},
                                                                      {1, "I"}}};
    std::string out;
    for (const auto& [value, digits] : parts)
        for (; number >= value; number -= value) out += digits;
    return out;
}

}  // namespace

std::string counted(long number, Counting counting) {
    constexpr long last_roman = 3999;
    const bool is_letter =
        counting == Counting::small_letters || counting == Counting::large_letters;
    if (counting == Counting::decimal || number < 1 || (!is_letter && number > last_roman))
        return std::to_string(number);
    if (is_letter) return letters(number, counting == Counting::small_letters ? 'a' : 'A');
    std::string out = roman(number);
    if (counting == Counting::small_roman)
        std::transform(out.begin(), out.end(), out.begin(),
                       [](char c) { return static_cast<char>(c + ('a' - 'A')); });
    return out;
}

}  // namespace lectern::documents
