#include "engine/plugin_host/port.hpp"

namespace lectern::host {
namespace {

// Equal, or one of them names anything ("") or a family ("words:") that the other is in.
bool fit(std::string_view a, std::string_view b) {
    const auto family = [](std::string_view whole, std::string_view begin) {
        return (begin.empty() || begin.back() == ':') && whole.starts_with(begin);
    };
    return a == b || family(a, b) || family(b, a);
}

// How the user makes the two fit.
std::string remedy(const Port& from, const Port& to) {
    if (from.type != to.type)
        return "put a stage that takes " + port_type_name(from.type) + " and gives " +
               port_type_name(to.type) + " between them, or change their order";
    if (from.type == LECTERN_PORT_TOKENS && !to.fingerprint.empty() && to.fingerprint.back() == ':')
        return "use a tokenizer of that family, such as the plugin '" +
               to.fingerprint.substr(0, to.fingerprint.size() - 1) + "'";
    if (from.type == LECTERN_PORT_TOKENS)
        return "use the tokenizer that belongs to the model (the same 'model' option)";
    return "use stages of the same model";
}

}  // namespace

std::string port_type_name(std::uint32_t type) {
    switch (type) {
        case LECTERN_PORT_SOURCE: return "files";
        case LECTERN_PORT_TEXT: return "text";
        case LECTERN_PORT_CHUNKS: return "chunks";
        case LECTERN_PORT_TOKENS: return "tokens";
        case LECTERN_PORT_VECTORS: return "vectors";
        case LECTERN_PORT_HITS: return "hits";
        case LECTERN_PORT_EVIDENCE: return "evidence";
        case LECTERN_PORT_ANSWER: return "an answer";
        default: return "unknown (" + std::to_string(type) + ")";
    }
}

std::string describe(const Port& port) {
    std::string out = port_type_name(port.type);
    if (port.dimension != 0) out += " of dimension " + std::to_string(port.dimension);
    if (!port.fingerprint.empty()) out += " of " + port.fingerprint;
    return out;
}

Status check_ports(std::string_view from_name, const Port& from, std::string_view to_name,
                   const Port& to, Chunks chunks) {
    const bool same_type =
        from.type == to.type || (chunks == Chunks::are_texts && from.type == LECTERN_PORT_CHUNKS &&
                                 to.type == LECTERN_PORT_TEXT);
    const bool same_dimension =
        from.dimension == to.dimension || from.dimension == 0 || to.dimension == 0;
    if (same_type && same_dimension && fit(from.fingerprint, to.fingerprint)) return {};
    return {Code::invalid_argument, "'" + std::string(from_name) + "' gives " + describe(from) +
                                        ", but '" + std::string(to_name) + "' takes " +
                                        describe(to) + "; " + remedy(from, to)};
}

}  // namespace lectern::host
