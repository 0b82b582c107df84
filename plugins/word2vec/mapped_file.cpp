#include "plugins/word2vec/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "plugins/word2vec/failure.hpp"

namespace lectern::word2vec {
namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

class Descriptor {
 public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const noexcept { return number_; }

 private:
    int number_;
};

}  // namespace

MappedFile::MappedFile(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        const int error = errno;
        throw Failure(error == ENOENT ? LECTERN_NOT_FOUND : LECTERN_INVALID_ARGUMENT,
                      "cannot open '" + path + "': " + reason(error));
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0)
        invalid("cannot read the size of '" + path + "': " + reason(errno));
    if (!S_ISREG(status.st_mode)) invalid("'" + path + "' is not a file");
    if (status.st_size == 0) return;
    size_ = static_cast<std::size_t>(status.st_size);
    void* data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data == MAP_FAILED) {
        size_ = 0;
        throw Failure(LECTERN_RESOURCE_EXHAUSTED, "cannot map '" + path + "': " + reason(errno));
    }
    data_ = static_cast<const char*>(data);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

}  // namespace lectern::word2vec
