#include "archive/members.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "archive/member_path.hpp"
#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "text/text.hpp"

namespace lectern::archive {
namespace {

using namespace std::string_view_literals;
using documents::fail;

struct Free {
    void operator()(struct archive* reader) const noexcept { archive_read_free(reader); }
};
using Reader = std::unique_ptr<struct archive, Free>;

// libarchive puts names into the character set of the thread's locale, and those that do not fit
// are lost: in "C", which programs begin with, each name of a ZIP archive that is marked as UTF-8
// and holds more than ASCII.
class NamesInUtf8 {
 public:
    NamesInUtf8() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
        if (locale_ != nullptr) before_ = ::uselocale(locale_);
    }
    NamesInUtf8(const NamesInUtf8&) = delete;
    NamesInUtf8& operator=(const NamesInUtf8&) = delete;
    ~NamesInUtf8() {
        if (locale_ == nullptr) return;
        ::uselocale(before_);
        ::freelocale(locale_);
    }

 private:
    locale_t locale_;
    locale_t before_ = nullptr;
};

// What libarchive says, in one line of UTF-8.
std::string said(struct archive* reader) {
    const char* const why = archive_error_string(reader);
    std::string out = why == nullptr ? "no reason is given" : why;
    std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (text::invalid_utf8_at(out) != std::string_view::npos) return "an unreadable name";
    return std::string(text::prefix(out, 300));
}

// "notes.csv.gz" is "notes.csv"; nothing for archives of many files.
std::optional<std::string> unpacked_name(std::string_view name) {
    if (!documents::has_extension(name, {"gz", "bz2", "xz", "zst"})) return std::nullopt;
    const std::string_view base = documents::base_name(name);
    return std::string(base.substr(0, base.rfind('.')));
}

Reader open(std::string_view bytes, bool single) {
    Reader reader(archive_read_new());
    if (reader == nullptr) fail(LECTERN_RESOURCE_EXHAUSTED, "out of memory");
    archive_read_support_format_zip(reader.get());
    archive_read_support_format_tar(reader.get());
    if (single) archive_read_support_format_raw(reader.get());
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_filter_bzip2(reader.get());
    archive_read_support_filter_xz(reader.get());
    archive_read_support_filter_zstd(reader.get());
    if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
        fail(LECTERN_INVALID_ARGUMENT,
             "neither a ZIP nor a tar archive, or a broken one: " + said(reader.get()));
    return reader;
}

class Walk {
    // Files of one archive; each costs another look at its list.
    static constexpr std::size_t most_broken = 100;

 public:
    Walk(std::string_view bytes, std::string_view name, const MemberLimits& limits,
         const Members& out)
        : bytes_(bytes),
          limits_(limits),
          out_(out),
          single_(unpacked_name(name)),
          reader_(open(bytes, single_.has_value())) {}

    void run() {
        archive_entry* entry = nullptr;
        for (;;) {
            stop_when_cancelled();
            const int code = archive_read_next_header(reader_.get(), &entry);
            if (code == ARCHIVE_EOF) break;
            if (code == ARCHIVE_FATAL) broken();
            if (++members_ > limits_.members)
                fail(LECTERN_RESOURCE_EXHAUSTED, "the archive has more than " +
                                                     std::to_string(limits_.members) +
                                                     " members; split it");
            if (code < ARCHIVE_WARN) {
                out_.failed(shown_name(entry), "it is broken: " + said(reader_.get()));
                continue;
            }
            if (single_ && archive_format(reader_.get()) == ARCHIVE_FORMAT_RAW &&
                archive_filter_count(reader_.get()) < 2)
                fail(LECTERN_INVALID_ARGUMENT,
                     "the file is not what its name says: neither gzip, bzip2, xz nor Zstandard");
            member(entry);
        }
        if (files_ > 0) return;
        if (encrypted_ > 0)
            fail(LECTERN_INVALID_ARGUMENT,
                 "the archive is encrypted with a password; unpack it, or pack it without one");
        fail(LECTERN_INVALID_ARGUMENT, "no text: the archive holds no files");
    }

 private:
    [[noreturn]] void broken() {
        fail(LECTERN_INVALID_ARGUMENT,
             (files_ == 0 ? std::string("the archive is broken or cut off: ")
                          : "the archive is broken or cut off behind its first " +
                                std::to_string(files_) + " files: ") +
                 said(reader_.get()));
    }

    void stop_when_cancelled() const {
        if (limits_.cancelled && limits_.cancelled()) fail(LECTERN_CANCELLED, "cancelled");
    }

    [[nodiscard]] std::string raw_name(archive_entry* entry) const {
        // A raw "archive" calls its one file "data".
        if (single_ && archive_format(reader_.get()) == ARCHIVE_FORMAT_RAW) return *single_;
        // The first is null when the name is not UTF-8.
        const char* name = archive_entry_pathname_utf8(entry);
        if (name == nullptr) name = archive_entry_pathname(entry);
        return name == nullptr ? std::string{} : std::string(name);
    }

    [[nodiscard]] std::string shown_name(archive_entry* entry) const {
        const std::string name = raw_name(entry);
        if (name.empty()) return "member " + std::to_string(members_);
        if (text::invalid_utf8_at(name) != std::string_view::npos)
            return "member " + std::to_string(members_);
        return std::string(text::prefix(name, 200));
    }

