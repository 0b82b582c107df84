// office/archive.hpp: the parts of an office file, which is a ZIP archive.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lectern::office {

struct ArchiveLimits {
    std::size_t part_bytes = std::size_t{128} << 20;  // of one part, unpacked
    std::size_t all_bytes = std::size_t{512} << 20;   // of all that is read
};

// Fails with LECTERN_INVALID_ARGUMENT on a file that is broken or needs a password, and with
// LECTERN_RESOURCE_EXHAUSTED at a limit: what a part claims to hold does not count, what comes
// does.
class Archive {
 public:
    // `bytes` must outlive it.
    explicit Archive(std::string_view bytes, const ArchiveLimits& limits = {});
    ~Archive();
    Archive(Archive&&) noexcept;
    Archive& operator=(Archive&&) noexcept;

    [[nodiscard]] bool has(const std::string& name) const;
    // Nothing when there is no such part. Names differ in case in some files.
    [[nodiscard]] std::optional<std::string> read(const std::string& name);

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// "ppt/slides/slide1.xml" and "../media/x.png" -> "ppt/media/x.png".
[[nodiscard]] std::string resolved(std::string_view base, std::string_view target);

}  // namespace lectern::office
