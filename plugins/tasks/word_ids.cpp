#include "plugins/tasks/word_ids.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "plugins/shared/read_file.hpp"
#include "text/text.hpp"

namespace lectern::tasks {
namespace {

[[noreturn]] void wrong(const std::filesystem::path& file, std::size_t line, const char* what) {
    shared::fail(LECTERN_INVALID_ARGUMENT,
                 file.string() + ":" + std::to_string(line) + ": " + what);
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), word) != names.end();
}

}  // namespace

WordIds::WordIds(const std::filesystem::path& file) {
    const std::string text = shared::read_text_file(file);
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t stop = std::min(text.find('\n', at), text.size());
        std::string_view line = std::string_view(text).substr(at, stop - at);
        at = stop + 1;
        const std::size_t id_of_line = number++;
        if (line.ends_with('\r')) line.remove_suffix(1);
        auto id = static_cast<std::int64_t>(id_of_line);
        if (const std::size_t tab = line.find('\t'); tab != std::string_view::npos) {
            const std::string_view digits = line.substr(tab + 1);
            const auto [end, error] =
                std::from_chars(digits.data(), digits.data() + digits.size(), id);
            if (error != std::errc{} || end != digits.data() + digits.size() || id < 0 ||
                id > std::numeric_limits<std::int32_t>::max())
                wrong(file, number, "what follows the tab is not an id (a whole number from 0)");
            line = line.substr(0, tab);
        }
        if (line.empty()) continue;
        const auto value = static_cast<std::int32_t>(id);
        size_ = std::max(size_, static_cast<std::uint64_t>(id) + 1);
        if (is_one_of(line, {"<unk>", "[UNK]", "<UNK>"}))
            unknown_ = value;
        else if (is_one_of(line, {"<pad>", "[PAD]", "<PAD>"}))
            padding_ = value;
        else if (!ids_.emplace(line, value).second)
            wrong(file, number, "this word is listed twice; remove one");
    }
    if (ids_.empty()) shared::fail(LECTERN_INVALID_ARGUMENT, file.string() + " lists no words");
}

Tokens WordIds::tokens(std::string_view text) const {
    Tokens out;
    for (const text::Word& word : text::words(text)) {
        const auto& [begin, end] = word.range;
        auto found = ids_.find(std::string(text.substr(begin, end - begin)));
        if (found == ids_.end()) found = ids_.find(word.folded);
        if (found == ids_.end() && !unknown_) continue;
        out.ids.push_back(found == ids_.end() ? *unknown_ : found->second);
        out.ranges.push_back({begin, end});
    }
    return out;
}

}  // namespace lectern::tasks
