// Upkeep of a collection that is not open: verify, repair, backups, restore, its pipeline.
#include <string>
#include <system_error>
#include <vector>

#include "config/pipeline.hpp"
#include "corpus/local/local.hpp"
#include "corpus/opensearch/opensearch.hpp"
#include "lectern/backup.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

namespace fs = std::filesystem;

namespace {

void says_nothing(LogLevel /*level*/, std::string_view /*source*/, std::string_view /*message*/) {}

// A name that somebody else has chosen is never taken for a path.
Result<config::PipelineConfig> own_pipeline(const std::string& name, const Folders& folders,
                                            const std::string& own) {
    const std::vector<fs::path> shipped{folders.pipelines};
    if (!own.empty()) {
        LECTERN_ASSIGN(const fs::path file, config::find_pipeline(own, shipped));
        LECTERN_ASSIGN(auto config, config::load_pipeline(file));
        if (config.name == name) return config;
    }
    const fs::path file = folders.pipelines / (name + ".yaml");
    std::error_code error;
    if (name.find('/') == std::string::npos && fs::is_regular_file(file, error)) {
        LECTERN_ASSIGN(auto config, config::load_pipeline(file));
        if (config.name == name) return config;
    }
    return Status{Code::invalid_argument,
                  "it works with the pipeline '" + name +
                      "', and there is none of this name here; on this machine 'lectern restore' "
                      "takes a backup with its own pipeline"};
}

}  // namespace

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

Result<std::string> collection_id(const fs::path& collection) {
    LECTERN_ASSIGN(const auto corpus, corpus::local::open(collection, {.log = says_nothing}));
    LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus->meta());
    return storage::to_hex(meta.id);
}

Status use_own_pipeline(const fs::path& collection, const Folders& folders,
                        const std::string& own) {
    LECTERN_ASSIGN(const auto corpus, corpus::local::open(collection, {.log = says_nothing}));
    LECTERN_ASSIGN(const storage::CollectionMeta meta, corpus->meta());
    LECTERN_ASSIGN(const auto config, own_pipeline(meta.pipeline_name, folders, own));
    return corpus->set_pipeline(config.name, config.text, config.base_folder.string());
}

Result<VerifyReport> Collection::verify(const fs::path& folder) {
    if (!corpus::opensearch::is_address(folder.string())) return corpus::local::verify(folder);
    LECTERN_ASSIGN(const auto corpus, corpus::opensearch::open(folder.string(), says_nothing));
    return corpus->verify({});
}

Result<RepairReport> Collection::repair(const fs::path& folder) {
    if (corpus::opensearch::is_address(folder.string()))
        return corpus::opensearch::repair(folder.string());
    return corpus::local::repair(folder);
}

}  // namespace lectern
