// A reader: a sentence answers as well as it has words of the question.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "lectern/plugin.hpp"

class MostWords : public lectern::plugin::Reader {
 public:
    explicit MostWords(const lectern::plugin::Config&) {}

    void read(const lectern::plugin::Call& call, std::string_view question,
              const lectern_passage* passages, std::uint64_t count, std::uint32_t max_evidence,
              const lectern::plugin::EvidenceSink& sink) const override {
        const std::vector<std::string> asked = words_of(question);
        std::vector<Found> found;
        for (std::uint64_t i = 0; i < count; ++i) {
            call.check();
            const std::string_view text = lectern::plugin::view(passages[i].text);
            for (std::size_t begin = 0; begin < text.size();) {
                std::size_t end = text.find(". ", begin);
                end = end == std::string_view::npos ? text.size() : end + 1;
                if (const float score = share(asked, text.substr(begin, end - begin)); score > 0)
                    found.push_back({i, begin, end, score});
                begin = end + 1;
            }
        }
        // Best first, and of equal ones those of the better passages.
        std::stable_sort(found.begin(), found.end(),
                         [](const Found& a, const Found& b) { return a.score > b.score; });
        if (found.size() > max_evidence) found.resize(max_evidence);
        for (const Found& one : found) sink.evidence(one.passage, one.begin, one.end, one.score);
    }

 private:
    struct Found {
        std::uint64_t passage;
        std::size_t begin;  // bytes of the passage, of a whole sentence
        std::size_t end;
        float score;  // 0 to 1
    };

    // Of four letters or more, in small letters.
    static std::vector<std::string> words_of(std::string_view text) {
        std::vector<std::string> out;
        std::string word;
        for (const char c : std::string(text) + " ") {
            const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (letter) word += static_cast<char>(c | 32);
            if (letter) continue;
            if (word.size() >= 4) out.push_back(word);
            word.clear();
        }
        return out;
    }

    static float share(const std::vector<std::string>& asked, std::string_view sentence) {
        const std::vector<std::string> said = words_of(sentence);
        if (asked.empty()) return 0;
        const auto known = std::count_if(asked.begin(), asked.end(), [&](const std::string& word) {
            return std::find(said.begin(), said.end(), word) != said.end();
        });
        return static_cast<float>(known) / static_cast<float>(asked.size());
    }
};
