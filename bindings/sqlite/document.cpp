#include "bindings/sqlite/document.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace lectern::sqlite {
namespace {

namespace json = boost::json;

constexpr std::string_view between = "\n\n";

// Bytes of the character at the front; 0: it is none of UTF-8.
std::size_t character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    // Longer than it need be, half of a pair, beyond the last.
    if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) >= 0xA0) ||
        (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) >= 0x90))
        return 0;
    return length;
}

std::string written(const Value& value) {
    switch (value.type) {
        case SQLITE_INTEGER: return std::to_string(value.integer);
        case SQLITE_FLOAT: {
            char out[32];
            return {out, std::to_chars(out, out + sizeof out, value.real).ptr};
        }
        case SQLITE_NULL: return {};
        default: return valid_text(value.bytes);
    }
}

bool has_text(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\f\v") != std::string_view::npos;
}

}  // namespace

bool valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = character(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string valid_text(std::string_view text) {
    if (valid_utf8(text)) return std::string(text);
    std::string out;
    out.reserve(text.size() + 16);
    while (!text.empty()) {
        const std::size_t length = character(text);
        out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

Composition compose(const Definition& definition, const std::vector<Value>& row) {
    Composition out;
    const int title = definition.title();
    const auto add = [&](int column) {
        const std::string text = written(row[static_cast<std::size_t>(column)]);
        if (!has_text(text)) return;
        if (!out.text.empty()) out.text += between;
        out.parts.push_back({column, out.text.size(), out.text.size() + text.size()});
        out.text += text;
    };
    for (int i = 0; i < static_cast<int>(definition.columns.size()); ++i)
        if (i != title && definition.columns[static_cast<std::size_t>(i)].indexed) add(i);
    if (title < 0) return out;
    if (out.parts.empty())
        add(title);  // all the text there is
    else
        out.title = written(row[static_cast<std::size_t>(title)]);
    return out;
}

char kind_of(const Value& value) {
    switch (value.type) {
        case SQLITE_NULL: return '\0';
        case SQLITE_INTEGER: return 'n';
        case SQLITE_FLOAT: return std::isfinite(value.real) ? 'n' : 'x';
        case SQLITE_TEXT:
            return value.bytes.size() <= longest_field && valid_utf8(value.bytes) &&
                           value.bytes.find('\0') == std::string::npos
                       ? 't'
                       : 'x';
        default: return 'x';
    }
}

std::optional<json::object> document_of(const Definition& definition, std::int64_t rowid,
                                        std::int64_t version, const std::vector<Value>& row) {
    Composition composed = compose(definition, row);
    if (composed.parts.empty()) return std::nullopt;
    json::object metadata;
    json::array types;
    for (std::size_t i = 0; i < definition.columns.size(); ++i) {
        const Column& column = definition.columns[i];
        const char kind = column.indexed ? '\0' : kind_of(row[i]);
        if (kind == '\0') continue;
        types.push_back(json::string(column.name + ':' + kind));
        if (kind == 't')
            metadata[column.name] = row[i].bytes;
        else if (kind == 'n' && row[i].type == SQLITE_INTEGER)
            metadata[column.name] = row[i].integer;
        else if (kind == 'n')
            metadata[column.name] = row[i].real;
    }
    metadata[own_field] = json::object{{"version", version}, {"types", std::move(types)}};
    return json::object{{"id", std::to_string(rowid)},
                        {"title", std::move(composed.title)},
                        {"text", std::move(composed.text)},
                        {"metadata", std::move(metadata)}};
}

std::int64_t version_of(const json::value& metadata) {
    const auto* object = metadata.if_object();
    const auto* own = object == nullptr ? nullptr : object->if_contains(own_field);
    const auto* fields = own == nullptr ? nullptr : own->if_object();
    const auto* version = fields == nullptr ? nullptr : fields->if_contains("version");
    if (version == nullptr || !version->is_number()) return -1;
    boost::system::error_code error;
    const auto out = version->to_number<std::int64_t>(error);
    return error ? -1 : out;
}

std::optional<std::int64_t> rowid_of(std::string_view document) {
    std::int64_t out = 0;
    const char* const stop = document.data() + document.size();
    const auto [end, error] = std::from_chars(document.data(), stop, out);
    if (error != std::errc() || end != stop) return std::nullopt;
    return out;
}

Place place_of(const Composition& composition, std::size_t begin, std::size_t end) {
    for (const Part& part : composition.parts) {
        if (begin >= part.end || end <= part.begin) continue;
        const std::string_view text = composition.text;
        const std::size_t from = std::max(begin, part.begin);
        const std::size_t to = std::min(end, part.end);
        return {part.column, characters(text.substr(part.begin, from - part.begin)) + 1,
                characters(text.substr(from, to - from))};
    }
    return {};
}

}  // namespace lectern::sqlite
