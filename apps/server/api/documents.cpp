#include "apps/server/api/documents.hpp"

#include <algorithm>
#include <utility>

#include "apps/server/api/keys.hpp"

namespace lectern::server {
namespace {

enum class Comparison { strong, weak };  // RFC 9110, 8.8.3.2

// "*": whatever there is.
bool is_any(std::string_view list) noexcept {
    const std::size_t begin = list.find_first_not_of(" \t");
    return begin != std::string_view::npos && list[begin] == '*';
}

// Tags of ours are strong: a weak one in the list is another when they are compared strongly.
bool list_has_tag(std::string_view list, const std::string& tag, Comparison comparison) {
    if (tag.empty()) return false;
    if (is_any(list)) return true;
    for (std::size_t at = list.find(tag); at != std::string_view::npos;
         at = list.find(tag, at + 1)) {
        const bool weak = at >= 2 && list.substr(at - 2, 2) == "W/";
        if (!weak || comparison == Comparison::weak) return true;
    }
    return false;
}

// A list may stand in several lines, each with the header's name (RFC 9110, 5.3).
bool has_tag(const Request& request, std::string_view name, const std::string& tag,
             Comparison comparison) {
    return std::any_of(request.headers.begin(), request.headers.end(), [&](const Header& header) {
        return same_name(header.name, name) && list_has_tag(header.value, tag, comparison);
    });
}

}  // namespace

std::string entity_tag(const Document& document) {
    // Lengths first, so that no two documents give the same bytes.
    std::string bytes;
    for (const std::string* part :
         {&document.id, &document.title, &document.text, &document.metadata})
        bytes += std::to_string(part->size()) + ":" + *part;
    return "\"" + hexadecimal(sha256(bytes).substr(0, 16)) + "\"";
}

bool preconditions_hold(const Request& request, const std::string& tag) {
    return matches(request, tag) && !not_modified(request, tag);
}

bool only_new(const Request& request) noexcept {
    return std::any_of(request.headers.begin(), request.headers.end(), [](const Header& header) {
        return same_name(header.name, "If-None-Match") && is_any(header.value);
    });
}

bool matches(const Request& request, const std::string& tag) {
    return !request.has_header("If-Match") || has_tag(request, "If-Match", tag, Comparison::strong);
}

bool not_modified(const Request& request, const std::string& tag) {
    return has_tag(request, "If-None-Match", tag, Comparison::weak);
}

Status no_document(Status status, std::string_view collection, std::string_view document) {
    if (status.code() != Code::not_found) return status;
    return {Code::not_found, "the collection '" + std::string(collection) + "' has no document '" +
                                 std::string(document) + "'"};
}

Status no_similar(Status status, std::string_view collection, std::string_view similar) {
    return similar.empty() ? status : no_document(std::move(status), collection, similar);
}

}  // namespace lectern::server
