// A plugin for tests: a custom stage that lets through what has none of a word in it.
#include <string>

#include "lectern/plugin.hpp"

namespace {

using namespace lectern::plugin;

class Choosing : public Custom {
 public:
    explicit Choosing(const Config& config)
        : without_(config.string("without").value_or("")),
          title_(config.string("title").value_or("")),
          more_(config.string("more").value_or("")) {}

    void process(const Call&, const Document& record, const DocumentSink& sink) const override {
        if (!without_.empty() && record.text.find(without_) != std::string_view::npos) return;
        const std::string text = std::string(record.text) + more_;
        sink.document({record.id, title_.empty() ? record.title : std::string_view(title_), text,
                       record.metadata});
    }

 private:
    std::string without_;
    std::string title_;
    std::string more_;
};

constexpr const char* options = R"({"type": "object", "properties": {
  "without": {"type": "string"}, "title": {"type": "string"}, "more": {"type": "string"}}})";

}  // namespace

LECTERN_PLUGIN("choosing", "1.0.0", "Lets through what has a word not in it", "Apache-2.0",
               stage<Choosing>("choosing", "Lets through what has a word not in it", options))
