#include "apps/server/openai/gbnf.hpp"

#include <algorithm>

#include "api/json_text.hpp"
#include "text/double_quoted.hpp"

namespace lectern::server::gbnf {

namespace json = boost::json;

std::string terminal(std::string_view text) {
    return text::double_quoted(text);
}

std::string terminal_of(const json::value& value) {
    return terminal(api::json_text(value));
}

std::string either(const std::vector<std::string>& choices) {
    if (choices.size() == 1) return choices.front();
    std::string out = "( ";
    for (const std::string& choice : choices) out += (out.size() == 2 ? "" : " | ") + choice;
    return out + " )";
}

std::string repeated(const std::string& what, std::uint64_t least,
                     std::optional<std::uint64_t> most) {
    if (most && *most == 0) return {};
    if (!most && least == 0) return what + "*";
    if (!most) return what + "{" + std::to_string(least) + ",}";
    return what + "{" + std::to_string(least) + "," + std::to_string(*most) + "}";
}

// ------------------------------------------------------------- ranges of numbers

namespace {

// Decimal digits of whole numbers from one to another; `places` of them stand behind a point.
class DigitRange {
 public:
    explicit DigitRange(std::size_t places) : places_(places) {}

    // 0 <= low <= high.
    [[nodiscard]] std::string of(std::int64_t low, std::int64_t high) const {
        std::vector<std::string> choices;
        const std::size_t fewest = places_ + 1;  // "0.50" has a 0 before the point
        std::int64_t first = 0;                  // of the numbers of so many digits
        std::int64_t last = 9;
        for (std::size_t i = 1; i < fewest; ++i) last = last * 10 + 9;
        for (std::size_t width = fewest; first <= high; ++width) {
            const std::int64_t begin = std::max(low, first);
            const std::int64_t end = std::min(high, last);
            if (begin <= end) choices.push_back(between(padded(begin, width), padded(end, width)));
            first = last + 1;
            last = last * 10 + 9;
        }
        return either(choices);
    }

 private:
    static std::string padded(std::int64_t number, std::size_t width) {
        std::string out = std::to_string(number);
        return std::string(width - std::min(width, out.size()), '0') + out;
    }
    [[nodiscard]] std::string point(std::size_t left) const {
        return places_ > 0 && left == places_ ? "\".\" " : "";
    }
    [[nodiscard]] std::string any(std::size_t count) const {
        if (count == 0) return {};
        if (places_ == 0 || count < places_) return " [0-9]{" + std::to_string(count) + "}";
        std::string out;
        if (count > places_) out = " [0-9]{" + std::to_string(count - places_) + "}";
        return out + " \".\" [0-9]{" + std::to_string(places_) + "}";
    }
    // Two of equal length, the first not the larger. One digit less each time.
    // NOLINTNEXTLINE(misc-no-recursion)
    [[nodiscard]] std::string between(std::string_view low, std::string_view high) const {
        if (low.empty()) return {};
        const std::string before = point(low.size());
        const auto digit = [](char c) { return "\"" + std::string(1, c) + "\""; };
        const auto tail = [this](std::string_view a, std::string_view b) {
            const std::string rest = between(a, b);
            return rest.empty() ? rest : " " + rest;
        };
        if (low.front() == high.front())
            return before + digit(low.front()) + tail(low.substr(1), high.substr(1));
        const std::string_view low_rest = low.substr(1);
        const std::string_view high_rest = high.substr(1);
        const std::string zeros(low_rest.size(), '0');
        const std::string nines(low_rest.size(), '9');
        char first = low.front();
        char last = high.front();
        std::vector<std::string> choices;
        if (low_rest != zeros) choices.push_back(digit(first++) + tail(low_rest, nines));
        std::optional<std::string> at_the_end;
        if (high_rest != nines) at_the_end = digit(last--) + tail(zeros, high_rest);
        if (first <= last)
            choices.push_back("[" + std::string(1, first) + "-" + std::string(1, last) + "]" +
                              any(low_rest.size()));
        if (at_the_end) choices.push_back(*at_the_end);
        return before + either(choices);
    }

    const std::size_t places_;
};

}  // namespace

std::string numbers_between(std::int64_t low, std::int64_t high, std::size_t places) {
    const DigitRange range(places);
    std::vector<std::string> choices;
    if (low < 0) choices.push_back("\"-\" " + range.of(high < 0 ? -high : 1, -low));
    if (high >= 0) choices.push_back(range.of(std::max<std::int64_t>(low, 0), high));
    return either(choices);
}

// ----------------------------------------------------------------- texts of a form

namespace {

constexpr std::string_view date =
    R"([1-2] [0-9]{3} "-" ( ( "0" [13578] | "1" [02] ) "-" ( "0" [1-9] | [12] [0-9] | "3" [01] ) | )"
    R"(( "0" [469] | "11" ) "-" ( "0" [1-9] | [12] [0-9] | "30" ) | )"
    R"("02-" ( "0" [1-9] | "1" [0-9] | "2" [0-8] ) ))";
constexpr std::string_view time_of_day =
    R"(( [01] [0-9] | "2" [0-3] ) ":" [0-5] [0-9] ":" [0-5] [0-9] )"
    R"(( "Z" | [+-] ( "0" [0-9] | "1" [0-3] ) ":" ( "00" | "30" ) ))";
constexpr std::string_view octet =
    R"(( "25" [0-5] | "2" [0-4] [0-9] | "1" [0-9]{2} | [1-9] [0-9] | [0-9] ))";

}  // namespace

std::optional<std::string> text_of_format(std::string_view format) {
    const std::string hex = "[0-9a-f]";
    if (format == "date") return std::string(date);
    if (format == "time") return std::string(time_of_day);
    if (format == "date-time") return std::string(date) + " \"T\" " + std::string(time_of_day);
    if (format == "uuid")
        return hex + "{8} \"-\" " + hex + "{4} \"-4\" " + hex + "{3} \"-\" [89ab] " + hex +
               "{3} \"-\" " + hex + "{12}";
    if (format == "ipv4") {
        const std::string one(octet);
        return one + " \".\" " + one + " \".\" " + one + " \".\" " + one;
    }
    if (format == "email")
        return R"([a-z0-9] [a-z0-9]{0,30} ( [._-] [a-z0-9]{1,30} ){0,2} "@" )"
               R"([a-z0-9]{1,30} ( "-" [a-z0-9]{1,20} )? ( "." [a-z]{2,12} ){1,2})";
    return {};
}

}  // namespace lectern::server::gbnf
