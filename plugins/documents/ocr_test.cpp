#include "documents/ocr.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "documents/pdf_paragraphs.hpp"
#include "documents/pdf_text.hpp"

namespace lectern::documents {
namespace {

using ::testing::HasSubstr;

// A letter as rows of five bits, the highest first.
struct Letter {
    char letter;
    std::array<unsigned, 7> rows;
};
constexpr Letter letters[] = {
    {'A', {14, 17, 17, 31, 17, 17, 17}}, {'B', {30, 17, 17, 30, 17, 17, 30}},
    {'C', {14, 17, 16, 16, 16, 17, 14}}, {'D', {30, 17, 17, 17, 17, 17, 30}},
    {'E', {31, 16, 16, 30, 16, 16, 31}}, {'H', {17, 17, 17, 31, 17, 17, 17}},
    {'I', {14, 4, 4, 4, 4, 4, 14}},      {'L', {16, 16, 16, 16, 16, 16, 31}},
    {'N', {17, 25, 21, 19, 17, 17, 17}}, {'O', {14, 17, 17, 17, 17, 17, 14}},
    {'R', {30, 17, 17, 30, 20, 18, 17}}, {'S', {15, 16, 16, 14, 1, 1, 30}},
    {'T', {31, 4, 4, 4, 4, 4, 4}},       {'U', {17, 17, 17, 17, 17, 17, 14}},
};

// Black words on white, in large letters, one line below the other.
class Picture {
 public:
    Picture(std::initializer_list<std::string_view> lines) {
        for (const std::string_view line : lines) {
            std::size_t x = 40;
            for (const char c : line) {
                draw(c, x);
                x += 6 * scale;
            }
            y_ += 12 * scale;
        }
    }
    // PGM.
    [[nodiscard]] std::string pgm() const {
        return "P5\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n" + pixels_;
    }
    // The same as the one page of a PDF without text.
    [[nodiscard]] std::string pdf() const {
        const std::string draws = "q 600 0 0 300 0 0 cm /I Do Q";
        const std::array<std::string, 5> objects{
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 300] /Contents 4 0 R /Resources << "
            "/XObject << /I 5 0 R >> >> >>",
            "<< /Length " + std::to_string(draws.size()) + " >>\nstream\n" + draws + "\nendstream",
            "<< /Type /XObject /Subtype /Image /Width " + std::to_string(width) + " /Height " +
                std::to_string(height) + " /ColorSpace /DeviceGray /BitsPerComponent 8 /Length " +
                std::to_string(pixels_.size()) + " >>\nstream\n" + pixels_ + "\nendstream"};
        std::string out = "%PDF-1.4\n";
        std::string table = "xref\n0 6\n0000000000 65535 f \n";
        for (std::size_t i = 0; i < objects.size(); ++i) {
            const std::string offset = std::to_string(out.size());
            table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
            out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
        }
        const std::string begin = std::to_string(out.size());
        return out + table + "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n" + begin +
               "\n%%EOF\n";
    }

 private:
    static constexpr std::size_t width = 1000;
    static constexpr std::size_t height = 500;
    static constexpr std::size_t scale = 6;

    void draw(char wanted, std::size_t left) {
        for (const Letter& letter : letters) {
            if (letter.letter != wanted) continue;
            for (std::size_t row = 0; row < 7 * scale; ++row)
                for (std::size_t column = 0; column < 5 * scale; ++column)
                    if ((letter.rows[row / scale] >> (4 - column / scale) & 1U) != 0)
                        pixels_[(y_ + row) * width + left + column] = '\0';
        }
    }

