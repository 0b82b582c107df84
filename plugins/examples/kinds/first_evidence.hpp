// A generator: it writes the first piece of evidence, and marks it. What a generator is asked are
// messages of a chat; the last has the evidence, numbered, a line each.
#pragma once

#include <string>

#include "lectern/plugin.hpp"

class FirstEvidence : public lectern::plugin::Generator {
 public:
    explicit FirstEvidence(const lectern::plugin::Config&) {
        info_.context_tokens = 4096;
        info_.fingerprint = "first-evidence:1";
        info_.model = "first evidence";
    }

    [[nodiscard]] const lectern::plugin::GeneratorInfo& info() const override { return info_; }

    // About; a model counts by its tokenizer.
    [[nodiscard]] std::uint64_t count_tokens(const lectern::plugin::Call&,
                                             const lectern_message* messages,
                                             std::uint64_t count) const override {
        std::uint64_t bytes = 0;
        for (std::uint64_t i = 0; i < count; ++i) bytes += messages[i].text.size;
        return bytes / 4;
    }

    void generate(const lectern::plugin::Call& call, const lectern_generation& request,
                  const lectern::plugin::TextSink& sink,
                  lectern_generation_report& report) const override {
        if (request.message_count == 0) return;
        const std::string_view asked =
            lectern::plugin::view(request.messages[request.message_count - 1].text);
        const std::size_t mark = asked.find("[1] ");
        if (mark == std::string_view::npos) return;
        const std::size_t end = std::min(asked.find('\n', mark), asked.size());
        std::string text(asked.substr(mark + 4, end - mark - 4));
        if (!text.empty() && text.back() == '.') text.pop_back();
        // A model gives piece after piece, and asks in between whether anybody still listens.
        for (const std::string& piece : {text, std::string(" [1].")}) {
            call.check();
            if (!sink.text(piece)) return;
            ++report.answer_tokens;
        }
    }

 private:
    lectern::plugin::GeneratorInfo info_;
};
