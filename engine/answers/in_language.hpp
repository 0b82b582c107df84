// engine/answers/in_language.hpp: a verified answer in another language.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/pipeline/pipeline.hpp"

namespace lectern {

// Takes the verified sentences of an answer as they come and gives them on, translated, with the
// marks that they had. For one answer; one thread.
class InLanguage {
 public:
    InLanguage(const Pipeline& pipeline, const host::Stage& translator, host::Interrupt interrupt,
               std::function<void(std::string_view)> on_text)
        : pipeline_(pipeline),
          translator_(translator),
          interrupt_(std::move(interrupt)),
          on_text_(std::move(on_text)) {}

    // A piece of one or several sentences; nothing more happens once one has failed.
    void take(std::string_view piece);
    // What was given on, all of it.
    [[nodiscard]] Result<std::string> text() const;

 private:
    [[nodiscard]] Result<std::string> translated(std::string_view sentence) const;

    const Pipeline& pipeline_;
    const host::Stage& translator_;
    host::Interrupt interrupt_;
    std::function<void(std::string_view)> on_text_;
    std::string text_;
    Status failure_;
};

}  // namespace lectern
