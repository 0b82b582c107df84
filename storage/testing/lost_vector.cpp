#include "storage/testing/lost_vector.hpp"

#include <mutex>

#include "storage/store/batch.hpp"
#include "storage/store/database.hpp"
#include "storage/store/keys.hpp"

namespace lectern::storage {

Status lose_vector(const std::filesystem::path& folder, ChunkId chunk) {
    LECTERN_ASSIGN(const auto database, Database::open(folder, {}));
    Batch batch(*database);
    batch.remove(Column::vectors, vector_key(database->now()->meta->serving, chunk).bytes());
    const std::lock_guard lock(database->write_mutex);
    LECTERN_TRY(database->write(batch.rocks(), true, "losing a vector"));
    return database->close();
}

}  // namespace lectern::storage
