#include "engine/sync/walk.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "engine/ingest/sources.hpp"
#include "engine/sync/ignore_rules.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

constexpr const char* pattern_files[] = {".gitignore", ".lecternignore"};

std::int64_t nanoseconds(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileMark mark_of(const struct stat& info) {
    return {info.st_dev, info.st_ino, static_cast<std::uint64_t>(info.st_size),
            nanoseconds(info.st_mtim), nanoseconds(info.st_ctim)};
}

Status not_read(int error) {
    const std::string reason = std::generic_category().message(error);
    return {error == EACCES ? Code::invalid_argument : Code::unavailable,
            error == EACCES ? reason + "; check its permissions" : reason};
}

class SourceWalk {
 public:
    SourceWalk(const storage::SourceFolder& source,
               const std::function<Status(const fs::path&)>& before_folder,
               const std::stop_token& stop)
        : source_(source),
          before_folder_(before_folder),
          stop_(stop),
          rules_(source.include, source.exclude) {}

    Result<WalkedSource> run() {
        struct stat info {};
        if (::stat(source_.path.c_str(), &info) != 0) {
            if (errno == ENOENT || errno == ENOTDIR)
                out_.missing = true;
            else
                unread(source_.path, errno);
        } else if (S_ISDIR(info.st_mode)) {
            LECTERN_TRY(folder(source_.path, ""));
        } else if (S_ISREG(info.st_mode)) {
            out_.files.push_back({source_.path, source_.name, mark_of(info)});
        } else {
            out_.failed.push_back({source_.path, {Code::invalid_argument, "not a file or folder"}});
            out_.unread.push_back(source_.path);
        }
        return std::move(out_);
    }

 private:
    void unread(const fs::path& path, int error) {
        out_.failed.push_back({path.string(), not_read(error)});
        out_.unread.push_back(path.string());
    }

    // `below`: the folder from the source's own.
    Status folder(const fs::path& path, const std::string& below) {
        if (stop_.stop_requested()) return {Code::cancelled, "cancelled"};
        if (before_folder_) LECTERN_TRY(before_folder_(path));
        std::error_code error;
        std::vector<fs::path> entries;
        auto iterator = fs::directory_iterator(path, error);
        for (; !error && iterator != fs::directory_iterator(); iterator.increment(error))
            entries.push_back(iterator->path());
        std::vector<std::string> patterns;
        if (!error) error = read_patterns(path, patterns);
        if (error) {
            unread(path, error.value());
            return {};
        }
        std::sort(entries.begin(), entries.end());
        rules_.enter(below, patterns);
        for (const fs::path& entry : entries) LECTERN_TRY(take(entry, below));
        rules_.leave();
        return {};
    }

    // Without the patterns nobody knows what the folder leaves out.
    static std::error_code read_patterns(const fs::path& folder, std::vector<std::string>& out) {
        for (const char* name : pattern_files) {
            std::error_code error;
            if (!fs::is_regular_file(folder / name, error)) continue;
            const auto bytes = FileBytes::open(folder / name);
            if (!bytes) return std::make_error_code(std::errc::permission_denied);
            out.emplace_back(bytes->bytes());
        }
        return {};
    }

    Status take(const fs::path& path, const std::string& below) {
        const std::string own = path.filename().string();
        if (own.starts_with('.')) return {};
        const std::string relative = below.empty() ? own : below + "/" + own;
        struct stat link {};
        if (::lstat(path.c_str(), &link) != 0) {
            if (errno != ENOENT) unread(path, errno);  // ENOENT: it went while the folder was read
            return {};
        }
        struct stat info = link;
        if (S_ISLNK(link.st_mode)) {
            const bool leads_nowhere = ::stat(path.c_str(), &info) != 0;
            if (rules_.left_out(relative, false)) return {};
            if (leads_nowhere || S_ISDIR(info.st_mode)) {
                out_.left_out.push_back({path.string(), leads_nowhere
                                                            ? "a link that leads to nothing"
                                                            : "a link to a folder"});
                return {};
            }
        }
        if (S_ISDIR(info.st_mode)) {
            if (rules_.left_out(relative, true) || is_collection(path)) return {};
            return folder(path, relative);
        }
        if (!S_ISREG(info.st_mode) || rules_.left_out(relative, false)) return {};
        out_.files.push_back(
            {path, source_.name.empty() ? relative : source_.name + "/" + relative, mark_of(info)});
        return {};
    }

    const storage::SourceFolder& source_;
    const std::function<Status(const fs::path&)>& before_folder_;
    const std::stop_token& stop_;
    IgnoreRules rules_;
    WalkedSource out_;
};

}  // namespace

Result<WalkedSource> walk_source(const storage::SourceFolder& source,
                                 const std::function<Status(const fs::path&)>& before_folder,
                                 const std::stop_token& stop) {
    return SourceWalk(source, before_folder, stop).run();
}

bool lies_in(std::string_view path, std::string_view folder) noexcept {
    if (!path.starts_with(folder)) return false;
    return path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/';
}

}  // namespace lectern
