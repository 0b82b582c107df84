// corpus/local/local.hpp: a collection in a folder of this machine: RocksDB, FAISS, our BM25 and
// the metadata index. One process owns it at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "corpus/corpus.hpp"
#include "lectern/backup.hpp"

namespace lectern::corpus::local {

struct Options {
    bool create = false;
    Log log;
};
[[nodiscard]] Result<std::unique_ptr<Corpus>> open(const std::filesystem::path& folder,
                                                   const Options& options);

// ---- of a collection that is not open: see the functions of that name in lectern.hpp.
[[nodiscard]] Result<VerifyReport> verify(const std::filesystem::path& folder);
[[nodiscard]] Result<RepairReport> repair(const std::filesystem::path& folder);
[[nodiscard]] Result<std::vector<BackupInfo>> backups(const std::filesystem::path& folder);
[[nodiscard]] Result<BackupInfo> restore(const std::filesystem::path& folder, std::uint32_t id,
                                         const std::filesystem::path& to);
[[nodiscard]] Result<std::vector<BackupFile>> backup_files(const std::filesystem::path& folder,
                                                           std::uint32_t id);
[[nodiscard]] Status delete_backup(const std::filesystem::path& folder, std::uint32_t id);

}  // namespace lectern::corpus::local
