// Stages that never end by themselves: only a deadline or a cancel ends them. For limits_test.cpp.
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "lectern/plugin.hpp"

namespace {

using namespace lectern::plugin;

// Says to the test that the stage is at work.
void say(const std::string& file) {
    if (!file.empty()) std::ofstream(file) << "at work";
}

// A custom stage: holds a text that contains "wait".
class Wait : public Custom {
 public:
    explicit Wait(const Config& config) : begun_(config.string("begun").value_or("")) {}

    void process(const Call& call, const Document& record,
                 const DocumentSink& sink) const override {
        if (record.text.find("wait") != std::string_view::npos) {
            say(begun_);
            // Work that looks up now and then, as the plugin guide asks for.
            while (true) {
                call.check();
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        }
        sink.document(record);
    }

 private:
    std::string begun_;
};

// A generator that writes for ever, and never ends a sentence.
class Endless : public Generator {
 public:
    explicit Endless(const Config& config) : begun_(config.string("begun").value_or("")) {
        info_.context_tokens = 4096;
        info_.fingerprint = "endless";
        info_.model = "endless";
    }
    const GeneratorInfo& info() const override { return info_; }
    std::uint64_t count_tokens(const Call&, const lectern_message*, std::uint64_t) const override {
        return 100;
    }
    void generate(const Call& call, const lectern_generation&, const TextSink& sink,
                  lectern_generation_report& report) const override {
        while (true) {
            call.check();  // between tokens
            if (!sink.text("moon ")) return;
            if (++report.answer_tokens == 3) say(begun_);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

 private:
    std::string begun_;
    GeneratorInfo info_;
};

constexpr const char* options =
    R"({"type": "object", "properties": {"begun": {"type": "string"}}})";

}  // namespace

LECTERN_PLUGIN("slow", "1.0.0", "Stages without an end, for tests", "Apache-2.0",
               stage<Wait>("wait", "Holds a text that contains 'wait'", options),
               stage<Endless>("endless", "Writes for ever", options))
