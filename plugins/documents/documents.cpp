// The plugin `documents`: four extractors, from files to documents.

#include <algorithm>
#include <chrono>
#include <string>

#include "documents/charset.hpp"
#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "documents/fits.hpp"
#include "documents/html_text.hpp"
#include "documents/jsonl_rows.hpp"
#include "documents/payloads.hpp"
#include "documents/pdf_text.hpp"
#include "documents/places.hpp"
#include "documents/plain_text.hpp"
#include "documents/program_ahead.hpp"
#include "lectern/plugin.hpp"

namespace lectern::documents {
namespace {

using plugin::Call;
using plugin::Config;
using plugin::DocumentSink;
using plugin::Source;

std::chrono::milliseconds seconds(const Config& config, const char* option, double otherwise) {
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(config.number(option).value_or(otherwise) * 1000));
}

std::size_t mebibytes(const Config& config, const char* option, std::int64_t otherwise) {
    return static_cast<std::size_t>(config.integer(option).value_or(otherwise)) << 20;
}

// What the file's bytes were taken for stands in the document's metadata, and faults in the log.
void warn(const plugin::Host& host, const Source& source, std::size_t replaced) {
    if (replaced == 0) return;
    host.log(LECTERN_LOG_WARNING, std::string(source.name) +
                                      ": bytes that are not valid in the file's character set "
                                      "were replaced by U+FFFD in " +
                                      std::to_string(replaced) + " places");
}

std::string braced(const std::string& members) {
    return members.empty() ? std::string{} : "{" + members + "}";
}

// The file's own text, line ends included, so that byte offsets are those of the file (behind a
// byte order mark). Nothing is copied unless it is in another character set, its lines end with CR
// alone, or it holds payloads.
class Text : public plugin::Extractor {
 public:
    explicit Text(const Config& config) : host_(config.host()) {}

    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        return text_fits(name, head);
    }

    void extract(const Call& call, const Source& source, const DocumentSink& sink) const override {
        call.check();
        std::string storage;
        const Decoded decoded = decode(source.bytes, charset_of(source.media_type),
                                       xml_declared(source.bytes), storage);
        warn(host_, source, decoded.replaced);
        std::string lines;
        std::string_view text = decoded.text;
        if (text.find('\n') == std::string_view::npos &&
            text.find('\r') != std::string_view::npos) {
            lines = text;
            std::replace(lines.begin(), lines.end(), '\r', '\n');
            text = lines;
        }
        std::string kept;
        text = without_payloads(text, kept);
        if (only_white_space(text))
            fail(LECTERN_INVALID_ARGUMENT,
                 text.empty() ? "no text: the file is empty" : "no text: only white space");
        const std::string title = title_of(text, source.name);
        sink.document({.title = title, .text = text, .metadata = braced(metadata_of(decoded))});
    }

 private:
    plugin::Host host_;
};

class Html : public plugin::Extractor {
 public:
    explicit Html(const Config& config) : host_(config.host()) {
        limits_.time = seconds(config, "timeout_seconds", 30);
        limits_.tree_bytes = mebibytes(config, "memory_mib", 512);
    }

    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        return html_fits(name, head);
    }

    void extract(const Call& call, const Source& source, const DocumentSink& sink) const override {
        HtmlLimits limits = limits_;
        limits.cancelled = [&call] { return call.cancelled(); };
        Extracted page = html_text(source.bytes, charset_of(source.media_type), limits);
        warn(host_, source, page.replaced);
        if (page.title.empty()) page.title = base_name(source.name);
        give(page, sink);
    }

 private:
    plugin::Host host_;
    HtmlLimits limits_;
};

