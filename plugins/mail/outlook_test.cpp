#include "mail/outlook.hpp"

#include <gsf/gsf-outfile-msole.h>
#include <gsf/gsf-outfile.h>
#include <gsf/gsf-output-memory.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "documents/extracted.hpp"

namespace lectern::mail {
namespace {

std::string wide(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c;
        out += '\0';
    }
    return out;
}

void put(GsfOutfile* folder, const std::string& name, const std::string& bytes) {
    GsfOutput* const stream = gsf_outfile_new_child(folder, name.c_str(), FALSE);
    gsf_output_write(stream, bytes.size(), reinterpret_cast<const guint8*>(bytes.data()));
    gsf_output_close(stream);
    g_object_unref(stream);
}

struct Property {
    std::uint32_t tag;
    std::uint64_t value;
};

// Properties of fixed size, behind a head of 32 bytes; of 24 in a mail within a mail.
std::string properties(const std::vector<Property>& all, std::size_t head = 32) {
    std::string out(head, '\0');
    for (const Property& one : all) {
        for (int i = 0; i < 4; ++i) out += static_cast<char>(one.tag >> (8 * i) & 0xFF);
        out += std::string(4, '\0');
        for (int i = 0; i < 8; ++i) out += static_cast<char>(one.value >> (8 * i) & 0xFF);
    }
    return out;
}

using Fill = std::function<void(GsfOutfile*)>;

void put_folder(GsfOutfile* folder, const char* name, const Fill& fill) {
    GsfOutput* const inner = gsf_outfile_new_child(folder, name, TRUE);
    fill(GSF_OUTFILE(inner));
    gsf_output_close(inner);
    g_object_unref(inner);
}

std::string compound_file(const Fill& fill) {
    GsfOutput* const memory = gsf_output_memory_new();
    GsfOutfile* const file = gsf_outfile_msole_new(memory);
    fill(file);
    gsf_output_close(GSF_OUTPUT(file));
    g_object_unref(file);
    const guint8* const bytes = gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(memory));
    std::string out(reinterpret_cast<const char*>(bytes),
                    static_cast<std::size_t>(gsf_output_size(memory)));
    g_object_unref(memory);
    return out;
}

std::string outlook_file() {
    return compound_file([](GsfOutfile* file) {
        put(file, "__substg1.0_0037001F", wide("Boats"));
        put(file, "__substg1.0_1000001F", wide("Hello.\r\nBye.\r\n"));
        put(file, "__substg1.0_0C1A001E", "Ren\xE9");
        put(file, "__substg1.0_0C1F001F", wide("r@example.org"));
        put(file, "__substg1.0_0E04001F", wide("Ada"));
        // The 1st of March 2024, 9 o'clock.
        put(file, "__properties_version1.0", properties({{0x00390040, 133537572000000000ULL}}));
        put_folder(file, "__attach_version1.0_#00000000", [](GsfOutfile* attached) {
            put(attached, "__substg1.0_3707001F", wide("a.txt"));
            put(attached, "__substg1.0_37010102", "attached");
        });
    });
}

std::vector<MailDocument> read(const std::string& bytes) {
    std::vector<MailDocument> out;
    read_outlook(
        bytes, "a.msg", [](const Attachment& attachment) { return attachment.bytes; },
        [&](const MailDocument& document) { out.push_back(document); }, [](const MailFailure&) {});
    return out;
}

TEST(Outlook, TextHeadersAndAttachments) {
    const std::vector<MailDocument> found = read(outlook_file());
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].id, "a.msg#a.txt");
    EXPECT_EQ(found[0].text, "attached");
    EXPECT_EQ(found[1].title, "Boats");
    EXPECT_EQ(found[1].text, "Hello.\nBye.");
    EXPECT_EQ(found[1].metadata,
              R"({"from":"René <r@example.org>","to":"Ada","date":"2024-03-01T09:00:00Z"})");
}

TEST(Outlook, CharacterSetsAreThoseOfTheCodePages) {
    constexpr std::uint32_t of_texts = 0x3FFD0003;
    constexpr std::uint32_t of_html = 0x3FDE0003;
    struct {
        const char* what;
        const char* part;
        std::string bytes;
        Property page;
        const char* text;
    } const cases[] = {
        {"Japanese", "__substg1.0_1000001E", "\x8D\x60\x82\xCD", {of_texts, 932}, "港は"},
        {"Chinese", "__substg1.0_1000001E", "\xB8\xDB\xBF\xDA", {of_texts, 936}, "港口"},
        {"Russian", "__substg1.0_1000001E", "\xEF\xEE\xF0\xF2", {of_texts, 1251}, "порт"},
        {"KOI8", "__substg1.0_1000001E", "\xD0\xCF\xD2\xD4", {of_texts, 20866}, "порт"},
        {"ISO 8859", "__substg1.0_1000001E", "\xB1\xB6", {of_texts, 28592}, "ąś"},
        {"HTML", "__substg1.0_10130102", "<p>\xEF\xEE\xF0\xF2</p>", {of_html, 1251}, "порт"},
    };
    for (const auto& c : cases) {
        const std::vector<MailDocument> found = read(compound_file([&](GsfOutfile* file) {
            put(file, "__substg1.0_0037001F", wide("Harbour"));
            put(file, c.part, c.bytes);
            put(file, "__properties_version1.0", properties({c.page}));
        }));
        ASSERT_EQ(found.size(), 1U) << c.what;
        EXPECT_EQ(found[0].text, c.text) << c.what;
    }
}

TEST(Outlook, AMailWithinAMail) {
    const std::vector<MailDocument> found = read(compound_file([](GsfOutfile* file) {
        put(file, "__substg1.0_0037001F", wide("Outer"));
        put(file, "__substg1.0_1000001F", wide("See below."));
        put(file, "__properties_version1.0", properties({}));
        put_folder(file, "__attach_version1.0_#00000000", [](GsfOutfile* attached) {
            put(attached, "__substg1.0_3001001F", wide("Inner"));
            put_folder(attached, "__substg1.0_3701000D", [](GsfOutfile* inner) {
                put(inner, "__substg1.0_0037001F", wide("Inner"));
                put(inner, "__substg1.0_1000001F", wide("The crane is repaired."));
                put(inner, "__properties_version1.0",
                    properties({{0x00390040, 133537572000000000ULL}}, 24));
            });
        });
    }));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].id, "a.msg#Inner");
    EXPECT_EQ(found[0].text, "The crane is repaired.");
    EXPECT_EQ(found[0].metadata, R"({"date":"2024-03-01T09:00:00Z"})");
    EXPECT_EQ(found[1].text, "See below.");
}

TEST(Outlook, AnAttachmentThatIsNotUtf8CostsReplacementCharacters) {
    const std::vector<MailDocument> found = read(compound_file([](GsfOutfile* file) {
        put(file, "__substg1.0_0037001F", wide("Outer"));
        put_folder(file, "__attach_version1.0_#00000000", [](GsfOutfile* attached) {
            put(attached, "__substg1.0_3707001F", wide("a.txt"));
            put(attached, "__substg1.0_37010102", "caf\xE9 au lait");
        });
    }));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].text, "caf\uFFFD au lait");
}

TEST(Outlook, BrokenFilesAreRefused) {
    const std::string whole = outlook_file();
    EXPECT_THROW(read(whole.substr(0, 100)), documents::Failure);
    EXPECT_THROW(read("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), documents::Failure);
    EXPECT_THROW(read(""), documents::Failure);
}

}  // namespace
}  // namespace lectern::mail
