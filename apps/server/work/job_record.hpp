// apps/server/work/job_record.hpp: what a server that starts must know of a job that the end of the
// one before broke off: a JSON file below the data folder, there from before the work begins until
// it has ended.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::server {

struct JobRecord {
    std::string id;
    std::string kind;  // "reembed", "verify", "backup", "sync", "restore", "ingest"
    std::string collection;
    boost::json::object settings;  // as the request gave them
    std::int64_t created_at = 0;   // milliseconds since 1970-01-01 UTC
};

// Whether a restarted server goes on with it: work that keeps what it has done.
[[nodiscard]] bool goes_on(std::string_view kind) noexcept;

// On disk when ok. The folder is made when it is not there. Without a folder ("") none is kept.
[[nodiscard]] Status write_record(const std::filesystem::path& folder, const JobRecord& record);
void remove_record(const std::filesystem::path& folder, const std::string& id) noexcept;
// Oldest first. Files that are no records are passed over with a line in the log.
[[nodiscard]] std::vector<JobRecord> read_records(const std::filesystem::path& folder);

}  // namespace lectern::server
