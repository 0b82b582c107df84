#include "documents/ocr.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "documents/file_name.hpp"
#include "documents/pdf_paragraphs.hpp"
#include "documents/places.hpp"
#include "documents/plain_text.hpp"
#include "text/text.hpp"

namespace lectern::documents {
namespace {

using namespace std::string_view_literals;

// Of 100. What is below is for the most part no text at all: edges, dirt, drawings.
constexpr double least_confidence = 30;
// A gap of more than this many heights of the line parts two pieces, as in PDFs.
constexpr double new_cell_gap = 1.2;
// No picture has so many points, blocks or paragraphs; what says so was not written by tesseract.
constexpr double largest_number = 1e6;

double number(std::string_view field) {
    double out = 0;
    std::from_chars(field.data(), field.data() + field.size(), out);
    return std::isfinite(out) ? std::clamp(out, -largest_number, largest_number) : 0;
}

// level page block paragraph line word left top width height confidence text
struct Row {
    std::array<std::string_view, 12> fields;
    [[nodiscard]] bool is_line() const { return fields[0] == "4"; }
    [[nodiscard]] bool is_word() const { return fields[0] == "5"; }
    [[nodiscard]] PdfBox box() const {
        const double left = number(fields[6]);
        const double top = number(fields[7]);
        return {left, top, left + number(fields[8]), top + number(fields[9])};
    }
    [[nodiscard]] unsigned of(std::size_t field) const {
        return static_cast<unsigned>(std::max(0.0, number(fields[field])));
    }
};

// False when it has not all the fields.
bool parse(std::string_view line, Row& out) {
    for (std::size_t i = 0; i < out.fields.size(); ++i) {
        const bool last = i + 1 == out.fields.size();
        const std::size_t end = last ? line.size() : line.find('\t');
        if (end == std::string_view::npos) return false;
        out.fields[i] = line.substr(0, end);
        line.remove_prefix(last ? end : end + 1);
    }
    return true;
}

[[noreturn]] void fail_for(const ProcessOutput& output, const OcrOptions& options) {
    std::string said = output.err.substr(0, output.err.find('\n'));
    if (text::invalid_utf8_at(said) != std::string_view::npos) said = "(not UTF-8)";
    if (output.err.find("Failed loading language") != std::string::npos ||
        output.err.find("Error opening data file") != std::string::npos)
        fail(LECTERN_UNAVAILABLE, "tesseract has no data for the language \"" + options.languages +
                                      "\": apt-get install tesseract-ocr-eng (or the package of "
                                      "the language; option \"languages\")");
    if (output.signal != 0)
        fail(LECTERN_INVALID_ARGUMENT, "tesseract was ended by signal " +
                                           std::to_string(output.signal) +
                                           " on this picture (broken, or over its limits)");
    fail(LECTERN_INVALID_ARGUMENT,
         "not a picture that tesseract can read" + (said.empty() ? said : ": " + said));
}

}  // namespace

std::vector<PdfPage> parse_tsv(std::string_view output) {
    std::vector<PdfPage> pages;
    PdfBox line;          // that the words stand in
    bool begins = false;  // the next word begins a line
    while (!output.empty()) {
        const std::size_t end = std::min(output.find('\n'), output.size());
        Row row;
        const bool whole = parse(output.substr(0, end), row);
        output.remove_prefix(std::min(end + 1, output.size()));
        if (!whole) continue;
        if (row.fields[0] == "1") pages.emplace_back();
        if (row.is_line()) {
            line = row.box();
            begins = true;
        }
        const std::string_view word = trimmed(row.fields[11]);
        if (!row.is_word() || word.empty() || number(row.fields[10]) < least_confidence) continue;
        if (pages.empty()) pages.emplace_back();
        PdfPage& page = pages.back();
        // Small letters are lower than others: the line says how high the words are.
        PdfBox box = row.box();
        box.top = line.top;
        box.bottom = line.bottom;
        if (!begins && !page.empty() &&
            box.left - page.back().box.right <= new_cell_gap * line.height()) {
            page.back().text += ' ';
            page.back().text += word;
            page.back().box.extend(box);
        } else {
            // A block of the program is a column, a paragraph of it what a PDF calls a block.
            page.push_back({box, std::string(word), row.of(2), row.of(2) * 1000 + row.of(3)});
        }
        begins = false;
    }
    return pages;
}

std::vector<PdfPage> ocr_pages(std::string_view picture, const OcrOptions& options) {
    ProcessLimits limits = options.limits;
    // Documents are read beside each other already.
    limits.variables.push_back("OMP_THREAD_LIMIT=1");
    const ProcessOutput output = [&] {
        try {
            return run({options.program, "stdin", "stdout", "-l", options.languages, "tsv"},
                       picture, limits);
        } catch (const Failure& failure) {
            if (failure.code() != LECTERN_UNAVAILABLE) throw;
            fail(LECTERN_UNAVAILABLE,
                 options.program == "tesseract"
                     ? "tesseract is not installed: apt-get install tesseract-ocr"
                     : std::string(failure.what()) + " (option \"program\" of the stage)");
        }
    }();
    if (output.exit_code != 0) fail_for(output, options);
    if (text::invalid_utf8_at(output.out) != std::string_view::npos)
        fail(LECTERN_CORRUPT, "\"" + options.program + "\" wrote invalid UTF-8");
    return parse_tsv(output.out);
}

Extracted picture_text(std::string_view picture, const OcrOptions& options) {
    if (picture.empty()) fail(LECTERN_INVALID_ARGUMENT, "no text: the file is empty");
    PdfLayout layout;
    layout.pages = ocr_pages(picture, options);
    Extracted out;
    out.text = pdf_paragraphs(layout, &out.places);
    // A picture has one page and no numbers.
    if (layout.pages.size() < 2) out.places.clear();
    if (only_white_space(out.text))
        fail(LECTERN_INVALID_ARGUMENT, "no text: the picture shows none");
    clean_text(out);
    out.title = title_of(out.text, {});
    return out;
}

unsigned picture_fits(std::string_view name, std::string_view head) {
    if (has_extension(name, {"png", "jpg", "jpeg", "tif", "tiff", "bmp", "webp", "gif", "pbm",
                             "pgm", "ppm", "pnm"}))
        return 100;
    for (const std::string_view magic :
         {"\x89PNG\r\n\x1A\n"sv, "\xFF\xD8\xFF"sv, "II*\0"sv, "MM\0*"sv, "GIF8"sv})
        if (head.starts_with(magic)) return 50;
    return head.starts_with("RIFF") && head.substr(8, 4) == "WEBP" ? 50 : 0;
}

}  // namespace lectern::documents
