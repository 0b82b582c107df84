// index/vector/check_files.hpp: whether the cache files of the vector indexes check out, for
// `lectern verify`. Nothing is changed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lectern/status.hpp"
#include "storage/store/store.hpp"

namespace lectern::index {

struct CheckedFile {
    std::filesystem::path file;
    Status status;  // ok, or what is wrong with it
    storage::GenerationNumber generation = 0;
    std::uint64_t rows = 0;  // that the store has too; of a file that is ok
};

// Every file in the collection's index folder, in the order of their names: the stamp, the
// checksum, the graph, and each row against the store's. A file that belongs to no index is wrong
// too, but not what is left over. The store may be open to read only. One segment is in memory at
// a time.
[[nodiscard]] Result<std::vector<CheckedFile>> check_files(const storage::Store& store);

struct LeftOver {
    std::filesystem::path file;
    std::string what;
};

// What a process that ended amid its work has left in the index folder: sound, and the next open
// removes it.
[[nodiscard]] std::vector<LeftOver> left_over(const storage::Store& store);

}  // namespace lectern::index
