// lectern/translation.hpp: translate texts, outside of any collection.
//
//     auto translator = lectern::Translator::open({.model = "en-pt"});
//     auto text = translator->translate("The model reads the sentence in both directions.");
//
// Any custom stage that makes one text of a text can be the translator; the plugin `translate`
// runs Marian models as Firefox uses them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/engine.hpp"
#include "lectern/status.hpp"

namespace lectern {

struct TranslatorOptions {
    std::filesystem::path model = {};  // a path, or a name in the models folder
    std::string options = "{}";        // of the stage besides the model, a JSON object
    std::string plugin = "translate";
    std::string stage = {};  // empty: the plugin's only one
    unsigned threads = 0;    // 0: all cores
    Folders folders = {};
    Log log = {};
};

struct TranslateOptions {
    std::stop_token stop = {};
    std::optional<std::chrono::milliseconds> deadline = {};
};

// Bytes [begin, end) of the translation say what [original_begin, original_end) of the original
// says. What stands between sentences (white space) is the same in both.
struct SentencePair {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t original_begin = 0;
    std::uint64_t original_end = 0;
};

struct Translation {
    std::string text;
    std::vector<SentencePair> sentences;  // in order; none where the stage does not say
};

// A handle on a loaded model; copies share it. Any thread.
class LECTERN_API Translator {
 public:
    [[nodiscard]] static Result<Translator> open(const TranslatorOptions& options);
    // Text is UTF-8, of any length.
    [[nodiscard]] Result<Translation> translate(std::string_view text,
                                                const TranslateOptions& options = {}) const;

 private:
    struct LECTERN_LOCAL Impl;
    explicit Translator(std::shared_ptr<const Impl> impl) noexcept;
    std::shared_ptr<const Impl> impl_;
};

}  // namespace lectern
