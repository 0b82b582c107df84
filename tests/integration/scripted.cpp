// A plugin for tests: a generator that writes what its options say, whatever it is asked.
#include <string>

#include "lectern/plugin.hpp"

namespace {

using namespace lectern::plugin;

class Scripted : public Generator {
 public:
    explicit Scripted(const Config& config) : text_(config.string("text").value_or("")) {
        info_.context_tokens = 1U << 20U;
        info_.fingerprint = "scripted";
        info_.model = "scripted";
    }
    [[nodiscard]] const GeneratorInfo& info() const override { return info_; }
    [[nodiscard]] std::uint64_t count_tokens(const Call&, const lectern_message*,
                                             std::uint64_t count) const override {
        return count;
    }
    void generate(const Call&, const lectern_generation&, const TextSink& sink,
                  lectern_generation_report&) const override {
        if (!sink.text(text_)) throw Failure(LECTERN_CANCELLED, "stopped by the host");
    }

 private:
    std::string text_;
    GeneratorInfo info_;
};

constexpr const char* options = R"({"type": "object", "properties": {"text": {"type": "string"}}})";

}  // namespace

LECTERN_PLUGIN("scripted", "1.0.0", "Writes what its options say", "Apache-2.0",
               stage<Scripted>("generator", "Writes what its options say", options))
