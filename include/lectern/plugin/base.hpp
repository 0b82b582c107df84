// lectern/plugin/base.hpp: what the other headers stand on: texts, failures, structs of another
// version, and the context of a call.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lectern/plugin/base.h"

namespace lectern::plugin {

inline std::string_view view(lectern_text text) noexcept {
    return text.size == 0 ? std::string_view{}
                          : std::string_view{text.data, static_cast<std::size_t>(text.size)};
}
inline lectern_text text(std::string_view value) noexcept {
    return {value.data(), value.size()};
}

// An expected failure: thrown inside a stage, a code and a message at the boundary.
class Failure : public std::runtime_error {
 public:
    Failure(lectern_code code, const std::string& message)
        : std::runtime_error(message), code_(code) {}
    [[nodiscard]] lectern_code code() const noexcept { return code_; }

 private:
    lectern_code code_;
};

inline void require(lectern_code code, const char* what) {
    if (code != LECTERN_OK) throw Failure(code, what);
}

// ------------------------------------------------- structs of another version

// The host may be older or newer than this header, and its structs smaller or larger.

// A struct of the host as one of ours: fields that the host does not know are zeros.
template <typename T>
T ours(const T& theirs) noexcept {
    T out{};
    std::memcpy(&out, &theirs, std::min<std::size_t>(theirs.struct_size, sizeof(T)));
    out.struct_size = sizeof(T);
    return out;
}

// Writes to a struct of the host what it has room for, and says how much that was.
template <typename T>
void fill(const T& from, T* to) noexcept {
    const std::size_t bytes = std::min<std::size_t>(to->struct_size, sizeof(T));
    std::memcpy(to, &from, bytes);
    to->struct_size = static_cast<std::uint32_t>(bytes);
}

// An array of the host's structs as one of ours: the host's own when its structs have our size.
template <typename T>
class Ours {
 public:
    Ours(const T* theirs, std::uint64_t count) : items_(theirs) {
        if (count == 0 || theirs->struct_size == sizeof(T)) return;
        copies_.reserve(static_cast<std::size_t>(count));
        for (std::uint64_t i = 0; i < count; ++i)
            copies_.push_back(ours(*LECTERN_ITEM(T, theirs, i)));
        items_ = copies_.data();
    }
    Ours(const Ours&) = delete;
    Ours& operator=(const Ours&) = delete;
    [[nodiscard]] const T* data() const noexcept { return items_; }

 private:
    const T* items_;
    std::vector<T> copies_;
};

// ---------------------------------------------------------------------- calls

// The context of one call: cancellation, and failures of single items.
class Call {
 public:
    explicit Call(const lectern_call* call) noexcept : call_(call) {}
    [[nodiscard]] bool cancelled() const noexcept { return call_->is_cancelled(call_) != 0; }
    void check() const {
        if (cancelled()) throw Failure(LECTERN_CANCELLED, "cancelled");
    }
    void item_error(std::uint64_t index, lectern_code code, std::string_view message) const {
        call_->item_error(call_, index, code, text(message));
    }
    [[nodiscard]] const lectern_call* get() const noexcept { return call_; }

 private:
    const lectern_call* call_;
};

class TextSink {
 public:
    explicit TextSink(const lectern_text_sink* sink) noexcept : sink_(sink) {}
    // False: the host wants no more.
    [[nodiscard]] bool text(std::string_view piece) const {
        return sink_->text(sink_, plugin::text(piece)) == LECTERN_OK;
    }

 private:
    const lectern_text_sink* sink_;
};

namespace detail {

template <typename Function>
lectern_code guarded(const lectern_call* call, Function&& function) noexcept {
    const auto fail = [call](lectern_code code, std::string_view message) {
        if (call != nullptr) call->set_error(call, text(message));
        return code;
    };
    try {
        std::forward<Function>(function)();
        return LECTERN_OK;
    } catch (const Failure& failure) {
        return fail(failure.code(), failure.what());
    } catch (const std::bad_alloc&) {
        return fail(LECTERN_RESOURCE_EXHAUSTED, "out of memory");
    } catch (const std::exception& error) {
        return fail(LECTERN_INTERNAL, error.what());
    } catch (...) {
        return fail(LECTERN_INTERNAL, "an unknown exception");
    }
}

}  // namespace detail

}  // namespace lectern::plugin
