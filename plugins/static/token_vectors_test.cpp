#include "plugins/static/token_vectors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>

#include "lectern/plugin.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::static_vectors {
namespace {

using ::testing::HasSubstr;

std::string written(const TestFolder& folder, const std::string& header, const std::string& data) {
    const std::string path = (folder.path() / "model.safetensors").string();
    std::ofstream out(path, std::ios::binary);
    const std::uint64_t length = header.size();
    out.write(reinterpret_cast<const char*>(&length), 8);
    out << header << data;
    return path;
}

std::string refusal(const std::string& path) {
    try {
        (void)read_token_vectors(path);
    } catch (const plugin::Failure& failure) {
        return failure.what();
    }
    return "nothing";
}

TEST(TokenVectors, AreReadAsTheyWereWritten) {
    const TestFolder folder;
    TokenVectors vectors;
    vectors.dimension = 3;
    vectors.values = {1, 2, 3, -4, 0.5F, 1e-9F};
    vectors.tokens = "wordpiece:1";
    vectors.source = "bert:2";
    const std::string path = (folder.path() / "m.safetensors").string();
    write_token_vectors(vectors, path);
    const TokenVectors read = read_token_vectors(path);
    EXPECT_EQ(read.dimension, 3U);
    EXPECT_EQ(read.values, vectors.values);
    EXPECT_EQ(read.tokens, "wordpiece:1");
    EXPECT_EQ(read.source, "bert:2");
}

// As Model2Vec writes them: no metadata, here in halves.
TEST(TokenVectors, OfAFolderWithHalves) {
    const TestFolder folder;
    const std::uint16_t halves[] = {0x3C00, 0xC000, 0x3555, 0x0001, 0x7BFF, 0x0000};
    std::string data(sizeof halves, '\0');
    std::memcpy(data.data(), halves, sizeof halves);
    (void)written(folder, R"({"embeddings":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]}})",
                  data);
    const TokenVectors read = read_token_vectors(folder.path().string());
    EXPECT_EQ(read.dimension, 3U);
    EXPECT_EQ(read.tokens, "");
    EXPECT_EQ(read.values[0], 1.0F);
    EXPECT_EQ(read.values[1], -2.0F);
    EXPECT_NEAR(read.values[2], 1.0 / 3, 1e-4);
    EXPECT_EQ(read.values[3], std::ldexp(1.0F, -24));
    EXPECT_EQ(read.values[4], 65504.0F);
    EXPECT_EQ(read.values[5], 0.0F);
}

TEST(TokenVectors, WhatIsNoModelSaysWhatItIs) {
    const struct {
        const char* header;
        std::size_t bytes;
        const char* what;
    } cases[] = {
        {R"({"other":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}})", 4, "no tensor"},
        {R"({"embeddings":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},)"
         R"("weights":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
         8, "beside 'embeddings'"},
        {R"({"embeddings":{"dtype":"I64","shape":[1,1],"data_offsets":[0,8]}})", 8, "is I64"},
        {R"({"embeddings":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4, "no table"},
    };
    for (const auto& row : cases) {
        const TestFolder folder;
        EXPECT_THAT(refusal(written(folder, row.header, std::string(row.bytes, '\0'))),
                    HasSubstr(row.what));
    }
    const TestFolder folder;
    const float nan = std::nanf("");
    std::string data(4, '\0');
    std::memcpy(data.data(), &nan, 4);
    EXPECT_THAT(
        refusal(written(
            folder, R"({"embeddings":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}})", data)),
        HasSubstr("no finite numbers"));
    EXPECT_THAT(refusal("/nowhere/model.safetensors"), HasSubstr("/nowhere"));
}

TEST(TokenVectors, AddUpToADirection) {
    TokenVectors vectors;
    vectors.dimension = 2;
    vectors.values = {0, 0, 3, 0, 0, 4, -3, 0};
    std::vector<float> out{9, 9};
    const std::vector<std::int32_t> both{0, 1, 2, 77, -1};
    ASSERT_TRUE(add_up(vectors, both, out));
    EXPECT_FLOAT_EQ(out[0], 0.6F);
    EXPECT_FLOAT_EQ(out[1], 0.8F);
    const std::vector<std::int32_t> nothing{0, 1, 3};
    EXPECT_FALSE(add_up(vectors, nothing, out));
    EXPECT_FALSE(add_up(vectors, {}, out));
}

}  // namespace
}  // namespace lectern::static_vectors
