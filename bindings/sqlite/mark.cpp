#include "bindings/sqlite/mark.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "bindings/sqlite/kill_point.hpp"
#include "system/descriptor.hpp"

namespace lectern::sqlite {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr const char* file_name = "sqlite.json";

Status failed(const fs::path& file) {
    return {errno == ENOSPC ? Code::resource_exhausted : Code::unavailable,
            "writing '" + file.string() + "': " + std::generic_category().message(errno)};
}

// [rowid, version, why]
void read_refusal(const json::value& value, Mark& to) {
    const auto* parts = value.if_array();
    if (parts == nullptr || parts->size() != 3 || !(*parts)[0].is_int64() ||
        !(*parts)[1].is_int64() || !(*parts)[2].is_string())
        return;
    to.refused[(*parts)[0].get_int64()] = {(*parts)[1].get_int64(),
                                           std::string((*parts)[2].get_string())};
}

json::object json_of(const Mark& mark) {
    json::object out{{"table", mark.table}, {"version", mark.version}};
    json::array refused;
    for (const auto& [rowid, refusal] : mark.refused)
        refused.push_back(json::array{rowid, refusal.version, refusal.why});
    if (!refused.empty()) out["refused"] = std::move(refused);
    return out;
}

Status write_synced(const fs::path& file, const std::string& text) {
    const sys::Descriptor opened(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!opened.is_open()) return failed(file);
    if (::write(opened.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(opened.get()) != 0)
        return failed(file);
    return {};
}

}  // namespace

std::optional<Mark> read_mark(const fs::path& folder) {
    std::ifstream in(folder / file_name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    const json::object* fields = error ? nullptr : value.if_object();
    if (fields == nullptr) return std::nullopt;
    const auto* table = fields->if_contains("table");
    const auto* version = fields->if_contains("version");
    if (table == nullptr || !table->is_string() || version == nullptr || !version->is_int64())
        return std::nullopt;
    Mark out{std::string(table->get_string()), version->get_int64()};
    if (const auto* refused = fields->if_contains("refused"); refused != nullptr)
        if (const auto* list = refused->if_array(); list != nullptr)
            for (const json::value& one : *list) read_refusal(one, out);
    return out;
}

Status write_mark(const fs::path& folder, const Mark& mark) {
    const fs::path file = folder / file_name;
    const fs::path next = folder / (std::string(file_name) + ".tmp");
    LECTERN_TRY(write_synced(next, json::serialize(json_of(mark))));
    // The folder is not synced: a mark that is older after a power failure is made up for.
    if (::rename(next.c_str(), file.c_str()) != 0) return failed(file);
    return {};
}

fs::path removed_name(const fs::path& folder) {
    return folder.string() + ".removed";
}

std::error_code remove_folder(const fs::path& folder) {
    std::error_code error;
    if (!fs::exists(folder, error)) return error;
    const fs::path away = removed_name(folder);
    fs::remove_all(away, error);
    if (!error) fs::rename(folder, away, error);
    if (error) return error;
    kill_point("sqlite.while_removing");
    fs::remove_all(away, error);
    return error;
}

}  // namespace lectern::sqlite
