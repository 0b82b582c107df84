#include "apps/server/api/documents.hpp"

#include <utility>

#include "apps/server/api/keys.hpp"

namespace lectern::server {
namespace {

enum class Comparison { strong, weak };  // RFC 9110, 8.8.3.2

// "*" means: whatever there is. Tags of ours are strong: a weak one in the list is another when
// they are compared strongly.
bool has_tag(std::string_view list, const std::string& tag, Comparison comparison) {
    const std::size_t begin = list.find_first_not_of(" \t");
    if (begin == std::string_view::npos || tag.empty()) return false;
    if (list[begin] == '*') return true;
    for (std::size_t at = list.find(tag); at != std::string_view::npos;
         at = list.find(tag, at + 1)) {
        const bool weak = at >= 2 && list.substr(at - 2, 2) == "W/";
        if (!weak || comparison == Comparison::weak) return true;
    }
    return false;
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
    const std::string_view list = request.header("If-None-Match");
    const std::size_t begin = list.find_first_not_of(" \t");
    return begin != std::string_view::npos && list[begin] == '*';
}

bool matches(const Request& request, const std::string& tag) {
    return !request.has_header("If-Match") ||
           has_tag(request.header("If-Match"), tag, Comparison::strong);
}

bool not_modified(const Request& request, const std::string& tag) {
    return request.has_header("If-None-Match") &&
           has_tag(request.header("If-None-Match"), tag, Comparison::weak);
}

Status no_document(Status status, std::string_view collection, std::string_view document) {
    if (status.code() != Code::not_found) return status;
    return {Code::not_found, "the collection '" + std::string(collection) + "' has no document '" +
                                 std::string(document) + "'"};
}

}  // namespace lectern::server
