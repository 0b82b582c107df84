// A trained classifier on disk.
#include "plugins/tasks/linear_file.hpp"
#include "tests/fuzz/refusal.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    const MemoryFile file(input);
    may_refuse([&] { (void)tasks::read_linear(file.path()); });
}

}  // namespace lectern::fuzz