    void member(archive_entry* entry) {
        // Folders, links and devices hold nothing to read. A hard link's file has been read.
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr)
            return;
        const bool zip = archive_format(reader_.get()) == ARCHIVE_FORMAT_ZIP;
        const auto path = member_path(raw_name(entry), zip);
        if (!path) {
            ++files_;
            out_.failed(shown_name(entry),
                        "its path leads out of the archive, is empty or too long");
            return;
        }
        if (is_left_out(*path)) return;
        if (archive_entry_is_data_encrypted(entry) > 0 || archive_entry_is_encrypted(entry) > 0) {
            ++encrypted_;
            out_.failed(*path, "it is encrypted with a password");
            return;
        }
        std::string bytes;
        if (!read(*path, bytes)) return;
        ++files_;
        out_.file(*path, bytes);
    }

    // False: it has failed, and the next one can be read.
    bool read(const std::string& path, std::string& bytes) {
        std::vector<char> piece(std::size_t{1} << 16);
        for (;;) {
            stop_when_cancelled();
            const la_ssize_t size = archive_read_data(reader_.get(), piece.data(), piece.size());
            if (size == 0) return true;
            if (size == ARCHIVE_RETRY) continue;
            if (size < 0) {
                if (size == ARCHIVE_FATAL && archive_format(reader_.get()) != ARCHIVE_FORMAT_ZIP)
                    broken();
                ++files_;
                out_.failed(path, "it is broken: " + said(reader_.get()));
                if (size == ARCHIVE_FATAL) begin_again();
                return false;
            }
            const auto read = static_cast<std::size_t>(size);
            all_ += read;
            if (all_ > limits_.all_bytes)
                fail(LECTERN_RESOURCE_EXHAUSTED, "the archive unpacks to more than " +
                                                     std::to_string(limits_.all_bytes >> 20) +
                                                     " MiB; unpack it, or split it");
            if (all_ > limits_.ratio_from && all_ / limits_.ratio > bytes_.size())
                fail(LECTERN_RESOURCE_EXHAUSTED,
                     "the archive unpacks to more than " + std::to_string(limits_.ratio) +
                         " times its size, as archives do that are made to fill a disk");
            if (bytes.size() + read > limits_.member_bytes) {
                ++files_;
                out_.failed(path, "it unpacks to more than " +
                                      std::to_string(limits_.member_bytes >> 20) + " MiB");
                // What is left of it counts as unpacked too.
                return skip_rest();
            }
            bytes.append(piece.data(), read);
        }
    }

    // A ZIP archive has a list of its files: behind one that is broken there are others.
    void begin_again() {
        if (++broken_ > most_broken) broken();
        reader_ = open(bytes_, single_.has_value());
        archive_entry* entry = nullptr;
        for (std::size_t i = 0; i < members_; ++i) {
            stop_when_cancelled();
            if (archive_read_next_header(reader_.get(), &entry) == ARCHIVE_FATAL) broken();
        }
    }

    bool skip_rest() {
        std::vector<char> piece(std::size_t{1} << 16);
        for (;;) {
            stop_when_cancelled();
            const la_ssize_t size = archive_read_data(reader_.get(), piece.data(), piece.size());
            if (size == ARCHIVE_FATAL) broken();
            if (size <= 0) return false;
            all_ += static_cast<std::size_t>(size);
            if (all_ > limits_.all_bytes)
                fail(LECTERN_RESOURCE_EXHAUSTED, "the archive unpacks to more than " +
                                                     std::to_string(limits_.all_bytes >> 20) +
                                                     " MiB; unpack it, or split it");
        }
    }

    std::string_view bytes_;
    const MemberLimits& limits_;
    const Members& out_;
    std::optional<std::string> single_;
    Reader reader_;
    std::size_t members_ = 0;
    std::size_t files_ = 0;  // read, or told as failed
    std::size_t encrypted_ = 0;
    std::size_t broken_ = 0;
    std::size_t all_ = 0;  // bytes unpacked
};

}  // namespace

void read_members(std::string_view bytes, std::string_view name, const MemberLimits& limits,
                  const Members& out) {
    if (bytes.empty()) fail(LECTERN_INVALID_ARGUMENT, "no text: the file is empty");
    const NamesInUtf8 names;
    Walk(bytes, name, limits, out).run();
}

namespace {

// Office files and books are ZIP archives too, by the name of their first part.
bool is_office(std::string_view head) noexcept {
    constexpr std::size_t name_begin = 30;  // of a local file header
    if (!head.starts_with("PK\x03\x04") || head.size() < name_begin) return false;
    const std::size_t size = static_cast<unsigned char>(head[26]) |
                             static_cast<std::size_t>(static_cast<unsigned char>(head[27])) << 8U;
    const std::string_view first = head.substr(name_begin, size);
    for (const std::string_view part : {"[Content_Types].xml"sv, "_rels/.rels"sv, "mimetype"sv})
        if (first == part) return true;
    return first.starts_with("word/") || first.starts_with("xl/") || first.starts_with("ppt/") ||
           first.starts_with("docProps/");
}

}  // namespace

unsigned archive_fits(std::string_view name, std::string_view head) {
    const bool office = is_office(head);
    if (documents::has_extension(
            name, {"zip", "tar", "tgz", "tbz2", "txz", "tzst", "gz", "bz2", "xz", "zst"}))
        return office ? 60 : 100;
    for (const std::string_view magic : {"PK\x03\x04"sv, "\x1F\x8B\x08"sv, "BZh"sv,
                                         "\xFD"
                                         "7zXZ\0"sv,
                                         "\x28\xB5\x2F\xFD"sv})
        if (head.starts_with(magic)) return office ? 60 : 50;
    return head.size() > 262 && head.substr(257, 5) == "ustar" ? 50 : 0;
}

}  // namespace lectern::archive
