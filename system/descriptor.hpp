// system/descriptor.hpp: owns a file descriptor.
#pragma once

#include <unistd.h>

#include <utility>

namespace lectern::sys {

// Closed at the end of its life. What a failed close() says is lost: a file that must be on disk is
// synchronised before.
class Descriptor {
 public:
    Descriptor() = default;
    // Takes what open(2) and its kin give; a negative one is none.
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    // Leaves errno as it was, so that a failure can be told afterwards.
    void close() noexcept;
    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }
    [[nodiscard]] int get() const noexcept { return number_; }

 private:
    int number_ = -1;
};

}  // namespace lectern::sys
