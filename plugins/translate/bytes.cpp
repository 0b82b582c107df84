#include "plugins/translate/bytes.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace lectern::translate {

std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t limit) {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        shared::fail(LECTERN_NOT_FOUND, path.string() + ": there is no such file");
    if (!std::filesystem::is_regular_file(path, error))
        shared::fail(LECTERN_INVALID_ARGUMENT, path.string() + ": is no file");
    const std::uint64_t size = std::filesystem::file_size(path, error);
    if (error) shared::fail(LECTERN_UNAVAILABLE, path.string() + ": " + error.message());
    if (size > limit)
        shared::fail(LECTERN_INVALID_ARGUMENT, path.string() + ": has " + std::to_string(size) +
                                                   " bytes; the most is " + std::to_string(limit));
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        shared::fail(LECTERN_UNAVAILABLE,
                     path.string() + ": cannot be read: " +
                         std::error_code(errno, std::generic_category()).message());
    std::vector<std::byte> out(static_cast<std::size_t>(size));
    stream.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
    if (static_cast<std::uint64_t>(stream.gcount()) != size)
        shared::fail(LECTERN_UNAVAILABLE, path.string() + ": reading failed; check the disk");
    return out;
}

}  // namespace lectern::translate
