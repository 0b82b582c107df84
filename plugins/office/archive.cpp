#include "office/archive.hpp"

#include <zip.h>

#include <algorithm>
#include <vector>

#include "documents/extracted.hpp"

namespace lectern::office {
namespace {

using documents::fail;

struct CloseFile {
    void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};

}  // namespace

struct Archive::Impl {
    struct Discard {
        void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
    };
    ArchiveLimits limits;
    std::unique_ptr<zip_t, Discard> zip;
    std::size_t read = 0;  // bytes of all parts so far

    [[nodiscard]] zip_int64_t find(const std::string& name) const {
        const zip_int64_t exact = zip_name_locate(zip.get(), name.c_str(), 0);
        return exact >= 0 ? exact : zip_name_locate(zip.get(), name.c_str(), ZIP_FL_NOCASE);
    }
};

Archive::Archive(std::string_view bytes, const ArchiveLimits& limits)
    : impl_(std::make_unique<Impl>()) {
    impl_->limits = limits;
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* const source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source != nullptr) {
        impl_->zip.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
        if (impl_->zip == nullptr) zip_source_free(source);
    }
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (impl_->zip == nullptr)
        fail(LECTERN_INVALID_ARGUMENT,
             "the file is broken or cut off (as a ZIP archive: " + why + ")");
}

Archive::~Archive() = default;
Archive::Archive(Archive&&) noexcept = default;
Archive& Archive::operator=(Archive&&) noexcept = default;

bool Archive::has(const std::string& name) const {
    return impl_->find(name) >= 0;
}

std::optional<std::string> Archive::read(const std::string& name) {
    const zip_int64_t found = impl_->find(name);
    if (found < 0) return std::nullopt;
    const auto index = static_cast<zip_uint64_t>(found);
    zip_stat_t stat;
    if (zip_stat_index(impl_->zip.get(), index, 0, &stat) == 0 &&
        (stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE)
        fail(LECTERN_INVALID_ARGUMENT,
             "the file is encrypted with a password; save a copy without it");
    const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen_index(impl_->zip.get(), index, 0));
    const auto broken = [&](const char* why) {
        fail(LECTERN_INVALID_ARGUMENT, "the part \"" + name + "\" of the file is broken: " + why);
    };
    if (file == nullptr) broken(zip_strerror(impl_->zip.get()));
    std::string out;
    std::vector<char> piece(std::size_t{1} << 16);
    for (;;) {
        const zip_int64_t size = zip_fread(file.get(), piece.data(), piece.size());
        if (size < 0) broken(zip_file_strerror(file.get()));
        if (size == 0) break;
        out.append(piece.data(), static_cast<std::size_t>(size));
        impl_->read += static_cast<std::size_t>(size);
        if (out.size() > impl_->limits.part_bytes || impl_->read > impl_->limits.all_bytes)
            fail(LECTERN_RESOURCE_EXHAUSTED,
                 "the file unpacks to more than " +
                     std::to_string((out.size() > impl_->limits.part_bytes
                                         ? impl_->limits.part_bytes
                                         : impl_->limits.all_bytes) >>
                                    20) +
                     " MiB (\"" + name + "\"); split the document");
    }
    return out;
}

std::string resolved(std::string_view base, std::string_view target) {
    std::vector<std::string_view> path;
    const auto add = [&](std::string_view names) {
        while (!names.empty()) {
            const std::size_t end = std::min(names.find('/'), names.size());
            const std::string_view name = names.substr(0, end);
            names.remove_prefix(std::min(end + 1, names.size()));
            if (name.empty() || name == ".") continue;
            if (name != "..")
                path.push_back(name);
            else if (!path.empty())
                path.pop_back();
        }
    };
    const std::size_t slash = base.rfind('/');
    if (!target.starts_with('/') && slash != std::string_view::npos) add(base.substr(0, slash));
    add(target);
    std::string out;
    for (const std::string_view name : path) {
        if (!out.empty()) out += '/';
        out += name;
    }
    return out;
}

}  // namespace lectern::office
