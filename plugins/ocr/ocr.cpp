// The plugin `ocr`: one extractor for pictures of text.

#include "documents/ocr.hpp"

#include <chrono>
#include <string>

#include "documents/file_name.hpp"
#include "documents/places.hpp"
#include "lectern/plugin.hpp"

namespace lectern::documents {
namespace {

class Ocr : public plugin::Extractor {
 public:
    explicit Ocr(const plugin::Config& config)
        : enabled_(config.boolean("enabled").value_or(true)) {
        options_.program = config.string("program").value_or(options_.program);
        options_.languages = config.string("languages").value_or(options_.languages);
        options_.limits.time = std::chrono::milliseconds(
            static_cast<std::int64_t>(config.number("timeout_seconds").value_or(120) * 1000));
        options_.limits.memory_bytes =
            static_cast<std::size_t>(config.integer("memory_mib").value_or(2048)) << 20;
        if (options_.languages.empty() || options_.languages.starts_with('-'))
            throw plugin::Failure(LECTERN_INVALID_ARGUMENT,
                                  "the option 'languages' names no language: \"eng\"");
    }

    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        return enabled_ ? picture_fits(name, head) : 0;
    }

    void extract(const plugin::Call& call, const plugin::Source& source,
                 const plugin::DocumentSink& sink) const override {
        OcrOptions options = options_;
        options.limits.cancelled = [&call] { return call.cancelled(); };
        Extracted found = picture_text(source.bytes, options);
        if (found.title.empty()) found.title = base_name(source.name);
        give(found, sink);
    }

 private:
    bool enabled_;
    OcrOptions options_;
};

constexpr const char* options = R"json({
  "type": "object",
  "properties": {
    "enabled": {"type": "boolean", "default": true,
      "description": "false: pictures are refused, as if the stage were not there"},
    "program": {"type": "string", "default": "tesseract",
      "description": "Name or absolute path of the program tesseract (tesseract-ocr)"},
    "languages": {"type": "string", "default": "eng",
      "description": "Languages of the text, as tesseract's data are called: eng, deu+eng"},
    "timeout_seconds": {"type": "number", "minimum": 0.001, "maximum": 86400, "default": 120,
      "description": "Longest time for one picture; the program is stopped then"},
    "memory_mib": {"type": "integer", "minimum": 64, "maximum": 1048576, "default": 2048,
      "description": "Most address space of the program, in MiB"}
  }
})json";

}  // namespace
}  // namespace lectern::documents

LECTERN_PLUGIN("ocr", "1.0.0", "Documents from pictures of text, by tesseract", "Apache-2.0",
               lectern::plugin::stage<lectern::documents::Ocr>("ocr",
                                                               "PNG, JPEG, TIFF and other pictures",
                                                               lectern::documents::options))
