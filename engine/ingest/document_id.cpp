#include "engine/ingest/document_id.hpp"

#include <algorithm>
#include <system_error>

#include "text/text.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

// The first control character (U+0000 to U+001F, U+007F to U+009F) of valid UTF-8.
std::size_t control_at(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7F) return i;
        const bool second_block =
            byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (second_block) return i;
    }
    return std::string_view::npos;
}

// The first segment "." or ".." between the slashes; "" when there is none.
std::string_view dots_in(std::string_view id) noexcept {
    while (true) {
        const std::size_t slash = std::min(id.find('/'), id.size());
        const std::string_view segment = id.substr(0, slash);
        if (segment == "." || segment == "..") return segment;
        if (slash == id.size()) return {};
        id.remove_prefix(slash + 1);
    }
}

}  // namespace

Status check_document_id(std::string_view id) {
    if (id.empty()) return {Code::invalid_argument, "a document needs an id"};
    if (id.size() > longest_document_id)
        return {Code::invalid_argument, "the document's id is longer than 4,096 bytes"};
    if (const std::size_t bad = text::invalid_utf8_at(id); bad != std::string_view::npos)
        return {Code::invalid_argument, "the id is not valid UTF-8 at byte " + std::to_string(bad) +
                                            "; a file whose name is its id must be renamed"};
    if (const std::size_t bad = control_at(id); bad != std::string_view::npos)
        return {Code::invalid_argument, "the id has a control character at byte " +
                                            std::to_string(bad) +
                                            "; a file whose name is its id must be renamed"};
    if (const std::string_view dots = dots_in(id); !dots.empty())
        return {Code::invalid_argument, "the id has '" + std::string(dots) +
                                            "' between its slashes, which a path cannot carry: "
                                            "programs on its way take it out"};
    return {};
}

std::string document_id_of(const fs::path& file) {
    if (dots_in(file.string()).empty()) return file.string();
    const bool climbs = std::find(file.begin(), file.end(), "..") != file.end();
    if (!climbs) return file.lexically_normal().string();
    // By the file system: behind a link ".." is not the folder that stands before it in the path.
    std::error_code error;
    const fs::path above = file.has_parent_path() ? file.parent_path() : fs::path(".");
    const fs::path folder = fs::canonical(above, error);
    const fs::path whole = error ? fs::absolute(file).lexically_normal() : folder / file.filename();
    const fs::path here = fs::canonical(".", error);
    const fs::path from_here = error ? whole : whole.lexically_relative(here);
    return (dots_in(from_here.string()).empty() ? from_here : whole).string();
}

}  // namespace lectern
