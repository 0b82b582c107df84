// engine/plugin_host/stage_config.hpp: what a stage is made from, as the plugin sees it.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <deque>
#include <filesystem>
#include <string>

#include "lectern/plugin.h"

namespace lectern::host {

// A lectern_stage_config over checked options. Lives while create runs, on one thread.
class StageConfigFace : private lectern_stage_config {
 public:
    // `pipeline` may be nullptr: the plugin then gets one that answers LECTERN_UNAVAILABLE.
    StageConfigFace(const lectern_host* host, const lectern_pipeline* pipeline, std::string stage,
                    boost::json::object options, std::filesystem::path base_folder,
                    std::filesystem::path models_folder);
    StageConfigFace(const StageConfigFace&) = delete;
    StageConfigFace& operator=(const StageConfigFace&) = delete;
    ~StageConfigFace() = default;

    [[nodiscard]] const lectern_stage_config* get() const noexcept { return this; }

 private:
    static const StageConfigFace& of(const lectern_stage_config* config) noexcept {
        return *static_cast<const StageConfigFace*>(config);
    }
    // The option at "window/size" or "stop/0", or nullptr.
    [[nodiscard]] const boost::json::value* find(const char* path) const;

    static lectern_code string_at(const lectern_stage_config* config, const char* path,
                                  lectern_text* out);
    static lectern_code number_at(const lectern_stage_config* config, const char* path,
                                  double* out);
    static lectern_code integer_at(const lectern_stage_config* config, const char* path,
                                   std::int64_t* out);
    static lectern_code boolean_at(const lectern_stage_config* config, const char* path,
                                   std::int32_t* out);
    static lectern_code count_at(const lectern_stage_config* config, const char* path,
                                 std::uint64_t* out);
    static const char* resolve(const lectern_stage_config* config, lectern_text path);

    std::string name_;
    boost::json::object options_;
    std::string json_;
    std::filesystem::path base_folder_;
    std::filesystem::path models_folder_;
    mutable std::deque<std::string> resolved_;  // what resolve_path has given out
};

// share/lectern/models of this installation or build: the models that ship. "" where there is none.
[[nodiscard]] const std::filesystem::path& shipped_models();

// The path of resolve_path: as it is when absolute; else below `base` when it exists there; else
// below `models`, or, when it exists only there, below shipped_models().
[[nodiscard]] std::filesystem::path resolve_path(const std::filesystem::path& path,
                                                 const std::filesystem::path& base,
                                                 const std::filesystem::path& models);

}  // namespace lectern::host
