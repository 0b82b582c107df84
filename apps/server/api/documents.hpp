// apps/server/api/documents.hpp: documents as they come in over HTTP.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/server/http/message.hpp"
#include "lectern/lectern.hpp"

namespace lectern::server {

// A strong entity tag (RFC 9110, 8.8.3) of what the document holds.
[[nodiscard]] std::string entity_tag(const Document& document);

// The tag of the document as it stands; "" when there is none.
[[nodiscard]] Result<std::string> tag_of(const Collection& collection, const std::string& id);
// 412.
[[nodiscard]] Response precondition_failed();
// A '?' that was meant as a part of the id would make it that of another document.
[[nodiscard]] std::optional<Response> refuse_parameters(const Request& request);

// If-Match and If-None-Match of a write, against the document as it stands ("": there is none).
// False: 412.
[[nodiscard]] bool preconditions_hold(const Request& request, const std::string& tag);
// If-None-Match: *: nothing that is there may be replaced.
[[nodiscard]] bool only_new(const Request& request) noexcept;
// If-Match alone, of a read. False: 412.
[[nodiscard]] bool matches(const Request& request, const std::string& tag);
// True when If-None-Match has the tag: 304.
[[nodiscard]] bool not_modified(const Request& request, const std::string& tag);

// A failure to find a document, told without the server's folders; others as they are.
[[nodiscard]] Status no_document(Status status, std::string_view collection,
                                 std::string_view document);
// The same of a search like the document `similar`; "": it is like none.
[[nodiscard]] Status no_similar(Status status, std::string_view collection,
                                std::string_view similar);

}  // namespace lectern::server
