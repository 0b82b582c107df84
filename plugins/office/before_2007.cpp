#include "office/before_2007.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "office/office_document.hpp"
#include "system/descriptor.hpp"

namespace lectern::office {
namespace {

using documents::fail;
using documents::Markup;

// "Word": whether a compound file has a stream of this name, which stands in its folder as UTF-16.
bool has_stream(std::string_view bytes, std::string_view name) {
    std::string wide;
    for (const char c : name) {
        wide += c;
        wide += '\0';
    }
    return bytes.find(wide + std::string(2, '\0')) != std::string_view::npos;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at, int size) {
    std::uint32_t out = 0;
    for (int i = size; i-- > 0;)
        out = out << 8U | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
    return out;
}

constexpr std::size_t compound_header = 512;  // bytes

// The programs look for ever for what a file that was cut no longer has. [MS-CFB] 2.2, 2.3: all
// sectors that its table says are used begin within the file, as far as the header has the table.
void refuse_cut(std::string_view bytes) {
    constexpr std::uint32_t unused = 0xFFFFFFFF;
    constexpr std::uint32_t greatest = 0xFFFFFFFA;
    if (bytes.size() < compound_header) fail(LECTERN_INVALID_ARGUMENT, "the file is cut");
    const std::uint32_t shift = number_at(bytes, 30, 2);
    if (shift != 9 && shift != 12) return;
    const std::size_t size = std::size_t{1} << shift;
    const auto begin_of = [&](std::uint32_t sector) { return (std::size_t{sector} + 1) * size; };
    const auto check = [&](std::uint32_t sector) {
        if (sector <= greatest && begin_of(sector) >= bytes.size())
            fail(LECTERN_INVALID_ARGUMENT, "the file is cut: parts of it are missing at its end");
    };
    std::uint32_t last = 0;
    for (std::size_t i = 0, at = 76; at < compound_header; ++i, at += 4) {
        const std::uint32_t table = number_at(bytes, at, 4);
        if (table > greatest) break;
        check(table);
        if (begin_of(table) + size > bytes.size())
            fail(LECTERN_INVALID_ARGUMENT, "the file is cut: parts of it are missing at its end");
        for (std::size_t entry = 0; entry < size / 4; ++entry)
            if (number_at(bytes, begin_of(table) + 4 * entry, 4) != unused)
                last = static_cast<std::uint32_t>(i * (size / 4) + entry);
    }
    check(last);
}

// Bytes under a path, for programs that read nothing else. Only this user can read them, and they
// are gone with this object.
class TemporaryFile {
 public:
    explicit TemporaryFile(std::string_view bytes) {
        std::error_code error;
        std::filesystem::path folder = std::filesystem::temp_directory_path(error);
        if (error) folder = "/tmp";
        path_ = (folder / "lectern-XXXXXX").string();
        const sys::Descriptor file(::mkostemp(path_.data(), O_CLOEXEC));
        if (!file.is_open()) {
            path_.clear();
            fail(LECTERN_UNAVAILABLE, "no temporary file can be made in " + folder.string());
        }
        while (!bytes.empty()) {
            const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
            if (written <= 0) break;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        if (bytes.empty()) return;
        ::unlink(path_.c_str());
        fail(LECTERN_RESOURCE_EXHAUSTED, "no room for a temporary file in " + folder.string());
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { ::unlink(path_.c_str()); }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
    std::string path_;
};

// What one of the programs writes.
std::string converted(std::vector<std::string> command, std::string_view bytes, const char* kind,
                      const Converters& converters) {
    refuse_cut(bytes);
    const TemporaryFile file(bytes);
    command.push_back(file.path());
    const documents::ProcessOutput output = [&] {
        try {
            return documents::run(command, {}, converters.limits);
        } catch (const documents::Failure& failure) {
            if (failure.code() != LECTERN_UNAVAILABLE) throw;
            fail(LECTERN_UNAVAILABLE,
                 std::string("a file of ") + kind +
                     " before 2007, for which a program is missing: apt-get install catdoc (or "
                     "convert it: libreoffice --headless --convert-to docx, xlsx or pptx)");
        }
    }();
    if (output.err.find("ncrypted") != std::string::npos)
        fail(LECTERN_INVALID_ARGUMENT,
             "the file is encrypted with a password; save a copy without it");
    if (output.exit_code != 0)
        fail(LECTERN_INVALID_ARGUMENT, "the file is broken, as \"" + command.front() + "\" says");
    return output.out;
}

std::string_view take_until(std::string_view& text, char mark) {
    const std::size_t end = std::min(text.find(mark), text.size());
    const std::string_view out = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return out;
}

std::vector<std::string> cells_of(std::string_view row) {
    std::vector<std::string> out;
    while (!row.empty()) out.emplace_back(take_until(row, '\t'));
    return out;
}

// Behind the text in quotes and the switches of a field's code; 0 where there is none of either.
std::size_t behind_arguments(std::string_view text) {
    std::size_t out = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == ' ') {
            ++at;
            continue;
        }
        if (text[at] == '"') {
            at = text.find('"', at + 1);
            if (at == std::string_view::npos) break;
            ++at;
        } else if (text[at] == '\\' && at + 1 < text.size()) {
            at += 2;
        } else if (out == 0 && text.substr(at).starts_with("_Toc")) {
            at = std::min(text.find(' ', at), text.size());
        } else {
            break;
        }
        out = at;
    }
    return out;
}

// catdoc shows the codes of Word's fields beside what they come to: `HYPERLINK "http://…" a link`.
std::string without_field_codes(std::string_view line) {
    constexpr std::string_view names[] = {" HYPERLINK ", " PAGEREF ", " TOC "};
    std::string out(line);
    for (const std::string_view name : names)
        for (std::size_t at = 0; (at = out.find(name, at)) != std::string::npos;) {
            const std::size_t end =
                behind_arguments(std::string_view(out).substr(at + name.size()));
            out.erase(at, end == 0 ? 0 : name.size() + end);
            at += end == 0 ? name.size() : 0;
        }
    return documents::one_line(out);
}

void write_lines(std::string_view text, Markup& out) {
    constexpr std::string_view bullet = "\u2022";
    while (!text.empty()) {
        const std::string_view line = take_until(text, '\n');
        const std::string_view words = documents::trimmed(line);
        if (words.empty()) continue;
        if (words.find('\t') != std::string_view::npos)
            out.row(cells_of(words));
        else if (words.starts_with(bullet))
            out.item("-", words.substr(bullet.size()));
        else
            out.paragraph(words);
    }
}

// A page break ends a paragraph.
void write_text(std::string text, Markup& out) {
    std::replace(text.begin(), text.end(), '\f', '\n');
    std::string kept;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view line = take_until(rest, '\n');
        const bool has_code = line.find_first_of("\\\"") != std::string_view::npos;
        kept += has_code && line.find('\t') == std::string_view::npos ? without_field_codes(line)
                                                                      : std::string(line);
        kept += '\n';
    }
    write_lines(kept, out);
}

void write_sheets(std::string_view text, Markup& out) {
    const bool several = documents::trimmed(text).find('\f') != std::string_view::npos;
    for (std::size_t sheet = 1; !text.empty(); ++sheet) {
        std::string_view rows = take_until(text, '\f');
        if (documents::only_white_space(rows)) continue;
        // The program does not tell what they are called.
        const std::string name = several ? "Sheet " + std::to_string(sheet) : std::string{};
        out.place({.kind = LECTERN_PLACE_CELLS, .name = name});
        if (several) out.heading(1, name);
        out.end();
        for (std::uint64_t number = 1; !rows.empty(); ++number) {
            const std::vector<std::string> cells = cells_of(take_until(rows, '\n'));
            out.place({.kind = LECTERN_PLACE_CELLS, .number = number, .name = name});
            if (documents::one_line(cells.empty() ? "" : cells.front()).empty() && cells.size() < 2)
                out.end();
            else
                out.row(cells);
        }
        out.end();
    }
}

void write_slides(std::string_view text, Markup& out) {
    for (std::size_t slide = 1; !text.empty(); ++slide) {
        const std::string_view words = take_until(text, '\f');
        if (documents::only_white_space(words)) continue;
        out.place({.kind = LECTERN_PLACE_SLIDE, .number = slide});
        out.heading(1, "Slide " + std::to_string(slide));
        write_lines(words, out);
    }
}

}  // namespace

documents::Extracted before_2007_text(std::string_view bytes, const Converters& converters) {
    Markup out;
    if (has_stream(bytes, "WordDocument")) {
        write_text(converted({converters.doc, "-d", "utf-8", "-w"}, bytes, "Word", converters),
                   out);
        return finished(out, {}, std::string{});
    }
    if (has_stream(bytes, "Workbook") || has_stream(bytes, "Book")) {
        write_sheets(converted({converters.xls, "-d", "utf-8", "-f", "%Y-%m-%d", "-c", "\t", "-q",
                                "0", "-b", "\f"},
                               bytes, "Excel", converters),
                     out);
        return finished(out, {}, std::nullopt);
    }
    if (has_stream(bytes, "PowerPoint Document")) {
        write_slides(
            converted({converters.ppt, "-d", "utf-8", "-b", "\f"}, bytes, "PowerPoint", converters),
            out);
        return finished(out, {}, std::nullopt);
    }
    // What has a header and no name may have been cut between them.
    if (bytes.size() >= compound_header) refuse_cut(bytes);
    fail(LECTERN_UNSUPPORTED,
         "a compound file that is none of Word, Excel or PowerPoint before 2007");
}

}  // namespace lectern::office
