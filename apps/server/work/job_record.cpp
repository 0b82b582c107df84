#include "apps/server/work/job_record.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "api/fields.hpp"
#include "apps/server/work/collections.hpp"
#include "apps/server/work/log.hpp"
#include "apps/server/work/small_file.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

fs::path file_of(const fs::path& folder, const std::string& id) {
    return folder / (id + ".json");
}

Result<JobRecord> parse(std::string_view text) {
    api::Fields fields(text);
    JobRecord out;
    out.id = fields.text("job");
    out.kind = fields.text("kind");
    out.collection = fields.text("collection");
    if (const json::value* settings = fields.any("settings"); settings && settings->is_object())
        out.settings = settings->get_object();
    out.created_at = static_cast<std::int64_t>(fields.count("created_at", 0, 0, INT64_MAX));
    LECTERN_TRY(fields.done());
    if (out.id.empty() || !goes_on(out.kind) || !Collections::valid_name(out.collection))
        return Status{Code::invalid_argument, "it is no record of a job"};
    return out;
}

}  // namespace

bool goes_on(std::string_view kind) noexcept {
    return kind == "reembed";
}

Status write_record(const fs::path& folder, const JobRecord& record) {
    if (folder.empty()) return {};
    std::error_code error;
    fs::create_directories(folder, error);
    const json::object object{{"job", record.id},
                              {"kind", record.kind},
                              {"collection", record.collection},
                              {"settings", record.settings},
                              {"created_at", record.created_at}};
    return replace_file(file_of(folder, record.id), json::serialize(object) + "\n");
}

void remove_record(const fs::path& folder, const std::string& id) noexcept {
    if (folder.empty()) return;
    std::error_code error;
    fs::remove(file_of(folder, id), error);
}

std::vector<JobRecord> read_records(const fs::path& folder) {
    std::vector<JobRecord> out;
    if (folder.empty()) return out;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().extension() != ".json") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        auto record = parse(text);
        if (record && record->id == entry.path().stem())
            out.push_back(std::move(*record));
        else
            log_line(LogLevel::warning, "'" + entry.path().string() + "' is passed over: " +
                                            std::string(record ? "its name is not its job's"
                                                               : record.status().message()));
    }
    std::sort(out.begin(), out.end(), [](const JobRecord& a, const JobRecord& b) {
        return std::pair(a.created_at, a.id) < std::pair(b.created_at, b.id);
    });
    return out;
}

}  // namespace lectern::server
