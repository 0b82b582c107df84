// lectern/plugin/trainer.hpp: makes a model file of texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lectern/plugin/stage.hpp"
#include "lectern/plugin/trainer.h"

namespace lectern::plugin {

class TextSource {
 public:
    explicit TextSource(const lectern_text_source* source) noexcept : source_(source) {}
    // The next text, valid until the next call; nothing at the end.
    [[nodiscard]] std::optional<std::string_view> next() const {
        lectern_text out{};
        const lectern_code code = source_->next(source_, &out);
        if (code == LECTERN_NOT_FOUND) return std::nullopt;
        require(code, "reading the training text failed");
        return view(out);
    }

 private:
    const lectern_text_source* source_;
};

class ProgressSink {
 public:
    explicit ProgressSink(const lectern_progress_sink* sink) noexcept : sink_(sink) {}
    void progress(double fraction, std::string_view step, std::string_view detail) const {
        sink_->progress(sink_, fraction, plugin::text(step), plugin::text(detail));
    }

 private:
    const lectern_progress_sink* sink_;
};

class Trainer : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_TEXT}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_TEXT}; }
    // Both return one JSON object.
    [[nodiscard]] virtual std::string train(const Call& call, const TextSource& texts,
                                            const std::string& model,
                                            const ProgressSink& progress) const = 0;
    [[nodiscard]] virtual std::string evaluate(const Call& call, const std::string& model,
                                               const std::string& test,
                                               const ProgressSink& progress) const = 0;
};

namespace detail {

inline void give(const lectern_text_sink* sink, std::string_view value) {
    require(sink->text(sink, text(value)), "stopped by the host");
}

inline const lectern_trainer trainer_table{
    sizeof(lectern_trainer), 0,
    [](const lectern_stage* stage, const lectern_call* call, const lectern_text_source* texts,
       const char* model, const lectern_progress_sink* progress,
       const lectern_text_sink* report) -> lectern_code {
        return guarded(call, [&] {
            give(report, object<Trainer>(stage).train(Call(call), TextSource(texts), model,
                                                      ProgressSink(progress)));
        });
    },
    [](const lectern_stage* stage, const lectern_call* call, const char* model, const char* test,
       const lectern_progress_sink* progress, const lectern_text_sink* report) -> lectern_code {
        return guarded(call, [&] {
            give(report,
                 object<Trainer>(stage).evaluate(Call(call), model, test, ProgressSink(progress)));
        });
    }};

template <>
struct KindOf<Trainer> {
    static constexpr std::uint32_t kind = LECTERN_TRAINER;
    static constexpr const char* id = LECTERN_TRAINER_1;
    static const void* table() noexcept { return &trainer_table; }
};

}  // namespace detail

}  // namespace lectern::plugin
