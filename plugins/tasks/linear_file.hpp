// tasks/linear_file.hpp: a trained linear classifier on disk.
//
// One JSON object: "format" ("lectern linear classifier 1"), "labels", "dimension", "fingerprint"
// (of the vectors it was fitted to), "strength", "examples", "weights" (one array a label),
// "biases".
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plugins/tasks/logistic_regression.hpp"

namespace lectern::tasks {

struct LinearClassifier {
    std::vector<std::string> labels;
    std::string fingerprint;
    double strength = 0;
    std::size_t examples = 0;
    LinearLayer layer;
};

// Under a temporary name first, renamed when whole. Throws Failure.
void write_linear(const std::filesystem::path& path, const LinearClassifier& classifier);
[[nodiscard]] LinearClassifier read_linear(const std::filesystem::path& path);

}  // namespace lectern::tasks
