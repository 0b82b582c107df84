// tests/fuzz/fuzz.hpp: what the fuzz targets share.
//
// A target is one file under targets/ that defines lectern::fuzz::run. It gives the bytes to one
// parser and ends the process when a promise of the parser's header is broken; the sanitisers end
// it when memory is. Two programs are made of it: one for libFuzzer (entry.cpp), and one that runs
// the files of the corpus once each (replay_main.cpp).
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace lectern::fuzz {

// One input. Defined by the target; whatever the bytes, it returns.
void run(std::string_view input);

inline void must(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

// An input of several parts has lines of "%%" between them.
[[nodiscard]] inline std::string_view take_part(std::string_view& input) {
    constexpr std::string_view between = "\n%%\n";
    const std::size_t end = input.find(between);
    const std::string_view part = input.substr(0, end);
    input = end == std::string_view::npos ? std::string_view{} : input.substr(end + between.size());
    return part;
}

// The first byte as a number below `limit`; 0 for an empty input.
[[nodiscard]] inline unsigned take_choice(std::string_view& input, unsigned limit) {
    if (input.empty()) return 0;
    const auto byte = static_cast<unsigned char>(input.front());
    input.remove_prefix(1);
    return byte % limit;
}

// A half-open range that lies in the text.
inline void must_lie_in(std::size_t begin, std::size_t end, std::string_view text,
                        const char* what) {
    must(begin <= end && end <= text.size(), what);
}

// A file in memory, for parsers that take a path.
class MemoryFile {
 public:
    explicit MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        must(written == static_cast<ssize_t>(bytes.size()), "the system has memory for a file");
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(descriptor_); }
    [[nodiscard]] std::string path() const {
        return "/proc/self/fd/" + std::to_string(descriptor_);
    }

 private:
    int descriptor_;
};

}  // namespace lectern::fuzz
