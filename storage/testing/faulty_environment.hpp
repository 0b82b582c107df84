// storage/testing/faulty_environment.hpp: a machine whose disk fails now and then, for tests.
//
//     FaultyEnvironment disk({.seed = 7, .write_every = 50});
//     auto store = Store::open(folder, {.environment = &disk.environment()});
//     disk.set_armed(false);   // from here on everything works
//
// What fails is decided by the seed and the order of the calls. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>

#include "storage/store/file_calls.hpp"

namespace rocksdb {
class Env;
}

namespace lectern::storage {

// One call in so many fails; 0: none.
struct Faults {
    std::uint64_t seed = 1;
    unsigned write_every = 0;  // half of the bytes are written before
    unsigned sync_every = 0;
    unsigned rename_every = 0;
    unsigned read_every = 0;
    // Of random reads, as from table files, which then give half of the bytes. A short sequential
    // read means the end of a file to RocksDB and to POSIX, so it is no fault.
    unsigned short_read_every = 0;
    std::uint64_t disk_bytes = 0;  // written in all before the disk is full; 0: no limit
};

class FaultyEnvironment final : public FileFaults {
 public:
    explicit FaultyEnvironment(const Faults& faults);
    ~FaultyEnvironment() override;
    FaultyEnvironment(const FaultyEnvironment&) = delete;
    FaultyEnvironment& operator=(const FaultyEnvironment&) = delete;

    [[nodiscard]] rocksdb::Env& environment() noexcept { return *environment_; }
    void set_armed(bool armed) noexcept { armed_ = armed; }
    // How many calls were made to fail.
    [[nodiscard]] std::uint64_t failures() const noexcept { return failures_; }

    // For our own files: see set_file_faults.
    [[nodiscard]] int fails(FileCall call, std::size_t bytes) override;
    [[nodiscard]] bool cuts_read();

 private:
    [[nodiscard]] bool one_in(unsigned every);

    const Faults faults_;
    std::atomic<bool> armed_{true};
    std::atomic<std::uint64_t> failures_{0};
    std::mutex mutex_;
    std::mt19937_64 random_;
    std::uint64_t written_ = 0;
    std::unique_ptr<rocksdb::Env> environment_;
};

}  // namespace lectern::storage
