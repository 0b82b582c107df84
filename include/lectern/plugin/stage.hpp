// lectern/plugin/stage.hpp: what all kinds of stages have.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin/base.hpp"
#include "lectern/plugin/host.hpp"
#include "lectern/plugin/pipeline.hpp"
#include "lectern/plugin/stage.h"

namespace lectern::plugin {

// What a stage is made from. Lives only during the stage's constructor.
class Config {
 public:
    explicit Config(const lectern_stage_config* config) noexcept : config_(config) {}

    [[nodiscard]] Host host() const noexcept { return Host(config_->host); }
    [[nodiscard]] Pipeline pipeline() const noexcept { return Pipeline(config_->pipeline); }
    [[nodiscard]] std::string stage() const { return config_->stage; }
    [[nodiscard]] std::string_view json() const noexcept { return view(config_->options); }

    [[nodiscard]] std::optional<std::string> string(const char* path) const {
        lectern_text out{};
        if (!found(config_->get_string(config_, path, &out), path)) return std::nullopt;
        return std::string(view(out));
    }
    [[nodiscard]] std::optional<double> number(const char* path) const {
        double out = 0;
        if (!found(config_->get_number(config_, path, &out), path)) return std::nullopt;
        return out;
    }
    [[nodiscard]] std::optional<std::int64_t> integer(const char* path) const {
        std::int64_t out = 0;
        if (!found(config_->get_integer(config_, path, &out), path)) return std::nullopt;
        return out;
    }
    [[nodiscard]] std::optional<bool> boolean(const char* path) const {
        std::int32_t out = 0;
        if (!found(config_->get_boolean(config_, path, &out), path)) return std::nullopt;
        return out != 0;
    }
    [[nodiscard]] std::vector<std::string> strings(const char* path) const {
        std::uint64_t count = 0;
        if (!found(config_->get_count(config_, path, &count), path)) return {};
        std::vector<std::string> out;
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::string item = std::string(path) + "/" + std::to_string(i);
            out.push_back(string(item.c_str()).value_or(""));
        }
        return out;
    }
    // The absolute path of a path option; fails when the option is not set.
    [[nodiscard]] std::string path(const char* option) const {
        const auto value = string(option);
        if (!value)
            throw Failure(LECTERN_INVALID_ARGUMENT,
                          "the option '" + std::string(option) + "' is required");
        return config_->resolve_path(config_, text(*value));
    }

 private:
    static bool found(lectern_code code, const char* path) {
        if (code == LECTERN_OK) return true;
        if (code == LECTERN_NOT_FOUND) return false;
        throw Failure(code, "the option '" + std::string(path) + "' has another type");
    }
    const lectern_stage_config* config_;
};

// A port: dimension 0 and fingerprint "" fit anything of the same type.
struct Port {
    std::uint32_t type = LECTERN_PORT_TEXT;
    std::uint32_t dimension = 0;
    std::string fingerprint = {};
};

class Stage {
 public:
    Stage() = default;
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    virtual ~Stage() = default;
    // Asked once, right after construction.
    [[nodiscard]] virtual Port input() const = 0;
    [[nodiscard]] virtual Port output() const = 0;
};

namespace detail {

// A stage with its C face. `object` is the user's class.
template <typename Kind>
struct Box {
    lectern_stage face{};
    std::unique_ptr<Kind> object;
    Port input;
    Port output;
};

template <typename Kind>
const Kind& object(const lectern_stage* stage) noexcept {
    return *static_cast<Box<Kind>*>(stage->self)->object;
}

inline void copy(const Port& from, lectern_port* to) noexcept {
    lectern_port out{};
    out.type = from.type;
    out.dimension = from.dimension;
    out.fingerprint = from.fingerprint.c_str();
    fill(out, to);
}

// Of each stage class its kind in the ABI: a number, the id of its table, and the table.
template <typename Kind>
struct KindOf;

}  // namespace detail

}  // namespace lectern::plugin
