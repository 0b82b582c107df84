#include "engine/ingest/sources.hpp"
#include "engine/ingest/document_id.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "system/descriptor.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t map_from_bytes = 64ULL << 20;

Status system_failure(int error) {
    const std::string reason = std::generic_category().message(error);
    switch (error) {
        case ENOENT:
        case ENOTDIR: return {Code::not_found, "no such file or folder"};
        case EACCES: return {Code::invalid_argument, reason + "; check its permissions"};
        default: return {Code::unavailable, reason};
    }
}

bool hidden(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.size() > 1 && name.front() == '.';
}

void walk(const fs::path& folder, std::vector<SourceFile>& out,
          std::vector<IngestFailure>& failed) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    auto iterator = fs::directory_iterator(folder, error);
    for (; !error && iterator != fs::directory_iterator(); iterator.increment(error))
        if (!hidden(iterator->path())) entries.push_back(*iterator);
    if (error) {
        failed.push_back({folder.string(), system_failure(error.value())});
        return;
    }
    std::sort(entries.begin(), entries.end());
    for (const fs::directory_entry& entry : entries) {
        if (entry.is_directory(error)) {
            if (!entry.is_symlink(error) && !is_collection(entry.path()))
                walk(entry.path(), out, failed);
        } else if (entry.is_regular_file(error)) {
            const std::uint64_t bytes = entry.file_size(error);
            out.push_back({entry.path(), document_id_of(entry.path()), error ? 0 : bytes});
        }
        // Sockets, devices and the like are no documents.
    }
}

}  // namespace

bool is_collection(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder / "store" / "CURRENT", error);
}

std::string absolute_path(const fs::path& path) {
    std::error_code error;
    fs::path absolute = fs::absolute(path, error).lexically_normal();
    if (!absolute.has_filename() && absolute.has_relative_path()) absolute = absolute.parent_path();
    return error ? std::string() : absolute.string();
}

std::vector<SourceFile> list_files(const std::vector<fs::path>& paths,
                                   std::vector<IngestFailure>& failed) {
    std::vector<SourceFile> out;
    for (const fs::path& path : paths) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        if (!fs::exists(status)) {
            failed.push_back({path.string(), system_failure(error ? error.value() : ENOENT)});
        } else if (fs::is_directory(status)) {
            // "notes/" and "notes" name the same documents.
            fs::path folder = path;
            if (!folder.has_filename() && folder.has_parent_path()) folder = folder.parent_path();
            if (is_collection(folder))
                failed.push_back(
                    {folder.string(),
                     {Code::invalid_argument, "this is a collection, not a folder of documents"}});
            else
                walk(folder, out, failed);
        } else if (fs::is_regular_file(status)) {
            const std::uint64_t bytes = fs::file_size(path, error);
            out.push_back({path, document_id_of(path), error ? 0 : bytes});
        } else {
            failed.push_back(
                {path.string(),
                 {Code::invalid_argument,
                  "not a file or folder; its bytes may come from standard input (-)"}});
        }
    }
    // What is named twice, or by itself and with its folder, is read once.
    std::unordered_set<std::string_view> seen;
    std::vector<bool> again;
    for (const SourceFile& file : out) again.push_back(!seen.insert(file.name).second);
    std::vector<SourceFile> once;
    for (std::size_t i = 0; i < out.size(); ++i)
        if (!again[i]) once.push_back(std::move(out[i]));
    return once;
}

Result<FileBytes> FileBytes::open(const fs::path& path) {
    const sys::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return system_failure(errno);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) return system_failure(errno);
    FileBytes out;
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (size >= map_from_bytes) {
        std::error_code error;
        out.mapped_ = sys::Mapping::of(file, size, error);
        if (error) return system_failure(error.value());
        out.mapped_.read_in_order();
        return out;
    }
    out.read_.resize(size);
    std::size_t done = 0;
    while (done < out.read_.size()) {
        const ssize_t got = ::read(file.get(), out.read_.data() + done, out.read_.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_failure(errno);
        if (got == 0) break;  // it became shorter while we read
        done += static_cast<std::size_t>(got);
    }
    out.read_.resize(done);
    return out;
}

}  // namespace lectern
