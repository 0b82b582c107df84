#include "apps/server/work/aliases.hpp"

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <utility>

#include "api/fields.hpp"
#include "apps/server/work/log.hpp"
#include "apps/server/work/small_file.hpp"

namespace lectern::server {
namespace {

Result<std::map<std::string, std::string>> aliases_in(std::string_view text) {
    LECTERN_ASSIGN(const boost::json::value value, api::parse_json(text));
    const boost::json::object* whole = value.if_object();
    const boost::json::value* list = whole == nullptr ? nullptr : whole->if_contains("aliases");
    if (list == nullptr || !list->is_object())
        return Status{Code::corrupt, "it is no file of aliases"};
    std::map<std::string, std::string> out;
    for (const auto& item : list->get_object()) {
        if (!item.value().is_string()) return Status{Code::corrupt, "it is no file of aliases"};
        out.emplace(item.key(), item.value().get_string());
    }
    return out;
}

}  // namespace

Aliases::Aliases(std::filesystem::path file) : file_(std::move(file)) {
    if (file_.empty()) {
        broken_ = {Code::unsupported, "a server of a cluster keeps no aliases; OpenSearch does"};
        return;
    }
    std::error_code error;
    if (!std::filesystem::exists(file_, error)) return;
    std::ifstream in(file_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto read = aliases_in(text);
    if (read) {
        collections_ = std::move(*read);
        return;
    }
    broken_ = {Code::unavailable, "'" + file_.string() + "' cannot be read (" +
                                      read.status().message() +
                                      "); mend it or take it away, and start the server again"};
    log_line(LogLevel::error, broken_.message());
}

std::map<std::string, std::string> Aliases::all() const {
    const std::lock_guard lock(mutex_);
    return collections_;
}

std::string Aliases::target(const std::string& alias) const {
    const std::lock_guard lock(mutex_);
    const auto found = collections_.find(alias);
    return found == collections_.end() ? std::string() : found->second;
}

std::vector<std::string> Aliases::of(const std::string& collection) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    for (const auto& [alias, target] : collections_)
        if (target == collection) out.push_back(alias);
    return out;
}

Status Aliases::keep(std::map<std::string, std::string> next) {
    LECTERN_TRY(broken_);
    boost::json::object list;
    for (const auto& [alias, target] : next) list[alias] = target;
    const boost::json::object whole{{"aliases", std::move(list)}};
    LECTERN_TRY(replace_file(file_, boost::json::serialize(whole) + "\n"));
    collections_ = std::move(next);
    return {};
}

Status Aliases::set(const std::string& alias, const std::string& collection) {
    const std::lock_guard lock(mutex_);
    std::map<std::string, std::string> next = collections_;
    next[alias] = collection;
    return keep(std::move(next));
}

Status Aliases::remove(const std::string& alias) {
    const std::lock_guard lock(mutex_);
    std::map<std::string, std::string> next = collections_;
    if (next.erase(alias) == 0) return {Code::not_found, "there is no alias '" + alias + "'"};
    return keep(std::move(next));
}

Status Aliases::follow(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    std::map<std::string, std::string> next = collections_;
    bool changed = false;
    for (auto& [alias, target] : next) {
        if (target != from) continue;
        target = to;
        changed = true;
    }
    return changed ? keep(std::move(next)) : Status{};
}

}  // namespace lectern::server
