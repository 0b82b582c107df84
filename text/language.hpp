// text/language.hpp: which language a text is in, and the stems of its words, over Snowball
// (M. F. Porter, "Snowball: a language for stemming algorithms", 2001; Debian's libstemmer).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "text/text.hpp"

namespace lectern::text {

// The order is part of the on-disk format of lexical indexes: append only.
enum class Language : std::uint8_t {
    none,  // words stay as they are
    english,
    german,
    french,
    spanish,
    italian,
    portuguese,
    dutch,
    swedish,
    norwegian,
    danish,
    finnish,
    russian,
    greek,
    arabic,
    hindi,
    tamil,
    armenian,
    turkish,
    hungarian,
    romanian
};
inline constexpr std::size_t language_count = 21;

// "english"; the name that options and Snowball use.
[[nodiscard]] std::string_view name(Language language) noexcept;
[[nodiscard]] std::optional<Language> language_of(std::string_view name) noexcept;

// By the most frequent little words of each language and by script, from the first 400 words. None
// when nothing speaks for any. Short texts and near relatives (Danish, Norwegian) are often wrong.
[[nodiscard]] Language guess_language(std::span<const Word> words);

// Stems folded words of one language. One thread at a time.
class Stemmer {
 public:
    explicit Stemmer(Language language);
    ~Stemmer();
    Stemmer(Stemmer&& other) noexcept;
    Stemmer& operator=(Stemmer&& other) noexcept;

    // The stem; `folded` itself for Language::none. Valid until the next call.
    [[nodiscard]] std::string_view stem(std::string_view folded);

 private:
    struct Snowball;
    std::unique_ptr<Snowball> snowball_;
};

}  // namespace lectern::text
