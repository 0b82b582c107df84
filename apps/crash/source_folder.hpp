// apps/crash/source_folder.hpp: a folder of files that changes, and what a collection that is in
// step with it holds.
#pragma once

#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "apps/crash/model.hpp"

namespace lectern::crash {

class SourceFolder {
 public:
    SourceFolder(const Script& script, std::filesystem::path folder, std::uint64_t seed)
        : script_(script), folder_(std::move(folder)), random_(seed) {}

    // Some files are written, changed, renamed, copied and removed.
    [[nodiscard]] Status change();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_; }
    [[nodiscard]] std::size_t size() const noexcept { return files_.size(); }
    // Of the files, and of the texts that were there and are no more.
    [[nodiscard]] std::vector<Version> versions() const;
    // Everything in which the collection is not equal to the folder, one sentence each. `others`:
    // ids of documents that came another way, which must be there.
    [[nodiscard]] std::vector<std::string> check(const Seen& seen,
                                                 const std::set<std::string>& others) const;

 private:
    using Files = std::map<std::string, Version>;  // by names below the folder

    [[nodiscard]] std::string any_name();
    [[nodiscard]] Status write(const std::string& name, Version version);
    [[nodiscard]] Status remove(const std::string& name);

    const Script& script_;
    std::filesystem::path folder_;
    std::mt19937_64 random_;
    Files files_;
    std::set<Version> gone_;
    Step step_ = 0;
};

}  // namespace lectern::crash
