// training_text.hpp: the words of all training texts in one temporary file, as fastText wants them.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lectern::word2vec {

// Removes its path when it ends; a path already renamed or never made is fine.
class TemporaryPath {
 public:
    explicit TemporaryPath(std::string path) : path_(std::move(path)) {}
    TemporaryPath(const TemporaryPath&) = delete;
    TemporaryPath& operator=(const TemporaryPath&) = delete;
    ~TemporaryPath();
    [[nodiscard]] const std::string& get() const noexcept { return path_; }

 private:
    std::string path_;
};

// Words are those of text::words, folded, with spaces between. A document is one line, or several
// of `line_words` words when it is longer: a line is what a passage will be. One thread.
class TrainingText {
 public:
    static constexpr std::uint64_t line_words = 200;

    // Makes the file. Fails when the folder is missing or not writable.
    explicit TrainingText(const std::string& path);

    void add(std::string_view document);
    // Everything is in the file from here on. Fails when the disk is full.
    void finish();

    [[nodiscard]] const std::string& path() const noexcept { return path_.get(); }
    [[nodiscard]] std::uint64_t documents() const noexcept { return documents_; }
    [[nodiscard]] std::uint64_t words() const noexcept { return words_; }
    [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }
    [[nodiscard]] std::uint64_t distinct_words() const noexcept { return counts_.size(); }
    // How many distinct words occur `count` times or more.
    [[nodiscard]] std::uint64_t distinct_words_from(std::uint64_t count) const;

 private:
    TemporaryPath path_;
    std::ofstream out_;
    std::uint64_t documents_ = 0;
    std::uint64_t words_ = 0;
    std::uint64_t lines_ = 0;
    std::unordered_map<std::string, std::uint64_t> counts_;
};

}  // namespace lectern::word2vec
