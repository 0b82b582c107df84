// Upkeep of a collection that is not open: verify, repair, backups, restore.
#include "corpus/local/local.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

namespace fs = std::filesystem;

Result<std::vector<BackupInfo>> Collection::backups(const fs::path& folder) {
    return corpus::local::backups(folder);
}

Result<BackupInfo> Collection::restore(const fs::path& folder, std::uint32_t id,
                                       const fs::path& to) {
    return corpus::local::restore(folder, id, to);
}

Result<VerifyReport> Collection::verify(const fs::path& folder) {
    return corpus::local::verify(folder);
}

Result<RepairReport> Collection::repair(const fs::path& folder) {
    return corpus::local::repair(folder);
}

}  // namespace lectern
