#include "engine/plugin_host/verdict.hpp"

#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <system_error>
#include <utility>

#include "engine/plugin_host/host_face.hpp"
#include "system/mapping.hpp"

namespace lectern::host {
namespace {

// Raised when the form of the files or the checks of an entry change.
constexpr int verdict_format = 2;
constexpr std::uintmax_t max_verdict_bytes = 8 << 20;

// What changes when a file is replaced; "" when it is not there.
std::string file_key(const std::filesystem::path& path, const std::string& content) {
    return content.empty() ? content : path.string() + "|" + content;
}
std::string file_key(const std::filesystem::path& path) {
    return file_key(path, path.empty() ? std::string{} : content_key(path));
}

// Two sums of all words of eight bytes, each times an odd number and folded: gigabytes a second.
std::array<std::uint64_t, 2> sums(std::span<const std::byte> bytes) {
    std::array<std::uint64_t, 2> out{0x9E3779B97F4A7C15ULL ^ bytes.size(),
                                     0xC2B2AE3D27D4EB4FULL + bytes.size()};
    const auto add = [&out](std::uint64_t word) {
        out[0] = (out[0] ^ word) * 0xBF58476D1CE4E5B9ULL;
        out[0] ^= out[0] >> 29U;
        out[1] = (out[1] + word) * 0x94D049BB133111EBULL;
        out[1] ^= out[1] >> 31U;
    };
    std::uint64_t word = 0;
    for (; bytes.size() >= sizeof word; bytes = bytes.subspan(sizeof word)) {
        std::memcpy(&word, bytes.data(), sizeof word);
        add(word);
    }
    word = 0;
    if (!bytes.empty()) std::memcpy(&word, bytes.data(), bytes.size());
    add(word);
    return out;
}

// FNV-1a, 64 bits (Fowler, Noll, Vo): names files, protects nothing.
std::string hash_name(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3ULL;
    }
    std::array<char, 16> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), hash, 16);
    return error == std::errc{} ? std::string(digits.data(), end) : std::string("0");
}

std::string text_at(const boost::json::object& object, std::string_view key) {
    return std::string(object.at(key).as_string());
}

boost::json::array types_to_json(const UsablePlugin& info) {
    boost::json::array out;
    for (const StageType& type : info.stage_types)
        out.push_back({{"name", type.name},
                       {"description", type.description},
                       {"kind", static_cast<std::uint32_t>(type.kind)},
                       {"options", type.options_schema}});
    return out;
}

// Throws what Boost.JSON throws when something is missing.
UsablePlugin info_from_json(const boost::json::object& json) {
    UsablePlugin info;
    info.name = text_at(json, "name");
    info.version = text_at(json, "version");
    info.description = text_at(json, "description");
    info.license = text_at(json, "license");
    info.abi_major = json.at("abi_major").to_number<unsigned>();
    info.abi_minor = json.at("abi_minor").to_number<unsigned>();
    for (const auto& item : json.at("stage_types").as_array()) {
        const auto& type = item.as_object();
        info.stage_types.push_back(
            {text_at(type, "name"), text_at(type, "description"),
             static_cast<StageKind>(type.at("kind").to_number<std::uint32_t>()),
             text_at(type, "options")});
    }
    for (const auto& item : json.at("left_out").as_array())
        info.left_out.emplace_back(item.as_string());
    return info;
}

}  // namespace

std::string content_key(const std::filesystem::path& path) {
    // Mapped, since most of it is in memory: the loader has it there.
    std::error_code error;
    const sys::Mapping file = sys::Mapping::of(path, error);
    if (error) return {};
    const std::size_t size = file.bytes().size();
    const auto both = sums(file.bytes());
    std::array<char, 48> text{};
    const int length = std::snprintf(text.data(), text.size(), "%zu-%016llx%016llx", size,
                                     static_cast<unsigned long long>(both[0]),
                                     static_cast<unsigned long long>(both[1]));
    return {text.data(), static_cast<std::size_t>(length)};
}

boost::json::object to_json(const Verdict& verdict) {
    boost::json::object out{{"usable", verdict.usable}};
    if (!verdict.usable) {
        out["name"] = verdict.name;
        out["reason"] = verdict.reason;
        out["quarantined"] = verdict.quarantined;
        out["lasting"] = verdict.lasting;
        return out;
    }
    const UsablePlugin& info = verdict.info;
    boost::json::array left_out;
    for (const std::string& one : info.left_out) left_out.emplace_back(one);
    out["plugin"] = {{"name", info.name},
                     {"version", info.version},
                     {"description", info.description},
                     {"license", info.license},
                     {"abi_major", info.abi_major},
                     {"abi_minor", info.abi_minor},
                     {"stage_types", types_to_json(info)},
                     {"left_out", std::move(left_out)}};
    return out;
}

std::optional<Verdict> verdict_from_json(const boost::json::value& json,
                                         const std::filesystem::path& path) {
    try {
        const auto& object = json.as_object();
        Verdict verdict;
        verdict.usable = object.at("usable").as_bool();
        if (verdict.usable) {
            verdict.info = info_from_json(object.at("plugin").as_object());
            verdict.info.path = path;
            return verdict;
        }
        verdict.name = text_at(object, "name");
        verdict.reason = text_at(object, "reason");
        verdict.quarantined = object.at("quarantined").as_bool();
        verdict.lasting = object.at("lasting").as_bool();
        return verdict;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

VerdictCache::VerdictCache(std::filesystem::path folder, const std::filesystem::path& probe)
    : folder_(std::move(folder)),
      probe_key_(std::to_string(verdict_format) + "|" + engine_version() + "|" + file_key(probe)) {
    if (!folder_.empty()) folder_ /= "probe";
}

std::filesystem::path VerdictCache::file_of(const std::filesystem::path& plugin) const {
    if (folder_.empty()) return {};
    return folder_ / (plugin.stem().string() + "-" + hash_name(plugin.string()) + ".json");
}

std::optional<Verdict> VerdictCache::find(const std::filesystem::path& plugin,
                                          const std::string& content) const {
    const std::filesystem::path path = file_of(plugin);
    if (path.empty()) return std::nullopt;
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(path, error);
    if (error || bytes > max_verdict_bytes) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    boost::json::error_code broken;
    const boost::json::value json = boost::json::parse(text, broken);
    const auto* object = broken ? nullptr : json.if_object();
    if (object == nullptr) return std::nullopt;
    const auto* key = object->if_contains("key");
    const auto* verdict = object->if_contains("verdict");
    if (key == nullptr || verdict == nullptr || !key->is_string()) return std::nullopt;
    if (std::string_view(key->get_string()) != file_key(plugin, content) + "|" + probe_key_)
        return std::nullopt;
    return verdict_from_json(*verdict, plugin);
}

void VerdictCache::keep(const std::filesystem::path& plugin, const Verdict& verdict) const {
    const std::filesystem::path path = file_of(plugin);
    if (path.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    const boost::json::object json{{"key", file_key(plugin) + "|" + probe_key_},
                                   {"verdict", to_json(verdict)}};
    const std::filesystem::path temporary = path.string() + "." + std::to_string(::getpid());
    {
        std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
        file << boost::json::serialize(json) << '\n';
        file.close();
        if (!file) {
            std::filesystem::remove(temporary, error);
            return;
        }
    }
    std::filesystem::rename(temporary, path, error);
    if (error) std::filesystem::remove(temporary, error);
}

}  // namespace lectern::host
