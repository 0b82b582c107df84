#include "mail/outlook.hpp"

#include <gsf/gsf-outfile-msole.h>
#include <gsf/gsf-outfile.h>
#include <gsf/gsf-output-memory.h>
#include <gtest/gtest.h>

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

// A property of fixed size, behind the head of 32 bytes.
std::string properties(std::uint32_t tag, std::uint64_t value) {
    std::string out(32, '\0');
    for (int i = 0; i < 4; ++i) out += static_cast<char>(tag >> (8 * i) & 0xFF);
    out += std::string(4, '\0');
    for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
    return out;
}

std::string outlook_file() {
    GsfOutput* const memory = gsf_output_memory_new();
    GsfOutfile* const file = gsf_outfile_msole_new(memory);
    put(file, "__substg1.0_0037001F", wide("Boats"));
    put(file, "__substg1.0_1000001F", wide("Hello.\r\nBye.\r\n"));
    put(file, "__substg1.0_0C1A001E", "Ren\xE9");
    put(file, "__substg1.0_0C1F001F", wide("r@example.org"));
    put(file, "__substg1.0_0E04001F", wide("Ada"));
    // The 1st of March 2024, 9 o'clock.
    put(file, "__properties_version1.0", properties(0x00390040, 133537572000000000ULL));
    GsfOutput* const attached = gsf_outfile_new_child(file, "__attach_version1.0_#00000000", TRUE);
    put(GSF_OUTFILE(attached), "__substg1.0_3707001F", wide("a.txt"));
    put(GSF_OUTFILE(attached), "__substg1.0_37010102", "attached");
    gsf_output_close(attached);
    g_object_unref(attached);
    gsf_output_close(GSF_OUTPUT(file));
    g_object_unref(file);
    const guint8* const bytes = gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(memory));
    std::string out(reinterpret_cast<const char*>(bytes),
                    static_cast<std::size_t>(gsf_output_size(memory)));
    g_object_unref(memory);
    return out;
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

TEST(Outlook, BrokenFilesAreRefused) {
    const std::string whole = outlook_file();
    EXPECT_THROW(read(whole.substr(0, 100)), documents::Failure);
    EXPECT_THROW(read("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), documents::Failure);
    EXPECT_THROW(read(""), documents::Failure);
}

}  // namespace
}  // namespace lectern::mail
