// The plugin `data`: one extractor for tables, notebooks, subtitles, JSON and XML.

#include <string>

#include "data/read_data.hpp"
#include "documents/places.hpp"
#include "lectern/plugin.hpp"

namespace lectern::data {
namespace {

class Data : public plugin::Extractor {
 public:
    explicit Data(const plugin::Config& config) : host_(config.host()) {}

    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        return data_fits(name, head);
    }

    void extract(const plugin::Call& call, const plugin::Source& source,
                 const plugin::DocumentSink& sink) const override {
        call.check();
        const documents::Extracted found = read_data(source.bytes, source.name, source.media_type);
        if (found.replaced > 0)
            host_.log(LECTERN_LOG_WARNING, std::string(source.name) +
                                               ": bytes that are not valid in the file's character "
                                               "set were replaced by U+FFFD");
        documents::give(found, sink);
    }

 private:
    plugin::Host host_;
};

}  // namespace
}  // namespace lectern::data

LECTERN_PLUGIN("data", "1.0.0", "Documents from tables, notebooks, subtitles, JSON and XML",
               "Apache-2.0",
               lectern::plugin::stage<lectern::data::Data>(
                   "data", "CSV, TSV, JSON, XML, Jupyter notebooks, SubRip and WebVTT"))
