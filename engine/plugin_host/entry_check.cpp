#include "engine/plugin_host/entry_check.hpp"

#include <algorithm>
#include <cstring>

#include "engine/plugin_host/abi_v1_0.h"
#include "engine/plugin_host/call_context.hpp"
#include "engine/plugin_host/option_schema.hpp"
#include "text/text.hpp"

namespace lectern::host {
namespace {

constexpr std::size_t max_line_bytes = 4096;
constexpr std::size_t max_schema_bytes = 1 << 20;
constexpr std::uint32_t max_stage_types = 256;

std::string version_text(unsigned major, unsigned minor) {
    return std::to_string(major) + "." + std::to_string(minor);
}

std::string clean_string(const char* string, std::size_t max_bytes) {
    if (string == nullptr) return {};
    return clean_text({string, ::strnlen(string, max_bytes)}, max_bytes);
}

std::string rebuild() {
    return "; rebuild the plugin against this engine's lectern/plugin.h (ABI " +
           version_text(LECTERN_ABI_MAJOR, LECTERN_ABI_MINOR) + ")";
}

Status refuse(std::string reason) {
    return {Code::unsupported, std::move(reason)};
}

// The stage type, or why it is left out.
Result<StageType> check_stage_type(const lectern_stage_type* type,
                                   const std::vector<StageType>& earlier) {
    if (type == nullptr) return refuse("its pointer is NULL");
    if (type->struct_size < LECTERN_V1_0_SIZE_stage_type)
        return refuse("its struct_size is " + std::to_string(type->struct_size) +
                      ", and ABI 1.0 has " + std::to_string(LECTERN_V1_0_SIZE_stage_type) +
                      rebuild());
    if (type->name == nullptr || !is_plugin_name(type->name))
        return refuse("its name is not of letters, digits, '-' and '_'");
    StageType info;
    info.name = type->name;
    const bool taken = std::any_of(earlier.begin(), earlier.end(),
                                   [&](const StageType& one) { return one.name == info.name; });
    if (taken) return refuse("an earlier stage type of the plugin has this name");
    if (type->kind < LECTERN_EXTRACTOR || type->kind > LECTERN_VERIFIER)
        return refuse("its kind " + std::to_string(type->kind) +
                      " is not known to this engine; a newer Lectern may know it");
    info.kind = static_cast<StageKind>(type->kind);
    if (type->create == nullptr) return refuse("its create function is NULL");
    info.description = clean_string(type->description, max_line_bytes);
    if (type->options != nullptr) {
        if (::strnlen(type->options, max_schema_bytes) == max_schema_bytes)
            return refuse("its option schema is larger than a mebibyte");
        info.options_schema = type->options;
        LECTERN_TRY(OptionSchema::parse(info.options_schema).status());
    }
    return info;
}

}  // namespace

bool is_plugin_name(std::string_view name) noexcept {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), allowed);
}

std::string entry_name(const lectern_plugin& entry) {
    // `name` is the first pointer of every ABI version's entry so far.
    if (!LECTERN_HAS(&entry, name) || entry.abi_major != LECTERN_ABI_MAJOR) return {};
    const std::string name = clean_string(entry.name, max_line_bytes);
    return is_plugin_name(name) ? name : std::string{};
}

Result<UsablePlugin> check_entry(const lectern_plugin& entry, std::size_t symbol_bytes,
                                 const std::filesystem::path& path) {
    constexpr std::size_t head = offsetof(lectern_plugin, name);  // holds the ABI version
    if (entry.struct_size < head)
        return refuse("its struct_size is " + std::to_string(entry.struct_size) +
                      ", and ABI 1.0 has " + std::to_string(LECTERN_V1_0_SIZE_plugin) + rebuild());
    if (entry.abi_major != LECTERN_ABI_MAJOR)
        return refuse("built for ABI " + version_text(entry.abi_major, entry.abi_minor) +
                      ", and this engine has ABI " +
                      version_text(LECTERN_ABI_MAJOR, LECTERN_ABI_MINOR) +
                      "; rebuild the plugin against this engine's lectern/plugin.h, or use the "
                      "Lectern that it was built for");
    if (entry.struct_size < LECTERN_V1_0_SIZE_plugin)
        return refuse("its struct_size is " + std::to_string(entry.struct_size) +
                      ", and ABI 1.0 has " + std::to_string(LECTERN_V1_0_SIZE_plugin) + rebuild());
    if (symbol_bytes != 0 && symbol_bytes < entry.struct_size)
        return refuse("the symbol " LECTERN_PLUGIN_SYMBOL " has " + std::to_string(symbol_bytes) +
                      " bytes, and its struct_size claims " + std::to_string(entry.struct_size) +
                      rebuild());
    if (entry.name == nullptr || !is_plugin_name({entry.name, ::strnlen(entry.name, 65)}))
        return refuse(
            "its name is not of letters, digits, '-' and '_' (64 at most); fix the "
            "plugin's entry");
    UsablePlugin info;
    info.name = entry.name;
    info.version = clean_string(entry.version, max_line_bytes);
    info.description = clean_string(entry.description, max_line_bytes);
    info.license = clean_string(entry.license, max_line_bytes);
    info.path = path;
    info.abi_major = entry.abi_major;
    info.abi_minor = entry.abi_minor;
    if (entry.stage_type_count > max_stage_types ||
        (entry.stage_type_count > 0 && entry.stage_types == nullptr))
        return refuse("its list of stage types is broken (" +
                      std::to_string(entry.stage_type_count) + " entries); fix the plugin's entry");
    for (std::uint32_t i = 0; i < entry.stage_type_count; ++i) {
        const lectern_stage_type* type = entry.stage_types[i];
        Result<StageType> checked = check_stage_type(type, info.stage_types);
        if (checked) {
            info.stage_types.push_back(std::move(*checked));
            continue;
        }
        const bool named = type != nullptr && LECTERN_HAS(type, name) && type->name != nullptr;
        const std::string name = named ? clean_string(type->name, 64) : std::string{};
        info.left_out.push_back((name.empty() ? "stage type " + std::to_string(i + 1) : name) +
                                ": " + checked.status().message());
    }
    if (!info.stage_types.empty()) return info;
    std::string reason = "it offers no stage type that this engine can use";
    for (const std::string& one : info.left_out) reason += "; " + one;
    return refuse(std::move(reason));
}

}  // namespace lectern::host
