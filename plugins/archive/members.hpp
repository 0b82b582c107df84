// archive/members.hpp: the files in an archive, one after the other, by libarchive.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace lectern::archive {

struct MemberLimits {
    std::size_t member_bytes = std::size_t{128} << 20;  // of one file, unpacked
    std::size_t all_bytes = std::size_t{1} << 30;       // of all
    std::size_t members = 100'000;                      // folders included
    // Of what is unpacked, in the archive's own size, once it is more than `ratio_from` bytes.
    std::size_t ratio = 500;
    std::size_t ratio_from = std::size_t{64} << 20;
    std::function<bool()> cancelled = {};  // asked at every piece; may be empty
};

struct Members {
    // A file; its bytes are valid during the call.
    std::function<void(const std::string& path, std::string_view bytes)> file;
    // One that could not be read, and why. The others go on.
    std::function<void(const std::string& path, const std::string& why)> failed;
};

// ZIP and tar, packed with gzip, bzip2, xz or Zstandard or not, and single files that are. `name`
// is the archive's: it tells what a single file is called. Throws Failure for what is no archive,
// is broken (files before that place have been given), encrypted, empty or at a limit.
void read_members(std::string_view bytes, std::string_view name, const MemberLimits& limits,
                  const Members& out);

// 100 for the names of archives, 50 for what begins like one, 0 for others. A file that is an
// office document for all its name is left to others.
[[nodiscard]] unsigned archive_fits(std::string_view name, std::string_view head);

}  // namespace lectern::archive
