#include <gtest/gtest.h>

#include "config/pipeline.hpp"

namespace lectern::config {
namespace {

TEST(Size, ReadsNumbersWithUnits) {
    const std::pair<const char*, std::uint64_t> table[] = {
        {"0", 0},
        {"4096", 4096},
        {"4096B", 4096},
        {"1 KiB", 1024},
        {"256 MiB", 268435456},
        {"1.5 GiB", 1610612736},
        {"2TiB", 2199023255552},
        {"10 kB", 10'000},
        {"10 KB", 10'000},
        {"3MB", 3'000'000},
        {"0.5 gb", 500'000'000},
        {"1 TB", 1'000'000'000'000},
    };
    for (const auto& [text, bytes] : table) {
        const auto size = parse_size(text);
        ASSERT_TRUE(size) << text << ": " << size.status().message();
        EXPECT_EQ(*size, bytes) << text;
    }
}

TEST(Size, RefusesEverythingElse) {
    for (const char* text : {"", " ", "MiB", "-1 GiB", "1 MOB", "1e9", "1 MiB or so", "nan", "inf",
                             "0x10", "1,5 GiB", "9999999999 TiB", "+1"}) {
        const auto size = parse_size(text);
        ASSERT_FALSE(size) << text;
        EXPECT_EQ(size.status().message(),
                  "'" + std::string(text) +
                      "' is not a size; write a number and a unit such as 256 MiB or 2 GB");
    }
}

}  // namespace
}  // namespace lectern::config
