#include "api/documents.hpp"

#include <utility>

#include "api/fields.hpp"

namespace lectern::api {
Result<DocumentInput> document_input(boost::json::value value, std::string id, std::string* place) {
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
    if (out.id.empty()) fields.wrong("id", "must be a string that is not empty");
    const Status bad = fields.done();
    if (bad.ok()) return out;
    if (place != nullptr) *place = fields.place();
    return bad;
}

}  // namespace lectern::api
