// apps/server/work/job_work.hpp: what the jobs do.
#pragma once

#include <filesystem>

#include "apps/server/work/collections.hpp"
#include "apps/server/work/jobs.hpp"
#include "apps/server/work/source_folders.hpp"

namespace lectern::server {

// Of every kind there is, on the collections below `data`; all must outlive the jobs.
// `ingest`: what stores the lines of a request, which are read as requests are (api/bulk.hpp).
[[nodiscard]] JobWork job_work(Collections& collections, const std::filesystem::path& data,
                               const SourceFolders& sources, JobWork ingest);

// What a sync with these settings is about; a failure says what is wrong with them.
[[nodiscard]] Result<SyncOptions> sync_options(const boost::json::object& settings,
                                               const Collection& collection,
                                               const SourceFolders& sources);

// Where the files of a backup that was sent here are until a job has restored it.
[[nodiscard]] std::filesystem::path uploaded_backup(const Collections& collections,
                                                    const std::string& token);

// Where the backups of a collection are. Of a cluster: its repository of this name
// (LECTERN_OPENSEARCH_REPOSITORY), for all collections. Otherwise below the data folder and nowhere
// else, since a path would let a caller write to any folder of the server's machine. A collection
// that is dropped and made again is another one.
[[nodiscard]] Result<std::filesystem::path> backup_folder(const std::filesystem::path& data,
                                                          const OpenCollection& open);
// Those that are there, of this collection alone. not_found when there is none.
[[nodiscard]] Result<std::vector<BackupInfo>> backups_of(const std::filesystem::path& data,
                                                         const OpenCollection& open);

}  // namespace lectern::server
