// apps/server/net/slots.hpp: what a request that runs takes up, of all and of its key's.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

#include "apps/server/net/state.hpp"

namespace lectern::server {

// Counts while it lives.
class Counted {
 public:
    explicit Counted(std::atomic<std::size_t>& count) : count_(&count), now_(++count) {}
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --*count_; }
    [[nodiscard]] std::size_t now() const noexcept { return now_; }

 private:
    std::atomic<std::size_t>* count_;
    std::size_t now_;
};

class Slots {
 public:
    // 429 when there are none. Once. `key`: may be nullptr.
    [[nodiscard]] std::optional<Response> take(const Route& route, const Key* key,
                                               ServerState& state);

 private:
    std::optional<Counted> of_all_;
    std::optional<Counted> of_key_;
};

}  // namespace lectern::server
