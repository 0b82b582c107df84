// apps/crash/inspection.hpp: looking at what a worker has left behind.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "apps/crash/model.hpp"

namespace lectern::crash {

// The most that a search gives, and more than the script ever stores.
inline constexpr std::size_t every_chunk = 10'000;

// Opens a collection as a user would. `log` may be empty.
[[nodiscard]] Result<Collection> open(const std::filesystem::path& collection,
                                      const std::filesystem::path& pipeline, Log log = {});

// Everything in it, by id, by vectors and by the words of these versions. `all_hits`: a search for
// all chunks finds them all, whatever the index.
[[nodiscard]] Result<Seen> look(const Collection& collection, std::span<const Version> versions,
                                bool all_hits = true);

// Of `count` chunks, drawn by `draw`, how many are among the first ten hits of a dense search for
// their own text. Index graphs are approximate, so a few may be missing.
[[nodiscard]] Result<std::size_t> find_themselves(const Collection& collection, const Seen& seen,
                                                  std::size_t count, std::uint64_t draw);

// What Collection::verify finds in a collection that is not open, one sentence each.
[[nodiscard]] Result<std::vector<std::string>> verify(const std::filesystem::path& collection);

struct Inspection {
    std::vector<std::string> problems;
    std::size_t documents = 0;  // compared byte for byte
    std::size_t self_asked = 0;
    std::size_t self_found = 0;
};

// All of this, of a collection that is not open: verified, opened, compared with the model. What
// was in doubt is settled in the model.
[[nodiscard]] Result<Inspection> inspect(const std::filesystem::path& collection,
                                         const std::filesystem::path& pipeline, Model& model,
                                         std::uint64_t draw);

}  // namespace lectern::crash
