// A trainer: from texts it learns which words say nothing about what a text is about, because most
// texts have them. The model is a file with such a word in each line.
#pragma once

#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "lectern/plugin.hpp"

class CommonWords : public lectern::plugin::Trainer {
 public:
    explicit CommonWords(const lectern::plugin::Config& config)
        : share_(config.number("share").value_or(0.5)) {}

    [[nodiscard]] std::string train(const lectern::plugin::Call& call,
                                    const lectern::plugin::TextSource& texts,
                                    const std::string& model,
                                    const lectern::plugin::ProgressSink& progress) const override {
        std::map<std::string, std::uint64_t> having;  // of each word how many texts have it
        std::uint64_t count = 0;
        while (const auto text = texts.next()) {
            call.check();
            for (const std::string& word : words_of(*text)) ++having[word];
            // How many texts there are is not known before the last one.
            if (++count % 1000 == 0)
                progress.progress(0, "counting", std::to_string(count) + " texts");
        }
        if (count == 0)
            throw lectern::plugin::Failure(LECTERN_INVALID_ARGUMENT, "there are no texts");
        std::uint64_t kept = 0;
        {
            std::ofstream file(temporary(model), std::ios::binary);
            for (const auto& [word, with] : having) {
                if (static_cast<double>(with) < share_ * static_cast<double>(count)) continue;
                file << word << '\n';
                ++kept;
            }
            if (!file.flush()) fail(LECTERN_RESOURCE_EXHAUSTED, "cannot write", temporary(model));
        }
        // A model is there whole or not at all.
        if (std::rename(temporary(model).c_str(), model.c_str()) != 0)
            fail(LECTERN_RESOURCE_EXHAUSTED, "cannot write", model);
        progress.progress(1, "counting", std::to_string(count) + " texts");
        return "{\"texts\": " + std::to_string(count) + ", \"words\": " + std::to_string(kept) +
               "}";
    }

    // How many of the words in the lines of `test` the model has.
    [[nodiscard]] std::string evaluate(const lectern::plugin::Call& call, const std::string& model,
                                       const std::string& test,
                                       const lectern::plugin::ProgressSink&) const override {
        const std::set<std::string> learned = lines_of(model);
        const std::set<std::string> asked = lines_of(test);
        std::uint64_t found = 0;
        for (const std::string& word : asked) {
            call.check();
            found += learned.count(word);
        }
        return "{\"questions\": " + std::to_string(asked.size()) +
               ", \"correct\": " + std::to_string(found) + "}";
    }

    static constexpr const char* options = R"({
      "type": "object",
      "properties": {
        "share": {"type": "number", "default": 0.5, "minimum": 0, "maximum": 1,
                  "description": "a word is common when so large a part of the texts has it"}
      }
    })";

 private:
    static std::string temporary(const std::string& model) { return model + ".new"; }

    [[noreturn]] static void fail(lectern_code code, const std::string& what,
                                  const std::string& file) {
        throw lectern::plugin::Failure(code, what + " '" + file + "'");
    }

    // Each once, in small letters. Letters of other alphabets stay as they are.
    static std::set<std::string> words_of(std::string_view text) {
        std::set<std::string> out;
        std::string word;
        for (const char c : std::string(text) + " ") {
            const bool large = c >= 'A' && c <= 'Z';
            if (large || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 128) {
                word += large ? static_cast<char>(c + 32) : c;
            } else if (!word.empty()) {
                out.insert(word);
                word.clear();
            }
        }
        return out;
    }

    static std::set<std::string> lines_of(const std::string& name) {
        std::ifstream file(name, std::ios::binary);
        std::set<std::string> out;
        for (std::string line; std::getline(file, line);)
            if (!line.empty()) out.insert(line);
        if (!file.eof()) fail(LECTERN_NOT_FOUND, "cannot read", name);
        return out;
    }

    double share_;
};
