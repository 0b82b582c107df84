#include "apps/lectern/eval/setting.hpp"

namespace lectern::app {
namespace {

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
    return {Code::invalid_argument,
            "there is no setting '" + std::string(key) + "'; known: filter, pipeline"};
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
