#include "plugins/shared/safetensors.hpp"

#include "test_support.hpp"

namespace lectern::bert {
namespace {

std::vector<shared::TensorEntry> parse(const std::string& file) {
    return shared::parse_safetensors(std::as_bytes(std::span(file.data(), file.size())),
                                     "m.safetensors");
}

std::string file_of(const std::string& header, std::size_t data_bytes) {
    std::string out;
    for (std::size_t i = 0; i < 8; ++i)
        out += static_cast<char>((header.size() >> (8 * i)) & 0xFFU);
    return out + header + std::string(data_bytes, '\0');
}

TEST(Safetensors, ReadsNamesShapesAndPlaces) {
    const std::string header = R"({"__metadata__":{"format":"pt"},)"
                               R"("b":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]},)"
                               R"("a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}})";
    const auto entries = parse(file_of(header, 28));
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].name, "a");
    EXPECT_EQ(entries[0].dtype, "F16");
    EXPECT_EQ(entries[1].shape, (std::vector<std::uint64_t>{2, 3}));
    EXPECT_EQ(entries[1].begin, 8 + header.size() + 4);
    EXPECT_EQ(entries[1].end, 8 + header.size() + 28);
}

TEST(Safetensors, AScalarHasAnEmptyShape) {
    const auto entries =
        parse(file_of(R"({"s":{"dtype":"I64","shape":[],"data_offsets":[0,8]}})", 8));
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_TRUE(entries[0].shape.empty());
}

TEST(Safetensors, SaysWhatIsWrong) {
    struct Case {
        std::string file;
        std::string message;
    };
    const std::string whole =
        file_of(R"({"t":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})", 16);
    const Case cases[] = {
        {"", "has 0 bytes"},
        {"abc", "has 3 bytes"},
        {"version https://git-lfs.github.com/spec/v1", "no safetensors file"},
        {whole.substr(0, 20), "truncated: its header ends at byte"},
        {whole.substr(0, whole.size() - 1),
         "tensor 't' ends at byte 16 of the data, the file has 15"},
        {file_of("{", 0), "not JSON"},
        {file_of("[]", 0), "not a JSON object"},
        {file_of(R"({"t":3})", 0), "tensor 't' is not described"},
        {file_of(R"({"t":{"shape":[1],"data_offsets":[0,4]}})", 4), "no dtype"},
        {file_of(R"({"t":{"dtype":"F32","data_offsets":[0,4]}})", 4), "no array 'shape'"},
        {file_of(R"({"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4), "'shape' holds"},
        {file_of(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4), "[begin, end]"},
        {file_of(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4), "[begin, end]"},
        {file_of(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4), "need 8"},
        {file_of(R"({"t":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})",
                 0),
         "larger than any file"},
    };
    for (const Case& test : cases) {
        const auto failure = failure_of([&] { (void)parse(test.file); });
        EXPECT_EQ(failure.code(), LECTERN_CORRUPT);
        EXPECT_NE(std::string(failure.what()).find("m.safetensors"), std::string::npos);
        EXPECT_NE(std::string(failure.what()).find(test.message), std::string::npos)
            << failure.what();
    }
}

TEST(Safetensors, EveryTruncationIsSeen) {
    const std::string whole = shared::read_text_file(testdata() / "bert/model.safetensors");
    ASSERT_GT(parse(whole).size(), 30U);
    for (std::size_t size = 0; size < whole.size(); size += 37)
        EXPECT_EQ(failure_of([&] { (void)parse(whole.substr(0, size)); }).code(), LECTERN_CORRUPT);
}

}  // namespace
}  // namespace lectern::bert
