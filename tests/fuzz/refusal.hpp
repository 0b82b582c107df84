// tests/fuzz/refusal.hpp: for targets that are functions of plugins.
#pragma once

#include <utility>

#include "lectern/plugin.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {

// What a plugin's function does with bytes it does not like: throw Failure, and nothing else.
template <typename Work>
void may_refuse(Work&& work) {
    try {
        std::forward<Work>(work)();
    } catch (const plugin::Failure&) {
    }
}

}  // namespace lectern::fuzz
