#include "documents/pdf_text.hpp"
#include "test_folders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace lectern::documents {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string sample() {
    std::ifstream file(LECTERN_SOURCE_DIR "/samples/perplexity.pdf", std::ios::binary);
    std::stringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

struct Outcome {
    lectern_code code = LECTERN_OK;
    std::string message;
};

Outcome outcome(std::string_view bytes, const std::string& program = "pdftotext") {
    try {
        static_cast<void>(pdf_text(bytes, program, {}));
    } catch (const Failure& failure) {
        return {failure.code(), failure.what()};
    }
    return {};
}

// A one-page PDF that shows nothing: no fonts, no text, as a scan without OCR. Offsets in the
// cross-reference table are counted here.
std::string page_without_text() {
    const char* const objects[] = {
        "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
        "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n",
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>\nendobj\n"};
    std::string out = "%PDF-1.4\n";
    std::string table = "xref\n0 4\n0000000000 65535 f \n";
    for (const char* object : objects) {
        std::string offset = std::to_string(out.size());
        table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
        out += object;
    }
    const std::string begin = std::to_string(out.size());
    return out + table + "trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n" + begin + "\n%%EOF\n";
}

TEST(PdfText, ASample) {
    const Extracted document = pdf_text(sample(), "pdftotext", {});
    EXPECT_EQ(document.title, "Perplexity");
    EXPECT_THAT(document.text, StartsWith("Perplexity\n\nPerplexity measures how well a language "
                                          "model predicts a text. A low perplexity means"));
    EXPECT_THAT(document.text, HasSubstr("\n\nDefinition\n\nPerplexity is two to the power of"));
}

TEST(PdfText, WhatCannotBeRead) {
    const std::string whole = sample();
    struct {
        const char* what;
        std::string bytes;
        const char* message;
    } const cases[] = {
        {"empty", "", "no text: the file is empty"},
        {"no PDF", "Hello", "not a PDF: it does not begin with %PDF-"},
        {"broken", "%PDF-1.4\ngarbage", "broken PDF: "},
        {"without text", page_without_text(), "the PDF has no text; if its pages are scans"},
    };
    for (const auto& c : cases) {
        const Outcome found = outcome(c.bytes);
        EXPECT_EQ(found.code, LECTERN_INVALID_ARGUMENT) << c.what;
        EXPECT_THAT(found.message, HasSubstr(c.message)) << c.what;
    }
}

TEST(PdfText, ATruncatedFileFailsOrGivesWhatIsThere) {
    const std::string whole = sample();
    for (const std::size_t size : {whole.size() / 4, whole.size() / 2, whole.size() - 10}) {
        const Outcome found = outcome(whole.substr(0, size));
        EXPECT_TRUE(found.code == LECTERN_OK || found.code == LECTERN_INVALID_ARGUMENT)
            << size << ": " << found.message;
    }
}

TEST(PdfText, AMissingProgramSaysWhatToInstall) {
    // PATH is this process's own, and the tests of a program run one after another.
    const std::string path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
    ::setenv("PATH", "/nonexistent", 1);           // NOLINT(concurrency-mt-unsafe)
    const Outcome missing = outcome(sample());
    ::setenv("PATH", path.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    EXPECT_EQ(missing.code, LECTERN_UNAVAILABLE);
    EXPECT_EQ(missing.message, "pdftotext is not installed: apt-get install poppler-utils");

    const Outcome other = outcome(sample(), "/opt/none/pdftotext");
    EXPECT_EQ(other.code, LECTERN_UNAVAILABLE);
    EXPECT_THAT(other.message, HasSubstr("option \"program\""));
}

TEST(PdfText, TitleAndTextOfTheProgramsOutput) {
    const Extracted found = parse_html_meta(
        "<!DOCTYPE html>\n<head>\n<title>R&amp;D &lt;1&gt;</title>\n</head>\n<body>\n<pre>\n"
        "a < b & </pre> c\n</pre>\n</body>\n</html>\n");
    EXPECT_EQ(found.title, "R&D <1>");
    EXPECT_EQ(found.text, "a < b & </pre> c\n");
    EXPECT_EQ(parse_html_meta("plain").text, "plain");
}

}  // namespace
}  // namespace lectern::documents
