// A plugin for tests: a reader for which every passage is evidence, and a generator that writes its
// sentence at once; asked to be patient, it then waits until it is stopped.
#include <string>
#include <string_view>
#include <thread>

#include "lectern/plugin.hpp"

namespace {

using namespace lectern::plugin;

constexpr std::string_view sentence = "The moon raises the tides of the sea.";

class Passages : public Reader {
 public:
    explicit Passages(const Config&) {}
    void read(const Call&, std::string_view, const lectern_passage* passages, std::uint64_t count,
              std::uint32_t max_evidence, const EvidenceSink& sink) const override {
        for (std::uint64_t i = 0; i < count && i < max_evidence; ++i)
            sink.evidence(i, 0, passages[i].text.size, 1);
    }
};

class Writer : public Generator {
 public:
    explicit Writer(const Config&) {
        info_.context_tokens = 1U << 20U;
        info_.fingerprint = "patient";
        info_.model = "patient";
    }
    [[nodiscard]] const GeneratorInfo& info() const override { return info_; }
    [[nodiscard]] std::uint64_t count_tokens(const Call&, const lectern_message*,
                                             std::uint64_t count) const override {
        return count;
    }
    void generate(const Call& call, const lectern_generation& request, const TextSink& sink,
                  lectern_generation_report&) const override {
        if (!sink.text(sentence)) throw Failure(LECTERN_CANCELLED, "stopped by the host");
        while (asks_for_patience(request)) {
            call.check();
            std::this_thread::yield();
        }
    }

 private:
    static bool asks_for_patience(const lectern_generation& request) {
        for (std::uint64_t i = 0; i < request.message_count; ++i) {
            const lectern_text& text = request.messages[i].text;
            if (std::string_view(text.data, text.size).find("patient") != std::string_view::npos)
                return true;
        }
        return false;
    }
    GeneratorInfo info_;
};

}  // namespace

LECTERN_PLUGIN("patient", "1.0.0", "Reads everything, writes one sentence", "Apache-2.0",
               stage<Passages>("reader", "Every passage is evidence", "{\"type\": \"object\"}"),
               stage<Writer>("writer", "Writes one sentence", "{\"type\": \"object\"}"))
