// apps/cli/standard_input.hpp: what "-" stands for.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "lectern/status.hpp"
#include "system/descriptor.hpp"
#include "system/mapping.hpp"

namespace lectern::app {

// Gives standard input piece by piece until it ends or `take` says that it is enough (false). A
// stop ends the waiting for more: `cancelled`.
[[nodiscard]] Status read_standard_input(
    const std::stop_token& stop, const std::function<Result<bool>(std::string_view piece)>& take);

// All of standard input as one span: in memory while it is small, then in a file without a name
// (in TMPDIR), mapped, so that a large one does not fill the memory.
class StandardInput {
 public:
    [[nodiscard]] static Result<StandardInput> read(const std::stop_token& stop);
    [[nodiscard]] std::string_view bytes() const noexcept;

 private:
    StandardInput() = default;
    [[nodiscard]] Status take(std::string_view piece);
    [[nodiscard]] Status map();

    std::string memory_;
    sys::Descriptor file_;
    std::size_t written_ = 0;
    sys::Mapping mapped_;
};

}  // namespace lectern::app