    std::string pixels_ = std::string(width * height, '\xFF');
    std::size_t y_ = 60;
};

bool installed() {
    return std::system("tesseract --list-langs 2>/dev/null | grep -qx eng") == 0;  // NOLINT
}

TEST(Ocr, WordsOfThePrograms) {
    const char* const tsv =
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\t"
        "text\n"
        "1\t1\t0\t0\t0\t0\t0\t0\t600\t800\t-1\t\n"
        "4\t1\t1\t1\t1\t0\t50\t100\t300\t10\t-1\t\n"
        "5\t1\t1\t1\t1\t1\t50\t102\t40\t7\t96.5\tPerplexity\n"
        "5\t1\t1\t1\t1\t2\t95\t102\t40\t7\t91\tmeasures\n"
        "5\t1\t1\t1\t1\t3\t140\t102\t40\t7\t12.5\t~;|\n"
        "5\t1\t1\t1\t1\t4\t300\t102\t40\t7\t91\tfar\n"
        "4\t1\t2\t1\t1\t0\t50\t200\t300\t10\t-1\t\n"
        "5\t1\t2\t1\t1\t1\t50\t202\t40\t7\t96\tbelow\n"
        "1\t2\t0\t0\t0\t0\t0\t0\t600\t800\t-1\t\n"
        "5\t2\t1\t1\t1\t1\t50\t202\t40\t7\t96\tsecond\n"
        "half\ta row\n";
    const auto pages = parse_tsv(tsv);
    ASSERT_EQ(pages.size(), 2U);
    ASSERT_EQ(pages[0].size(), 3U);
    EXPECT_EQ(pages[0][0].text, "Perplexity measures");
    EXPECT_EQ(pages[0][0].box.top, 100) << "of the line";
    EXPECT_EQ(pages[0][1].text, "far") << "a wide gap parts two pieces";
    EXPECT_NE(pages[0][2].flow, pages[0][0].flow);
    EXPECT_EQ(pages[1][0].text, "second");
    EXPECT_TRUE(parse_tsv("").empty());
}

TEST(Ocr, NamesAndBytesOfPictures) {
    for (const char* name : {"a.png", "a.JPG", "a.tiff", "a.webp"})
        EXPECT_EQ(picture_fits(name, ""), 100U) << name;
    EXPECT_EQ(picture_fits("a", "\x89PNG\r\n\x1A\n...."), 50U);
    EXPECT_EQ(picture_fits("a", "RIFF....WEBPVP8 "), 50U);
    EXPECT_EQ(picture_fits("a.txt", "Hello"), 0U);
    EXPECT_EQ(picture_fits("a", "RIFF....WAVE"), 0U);
}

TEST(Ocr, AMissingProgramSaysWhatToInstall) {
    OcrOptions options;
    options.program = "no-such-program";
    try {
        static_cast<void>(picture_text("x", options));
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.code(), LECTERN_UNAVAILABLE);
        EXPECT_THAT(failure.what(), HasSubstr("no-such-program"));
    }
    PdfScans scans;
    scans.ocr.program = "no-such-program";
    try {
        static_cast<void>(pdf_text(Picture({"A"}).pdf(), "pdftotext", {}, scans));
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("the PDF has no text; if its pages are scans: "));
        EXPECT_THAT(failure.what(), HasSubstr("no-such-program"));
    }
    scans.read = false;
    try {
        static_cast<void>(pdf_text(Picture({"A"}).pdf(), "pdftotext", {}, scans));
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("OCR is off"));
    }
}

TEST(Ocr, APictureAndAScannedPage) {
    if (!installed()) GTEST_SKIP() << "tesseract with its data for English is not installed";
    const Picture picture{"THE HOTEL", "IS CLOSED"};
    const OcrOptions options;
    const Extracted found = picture_text(picture.pgm(), options);
    EXPECT_THAT(found.text, HasSubstr("HOTEL"));
    EXPECT_TRUE(found.places.empty());

    const Extracted scanned = pdf_text(picture.pdf(), "pdftotext", {}, {});
    EXPECT_THAT(scanned.text, HasSubstr("HOTEL"));
    ASSERT_EQ(scanned.places.size(), 1U);
    EXPECT_EQ(scanned.places[0].number, 1U);

    const auto message = [&](std::string_view bytes, const char* languages) -> std::string {
        OcrOptions other;
        other.languages = languages;
        try {
            static_cast<void>(picture_text(bytes, other));
        } catch (const Failure& failure) {
            return failure.what();
        }
        return {};
    };
    EXPECT_THAT(message(Picture({}).pgm(), "eng"), HasSubstr("the picture shows none"));
    EXPECT_THAT(message("no picture at all", "eng"), HasSubstr("not a picture"));
    EXPECT_THAT(message(picture.pgm().substr(0, 100), "eng"), HasSubstr("picture"));
    EXPECT_THAT(message(picture.pgm(), "xyz"), HasSubstr("no data for the language \"xyz\""));
    EXPECT_THAT(message("", "eng"), HasSubstr("the file is empty"));
}

}  // namespace
}  // namespace lectern::documents
