#include "apps/eval/setting.hpp"

#include <charconv>
#include <system_error>

namespace lectern::app {
namespace {

Status unknown(std::string_view key, std::string_view value, std::string_view known) {
    return {Code::invalid_argument, "'" + std::string(key) + "=" + std::string(value) +
                                        "': give it one of " + std::string(known)};
}

Status set(Setting& setting, std::string_view key, std::string_view value) {
    if (value.empty()) return {Code::invalid_argument, "'" + std::string(key) + "=' needs a value"};
    if (key == "pipeline") {
        setting.pipeline = value;
        return {};
    }
    if (key == "filter") {
        setting.search.filter = value;
        return {};
    }
    SearchOptions& search = setting.search;
    if (key == "mode") {
        for (const SearchMode mode : {SearchMode::hybrid, SearchMode::dense, SearchMode::lexical})
            if (name(mode) == value) return search.mode = mode, Status{};
        return unknown(key, value, "hybrid, dense, lexical");
    }
    if (key == "fusion") {
        for (const Fusion fusion : {Fusion::convex, Fusion::rrf})
            if (name(fusion) == value) return search.fusion = fusion, Status{};
        return unknown(key, value, "convex, rrf");
    }
    if (key == "weight" || key == "feedback") {
        double number = -1;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc() || end != value.data() + value.size() ||
            !(number >= 0 && number <= 1))
            return unknown(key, value, "0 to 1");
        (key == "weight" ? search.weight : search.feedback) = number;
        return {};
    }
    return {Code::invalid_argument, "there is no setting '" + std::string(key) +
                                        "'; known: feedback, filter, fusion, mode, pipeline, "
                                        "weight"};
}

}  // namespace

Result<Setting> parse_setting(std::string_view text, const Setting& base) {
    Setting out = base;
    out.name = text;
    for (std::size_t at = 0; at <= text.size();) {
        const bool filter = text.substr(at).starts_with("filter=");
        const std::size_t end = filter ? text.size() : std::min(text.find(',', at), text.size());
        const std::string_view item = text.substr(at, end - at);
        at = end + 1;
        const std::size_t equals = item.find('=');
        if (equals == std::string_view::npos)
            return Status{Code::invalid_argument,
                          "'" + std::string(item) +
                              "' is neither a run file nor a setting; write KEY=VALUE, several "
                              "with commas between"};
        LECTERN_TRY(set(out, item.substr(0, equals), item.substr(equals + 1)));
    }
    return out;
}

}  // namespace lectern::app
