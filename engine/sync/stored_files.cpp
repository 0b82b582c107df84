#include "engine/sync/stored_files.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "engine/sync/walk.hpp"

namespace lectern {

Result<StoredFiles> stored_files(const corpus::Reader& reader,
                                 std::span<const storage::SourceFolder> sources) {
    StoredFiles out;
    const auto of_a_source = [&](const std::string& path) {
        return std::any_of(sources.begin(), sources.end(),
                           [&](const auto& source) { return lies_in(path, source.path); });
    };
    LECTERN_TRY(reader.each_synced_file([&](const storage::SyncedFile& file) {
        if (of_a_source(file.path)) out[file.path].whole = file;
    }));
    LECTERN_TRY(reader.each_origin([&](storage::Ordinal document, const storage::Origin& origin) {
        if (!of_a_source(origin.file)) return;
        StoredFile& file = out[origin.file];
        (origin.synced ? file.synced : file.ingested).push_back(document);
    }));
    return out;
}

Result<std::uint64_t> documents_without_file(const corpus::Reader& reader,
                                             std::span<const std::string> folders) {
    namespace fs = std::filesystem;
    std::error_code error;
    std::vector<std::string> there;
    for (const std::string& folder : folders)
        if (fs::is_directory(folder, error)) there.push_back(folder);
    std::uint64_t gone = 0;
    std::string last;  // documents of one file often follow each other
    bool last_gone = false;
    if (there.empty()) return gone;
    LECTERN_TRY(reader.each_origin([&](storage::Ordinal, const storage::Origin& origin) {
        if (origin.file != last) {
            last = origin.file;
            const auto below = [&](const std::string& folder) { return lies_in(last, folder); };
            last_gone = std::any_of(there.begin(), there.end(), below) &&
                        fs::symlink_status(last, error).type() == fs::file_type::not_found;
        }
        if (last_gone) ++gone;
    }));
    return gone;
}

}  // namespace lectern
