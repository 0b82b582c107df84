// apps/server/api/bulk.hpp: many documents in one request (application/x-ndjson: one JSON object a
// line), stored while they come in, with a result for each line; or as a job.
//
// A line is a document ({"id": …, "text": …}) or {"delete": "id"}. The lines of a batch are stored
// together; their results are written only when they are on disk. The next bytes are taken from the
// connection when a batch is done, so a fast sender waits for the disk, and memory stays bounded.
// As a job (`Prefer: respond-async`, RFC 7240) the lines go to a file first, and are stored when
// the last one has come.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "apps/server/api/service.hpp"

namespace lectern::server {

[[nodiscard]] std::unique_ptr<BodySink> make_bulk(Service& service, const Request& request);
// The sink of a request that is to be a job.
[[nodiscard]] bool wants_job(const Request& request) noexcept;
[[nodiscard]] std::unique_ptr<BodySink> make_upload(Service& service, const Request& request);

// What such a job does, with the settings that the sink gave it; the file is gone afterwards.
// {"stored", "deleted", "failed", "errors": the first of them}
[[nodiscard]] Result<boost::json::object> store_upload(Collections& collections,
                                                       const std::filesystem::path& data,
                                                       std::uint64_t longest_line,
                                                       const JobRecord& record, JobFace& face);
// What a server that ended has left behind.
void forget_uploads(const std::filesystem::path& data) noexcept;

}  // namespace lectern::server
