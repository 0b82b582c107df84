// lectern/status.hpp: expected failures are values.
//
// Status says whether an operation worked, and if not, what, where and what to do. Result<T> is a
// Status or a value. Both must be looked at. Codes are those of the plugin ABI.
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace lectern {

enum class Code : int {
    ok = 0,
    invalid_argument = 1,    // the caller's input is wrong: an option, a file's content
    not_found = 2,           // a file, a document, a plugin is not there
    unsupported = 3,         // well-formed, but not done here
    corrupt = 4,             // bytes that fail their own checks
    resource_exhausted = 5,  // memory, disk, a limit
    cancelled = 6,
    deadline_exceeded = 7,
    unavailable = 8,  // locked by another process, or a needed program is missing
    internal = 9      // a defect
};

[[nodiscard]] constexpr std::string_view name(Code code) noexcept {
    switch (code) {
        case Code::ok: return "ok";
        case Code::invalid_argument: return "invalid argument";
        case Code::not_found: return "not found";
        case Code::unsupported: return "unsupported";
        case Code::corrupt: return "corrupt";
        case Code::resource_exhausted: return "resource exhausted";
        case Code::cancelled: return "cancelled";
        case Code::deadline_exceeded: return "deadline exceeded";
        case Code::unavailable: return "unavailable";
        case Code::internal: return "internal";
    }
    return "unknown";
}

class [[nodiscard]] Status {
 public:
    Status() = default;
    Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

    [[nodiscard]] bool ok() const noexcept { return code_ == Code::ok; }
    explicit operator bool() const noexcept { return ok(); }
    [[nodiscard]] Code code() const noexcept { return code_; }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }

    // The same failure, seen from further out: "reading notes.md: " + message.
    [[nodiscard]] Status within(std::string_view where) const {
        return ok() ? Status{} : Status{code_, std::string(where) + ": " + message_};
    }

 private:
    Code code_ = Code::ok;
    std::string message_;
};

template <typename T>
class [[nodiscard]] Result {
 public:
    Result(T value) : state_(std::in_place_index<1>, std::move(value)) {}
    Result(Status status) : state_(std::in_place_index<0>, std::move(status)) {
        assert(!std::get<0>(state_).ok() && "a Result without a value needs a failure");
    }
    Result(Code code, std::string message) : Result(Status{code, std::move(message)}) {}

    [[nodiscard]] bool ok() const noexcept { return state_.index() == 1; }
    explicit operator bool() const noexcept { return ok(); }
    [[nodiscard]] Status status() const { return ok() ? Status{} : std::get<0>(state_); }

    // Only when ok().
    [[nodiscard]] T& value() & { return std::get<1>(state_); }
    [[nodiscard]] const T& value() const& { return std::get<1>(state_); }
    [[nodiscard]] T&& value() && { return std::get<1>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

 private:
    std::variant<Status, T> state_;
};

}  // namespace lectern

// Returns from the enclosing function when `expression` (a Status) is a failure.
#define LECTERN_TRY(expression)                                                      \
    do {                                                                             \
        if (::lectern::Status lectern_status_ = (expression); !lectern_status_.ok()) \
            return lectern_status_;                                                  \
    } while (false)

#define LECTERN_CONCAT_2(a, b) a##b
#define LECTERN_CONCAT(a, b) LECTERN_CONCAT_2(a, b)

// LECTERN_ASSIGN(auto file, open(path)): the value, or return the failure.
#define LECTERN_ASSIGN(declaration, expression) \
    LECTERN_ASSIGN_2(declaration, expression, LECTERN_CONCAT(lectern_result_, __LINE__))
#define LECTERN_ASSIGN_2(declaration, expression, result) \
    auto result = (expression);                           \
    if (!result.ok()) return result.status();             \
    declaration = std::move(result).value()
