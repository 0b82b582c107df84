// engine/plugin_host/abi_sizes.hpp: structs that the host allocates, in the size that a plugin
// knows.
//
// Structs of plugin.h grow at their ends. A plugin of an older minor version than this host's gets
// each in the size of its own header: it may step through arrays by sizeof, assign whole structs
// and hand copies back, and all of that is right. A plugin of a newer one gets what this host has,
// and asks by LECTERN_HAS.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "engine/plugin_host/abi_v1_0.h"
#include "lectern/plugin.h"

namespace lectern::host {

// The sizes of the released minor versions. One that grows gets its new size with the version.
struct ReleasedSizes {
    std::size_t v1_0 = 0;  // and 1.1, which let no struct grow that the host fills for a call
    std::size_t v1_2 = 0;
};

template <typename T>
inline constexpr ReleasedSizes released_sizes{};
#define LECTERN_RELEASED(name, v1_2)                                \
    template <>                                                     \
    inline constexpr ReleasedSizes released_sizes<lectern_##name> { \
        LECTERN_V1_0_SIZE_##name, v1_2                              \
    }
LECTERN_RELEASED(port, 24);
LECTERN_RELEASED(source, 56);
LECTERN_RELEASED(document, 72);
LECTERN_RELEASED(tokens, 40);
LECTERN_RELEASED(embedder_info, 64);
LECTERN_RELEASED(passage, 40);
LECTERN_RELEASED(message, 24);
LECTERN_RELEASED(generation, 72);
LECTERN_RELEASED(generation_report, 40);
LECTERN_RELEASED(generator_info, 24);
#undef LECTERN_RELEASED
template <>
inline constexpr ReleasedSizes released_sizes<lectern_hit>{72, 72};  // new in 1.2
template <>
inline constexpr ReleasedSizes released_sizes<lectern_place>{48, 48};  // new in 1.3

// The bytes of a T as a plugin of this minor version has them.
template <typename T>
[[nodiscard]] constexpr std::uint32_t known_bytes(unsigned abi_minor) noexcept {
    static_assert(released_sizes<T>.v1_2 != 0, "not a struct that the host fills or allocates");
    const std::size_t bytes = abi_minor < 2    ? released_sizes<T>.v1_0
                              : abi_minor == 2 ? released_sizes<T>.v1_2
                                               : sizeof(T);
    return static_cast<std::uint32_t>(bytes);
}

// A struct that a plugin fills. Behind what the plugin is told of lies room: one that assigns the
// whole of a larger struct, against the rules, breaks nothing here.
template <typename T>
class Room {
 public:
    explicit Room(unsigned abi_minor) noexcept : given_(known_bytes<T>(abi_minor)) {
        value_.struct_size = given_;
    }
    [[nodiscard]] T* get() noexcept { return &value_; }

    // After the call: what the plugin says that it filled, the rest as zeros. Plugins that leave
    // struct_size alone, or clear it, are taken at the size that they were told.
    [[nodiscard]] const T& filled() noexcept {
        const std::uint32_t said = value_.struct_size == 0 ? given_ : value_.struct_size;
        const std::size_t bytes = std::min<std::size_t>({said, given_, sizeof(T)});
        std::memset(reinterpret_cast<char*>(&value_) + bytes, 0, sizeof(T) - bytes);
        value_.struct_size = static_cast<std::uint32_t>(bytes);
        return value_;
    }

 private:
    std::uint32_t given_;
    T value_{};
    [[maybe_unused]] char behind_[512] = {};
};

// An array of structs for a plugin: in steps of the size that it knows.
template <typename T>
class Packed {
 public:
    Packed(std::span<const T> items, unsigned abi_minor) : items_(items.data()) {
        const std::uint32_t step = known_bytes<T>(abi_minor);
        if (step == sizeof(T)) return;
        bytes_.resize(items.size() * step);
        for (std::size_t i = 0; i < items.size(); ++i) {
            T item = items[i];
            item.struct_size = step;
            std::memcpy(bytes_.data() + i * step, &item, step);
        }
        items_ = reinterpret_cast<const T*>(bytes_.data());
    }
    [[nodiscard]] const T* get() const noexcept { return items_; }

 private:
    const T* items_;
    std::vector<char> bytes_;
};

}  // namespace lectern::host
