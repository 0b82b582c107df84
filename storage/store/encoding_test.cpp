#include "storage/store/encoding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "storage/store/keys.hpp"

namespace lectern::storage {
namespace {

constexpr std::uint64_t large = std::numeric_limits<std::uint64_t>::max();

DocumentHeader some_header() {
    DocumentHeader header;
    header.id = "notes/räume.md";
    header.ordinal = 300;
    header.title = std::string("a\0b", 3);
    header.metadata = R"({"year":2017})";
    header.content_hash.bytes = {1, 2, 3, 255};
    header.chunks = {127, 128};
    header.tokens = 16384;
    header.text_bytes = large;
    header.source_bytes = 0;
    header.committed_at = 1700000000123;
    return header;
}

TEST(Encoding, EveryRecordComesBackAsItWas) {
    const State state{1, 128, large, {5, 6, 7, 8}};
    EXPECT_EQ(decode_state(encode(state)), state);
    const Settings settings{-1, "bert", "stages:\n  - a\n", 3, 4, "/pipelines"};
    EXPECT_EQ(decode_settings(encode(settings)), settings);
    const Generation generation{7, "sha256:ab", 384, VectorEncoding::f32, "MiniLM, bf16", 12};
    EXPECT_EQ(decode_generation(encode(generation)), generation);
    EXPECT_EQ(decode_header(encode(some_header())), some_header());
    const Chunk chunk{9, 300, 70000, 70500, 128};
    EXPECT_EQ(decode_chunk(9, encode(chunk)), chunk);
    const Chunk placed{9,
                       300,
                       70000,
                       70500,
                       128,
                       500,
                       540,
                       {{0, 6, 0, 0, 0, "a.xlsx"},
                        {0, 3, 12, 1, 28, "Prices"},
                        {40, 3, 13, 1, 2, "Prices"},
                        {90, 1, 7, 0, 0, ""}}};
    EXPECT_EQ(decode_chunk(9, encode(placed)), placed);
    const Change change{11, {{1, 2}, {5, 1}}, {{40, 1000}}};
    EXPECT_EQ(decode_change(11, encode(change)), change);

    const std::vector<float> vector{0.5f, -1.0f, 0.0f};
    std::string bytes;
    encode_vector(vector, bytes);
    std::vector<float> back;
    ASSERT_TRUE(decode_vector(bytes, 3, back));
    EXPECT_EQ(back, vector);
    EXPECT_FALSE(decode_vector(bytes, 4, back));
    EXPECT_FALSE(decode_vector("", 0, back));
}

// Written down once: what is on disks now must be read by every later version.
TEST(Encoding, BytesAreThoseOfTheFormat) {
    EXPECT_EQ(encode(Chunk{9, 300, 1, 127, 128}), std::string("\x01\xac\x02\x01\x7f\x80\x01", 7));
    EXPECT_EQ(
        encode(Chunk{9, 300, 127, 128, 1, 2, 3, {{5, 3, 12, 1, 2, "P"}, {7, 3, 13, 1, 2, "P"}}}),
        std::string("\x01\xac\x02\x7f\x80\x01\x01\x02\x03\x02"
                    "\x05\x03\x0c\x01\x02\x01\x01P"
                    "\x02\x03\x0d\x01\x02\x00",
                    24));
    EXPECT_FALSE(decode_chunk(9, std::string("\x01\x01\x05\x06\x01\x02\x08\x00", 8)))
        << "a context behind the chunk's begin";
    EXPECT_EQ(encode(Change{1, {{1, 2}}, {}}), std::string("\x01\x01\x01\x02\x00", 5));
    std::string bytes;
    encode_vector(std::vector<float>{1.0f}, bytes);
    EXPECT_EQ(bytes, std::string("\x00\x00\x00\x80\x3f", 5));
}

// Format 1 had no field for the pipeline's folder and kept it in the pipeline's first line.
TEST(Encoding, SettingsOfFormat1AreUnderstood) {
    const auto with =
        decode_settings(std::string("\x01\x05\x04"
                                    "bert\x13# folder: /p\nstages\x01\x02",
                                    29));
    ASSERT_TRUE(with);
    EXPECT_EQ(*with, (Settings{5, "bert", "stages", 1, 2, "/p"}));
    const auto without =
        decode_settings(std::string("\x01\x05\x04"
                                    "bert\x06stages\x01\x02",
                                    16));
    ASSERT_TRUE(without);
    EXPECT_EQ(*without, (Settings{5, "bert", "stages", 1, 2, ""}));
}

TEST(Encoding, CutOrLongerRecordsAreRefused) {
    const std::string whole = encode(some_header());
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(decode_header(whole.substr(0, size))) << size << " bytes";
    EXPECT_FALSE(decode_header(whole + '\0'));
    std::string other_version = whole;
    other_version[0] = 2;
    EXPECT_FALSE(decode_header(other_version));
    // A varint of eleven bytes, and one of more than 64 bits.
    EXPECT_FALSE(decode_chunk(1, "\x01" + std::string(10, '\x80') + "\x01\x01\x01\x01"));
    EXPECT_FALSE(decode_chunk(1, "\x01" + std::string(9, '\xff') + "\x7f\x01\x01\x01"));
}

TEST(Encoding, DamagedRecordsAreNeverReadPastTheirEnd) {
    const std::string whole = encode(some_header());
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
            const auto header = decode_header(damaged);
            if (header) {
                EXPECT_NE(*header, some_header());
            }
        }
}

TEST(Keys, SortAsTheirNumbersDo) {
    const std::vector<std::uint64_t> numbers{0, 1, 255, 256, 65535, 1u << 20, large - 1, large};
    std::vector<std::string> keys;
    for (const std::uint64_t number : numbers) {
        keys.emplace_back(number_key(number).bytes());
        EXPECT_EQ(key_integer<std::uint64_t>(keys.back(), 0), number);
    }
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));

    EXPECT_LT(text_key(1, 0xffffffff).bytes(), text_key(2, 0).bytes());
    EXPECT_LT(vector_key(1, large).bytes(), vector_key(2, 0).bytes());
    EXPECT_EQ(key_integer<std::uint32_t>(vector_key(3, 4).bytes(), 0), 3u);
    EXPECT_EQ(key_integer<std::uint64_t>(vector_key(3, 4).bytes(), 4), 4u);
    EXPECT_EQ(text_key(0x0102030405060708, 9).bytes(),
              std::string_view("\x01\x02\x03\x04\x05\x06\x07\x08\0\0\0\x09", 12));
}

}  // namespace
}  // namespace lectern::storage
