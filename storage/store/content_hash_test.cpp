#include "storage/store/content_hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lectern::storage {
namespace {

// From NIST's examples for SHA-256 (FIPS 180-4); the first 128 bits.
TEST(ContentHash, IsTheBeginningOfSha256) {
    EXPECT_EQ(to_hex(content_hash("")), "e3b0c44298fc1c149afbf4c8996fb924");
    EXPECT_EQ(to_hex(content_hash("abc")), "ba7816bf8f01cfea414140de5dae2223");
    EXPECT_EQ(to_hex(content_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039");
    EXPECT_EQ(to_hex(content_hash(std::string(1000000, 'a'))), "cdc76e5c9914fb9281a1c7e284d73e67");
}

TEST(ContentHash, DoesNotDependOnThePieces) {
    const std::string text(300, 'x');
    for (const std::size_t step : {1u, 7u, 63u, 64u, 65u, 128u}) {
        Sha256 whole;
        whole.update(text);
        Sha256 pieces;
        for (std::size_t at = 0; at < text.size(); at += step)
            pieces.update(std::string_view(text).substr(at, step));
        EXPECT_EQ(pieces.finish(), whole.finish()) << "pieces of " << step;
    }
}

}  // namespace
}  // namespace lectern::storage
