#include "plugins/shared/read_file.hpp"

#include <system_error>

#include "plugins/shared/failure.hpp"

namespace lectern::shared {

sys::Mapping map_file(const std::filesystem::path& path) {
    std::error_code error;
    sys::Mapping out = sys::Mapping::of(path, error);
    if (error)
        fail(error == std::errc::no_such_file_or_directory ? LECTERN_NOT_FOUND
                                                           : LECTERN_INVALID_ARGUMENT,
             "cannot read " + path.string() + ": " + error.message());
    return out;
}

std::string read_text_file(const std::filesystem::path& path, std::uint64_t limit) {
    const sys::Mapping file = map_file(path);
    if (file.bytes().size() > limit)
        fail(LECTERN_INVALID_ARGUMENT,
             path.string() + " has " + std::to_string(file.bytes().size()) + " bytes; at most " +
                 std::to_string(limit) + " are expected of such a file");
    return std::string(file.text());
}

}  // namespace lectern::shared
