// apps/server/work/tar.hpp: folders as one stream of bytes: the format of tar (POSIX.1-2017, pax:
// ustar interchange format), regular files alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::server {

// Makes the archive piece by piece. One thread at a time.
class TarWriter {
 public:
    struct File {
        std::filesystem::path from;
        std::string name;  // in the archive; at most 100 bytes
        std::uint64_t bytes = 0;
    };
    explicit TarWriter(std::vector<File> files) : files_(std::move(files)) {}

    // The next bytes; "": that was all. A failure for a file that is not as it was said to be.
    [[nodiscard]] Result<std::string> next();

 private:
    const std::vector<File> files_;
    std::size_t at_ = 0;
    std::optional<std::ifstream> open_;  // files_[at_]
    std::uint64_t left_ = 0;             // of it
    bool ended_ = false;
};

// Takes an archive in pieces of any size and writes its files below a folder that it makes. Files
// whose names `may` does not allow, and all that is no file or folder, are refused. One thread at a
// time.
class TarReader {
 public:
    using May = std::function<bool(std::string_view name)>;
    TarReader(std::filesystem::path to, May may) : to_(std::move(to)), may_(std::move(may)) {}

    [[nodiscard]] Status add(std::string_view bytes);
    // After the last byte: a failure when the archive has no end. What was written is on disk.
    [[nodiscard]] Status finish();
    [[nodiscard]] std::size_t files() const noexcept { return files_; }

 private:
    [[nodiscard]] Status header(std::string_view block);
    [[nodiscard]] Status close_file();

    const std::filesystem::path to_;
    const May may_;
    std::string block_;  // an unfinished header
    std::filesystem::path path_;
    std::ofstream out_;          // the file that is being read; closed for what is passed over
    std::uint64_t left_ = 0;     // of its bytes
    std::uint64_t padding_ = 0;  // behind them
    bool ended_ = false;
    std::size_t files_ = 0;
};

}  // namespace lectern::server
