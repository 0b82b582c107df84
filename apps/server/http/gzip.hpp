// apps/server/http/gzip.hpp: the content coding "gzip" (RFC 1952) of bodies, over zlib.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lectern/status.hpp"

namespace lectern::server {

[[nodiscard]] std::string gzipped(std::string_view bytes);

// Takes a compressed body in pieces. Not thread-safe.
class Gunzip {
 public:
    // `limit`: most bytes that may come out, over all pieces. A small body that says it is a large
    // one costs no more than that.
    explicit Gunzip(std::uint64_t limit);
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;
    ~Gunzip();

    // Appends what comes out to `to`. invalid_argument: not gzip; resource_exhausted: over the
    // limit.
    [[nodiscard]] Status add(std::string_view piece, std::string& to);
    // invalid_argument when the stream was cut off.
    [[nodiscard]] Status finish() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lectern::server
