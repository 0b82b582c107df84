#include "apps/server/work/small_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "system/descriptor.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;

Status put_on_disk(const fs::path& path, int flags) {
    const sys::Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
    if (file.is_open() && ::fsync(file.get()) == 0) return {};
    return {Code::unavailable,
            "'" + path.string() + "' cannot be written to disk: " + std::strerror(errno)};
}

}  // namespace

Status replace_file(const fs::path& file, std::string_view content) {
    fs::path part = file;
    part += ".part";
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out << content;
    out.close();
    if (!out) return {Code::unavailable, "'" + part.string() + "' cannot be written"};
    LECTERN_TRY(put_on_disk(part, O_RDONLY));
    std::error_code error;
    fs::rename(part, file, error);
    if (error)
        return {Code::unavailable, "'" + file.string() + "' cannot be made: " + error.message()};
    return put_on_disk(file.parent_path(), O_RDONLY | O_DIRECTORY);
}

}  // namespace lectern::server
