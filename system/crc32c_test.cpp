#include "system/crc32c.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

namespace lectern::sys {
namespace {

// RFC 3720, appendix B.4.
TEST(Crc32c, MatchesTheStandardsExamples) {
    std::vector<unsigned char> bytes(32, 0);
    EXPECT_EQ(crc32c(bytes.data(), bytes.size()), 0x8a9136aau);
    bytes.assign(32, 0xff);
    EXPECT_EQ(crc32c(bytes.data(), bytes.size()), 0x62a8ab43u);
    std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(0));
    EXPECT_EQ(crc32c(bytes.data(), bytes.size()), 0x46dd794eu);
}

TEST(Crc32c, GoesOnWhereItStopped) {
    const std::string text = "a checksum may be made piece by piece";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        const std::uint32_t first = crc32c(text.data(), cut);
        EXPECT_EQ(crc32c(text.data() + cut, text.size() - cut, first),
                  crc32c(text.data(), text.size()));
    }
}

}  // namespace
}  // namespace lectern::sys
