#include "documents/charset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "documents/extracted.hpp"

namespace lectern::documents {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;

std::string read(std::string_view bytes) {
    std::string storage;
    return std::string(utf8_of(bytes, storage));
}

lectern_code code_of(std::string_view bytes, std::string* message = nullptr) {
    try {
        read(bytes);
    } catch (const Failure& failure) {
        if (message != nullptr) *message = failure.what();
        return failure.code();
    }
    return LECTERN_OK;
}

TEST(Charset, Utf8IsTakenAsItIsWithoutItsMark) {
    const std::string_view file = "\xEF\xBB\xBFGrüße\r\n"sv;
    std::string storage;
    const std::string_view text = utf8_of(file, storage);
    EXPECT_EQ(text, "Grüße\r\n");
    EXPECT_EQ(text.data(), file.data() + 3) << "a view, not a copy";
}

TEST(Charset, Utf16WithAMarkIsConverted) {
    EXPECT_EQ(read("\xFF\xFEG\0r\0\xFC\0"sv), "Grü");
    EXPECT_EQ(read("\xFE\xFF\0G\0r\0\xFC"sv), "Grü");
    EXPECT_EQ(read("\xFF\xFE\x3D\xD8\x00\xDE"sv), "😀");
}

TEST(Charset, ALongConversionGoesThroughManyPieces) {
    std::string utf16 = "\xFF\xFE";
    std::string expected;
    for (int i = 0; i < 50000; ++i) {
        utf16 += "\x2D\x4E"sv;  // U+4E2D
        expected += "中";
    }
    EXPECT_EQ(read(utf16), expected);
}

TEST(Charset, BrokenFilesAreRefusedWithTheOffset) {
    struct {
        std::string_view bytes;
        lectern_code code;
        const char* message;
    } const cases[] = {
        {"ELF\0\1"sv, LECTERN_UNSUPPORTED, "looks like a binary file (NUL byte at offset 3)"},
        {"caf\xE9 au lait"sv, LECTERN_INVALID_ARGUMENT,
         "byte offset 3; convert the file with: iconv"},
        {"\xFF\xFEG\0r"sv, LECTERN_INVALID_ARGUMENT, "not valid in the character set \"UTF-16LE\""},
        {"\xFF\xFE\x3D\xD8"sv, LECTERN_INVALID_ARGUMENT, "UTF-16LE"},  // half a surrogate pair
    };
    for (const auto& c : cases) {
        std::string message;
        EXPECT_EQ(code_of(c.bytes, &message), c.code);
        EXPECT_THAT(message, HasSubstr(c.message));
    }
}

TEST(Charset, UnknownCharsetsAreNamed) {
    EXPECT_THROW(to_utf8("x", "klingon-1"), Failure);
    EXPECT_EQ(to_utf8("caf\xE9"sv, "windows-1252"), "café");
}

}  // namespace
}  // namespace lectern::documents
