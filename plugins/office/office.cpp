// The plugin `office`: one extractor for office files and e-books.

#include "documents/file_name.hpp"
#include "documents/places.hpp"
#include "lectern/plugin.hpp"
#include "office/fits.hpp"
#include "office/read_office.hpp"

namespace lectern::office {
namespace {

class Office : public plugin::Extractor {
 public:
    explicit Office(const plugin::Config& config) {
        constexpr std::int64_t part_mib = 128;
        constexpr std::int64_t all_mib = 512;
        const auto mebibytes = [&](const char* option, std::int64_t otherwise) {
            return static_cast<std::size_t>(config.integer(option).value_or(otherwise)) << 20;
        };
        limits_.archive.part_bytes = mebibytes("part_mib", part_mib);
        limits_.archive.all_bytes = mebibytes("unpacked_mib", all_mib);
    }

    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        return office_fits(name, head);
    }

    void extract(const plugin::Call& call, const plugin::Source& source,
                 const plugin::DocumentSink& sink) const override {
        call.check();
        OfficeLimits limits = limits_;
        limits.html.cancelled = [&call] { return call.cancelled(); };
        limits.converters.limits.cancelled = limits.html.cancelled;
        documents::Extracted document = read_office(source.bytes, limits);
        if (document.title.empty()) document.title = documents::base_name(source.name);
        documents::give(document, sink);
    }

 private:
    OfficeLimits limits_;
};

constexpr const char* options = R"json({
  "type": "object",
  "properties": {
    "part_mib": {"type": "integer", "minimum": 1, "maximum": 1048576, "default": 128,
      "description": "Most bytes of one part of a file, unpacked, in MiB"},
    "unpacked_mib": {"type": "integer", "minimum": 1, "maximum": 1048576, "default": 512,
      "description": "Most bytes of all parts of a file, unpacked, in MiB"}
  }
})json";

}  // namespace
}  // namespace lectern::office

LECTERN_PLUGIN("office", "1.0.0", "Documents from office files and e-books", "Apache-2.0",
               lectern::plugin::stage<lectern::office::Office>(
                   "office",
                   "Word, PowerPoint, Excel, OpenDocument, EPUB and RTF, with their structure",
                   lectern::office::options))
