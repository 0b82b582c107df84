#include "apps/server/work/backup_sets.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "apps/server/work/collections.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t id_digits = 32;

std::optional<BackupSet> set_of(const fs::path& folder) {
    const std::string name = folder.filename().string();
    if (name.size() < id_digits + 2) return {};
    const std::size_t dash = name.size() - id_digits - 1;
    BackupSet out{name, name.substr(0, dash), name.substr(dash + 1), folder};
    const bool hex = out.collection_id.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (name[dash] != '-' || !hex || !Collections::valid_name(out.collection)) return {};
    return out;
}

bool is_number(std::string_view text) {
    return backup_number(text).has_value();
}

bool is_file_name(std::string_view text) {
    constexpr std::string_view others = "._-";
    return !text.empty() && text.front() != '.' &&
           std::all_of(text.begin(), text.end(), [others](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      others.find(c) != std::string_view::npos;
           });
}

}  // namespace

fs::path backups_below(const fs::path& data) {
    return data / ".backups";
}

std::vector<BackupSet> backup_sets(const fs::path& data) {
    std::vector<BackupSet> out;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(backups_below(data), error))
        if (auto set = set_of(entry.path())) out.push_back(std::move(*set));
    std::sort(out.begin(), out.end(),
              [](const BackupSet& a, const BackupSet& b) { return a.name < b.name; });
    return out;
}

std::optional<BackupSet> find_backup_set(const fs::path& data, std::string_view name) {
    for (BackupSet& set : backup_sets(data))
        if (set.name == name) return std::move(set);
    return {};
}

std::optional<std::uint32_t> backup_number(std::string_view text) {
    std::uint32_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size() || out == 0) return {};
    return out;
}

bool may_be_of_backup(std::string_view name) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view folder = name.substr(0, slash);
    const std::string_view rest = name.substr(std::min(slash + 1, name.size()));
    if (folder == "meta") return is_number(rest);
    if (folder == "shared_checksum") return is_file_name(rest);
    if (folder != "private") return false;
    const std::size_t second = std::min(rest.find('/'), rest.size());
    return is_number(rest.substr(0, second)) &&
           is_file_name(rest.substr(std::min(second + 1, rest.size())));
}

}  // namespace lectern::server
