#include "plugins/word2vec/training_text.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "plugins/word2vec/failure.hpp"
#include "text/text.hpp"

namespace lectern::word2vec {
namespace {

// fastText cuts words at these; NFKC can put a space into a folded word (U+FDFA is a sentence).
constexpr std::string_view separators{" \n\r\t\v\f\0", 7};

}  // namespace

TemporaryPath::~TemporaryPath() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

TrainingText::TrainingText(const std::string& path)
    : path_(path), out_(path, std::ios::binary | std::ios::trunc) {
    if (!out_)
        invalid("cannot write '" + path +
                "': the model's folder does not exist or is not writable; make it first");
}

void TrainingText::add(std::string_view document) {
    std::uint64_t in_line = 0;
    std::string line;
    const auto end_line = [&] {
        if (in_line == 0) return;
        line += '\n';
        out_.write(line.data(), static_cast<std::streamsize>(line.size()));
        line.clear();
        in_line = 0;
        ++lines_;
    };
    for (text::Word& word : text::words(document)) {
        if (word.folded.empty() || word.folded.find_first_of(separators) != std::string::npos)
            continue;
        if (in_line > 0) line += ' ';
        line += word.folded;
        ++counts_[std::move(word.folded)];
        ++words_;
        if (++in_line == line_words) end_line();
    }
    end_line();
    ++documents_;
    if (!out_)
        throw Failure(LECTERN_RESOURCE_EXHAUSTED,
                      "cannot write '" + path() + "': the disk may be full");
}

void TrainingText::finish() {
    out_.close();
    if (!out_)
        throw Failure(LECTERN_RESOURCE_EXHAUSTED,
                      "cannot write '" + path() + "': the disk may be full");
}

std::uint64_t TrainingText::distinct_words_from(std::uint64_t count) const {
    return static_cast<std::uint64_t>(std::count_if(
        counts_.begin(), counts_.end(), [&](const auto& entry) { return entry.second >= count; }));
}

}  // namespace lectern::word2vec
