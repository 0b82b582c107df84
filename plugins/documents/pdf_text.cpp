#include "documents/pdf_text.hpp"

#include <algorithm>
#include <utility>

#include "documents/pdf_layout.hpp"
#include "documents/pdf_paragraphs.hpp"
#include "documents/plain_text.hpp"
#include "documents/useful_title.hpp"
#include "text/text.hpp"

namespace lectern::documents {
namespace {

// What pdftotext said, one line for a message: its first lines joined, without repetition.
std::string said(std::string_view err) {
    std::string out;
    while (!err.empty() && out.size() < 300) {
        const std::size_t end = std::min(err.find('\n'), err.size());
        const std::string_view line = trimmed(err.substr(0, end));
        err.remove_prefix(std::min(end + 1, err.size()));
        if (line.empty() || out.find(line) != std::string::npos) continue;
        if (!out.empty()) out += "; ";
        out += line;
    }
    return text::invalid_utf8_at(out) == std::string_view::npos ? out : std::string("(not UTF-8)");
}

[[noreturn]] void fail_for(const ProcessOutput& output, const std::string& program) {
    const std::string words = said(output.err);
    const std::string quoted = words.empty() ? std::string{} : ": " + words;
    if (output.err.find("Incorrect password") != std::string::npos)
        fail(LECTERN_INVALID_ARGUMENT,
             "the PDF is encrypted with a password; save a copy without it (qpdf --decrypt)");
    if (output.signal != 0)
        fail(LECTERN_INVALID_ARGUMENT, "\"" + program + "\" was ended by signal " +
                                           std::to_string(output.signal) +
                                           " on this PDF (broken, or over its limits)" + quoted);
    if (output.exit_code == 3)
        fail(LECTERN_INVALID_ARGUMENT, "the PDF does not permit text to be copied" + quoted);
    if (output.exit_code == 1) fail(LECTERN_INVALID_ARGUMENT, "broken PDF" + quoted);
    fail(LECTERN_INVALID_ARGUMENT,
         "\"" + program + "\" failed with exit code " + std::to_string(output.exit_code) + quoted);
}

PdfPage read_scan(std::string_view bytes, std::size_t number, const PdfScans& scans) {
    const std::string page = std::to_string(number);
    // As many dots an inch as tesseract was trained on; smaller pictures cost it letters.
    const ProcessOutput picture =
        run({scans.program, "-r", "300", "-gray", "-f", page, "-l", page, "-"}, bytes,
            scans.ocr.limits);
    if (picture.exit_code != 0 || picture.out.empty()) return {};
    std::vector<PdfPage> read = ocr_pages(picture.out, scans.ocr);
    return read.empty() ? PdfPage{} : std::move(read.front());
}

// Why the pages without text are without it still; "" when there is nothing against it.
std::string read_scans(std::string_view bytes, const PdfScans& scans, PdfLayout& layout) {
    if (!scans.read)
        return "OCR is off (turn it on with \"ocr: true\" in the options of the stage pdf)";
    std::size_t read = 0;
    for (std::size_t i = 0; i < layout.pages.size(); ++i) {
        if (!layout.pages[i].empty()) continue;
        if (++read > scans.most_pages)
            return "only its first " + std::to_string(scans.most_pages) + " pages were looked at";
        try {
            layout.pages[i] = read_scan(bytes, i + 1, scans);
        } catch (const Failure& failure) {
            // A page that is too much costs the page.
            if (failure.code() == LECTERN_UNAVAILABLE) return failure.what();
            if (failure.code() == LECTERN_CANCELLED) throw;
        }
    }
    return {};
}

}  // namespace

Extracted pdf_text(std::string_view bytes, const std::string& program, const ProcessLimits& limits,
                   const PdfScans& scans, ProgramAhead* ahead) {
    if (bytes.empty()) fail(LECTERN_INVALID_ARGUMENT, "no text: the file is empty");
    // The header may stand within the first 1024 bytes (PDF 1.7, implementation note 13).
    if (bytes.substr(0, 1024).find("%PDF-") == std::string_view::npos)
        fail(LECTERN_INVALID_ARGUMENT, "not a PDF: it does not begin with %PDF-");

    const std::vector<std::string> arguments{program, "-bbox-layout", "-enc", "UTF-8",
                                             "-eol",  "unix",         "-",    "-"};
    const ProcessOutput output = [&] {
        try {
            return ahead != nullptr ? ahead->run(arguments, bytes, limits)
                                    : run(arguments, bytes, limits);
        } catch (const Failure& failure) {
            if (failure.code() != LECTERN_UNAVAILABLE) throw;
            fail(LECTERN_UNAVAILABLE,
                 program == "pdftotext"
                     ? std::string("pdftotext is not installed: apt-get "
                                   "install poppler-utils")
                     : std::string(failure.what()) + " (option \"program\" of the stage pdf)");
        }
    }();
    if (output.exit_code != 0) fail_for(output, program);

    PdfLayout layout = parse_layout(output.out);
    const std::string against = read_scans(bytes, scans, layout);
    Extracted out;
    out.title = layout.title;
    out.text = pdf_paragraphs(layout, &out.places);
    if (only_white_space(out.text)) {
        const std::string words = said(output.err);
        fail(LECTERN_INVALID_ARGUMENT,
             "the PDF has no text" + (words.empty() ? words : ": " + words) +
                 (against.empty() ? against : "; if its pages are scans: " + against));
    }
    if (const std::size_t at = text::invalid_utf8_at(out.text); at != std::string_view::npos)
        fail(LECTERN_CORRUPT,
             "\"" + program + "\" wrote invalid UTF-8 at byte offset " + std::to_string(at));
    if (!useful_title(out.title)) out.title = title_of(out.text, {});
    return out;
}

}  // namespace lectern::documents
