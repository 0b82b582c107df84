#include "storage/store/store_lock.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "storage/store/quote.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

namespace {

// The process that holds the lock on a file, from the kernel's list; 0 when it is not known.
// (fcntl would tell too, but closing the file again would give up a lock of our own process.)
int lock_owner(const fs::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) return 0;
    char wanted[64];
    std::snprintf(wanted, sizeof wanted, "%02x:%02x:%llu", major(info.st_dev), minor(info.st_dev),
                  static_cast<unsigned long long>(info.st_ino));
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, kind, mode, access, inode;
        int process = 0;
        if (words >> number >> kind >> mode >> access >> process >> inode && inode == wanted)
            return process;
    }
    return 0;
}

}  // namespace

Result<StoreLock> StoreLock::take(const fs::path& collection, rocksdb::Env& environment) {
    const fs::path file = collection / "store" / "LOCK";
    rocksdb::FileLock* lock = nullptr;
    const rocksdb::Status status = environment.LockFile(file.string(), &lock);
    if (status.ok()) return StoreLock(environment, lock);
    const std::string name = "collection " + in_quotes(collection.string());
    const std::string said = status.ToString();
    const auto says = [&](const char* part) { return said.find(part) != std::string::npos; };
    if (says("lock hold by current process"))
        return Status{Code::unavailable,
                      name + " is already open in this process; one Store owns a collection"};
    const int owner = lock_owner(file);
    if (owner > 0 || says("temporarily unavailable"))
        return Status{Code::unavailable,
                      name + " is open in another process" +
                          (owner > 0 ? " (pid " + std::to_string(owner) + ")" : std::string()) +
                          "; wait for it to end, or close the collection there"};
    if (says("Permission denied") || says("Read-only file system"))
        return Status{Code::unavailable,
                      name + ", locking: " + said + "; check who owns the folder and its mount"};
    return Status{Code::internal, name + ", locking: " + said};
}

StoreLock::StoreLock(StoreLock&& other) noexcept
    : environment_(other.environment_), lock_(std::exchange(other.lock_, nullptr)) {}

StoreLock& StoreLock::operator=(StoreLock&& other) noexcept {
    release();
    environment_ = other.environment_;
    lock_ = std::exchange(other.lock_, nullptr);
    return *this;
}

void StoreLock::release() noexcept {
    if (lock_ != nullptr) (void)environment_->UnlockFile(lock_);
    lock_ = nullptr;
}

}  // namespace lectern::storage
