// lectern/plugin.hpp: write a plugin in C++17. A header-only wrapper over plugin.h.
//
// Derive from one of the stage classes below, give it a constructor that takes `const Config&`,
// and name it once at the end of one source file:
//
//     class Upper : public lectern::plugin::Custom { ... };
//     LECTERN_PLUGIN("upper", "1.0.0", "Upper-cases documents", "Apache-2.0",
//                    lectern::plugin::stage<Upper>("upper", "Upper-cases a document's text"))
//
// Inside a stage, fail by throwing: `Failure` carries a code of plugin.h; any other exception
// becomes LECTERN_INTERNAL. The wrapper catches everything before the boundary. Threads: member
// functions are called from any thread, also at the same time, as plugin.h says for each kind.
//
// Each kind of stage has its own header in lectern/plugin/; this one includes them all, and a
// plugin needs no other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>  // not used here; plugins of earlier versions count on it
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "lectern/plugin.h"
#include "lectern/plugin/custom.hpp"
#include "lectern/plugin/embedder.hpp"
#include "lectern/plugin/extractor.hpp"
#include "lectern/plugin/generator.hpp"
#include "lectern/plugin/reader.hpp"
#include "lectern/plugin/reranker.hpp"
#include "lectern/plugin/splitter.hpp"
#include "lectern/plugin/tokenizer.hpp"
#include "lectern/plugin/trainer.hpp"
#include "lectern/plugin/verifier.hpp"

namespace lectern::plugin {
namespace detail {

template <typename T, typename... Kinds>
struct KindIn;
template <typename T, typename First, typename... Rest>
struct KindIn<T, First, Rest...> {
    using type = typename std::conditional_t<std::is_base_of_v<First, T>,
                                             std::enable_if<true, First>, KindIn<T, Rest...>>::type;
};
template <typename T>
struct KindIn<T> {
    static_assert(sizeof(T) == 0, "a stage derives from one of the stage classes of plugin.hpp");
    using type = void;
};
template <typename T>
using KindFor = typename KindIn<T, Extractor, Splitter, Tokenizer, Embedder, Reranker, HitReranker,
                                Reader, Generator, Custom, Trainer, Verifier>::type;

template <typename T>
lectern_code create(const lectern_call* call, const lectern_stage_config* config,
                    lectern_stage** out) noexcept {
    using Kind = KindFor<T>;
    return guarded(call, [&] {
        auto box = std::make_unique<Box<Kind>>();
        box->object = std::make_unique<T>(Config(config));
        box->input = box->object->input();
        box->output = box->object->output();
        box->face.struct_size = sizeof(lectern_stage);
        box->face.self = box.get();
        box->face.destroy = [](lectern_stage* stage) {
            const std::unique_ptr<Box<Kind>> end(static_cast<Box<Kind>*>(stage->self));
        };
        box->face.input = [](const lectern_stage* stage, lectern_port* port) -> lectern_code {
            copy(static_cast<Box<Kind>*>(stage->self)->input, port);
            return LECTERN_OK;
        };
        box->face.output = [](const lectern_stage* stage, lectern_port* port) -> lectern_code {
            copy(static_cast<Box<Kind>*>(stage->self)->output, port);
            return LECTERN_OK;
        };
        box->face.get_capability = [](const lectern_stage*, const char* id) -> const void* {
            return std::string_view(id) == KindOf<Kind>::id ? KindOf<Kind>::table() : nullptr;
        };
        *out = &box.release()->face;
    });
}

}  // namespace detail

// The stage type of class T. `options` is a JSON Schema (see lectern_stage_type), or nullptr.
template <typename T>
constexpr lectern_stage_type stage(const char* name, const char* description,
                                   const char* options = nullptr) {
    return {sizeof(lectern_stage_type),
            detail::KindOf<detail::KindFor<T>>::kind,
            name,
            description,
            options,
            &detail::create<T>};
}

}  // namespace lectern::plugin

// Exports the plugin. Use once, at file scope, outside any namespace.
#define LECTERN_PLUGIN(plugin_name, plugin_version, plugin_description, plugin_license, ...)  \
    LECTERN_PLUGIN_WITH_INIT(plugin_name, plugin_version, plugin_description, plugin_license, \
                             nullptr, nullptr, __VA_ARGS__)

// The same with init and deinit functions of plugin.h.
#define LECTERN_PLUGIN_WITH_INIT(plugin_name, plugin_version, plugin_description, plugin_license, \
                                 plugin_init, plugin_deinit, ...)                                 \
    namespace {                                                                                   \
    const auto lectern_stage_types = std::array{__VA_ARGS__};                                     \
    const auto lectern_stage_pointers = [] {                                                      \
        std::array<const lectern_stage_type*, std::tuple_size_v<decltype(lectern_stage_types)>>   \
            out{};                                                                                \
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = &lectern_stage_types[i];            \
        return out;                                                                               \
    }();                                                                                          \
    }                                                                                             \
    extern "C" LECTERN_EXPORT const lectern_plugin lectern_plugin_entry = {                       \
        sizeof(lectern_plugin),                                                                   \
        LECTERN_ABI_MAJOR,                                                                        \
        LECTERN_ABI_MINOR,                                                                        \
        plugin_name,                                                                              \
        plugin_version,                                                                           \
        plugin_description,                                                                       \
        plugin_license,                                                                           \
        plugin_init,                                                                              \
        plugin_deinit,                                                                            \
        static_cast<uint32_t>(std::tuple_size_v<decltype(lectern_stage_types)>),                  \
        0,                                                                                        \
        lectern_stage_pointers.data()};
