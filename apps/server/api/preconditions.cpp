// What documents.hpp declares and a collection, or an answer, is needed for.
#include "apps/server/api/documents.hpp"
#include "apps/server/http/problem.hpp"

namespace lectern::server {

Result<std::string> tag_of(const Collection& collection, const std::string& id) {
    auto document = collection.get(id);
    if (document) return entity_tag(*document);
    if (document.status().code() == Code::not_found) return std::string{};
    return document.status();
}

Response precondition_failed() {
    return problem(412, "precondition_failed",
                   "the document is not what If-Match or If-None-Match says; read it again");
}

std::optional<Response> refuse_parameters(const Request& request) {
    if (request.target.find('?') == std::string::npos) return {};
    return problem(400, "invalid_argument",
                   "this path takes no parameters; a '?' of an id is sent as %3F");
}

}  // namespace lectern::server
