#include "engine/plugin_host/stage_config.hpp"

#include <dlfcn.h>

#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

namespace lectern::host {
namespace {

// What a stage gets when it stands in no pipeline.
lectern_code no_max_tokens(const lectern_pipeline*, std::uint32_t*) {
    return LECTERN_UNAVAILABLE;
}
lectern_code no_count_tokens(const lectern_pipeline*, lectern_text, std::uint64_t*, std::uint64_t,
                             std::uint64_t*) {
    return LECTERN_UNAVAILABLE;
}
lectern_code no_dimension(const lectern_pipeline*, std::uint32_t*) {
    return LECTERN_UNAVAILABLE;
}
lectern_code no_embed(const lectern_pipeline*, const lectern_call*, const lectern_text*,
                      std::uint64_t, std::uint32_t, float*) {
    return LECTERN_UNAVAILABLE;
}
lectern_code no_fingerprint(const lectern_pipeline*, const char**) {
    return LECTERN_UNAVAILABLE;
}
lectern_code no_tokens(const lectern_pipeline*, const lectern_call*, const lectern_text*,
                       std::uint64_t, std::uint32_t, std::uint32_t, const lectern_token_sink*) {
    return LECTERN_UNAVAILABLE;
}
lectern_code no_vectors(const lectern_pipeline*, const lectern_call*, const lectern_tokens*,
                        std::uint64_t, std::uint32_t, float*) {
    return LECTERN_UNAVAILABLE;
}
constexpr lectern_pipeline no_pipeline{sizeof(lectern_pipeline),
                                       0,
                                       nullptr,
                                       &no_max_tokens,
                                       &no_count_tokens,
                                       &no_dimension,
                                       &no_embed,
                                       &no_fingerprint,
                                       &no_max_tokens,
                                       &no_fingerprint,
                                       &no_tokens,
                                       &no_vectors};

// share/lectern/models of the tree, built or installed, that this code was loaded from; "": there
// is none.
std::filesystem::path find_shipped_models() {
    std::error_code error;
    Dl_info info{};
    std::filesystem::path at;
    if (::dladdr(reinterpret_cast<const void*>(&find_shipped_models), &info) != 0 &&
        info.dli_fname != nullptr)
        at = std::filesystem::canonical(info.dli_fname, error);
    // A program is known by the name that it was started with.
    if (at.empty()) at = std::filesystem::canonical("/proc/self/exe", error);
    constexpr int highest = 4;  // lib/<machine>/lectern/lectern-probe
    for (int level = 0; level < highest && at.has_relative_path(); ++level) {
        at = at.parent_path();
        if (auto models = at / "share/lectern/models"; std::filesystem::is_directory(models, error))
            return models;
    }
    return {};
}

}  // namespace

const std::filesystem::path& shipped_models() {
    static const std::filesystem::path folder = find_shipped_models();
    return folder;
}

std::filesystem::path resolve_path(const std::filesystem::path& path,
                                   const std::filesystem::path& base,
                                   const std::filesystem::path& models) {
    if (path.is_absolute()) return path;
    std::error_code ignored;
    if (!base.empty() && std::filesystem::exists(base / path, ignored)) return base / path;
    const std::filesystem::path& shipped = shipped_models();
    if (!shipped.empty() && !std::filesystem::exists(models / path, ignored) &&
        std::filesystem::exists(shipped / path, ignored))
        return shipped / path;
    return models / path;
}

StageConfigFace::StageConfigFace(const lectern_host* host, const lectern_pipeline* pipeline,
                                 std::string stage, boost::json::object options,
                                 std::filesystem::path base_folder,
                                 std::filesystem::path models_folder)
    : lectern_stage_config{},
      name_(std::move(stage)),
      options_(std::move(options)),
      json_(boost::json::serialize(options_)),
      base_folder_(std::move(base_folder)),
      models_folder_(std::move(models_folder)) {
    static_cast<lectern_stage_config&>(*this) = {
        .struct_size = sizeof(lectern_stage_config),
        .reserved = 0,
        .host_data = nullptr,
        .host = host,
        .pipeline = pipeline == nullptr ? &no_pipeline : pipeline,
        .stage = name_.c_str(),
        .options = {json_.data(), json_.size()},
        .get_string = &string_at,
        .get_number = &number_at,
        .get_integer = &integer_at,
        .get_boolean = &boolean_at,
        .get_count = &count_at,
        .resolve_path = &resolve};
}

const boost::json::value* StageConfigFace::find(const char* path) const {
    if (path == nullptr) return nullptr;
    std::string_view rest(path);
    const boost::json::object* object = &options_;
    const boost::json::value* found = nullptr;
    while (true) {
        const std::size_t slash = rest.find('/');
        const std::string_view key = rest.substr(0, slash);
        if (object != nullptr) {
            found = object->if_contains(key);
        } else {
            std::size_t index = 0;
            const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
            const auto* array = found->if_array();
            const bool whole = error == std::errc{} && end == key.data() + key.size();
            found = array != nullptr && whole ? array->if_contains(index) : nullptr;
        }
        if (found == nullptr || slash == std::string_view::npos) break;
        object = found->if_object();
        rest.remove_prefix(slash + 1);
    }
    return found == nullptr || found->is_null() ? nullptr : found;
}

lectern_code StageConfigFace::string_at(const lectern_stage_config* config, const char* path,
                                        lectern_text* out) {
    const auto* found = of(config).find(path);
    if (found == nullptr) return LECTERN_NOT_FOUND;
    const auto* text = found->if_string();
    if (text == nullptr) return LECTERN_INVALID_ARGUMENT;
    *out = {text->data(), text->size()};
    return LECTERN_OK;
}

lectern_code StageConfigFace::number_at(const lectern_stage_config* config, const char* path,
                                        double* out) {
    const auto* found = of(config).find(path);
    if (found == nullptr) return LECTERN_NOT_FOUND;
    if (!found->is_number()) return LECTERN_INVALID_ARGUMENT;
    *out = found->to_number<double>();
    return LECTERN_OK;
}

lectern_code StageConfigFace::integer_at(const lectern_stage_config* config, const char* path,
                                         std::int64_t* out) {
    const auto* found = of(config).find(path);
    if (found == nullptr) return LECTERN_NOT_FOUND;
    boost::json::error_code error;
    const auto number = found->to_number<std::int64_t>(error);  // not exact is an error
    if (error) return LECTERN_INVALID_ARGUMENT;
    *out = number;
    return LECTERN_OK;
}

lectern_code StageConfigFace::boolean_at(const lectern_stage_config* config, const char* path,
                                         std::int32_t* out) {
    const auto* found = of(config).find(path);
    if (found == nullptr) return LECTERN_NOT_FOUND;
    if (!found->is_bool()) return LECTERN_INVALID_ARGUMENT;
    *out = found->get_bool() ? 1 : 0;
    return LECTERN_OK;
}

lectern_code StageConfigFace::count_at(const lectern_stage_config* config, const char* path,
                                       std::uint64_t* out) {
    const auto* found = of(config).find(path);
    if (found == nullptr) return LECTERN_NOT_FOUND;
    const auto* array = found->if_array();
    if (array == nullptr) return LECTERN_INVALID_ARGUMENT;
    *out = array->size();
    return LECTERN_OK;
}

const char* StageConfigFace::resolve(const lectern_stage_config* config, lectern_text path) {
    try {
        const StageConfigFace& face = of(config);
        const std::string_view text =
            path.size == 0 ? std::string_view{}
                           : std::string_view{path.data, static_cast<std::size_t>(path.size)};
        return face.resolved_
            .emplace_back(
                host::resolve_path(text, face.base_folder_, face.models_folder_).lexically_normal())
            .c_str();
    } catch (...) {
        return "";  // out of memory; a path that is not there
    }
}

}  // namespace lectern::host
