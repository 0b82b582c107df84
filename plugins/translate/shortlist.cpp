#include "plugins/translate/shortlist.hpp"

#include <algorithm>
#include <cstring>

#include "plugins/translate/bytes.hpp"

namespace lectern::translate {

Shortlist::Shortlist(std::span<const std::byte> file, std::size_t source_words,
                     std::size_t target_words, const std::string& name) {
    constexpr std::uint64_t magic = 0xF11A48D5013417F5;
    ByteReader reader(file, name);
    if (reader.number<std::uint64_t>("the head") != magic)
        reader.corrupt("it is no lexical shortlist of Marian (its first bytes are others)");
    (void)reader.number<std::uint64_t>("the head");  // a checksum that Marian does not define
    const auto first = reader.number<std::uint64_t>("the head");
    (void)reader.number<std::uint64_t>("the head");  // how many the longest list has
    const auto offsets = reader.number<std::uint64_t>("the head");
    const auto words = reader.number<std::uint64_t>("the head");
    if (offsets != source_words + 1)
        reader.corrupt("it is of a vocabulary of " +
                       std::to_string(offsets == 0 ? 0 : offsets - 1) +
                       " words, and the model's has " + std::to_string(source_words) +
                       "; it belongs to another model");
    if (words > reader.left() / sizeof(std::uint32_t))
        reader.corrupt("it says that it has " + std::to_string(words) +
                       " words, which do not fit into it; it was cut off, or is no such file");
    first_ = static_cast<std::size_t>(std::min<std::uint64_t>(first, target_words));
    offsets_.resize(static_cast<std::size_t>(offsets));
    const auto from = reader.take(offsets_.size() * sizeof(std::uint64_t), "the offsets");
    std::memcpy(offsets_.data(), from.data(), from.size());
    words_.resize(static_cast<std::size_t>(words));
    const auto list = reader.take(words_.size() * sizeof(std::uint32_t), "the words");
    if (!list.empty()) std::memcpy(words_.data(), list.data(), list.size());
    for (std::size_t i = 0; i < offsets_.size(); ++i)
        if (offsets_[i] > words_.size() || (i > 0 && offsets_[i] < offsets_[i - 1]))
            reader.corrupt("the offset of word " + std::to_string(i) + " is " +
                           std::to_string(offsets_[i]) + ", which is out of order");
    for (const std::uint32_t word : words_)
        if (word >= target_words)
            reader.corrupt("it names the word " + std::to_string(word) +
                           ", and the model's vocabulary has " + std::to_string(target_words));
}

std::vector<std::uint32_t> Shortlist::of(std::span<const std::uint32_t> sentence) const {
    std::vector<std::uint32_t> out;
    for (std::size_t word = 0; word < first_; ++word)
        out.push_back(static_cast<std::uint32_t>(word));
    for (const std::uint32_t word : sentence)
        out.insert(out.end(), words_.begin() + static_cast<std::ptrdiff_t>(offsets_[word]),
                   words_.begin() + static_cast<std::ptrdiff_t>(offsets_[word + 1]));
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace lectern::translate
