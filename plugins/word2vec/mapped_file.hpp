// mapped_file.hpp: a whole file, read-only, paged in as it is touched.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lectern::word2vec {

// Moves keep bytes() where they are. The file must not be shortened while it is mapped; replacing
// it by rename is fine.
class MappedFile {
 public:
    MappedFile() = default;
    // Fails when the file is missing, is no regular file or cannot be read.
    explicit MappedFile(const std::string& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    [[nodiscard]] std::string_view bytes() const noexcept { return {data_, size_}; }

 private:
    const char* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace lectern::word2vec
