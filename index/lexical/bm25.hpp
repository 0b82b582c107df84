// index/lexical/bm25.hpp: BM25F: the counts of a term in text and title, each normalised by the
// length of its field, are added before they saturate (S. Robertson, H. Zaragoza and M. Taylor,
// "Simple BM25 extension to multiple weighted fields", CIKM 2004). With no titles it is BM25.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "index/lexical/length_code.hpp"
#include "index/lexical/postings.hpp"

namespace lectern::index {

struct Bm25 {
    double k1 = 1.5;           // 0 or more: how slowly a repeated word saturates
    double b = 0.75;           // 0 to 1: how much a long chunk's counts are scaled down
    double title_boost = 2.0;  // 0 or more: what a word in the title counts, in words of the text
    double title_b = 0.75;     // as b, for titles
};

namespace lexical {

class Scorer {
 public:
    // The averages are in words, over the live chunks.
    Scorer(const Bm25& bm25, double average_text, double average_title) : k1_(bm25.k1) {
        for (std::size_t code = 0; code < 256; ++code) {
            const double length = length_of(static_cast<std::uint8_t>(code));
            text_[code] = 1 / normaliser(bm25.b, length, average_text);
            title_[code] = bm25.title_boost / normaliser(bm25.title_b, length, average_title);
        }
    }

    // `weight`: idf times the term's count in the query.
    [[nodiscard]] double score(double weight, std::uint32_t text, std::uint8_t text_length,
                               std::uint32_t title, std::uint8_t title_length) const noexcept {
        double count = text * text_[text_length];
        if (title > 0) count += title * title_[title_length];
        return weight * (k1_ + 1) * count / (k1_ + count);
    }
    // No posting of the block scores more.
    [[nodiscard]] double bound(double weight, const Block& block) const noexcept {
        double best = 0;
        for (std::size_t i = 0; i < block.impact_count; ++i)
            best = std::max(best, block.text[i].count * text_[block.text[i].length]);
        if (block.title.count > 0) best += block.title.count * title_[block.title.length];
        return best > 0 ? weight * (k1_ + 1) * best / (k1_ + best) : 0;
    }

 private:
    static double normaliser(double b, double length, double average) noexcept {
        return average > 0 ? std::max(1 - b + b * length / average, 1e-3) : 1;
    }
    double k1_;
    std::array<double, 256> text_{};
    std::array<double, 256> title_{};
};

// Never negative: a word that is in most chunks still counts a little.
[[nodiscard]] inline double inverse_document_frequency(std::int64_t chunks,
                                                       std::int64_t with_term) noexcept {
    const auto all = static_cast<double>(chunks);
    const auto with = std::min(static_cast<double>(with_term), all);
    return std::log1p((all - with + 0.5) / (with + 0.5));
}

// Of a word that carries no content ("what", "the"): that nearly every text has it is known before
// any is read, so few texts without it say little. Else, among a dozen chunks, the words of a
// question weigh as much as the name that it asks for.
[[nodiscard]] inline double weight_of_common_word(std::int64_t chunks,
                                                  std::int64_t with_term) noexcept {
    constexpr std::int64_t texts_before = 100;
    constexpr std::int64_t with_it = 95;
    return inverse_document_frequency(chunks + texts_before, with_term + with_it);
}

}  // namespace lexical
}  // namespace lectern::index
