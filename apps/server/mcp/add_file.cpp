#include "apps/server/mcp/add_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/requests.hpp"
#include "api/result_json.hpp"
#include "apps/server/http/base64.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

Status too_long_a_file() {
    return {Code::resource_exhausted,
            "the file is larger than " + std::to_string(most_of_a_file >> 20U) +
                " MiB, the most that one call takes; store it with 'lectern ingest'"};
}

Result<std::string> bytes_at(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string out;
    std::string piece(std::size_t{1} << 16U, '\0');
    // The file may grow meanwhile, so its size says nothing that holds.
    while (file && out.size() <= most_of_a_file) {
        file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        out.append(piece, 0, static_cast<std::size_t>(file.gcount()));
    }
    if (out.size() > most_of_a_file) return too_long_a_file();
    if (!file.eof()) return Status{Code::not_found, "cannot read the file '" + path.string() + "'"};
    return out;
}

Result<std::string> bytes_of(api::FileRequest& file, const Sources& sources) {
    if (!file.path.empty()) {
        LECTERN_ASSIGN(const std::filesystem::path path, sources.file_at(file.path));
        return bytes_at(path);
    }
    if (!file.text.empty()) return std::move(file.text);
    // Lines of it, as mails and `base64` write them, are taken together.
    std::erase_if(file.content, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
    if (file.content.size() / 4 * 3 > most_of_a_file + 2) return too_long_a_file();
    std::optional<std::string> out = base64_decoded(file.content);
    if (!out)
        return Status{Code::invalid_argument,
                      "'content' is not base64 (RFC 4648, with its padding and without 'data:'); "
                      "give text that is no base64 as 'text'"};
    if (out->size() > most_of_a_file) return too_long_a_file();
    return std::move(*out);
}

const char* status_of(const IngestReport& report) noexcept {
    return report.documents == 0 ? "unchanged" : report.replaced > 0 ? "replaced" : "created";
}

}  // namespace

Result<json::object> add_file(api::Fields& fields, const Sources& sources,
                              const Progress& progress) {
    api::FileRequest file = api::read_file(fields, static_cast<bool>(sources.file_at));
    LECTERN_ASSIGN(const CollectionPointer open, chosen(fields, sources));
    if (!sources.may_write || !sources.may_write(open->name))
        return Status{Code::invalid_argument, "nothing is stored in '" + open->name +
                                                  "' for this client: it may only read there"};
    LECTERN_ASSIGN(const std::string bytes, bytes_of(file, sources));

    IngestOptions options;
    options.stop = sources.stop;
    options.media_type = file.media_type;
    if (progress) progress("reads " + std::string(std::string_view(api::clean(file.name))));
    const std::lock_guard lock(open->writing);
    LECTERN_ASSIGN(const IngestReport report,
                   open->collection.ingest_bytes(file.name, bytes, options));
    if (report.documents + report.skipped == 0) {
        // Of a file with many documents some may fail; one that gives nothing at all is refused.
        if (!report.failed.empty()) return report.failed.front().error;
        return Status{Code::cancelled, "the call was ended; the file was not stored"};
    }
    sources.log(Level::info, [&] {
        return json::object{
            {"tool", "add_file"}, {"collection", open->name}, {"documents", report.documents}};
    });
    json::object out = api::json_of(report);
    out["document"] = api::clean(file.name);
    out["status"] = status_of(report);
    return out;
}

}  // namespace lectern::server::mcp
