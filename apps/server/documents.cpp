#include "apps/server/documents.hpp"

#include <utility>

#include "apps/server/fields.hpp"
#include "apps/server/keys.hpp"

namespace lectern::server {
namespace {

constexpr std::size_t max_id_bytes = 1024;

// "*" means: whatever there is.
bool has_tag(std::string_view list, const std::string& tag) {
    if (list.find_first_not_of(" \t") == std::string_view::npos) return false;
    if (list.substr(list.find_first_not_of(" \t")).starts_with('*')) return !tag.empty();
    return !tag.empty() && list.find(tag) != std::string_view::npos;
}

}  // namespace

Result<DocumentInput> document_input(boost::json::value value, std::string id) {
    if (!value.is_object())
        return Status{Code::invalid_argument, "a document must be a JSON object"};
    Fields fields(std::move(value.get_object()));
    DocumentInput out;
    out.id = fields.text("id");
    out.title = fields.text("title");
    out.text = fields.text("text");
    if (const auto* metadata = fields.any("metadata")) {
        if (metadata->is_object())
            out.metadata = boost::json::serialize(*metadata);
        else
            fields.wrong("metadata", "must be an object");
    }
    if (!id.empty() && !out.id.empty() && out.id != id)
        fields.wrong("id", "must be the id of the path, or left out");
    if (!id.empty()) out.id = std::move(id);
    LECTERN_TRY(fields.done());
    if (out.id.empty())
        return Status{Code::invalid_argument, "the field 'id' must be a string that is not empty"};
    if (out.id.size() > max_id_bytes)
        return Status{Code::invalid_argument,
                      "the field 'id' has more than " + std::to_string(max_id_bytes) + " bytes"};
    return out;
}

std::string entity_tag(const Document& document) {
    // Lengths first, so that no two documents give the same bytes.
    std::string bytes;
    for (const std::string* part :
         {&document.id, &document.title, &document.text, &document.metadata})
        bytes += std::to_string(part->size()) + ":" + *part;
    return "\"" + hexadecimal(sha256(bytes).substr(0, 16)) + "\"";
}

bool preconditions_hold(const Request& request, const std::string& tag) {
    if (request.has_header("If-Match") && !has_tag(request.header("If-Match"), tag)) return false;
    return !request.has_header("If-None-Match") || !has_tag(request.header("If-None-Match"), tag);
}

bool not_modified(const Request& request, const std::string& tag) {
    return request.has_header("If-None-Match") && has_tag(request.header("If-None-Match"), tag);
}

}  // namespace lectern::server
