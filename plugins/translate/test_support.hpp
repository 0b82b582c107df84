// translate/test_support.hpp: what the tests of this folder share.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "plugins/translate/bytes.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::translate {

inline std::filesystem::path testdata() {
    return std::filesystem::path(LECTERN_SOURCE_DIR) / "plugins/translate/testdata";
}
// A folder of setup/third-party.sh translate.
inline std::filesystem::path fetched(const std::string& name) {
    return std::filesystem::path(LECTERN_MODELS_DIR) / name;
}
inline const char* const how_to_fetch = "no models; run setup/third-party.sh translate";

inline boost::json::object golden() {
    std::ifstream stream(testdata() / "golden.json");
    std::ostringstream text;
    text << stream.rdbuf();
    return boost::json::parse(text.str()).as_object();
}

using Tokens = std::vector<std::uint32_t>;

inline Tokens tokens_of(const boost::json::value& list) {
    return boost::json::value_to<Tokens>(list);
}

inline void write_file(const std::filesystem::path& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
}

inline std::string text_of(const std::filesystem::path& path) {
    const auto bytes = read_file(path, 1U << 30U);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What a shared::Failure says; "" when there was none.
template <typename Body>
std::string failure_of(const Body& body) {
    try {
        body();
    } catch (const shared::Failure& failure) {
        return failure.what();
    }
    return "";
}

}  // namespace lectern::translate
