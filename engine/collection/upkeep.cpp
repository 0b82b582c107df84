// Upkeep of a collection that is not open: verify, repair, backups, restore.
#include <string>

#include "corpus/local/local.hpp"
#include "corpus/opensearch/opensearch.hpp"
#include "lectern/backup.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

namespace fs = std::filesystem;

Result<std::vector<BackupInfo>> Collection::backups(const fs::path& folder) {
    if (corpus::opensearch::is_address(folder.string()))
        return corpus::opensearch::backups(folder.string());
    return corpus::local::backups(folder);
}

Result<BackupInfo> Collection::restore(const fs::path& folder, std::uint32_t id,
                                       const fs::path& to) {
    if (corpus::opensearch::is_address(folder.string()))
        return corpus::opensearch::restore(folder.string(), id, to.string());
    if (corpus::opensearch::is_address(to.string()))
        return Status{
            Code::invalid_argument,
            "a backup in a folder is restored to a folder; 'lectern copy' takes it to the "
            "cluster from there"};
    return corpus::local::restore(folder, id, to);
}

Result<std::vector<BackupFile>> backup_files(const fs::path& folder, std::uint32_t id) {
    if (corpus::opensearch::is_address(folder.string()))
        return Status{Code::unsupported,
                      "the files of a cluster's backup are in the repository of the cluster"};
    return corpus::local::backup_files(folder, id);
}

Status delete_backup(const fs::path& folder, std::uint32_t id) {
    if (corpus::opensearch::is_address(folder.string()))
        return corpus::opensearch::delete_backup(folder.string(), id);
    return corpus::local::delete_backup(folder, id);
}

Result<VerifyReport> Collection::verify(const fs::path& folder) {
    if (!corpus::opensearch::is_address(folder.string())) return corpus::local::verify(folder);
    LECTERN_ASSIGN(const auto corpus,
                   corpus::opensearch::open(folder.string(),
                                            [](LogLevel, std::string_view, std::string_view) {}));
    return corpus->verify({});
}

Result<RepairReport> Collection::repair(const fs::path& folder) {
    if (corpus::opensearch::is_address(folder.string()))
        return corpus::opensearch::repair(folder.string());
    return corpus::local::repair(folder);
}

}  // namespace lectern
