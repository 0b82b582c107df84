// bert/test_support.hpp: what the tests of this folder share.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "plugins/bert/embedder.hpp"
#include "plugins/shared/read_file.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::bert {

using Ids = std::vector<std::int32_t>;
using Vector = std::vector<float>;

inline std::filesystem::path testdata() {
    return std::filesystem::path(LECTERN_SOURCE_DIR) / "plugins/bert/testdata";
}
inline std::filesystem::path minilm() {
    return std::filesystem::path(LECTERN_MODELS_DIR) / "all-MiniLM-L6-v2";
}

inline void write_file(const std::filesystem::path& path, std::string_view content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

inline boost::json::value read_json(const std::filesystem::path& path) {
    return boost::json::parse(shared::read_text_file(path));
}

inline double cosine(std::span<const float> a, std::span<const float> b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += double{a[i]} * b[i];
        aa += double{a[i]} * a[i];
        bb += double{b[i]} * b[i];
    }
    return ab / std::sqrt(aa * bb);
}

// Vectors of all texts in one call; a failed text is a failed test.
inline std::vector<Vector> embed(const Embedder& embedder, const std::vector<Ids>& texts) {
    const std::size_t dimension = embedder.info().dimension;
    std::vector<std::span<const std::int32_t>> spans(texts.begin(), texts.end());
    Vector all(texts.size() * dimension);
    embedder.embed(
        Turn::passage, spans, all.data(),
        [](std::size_t item, lectern_code, const std::string& message) {
            ADD_FAILURE() << "text " << item << ": " << message;
        },
        [] {});
    std::vector<Vector> out;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(i * dimension);
        out.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(dimension));
    }
    return out;
}

// The Failure that `function` throws; none is a failed test.
template <typename Function>
plugin::Failure failure_of(Function&& function) {
    try {
        function();
    } catch (const plugin::Failure& failure) {
        return failure;
    }
    ADD_FAILURE() << "did not fail";
    return {LECTERN_OK, ""};
}

}  // namespace lectern::bert
