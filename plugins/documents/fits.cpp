#include "documents/fits.hpp"

#include "documents/charset.hpp"
#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "text/text.hpp"

namespace lectern::documents {
namespace {

constexpr unsigned own_extension = 100;
constexpr unsigned looks_like_text = 10;
constexpr unsigned last_resort = 1;

bool is_text(std::string_view name) {
    return has_extension(name, {"txt", "text", "md", "markdown"});
}
bool is_html(std::string_view name) {
    return has_extension(name, {"html", "htm", "xhtml"});
}
bool is_pdf(std::string_view name) {
    return has_extension(name, {"pdf"});
}
bool is_jsonl(std::string_view name) {
    return has_extension(name, {"jsonl", "ndjson"});
}

bool owned(std::string_view name) {
    return is_text(name) || is_html(name) || is_pdf(name) || is_jsonl(name);
}

// `head` may end within a character.
bool valid_head(std::string_view head) {
    if (head.find('\0') != std::string_view::npos) return false;
    const std::size_t bad = text::invalid_utf8_at(head);
    return bad == std::string_view::npos || (head.size() >= 4093 && bad + 3 >= head.size());
}

}  // namespace

unsigned text_fits(std::string_view name, std::string_view head) {
    if (is_text(name)) return own_extension;
    if (owned(name)) return 0;
    if (byte_order_mark(head) != ByteOrderMark::none || valid_head(head)) return looks_like_text;
    return last_resort;
}

unsigned html_fits(std::string_view name, std::string_view head) {
    if (is_html(name)) return own_extension;
    if (owned(name)) return 0;
    const std::string start = ascii_lower(trimmed(head).substr(0, 15));
    return start.starts_with("<!doctype html") || start.starts_with("<html") ? 60 : 0;
}

unsigned pdf_fits(std::string_view name, std::string_view head) {
    if (is_pdf(name)) return own_extension;
    return !owned(name) && head.starts_with("%PDF-") ? 80 : 0;
}

unsigned jsonl_fits(std::string_view name, std::string_view head) {
    // Rows without "text" are data, for an extractor of those if there is one.
    const std::size_t end = head.find('\n');
    if (is_jsonl(name)) {
        const bool whole = end != std::string_view::npos;
        const bool data = whole && head.find("\"text\"") == std::string_view::npos;
        return data ? own_extension - 10 : own_extension;
    }
    // Standard input carries no name; other extensions ("json") say that it is something else.
    if (!extension(name).empty()) return 0;
    const std::string_view row = trimmed(head.substr(0, end));
    return row.starts_with("{") && row.find("\"text\"") != std::string_view::npos ? 40 : 0;
}

}  // namespace lectern::documents
