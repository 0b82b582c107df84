#include "mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "failure.hpp"

namespace lectern::bert {
namespace {

class Descriptor {
 public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    [[nodiscard]] int get() const { return value_; }

 private:
    int value_;
};

[[noreturn]] void fail_to_read(const std::filesystem::path& path, int error) {
    const std::string reason = std::generic_category().message(error);
    fail(error == ENOENT ? LECTERN_NOT_FOUND : LECTERN_INVALID_ARGUMENT,
         "cannot read " + path.string() + ": " + reason);
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) fail_to_read(path, errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) fail_to_read(path, errno);
    if (!S_ISREG(status.st_mode)) fail_to_read(path, EISDIR);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return;
    void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data == MAP_FAILED) fail_to_read(path, errno);
    bytes_ = {static_cast<const std::byte*>(data), size};
}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

std::string read_text_file(const std::filesystem::path& path, std::uint64_t limit) {
    const MappedFile file(path);
    const auto bytes = file.bytes();
    if (bytes.size() > limit)
        fail(LECTERN_INVALID_ARGUMENT, path.string() + " has " + std::to_string(bytes.size()) +
                                           " bytes; at most " + std::to_string(limit) +
                                           " are expected of such a file");
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace lectern::bert
