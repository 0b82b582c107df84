#include "storage/testing/faulty_environment.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cerrno>
#include <string>
#include <utility>

namespace lectern::storage {

namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus status_of(int error) {
    if (error == 0) return IOStatus::OK();
    if (error == ENOSPC) return IOStatus::NoSpace("injected: No space left on device");
    return IOStatus::IOError("injected: Input/output error");
}

class SequentialFile : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
    SequentialFile(std::unique_ptr<rocksdb::FSSequentialFile> file, FaultyEnvironment& disk)
        : FSSequentialFileOwnerWrapper(std::move(file)), disk_(disk) {}
    IOStatus Read(std::size_t size, const IOOptions& options, Slice* result, char* scratch,
                  IODebugContext* context) override {
        if (const int error = disk_.fails(FileCall::read, size); error != 0)
            return status_of(error);
        return target()->Read(size, options, result, scratch, context);
    }

 private:
    FaultyEnvironment& disk_;
};

class RandomAccessFile : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
    RandomAccessFile(std::unique_ptr<rocksdb::FSRandomAccessFile> file, FaultyEnvironment& disk)
        : FSRandomAccessFileOwnerWrapper(std::move(file)), disk_(disk) {}
    IOStatus Read(std::uint64_t offset, std::size_t size, const IOOptions& options, Slice* result,
                  char* scratch, IODebugContext* context) const override {
        if (const int error = disk_.fails(FileCall::read, size); error != 0)
            return status_of(error);
        IOStatus status = target()->Read(offset, size, options, result, scratch, context);
        if (status.ok() && disk_.cuts_read()) *result = Slice(result->data(), result->size() / 2);
        return status;
    }
    // One by one, so that each may fail.
    IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count,
                       const IOOptions& options, IODebugContext* context) override {
        for (std::size_t i = 0; i < count; ++i)
            requests[i].status = Read(requests[i].offset, requests[i].len, options,
                                      &requests[i].result, requests[i].scratch, context);
        return IOStatus::OK();
    }

 private:
    FaultyEnvironment& disk_;
};

class WritableFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
    WritableFile(std::unique_ptr<rocksdb::FSWritableFile> file, FaultyEnvironment& disk)
        : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk) {}
    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* context) override {
        if (const int error = disk_.fails(FileCall::write, data.size()); error != 0) {
            (void)target()->Append(Slice(data.data(), data.size() / 2), options, context);
            return status_of(error);
        }
        return target()->Append(data, options, context);
    }
    IOStatus Append(const Slice& data, const IOOptions& options,
                    const rocksdb::DataVerificationInfo&, IODebugContext* context) override {
        return Append(data, options, context);
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
        if (const int error = disk_.fails(FileCall::sync, 0); error != 0) return status_of(error);
        return target()->Sync(options, context);
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
        if (const int error = disk_.fails(FileCall::sync, 0); error != 0) return status_of(error);
        return target()->Fsync(options, context);
    }

 private:
    FaultyEnvironment& disk_;
};

class FileSystem : public rocksdb::FileSystemWrapper {
 public:
    explicit FileSystem(FaultyEnvironment& disk)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}
    const char* Name() const override { return "FaultyFileSystem"; }

    IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSSequentialFile>* result,
                               IODebugContext* context) override {
        IOStatus status = target()->NewSequentialFile(name, options, result, context);
        if (status.ok()) *result = std::make_unique<SequentialFile>(std::move(*result), disk_);
        return status;
    }
    IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                 IODebugContext* context) override {
        IOStatus status = target()->NewRandomAccessFile(name, options, result, context);
        if (status.ok()) *result = std::make_unique<RandomAccessFile>(std::move(*result), disk_);
        return status;
    }
    IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSWritableFile>* result,
                             IODebugContext* context) override {
        IOStatus status = target()->NewWritableFile(name, options, result, context);
        if (status.ok()) *result = std::make_unique<WritableFile>(std::move(*result), disk_);
        return status;
    }
    IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                std::unique_ptr<rocksdb::FSWritableFile>* result,
                                IODebugContext* context) override {
        IOStatus status = target()->ReopenWritableFile(name, options, result, context);
        if (status.ok()) *result = std::make_unique<WritableFile>(std::move(*result), disk_);
        return status;
    }
    IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                        IODebugContext* context) override {
        if (const int error = disk_.fails(FileCall::rename, 0); error != 0) return status_of(error);
        return target()->RenameFile(from, to, options, context);
    }

 private:
    FaultyEnvironment& disk_;
};

}  // namespace

FaultyEnvironment::FaultyEnvironment(const Faults& faults)
    : faults_(faults),
      random_(faults.seed),
      environment_(rocksdb::NewCompositeEnv(std::make_shared<FileSystem>(*this))) {}
FaultyEnvironment::~FaultyEnvironment() = default;

bool FaultyEnvironment::one_in(unsigned every) {
    if (!armed_ || every == 0) return false;
    const std::lock_guard lock(mutex_);
    if (random_() % every != 0) return false;
    ++failures_;
    return true;
}

int FaultyEnvironment::fails(FileCall call, std::size_t bytes) {
    switch (call) {
        case FileCall::read: return one_in(faults_.read_every) ? EIO : 0;
        case FileCall::sync: return one_in(faults_.sync_every) ? EIO : 0;
        case FileCall::rename: return one_in(faults_.rename_every) ? EIO : 0;
        case FileCall::write: break;
    }
    if (one_in(faults_.write_every)) return EIO;
    if (!armed_ || faults_.disk_bytes == 0) return 0;
    const std::lock_guard lock(mutex_);
    written_ += bytes;
    if (written_ <= faults_.disk_bytes) return 0;
    ++failures_;
    return ENOSPC;
}

bool FaultyEnvironment::cuts_read() {
    return one_in(faults_.short_read_every);
}

}  // namespace lectern::storage
