// apps/server/api/bulk.hpp: many documents in one request (application/x-ndjson: one JSON object a
// line), stored while they come in, with a result for each line.
//
// A line is a document ({"id": …, "text": …}) or {"delete": "id"}. The lines of a batch are stored
// together; their results are written only when they are on disk. The next bytes are taken from the
// connection when a batch is done, so a fast sender waits for the disk, and memory stays bounded.
#pragma once

#include <memory>

#include "apps/server/api/service.hpp"

namespace lectern::server {

[[nodiscard]] std::unique_ptr<BodySink> make_bulk(Service& service, const Request& request);

}  // namespace lectern::server
