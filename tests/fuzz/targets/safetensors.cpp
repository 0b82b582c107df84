// safetensors files.
#include "plugins/shared/safetensors.hpp"

#include "tests/fuzz/refusal.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    may_refuse([&] {
        const auto bytes = std::as_bytes(std::span(input.data(), input.size()));
        for (const auto& tensor : shared::parse_safetensors(bytes, "model.safetensors"))
            must_lie_in(tensor.begin, tensor.end, input, "a tensor lies in the file");
    });
}

}  // namespace lectern::fuzz