class Pdf : public plugin::Extractor {
 public:
    explicit Pdf(const Config& config) : program_(config.string("program").value_or("pdftotext")) {
        limits_.time = seconds(config, "timeout_seconds", 60);
        limits_.output_bytes = mebibytes(config, "output_mib", 256);
        limits_.memory_bytes = mebibytes(config, "memory_mib", 1024);
        scans_.read = config.boolean("ocr").value_or(true);
        scans_.ocr.languages = config.string("ocr_languages").value_or(scans_.ocr.languages);
        scans_.ocr.limits.time = seconds(config, "ocr_timeout_seconds", 120);
        scans_.ocr.limits.memory_bytes = mebibytes(config, "ocr_memory_mib", 2048);
        scans_.most_pages = static_cast<std::size_t>(config.integer("ocr_pages").value_or(1000));
        if (scans_.ocr.languages.empty() || scans_.ocr.languages.starts_with('-'))
            fail(LECTERN_INVALID_ARGUMENT, "the option 'ocr_languages' names no language: \"eng\"");
    }

    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        return pdf_fits(name, head);
    }

    void extract(const Call& call, const Source& source, const DocumentSink& sink) const override {
        ProcessLimits limits = limits_;
        limits.cancelled = [&call] { return call.cancelled(); };
        PdfScans scans = scans_;
        scans.ocr.limits.cancelled = limits.cancelled;
        Extracted document = pdf_text(source.bytes, program_, limits, scans, &ahead_);
        if (document.title.empty()) document.title = base_name(source.name);
        give(document, sink);
    }

 private:
    std::string program_;
    ProcessLimits limits_;
    PdfScans scans_;
    mutable ProgramAhead ahead_;
};

class JsonLines : public plugin::Extractor {
 public:
    explicit JsonLines(const Config& /*config*/) {}

    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        return jsonl_fits(name, head);
    }

    void extract(const Call& call, const Source& source, const DocumentSink& sink) const override {
        read_rows(
            source.bytes, source.name,
            [&](const Row& row) {
                call.check();
                sink.document(
                    {.id = row.id, .title = row.title, .text = row.text, .metadata = row.metadata});
            },
            [&](const RowFailure& failure) {
                call.check();
                sink.failed("row " + std::to_string(failure.number), failure.code, failure.message);
            });
    }
};

constexpr const char* html_options = R"json({
  "type": "object",
  "properties": {
    "timeout_seconds": {"type": "number", "minimum": 0.001, "maximum": 86400, "default": 30,
      "description": "Longest time for the parse of one page"},
    "memory_mib": {"type": "integer", "minimum": 1, "maximum": 1048576, "default": 512,
      "description": "Most memory for the parse tree of one page, in MiB"}
  }
})json";

constexpr const char* pdf_options = R"json({
  "type": "object",
  "properties": {
    "program": {"type": "string", "default": "pdftotext",
      "description": "Name or absolute path of the program pdftotext (poppler-utils)"},
    "timeout_seconds": {"type": "number", "minimum": 0.001, "maximum": 86400, "default": 60,
      "description": "Longest time for one PDF; the program is stopped then"},
    "memory_mib": {"type": "integer", "minimum": 16, "maximum": 1048576, "default": 1024,
      "description": "Most address space of the program, in MiB"},
    "output_mib": {"type": "integer", "minimum": 1, "maximum": 1048576, "default": 256,
      "description": "Most text of one PDF, in MiB"},
    "ocr": {"type": "boolean", "default": true,
      "description": "Read pages without text with tesseract, where it is installed"},
    "ocr_languages": {"type": "string", "default": "eng",
      "description": "Languages of such pages, as tesseract's data are called: eng, deu+eng"},
    "ocr_pages": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 1000,
      "description": "Most pages of one PDF that are read so"},
    "ocr_timeout_seconds": {"type": "number", "minimum": 0.001, "maximum": 86400, "default": 120,
      "description": "Longest time for one page"},
    "ocr_memory_mib": {"type": "integer", "minimum": 64, "maximum": 1048576, "default": 2048,
      "description": "Most address space of the programs for one page, in MiB"}
  }
})json";

}  // namespace
}  // namespace lectern::documents

LECTERN_PLUGIN(
    "documents", "1.0.0", "Documents from text, Markdown, HTML, PDF and JSON Lines", "Apache-2.0",
    lectern::plugin::stage<lectern::documents::Text>("text", "Text and Markdown, as it is"),
    lectern::plugin::stage<lectern::documents::Html>("html", "The readable text of an HTML page",
                                                     lectern::documents::html_options),
    lectern::plugin::stage<lectern::documents::Pdf>("pdf", "The text of a PDF, by pdftotext",
                                                    lectern::documents::pdf_options),
    lectern::plugin::stage<lectern::documents::JsonLines>(
        "jsonl", "One document a row: _id, title, text, and metadata"))
