// apps/crash/worker.hpp: the process that is killed.
#pragma once

#include <cstdint>
#include <filesystem>

#include "apps/crash/script.hpp"

namespace lectern::crash {

// The engine with a defect, to see that the harness notices it.
enum class Sabotage {
    none,
    lost_write,    // some writes are acknowledged and not done
    lost_removal,  // some removals are acknowledged and not done
    changed_byte,  // some documents are stored with their last byte changed
    lost_backup    // backups are acknowledged and not made
};

struct Work {
    std::filesystem::path collection;
    std::filesystem::path pipeline;
    std::uint64_t seed = 0;
    Step first = 1;
    int acknowledge = -1;  // descriptor that messages go to
    Sabotage sabotage = Sabotage::none;
    Lane lane = Lane::all;
};

// The worker's exit code where its cluster does not take a write or answer a search.
inline constexpr int no_cluster = 5;

// What the worker tells: 8 bytes each.
enum class Event : std::uint32_t { opened = 1, begun = 2, done = 3 };
struct Message {
    Event event = Event::opened;
    std::uint32_t step = 0;
};
static_assert(sizeof(Message) == 8);

// Opens the collection and works for ever; searches go on beside it in a thread of their own.
// Returns an exit code when something is wrong, having said what on stderr.
[[nodiscard]] int work(const Work& work);

}  // namespace lectern::crash
