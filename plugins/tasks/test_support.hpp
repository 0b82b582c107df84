// tasks/test_support.hpp: what the tests of this folder share.
#pragma once

#include <filesystem>

#include "plugins/bert/test_support.hpp"
#include "plugins/tasks/task_model.hpp"

namespace lectern::tasks {

using bert::failure_of;
using bert::read_json;

inline std::filesystem::path testdata() {
    return std::filesystem::path(LECTERN_SOURCE_DIR) / "plugins/tasks/testdata";
}

inline TaskOptions options_for(const std::filesystem::path& model) {
    TaskOptions out;
    out.model = model;
    out.precision = bert::Precision::f32;
    out.threads = 2;
    return out;
}

}  // namespace lectern::tasks
