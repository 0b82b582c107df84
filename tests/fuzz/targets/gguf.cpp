// The check of a GGUF file before it is loaded.
#include "plugins/gpt/model_file.hpp"
#include "tests/fuzz/refusal.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    const MemoryFile file(input);
    may_refuse([&] {
        must(gpt::check_model_file(file.path()).bytes == input.size(), "the size is the file's");
    });
}

}  // namespace lectern::fuzz
