// api/documents.hpp: documents as requests bring them. Pure.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "lectern/lectern.hpp"

namespace lectern::api {

// {"id": …, "title": …, "text": …, "metadata": {…}}; `id` wins over the object's own when it is
// set. `place`, when there is one, receives the field that is wrong.
[[nodiscard]] Result<DocumentInput> document_input(boost::json::value value, std::string id = {},
                                                   std::string* place = nullptr);

}  // namespace lectern::api
