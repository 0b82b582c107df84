#include "apps/server/api/scope.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "apps/server/api/documents.hpp"
#include "index/metadata/parser.hpp"
#include "index/metadata/table.hpp"
#include "text/double_quoted.hpp"

namespace lectern::server {
namespace {

std::int64_t now_in_milliseconds() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

Status Scope::narrow(std::string& filter) const {
    if (whole()) return {};
    if (filter.empty()) {
        filter = filter_;
        return {};
    }
    // By itself, so that no parenthesis of it closes ours.
    LECTERN_TRY(check_filter(filter));
    // Ours first: what the other's fields are compared with is held against our documents alone.
    filter = "(" + std::string(filter_) + ") and (" + filter + ")";
    return {};
}

Result<bool> Scope::sees(const Collection& collection, const std::string& id) const {
    if (whole()) return true;
    std::string filter = "id = " + text::double_quoted(id);
    LECTERN_TRY(narrow(filter));
    LECTERN_ASSIGN(const Selected selected, collection.select(filter));
    return !selected.documents.empty();
}

Status Scope::find(const Collection& collection, std::string_view name,
                   const std::string& id) const {
    LECTERN_ASSIGN(const bool seen, sees(collection, id));
    if (seen) return {};
    return no_document({Code::not_found, ""}, name, id);
}

Status Scope::may_store(const DocumentInput& document) const {
    if (whole()) return {};
    LECTERN_ASSIGN(const filter::Expression expression, filter::parse(filter_));
    filter::Table table;
    table.add({.id = document.id,
               .title = document.title,
               .metadata = document.metadata,
               .committed = now_in_milliseconds(),
               .first_chunk = 1,
               .chunks = 1});
    // A value of another kind than the filter's fails, and so does not fulfil it.
    const auto selected = table.select(expression);
    if (selected && selected->rows.front() != 0) return {};
    return {Code::invalid_argument,
            "what this key stores must fulfil the key's filter: " + std::string(filter_)};
}

Status Scope::may_store(const Collection& collection, const DocumentInput& document) const {
    LECTERN_TRY(may_store(document));
    if (whole()) return {};
    LECTERN_ASSIGN(const bool mine, sees(collection, document.id));
    if (mine || collection.get(document.id).status().code() == Code::not_found) return {};
    return {Code::invalid_argument, "the id '" + document.id + "' is not free; use another one"};
}

Status Scope::told(Status status) const {
    if (whole() || status.code() != Code::invalid_argument ||
        status.message().find("column ") == std::string::npos)
        return status;
    // Its own syntax was in order: what is wrong is told by the values of all documents.
    return {Code::invalid_argument,
            "the filter compares a field with a value of a kind that the field does not hold"};
}

Status each_document(const Collection& collection, const std::string& filter,
                     const std::string& after, const std::function<bool(const Document&)>& visit) {
    if (filter.empty()) return collection.each_document(visit, after);
    LECTERN_ASSIGN(const Selected selected, collection.select(filter));
    const std::vector<std::string>& ids = selected.documents;
    for (auto id = std::upper_bound(ids.begin(), ids.end(), after); id != ids.end(); ++id) {
        const auto document = collection.get(*id);
        if (!document && document.status().code() == Code::not_found) continue;  // meanwhile
        LECTERN_TRY(document.status());
        if (!visit(*document)) break;
    }
    return {};
}

}  // namespace lectern::server
