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

}  // namespace

Extracted pdf_text(std::string_view bytes, const std::string& program,
                   const ProcessLimits& limits) {
    if (bytes.empty()) fail(LECTERN_INVALID_ARGUMENT, "no text: the file is empty");
    // The header may stand within the first 1024 bytes (PDF 1.7, implementation note 13).
    if (bytes.substr(0, 1024).find("%PDF-") == std::string_view::npos)
        fail(LECTERN_INVALID_ARGUMENT, "not a PDF: it does not begin with %PDF-");

    const ProcessOutput output = [&] {
        try {
            return run({program, "-bbox-layout", "-enc", "UTF-8", "-eol", "unix", "-", "-"}, bytes,
                       limits);
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

    const PdfLayout layout = parse_layout(output.out);
    Extracted out;
    out.title = layout.title;
    out.text = pdf_paragraphs(layout, &out.places);
    if (only_white_space(out.text)) {
        const std::string words = said(output.err);
        fail(LECTERN_INVALID_ARGUMENT,
             words.empty() ? std::string("the PDF has no text; if its pages are scans, run OCR "
                                         "first (ocrmypdf)")
                           : "the PDF has no text: " + words);
    }
    if (const std::size_t at = text::invalid_utf8_at(out.text); at != std::string_view::npos)
        fail(LECTERN_CORRUPT,
             "\"" + program + "\" wrote invalid UTF-8 at byte offset " + std::to_string(at));
    if (!useful_title(out.title)) out.title = title_of(out.text, {});
    return out;
}

}  // namespace lectern::documents
