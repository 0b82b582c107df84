#include "index/lexical/synonyms.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "index/lexical/spelling.hpp"
#include "text/text.hpp"

namespace lectern::index {
namespace {

constexpr std::size_t most_bytes = 4U << 20U;
constexpr std::size_t most_words = 8;     // of an entry
constexpr std::size_t most_entries = 64;  // of a line

Synonyms::Words words_of(std::string_view entry) {
    Synonyms::Words out;
    for (text::Word& word : lexical::spelled_words(entry)) out.push_back(std::move(word.folded));
    return out;
}

// The entries between commas. Those without a word are left out.
Result<std::vector<Synonyms::Words>> entries_of(std::string_view list) {
    std::vector<Synonyms::Words> out;
    while (true) {
        const std::size_t comma = list.find(',');
        Synonyms::Words words = words_of(list.substr(0, comma));
        if (words.size() > most_words)
            return Status{Code::invalid_argument, "an entry has " + std::to_string(words.size()) +
                                                      " words; the most is " +
                                                      std::to_string(most_words)};
        if (!words.empty()) out.push_back(std::move(words));
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
    if (out.size() > most_entries)
        return Status{Code::invalid_argument, "a line has " + std::to_string(out.size()) +
                                                  " entries; the most is " +
                                                  std::to_string(most_entries)};
    return out;
}

}  // namespace

Status Synonyms::read_line(std::string_view line) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') return {};
    const std::size_t arrow = line.find("=>");
    const bool one_way = arrow != std::string_view::npos;
    LECTERN_ASSIGN(const std::vector<Words> from, entries_of(line.substr(0, arrow)));
    std::vector<Words> to = from;
    if (one_way) {
        LECTERN_ASSIGN(to, entries_of(line.substr(arrow + 2)));
    }
    if (from.empty() || to.empty() || (!one_way && from.size() < 2))
        return {Code::invalid_argument,
                "a line is 'car, automobile' or 'ml => machine learning', with a word on each "
                "side"};
    for (const Words& each : from) {
        longest_ = std::max(longest_, each.size());
        std::vector<Words>& others = entries_[each];
        for (const Words& other : to)
            if (other != each && std::find(others.begin(), others.end(), other) == others.end())
                others.push_back(other);
    }
    return {};
}

Result<Synonyms> Synonyms::parse(std::string_view text) {
    if (const std::size_t bad = text::invalid_utf8_at(text); bad != std::string_view::npos)
        return Status{Code::invalid_argument,
                      "it is not valid UTF-8 at byte " + std::to_string(bad)};
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    Synonyms out;
    std::size_t number = 0;
    while (!text.empty()) {
        ++number;
        const std::size_t end = std::min(text.find('\n'), text.size());
        LECTERN_TRY(out.read_line(text.substr(0, end)).within("line " + std::to_string(number)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

Result<Synonyms> Synonyms::load(const std::filesystem::path& file) {
    const std::string where = "the synonyms in '" + file.string() + "'";
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        return Status{Code::invalid_argument, where + " are a folder; name a text file"};
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return Status{Code::not_found,
                      where +
                          " cannot be read; a relative path is looked up beside the pipeline "
                          "file"};
    std::string text;
    text.resize(most_bytes + 1);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (in.bad()) return Status{Code::unavailable, where + " cannot be read"};
    if (text.size() > most_bytes)
        return Status{Code::invalid_argument, where + " have more than 4 MiB"};
    auto out = parse(text);
    if (!out) return out.status().within(where);
    return out;
}

Synonyms::Match Synonyms::match(std::span<const std::string> words) const {
    for (std::size_t count = std::min(longest_, words.size()); count > 0; --count) {
        const auto found =
            entries_.find(Words(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(count)));
        if (found != entries_.end()) return {count, &found->second};
    }
    return {};
}

}  // namespace lectern::index
