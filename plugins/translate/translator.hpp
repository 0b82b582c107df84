// translate/translator.hpp: texts of one language to texts of another.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/translate/decode.hpp"
#include "plugins/translate/model_folder.hpp"
#include "plugins/translate/network.hpp"
#include "plugins/translate/shortlist.hpp"
#include "plugins/translate/vocabulary.hpp"
#include "text/sentence_map.hpp"

namespace lectern::translate {

struct TranslatorOptions {
    std::filesystem::path model;     // a folder
    std::uint32_t beam = 0;          // 0: as the model's settings say
    bool shortlist = true;           // where the model has one
    std::uint32_t max_tokens = 128;  // of what is translated at once: longer sentences are cut
    unsigned threads = 1;            // kept busy at once, by all calls together
};

struct Translated {
    std::string text;
    std::vector<text::SentencePair> sentences;
};

// Any thread.
class Translator {
 public:
    // Throws shared::Failure where the model cannot be used.
    explicit Translator(const TranslatorOptions& options);

    [[nodiscard]] const ModelFolder& model() const noexcept { return folder_; }

    // Sentence by sentence; what is no sentence stays as it is (pieces.hpp). `check` is called from
    // several threads, and ends the work by throwing.
    [[nodiscard]] Translated translate(std::string_view text, const Check& check) const;

 private:
    struct Part;
    void add_parts(std::string_view sentence, std::size_t piece, std::vector<Part>& out) const;
    void translate_parts(std::vector<Part*>& parts, const Check& check) const;
    void translate_batch(std::span<Part* const> batch, const Check& check) const;
    [[nodiscard]] std::vector<std::uint32_t> all_words() const;

    TranslatorOptions options_;
    ModelFolder folder_;
    std::optional<Network> network_;
    std::optional<Vocabulary> source_;
    std::optional<Vocabulary> target_;
    std::optional<Shortlist> shortlist_;
    DecodeOptions decoding_;
    mutable std::atomic<int> idle_;  // of the threads
};

}  // namespace lectern::translate
