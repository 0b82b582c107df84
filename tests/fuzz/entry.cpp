// libFuzzer's entry (https://llvm.org/docs/LibFuzzer.html).
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lectern::fuzz::run({reinterpret_cast<const char*>(data), size});
    return 0;
}
