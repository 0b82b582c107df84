// engine/ingest/sources.hpp: what is to be ingested, one source after the other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/lectern.hpp"
#include "system/mapping.hpp"

namespace lectern {

// Whether there is a collection in the folder, whole or damaged. Its files are no documents.
[[nodiscard]] bool is_collection(const std::filesystem::path& folder);

// One file, named as the user named it.
struct SourceFile {
    std::filesystem::path path;
    std::string name;  // document_id_of(path): the id when the extractor gives none
    std::uint64_t bytes = 0;
};

// Where the path leads from the present folder, without "." and ".."; links are not followed.
[[nodiscard]] std::string absolute_path(const std::filesystem::path& path);

// The files below the paths, in order of name, each name once. Folders are walked; hidden files and
// folders in them (a leading dot), collections, and symbolic links to folders are passed over. What
// cannot be read is in `failed`.
[[nodiscard]] std::vector<SourceFile> list_files(const std::vector<std::filesystem::path>& paths,
                                                 std::vector<IngestFailure>& failed);

// A file's bytes: read when small, mapped when large. A mapped file must not be made shorter while
// it is read.
class FileBytes {
 public:
    [[nodiscard]] static Result<FileBytes> open(const std::filesystem::path& path);
    [[nodiscard]] std::string_view bytes() const noexcept {
        return mapped_.bytes().empty() ? std::string_view(read_) : mapped_.text();
    }

 private:
    FileBytes() = default;
    std::string read_;
    sys::Mapping mapped_;
};

}  // namespace lectern
