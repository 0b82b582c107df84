// apps/crash/worker.hpp: the process that is killed, and the looking at what it left behind.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/crash/model.hpp"

namespace lectern::crash {

// The engine with a defect, to see that the harness notices it.
enum class Sabotage {
    none,
    lost_write,    // some writes are acknowledged and not done
    lost_removal,  // some removals are acknowledged and not done
    changed_byte   // some documents are stored with their last byte changed
};

struct Work {
    std::filesystem::path collection;
    std::filesystem::path pipeline;
    std::uint64_t seed = 0;
    Step first = 1;
    int acknowledge = -1;  // descriptor that messages go to
    Sabotage sabotage = Sabotage::none;
};

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

// Opens a collection as a user would.
[[nodiscard]] Result<Collection> open(const std::filesystem::path& collection,
                                      const std::filesystem::path& pipeline);

// Everything in it, by id and by search.
[[nodiscard]] Result<Seen> look(const Collection& collection);

// Of `count` chunks, drawn by `draw`, how many are among the first ten hits of a search for their
// own text. Index graphs are approximate, so a few may be missing.
[[nodiscard]] Result<std::size_t> find_themselves(const Collection& collection, const Seen& seen,
                                                  std::size_t count, std::uint64_t draw);

}  // namespace lectern::crash
