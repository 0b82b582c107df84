#include "documents/pdf_text.hpp"
#include "documents/pdf_layout.hpp"
#include "documents/pdf_test_file.hpp"
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
        PdfScans scans;
        scans.read = false;
        static_cast<void>(pdf_text(bytes, program, {}, scans));
    } catch (const Failure& failure) {
        return {failure.code(), failure.what()};
    }
    return {};
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
        {"without text", pdf_file({}), "the PDF has no text; if its pages are scans: OCR is off"},
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

TEST(PdfText, OneAfterAnotherIsAsEachAlone) {
    ProgramAhead ahead;
    for (int i = 0; i < 3; ++i) {
        const std::string number = std::to_string(i);
        EXPECT_EQ(
            pdf_text(pdf_file({{50, 700, "Number " + number}}), "pdftotext", {}, {}, &ahead).text,
            "Number " + number);
        try {
            static_cast<void>(pdf_text("%PDF-1.4\ngarbage", "pdftotext", {}, {}, &ahead));
            ADD_FAILURE() << "it was read";
        } catch (const Failure& failure) {
            EXPECT_THAT(failure.what(), HasSubstr("broken PDF: "));
        }
    }
}

TEST(PdfText, TitleAndPiecesOfTheProgramsOutput) {
    const PdfLayout found = parse_layout(
        "<!DOCTYPE html>\n<head>\n<title>R&amp;D &lt;1&gt;</title>\n</head>\n<body>\n<doc>\n"
        "  <page width=\"600\" height=\"800\">\n    <flow>\n      <block>\n        <line>\n"
        "          <word xMin=\"50\" yMin=\"10\" xMax=\"80\" yMax=\"20\">a&lt;b</word>\n"
        "          <word xMin=\"83\" yMin=\"10\" xMax=\"90\" yMax=\"20\">c</word>\n"
        "          <word xMin=\"150\" yMin=\"10\" xMax=\"160\" yMax=\"20\">d</word>\n"
        "        </line>\n      </block>\n    </flow>\n  </page>\n</doc>\n</body>\n</html>\n");
    EXPECT_EQ(found.title, "R&D <1>");
    ASSERT_EQ(found.pages.size(), 1U);
    ASSERT_EQ(found.pages[0].size(), 2U);
    EXPECT_EQ(found.pages[0][0].text, "a<b c");
    EXPECT_EQ(found.pages[0][0].box.right, 90);
    EXPECT_EQ(found.pages[0][1].text, "d");
}

TEST(PdfText, TheTitleOfThePropertiesOrTheFirstLine) {
    EXPECT_EQ(
        pdf_text(pdf_file({{50, 700, "First line"}}, "Of the properties"), "pdftotext", {}).title,
        "Of the properties");
    EXPECT_EQ(pdf_text(pdf_file({{50, 700, "First line"}}), "pdftotext", {}).title, "First line");
}

}  // namespace
}  // namespace lectern::documents
