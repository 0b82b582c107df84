// tests/load/corpus.hpp: documents and questions about them, the same in every run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lectern/lectern.hpp"

namespace lectern::load {

// The number-th document. Its id has the prefix.
[[nodiscard]] DocumentInput document_of(const std::string& prefix, std::uint64_t number);
// The line of a bulk request that stores it.
[[nodiscard]] std::string line_of(const DocumentInput& document);
[[nodiscard]] std::string question_of(std::uint64_t number);

}  // namespace lectern::load
