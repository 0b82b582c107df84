#include "office/read_office.hpp"

#include "documents/file_name.hpp"
#include "office/fits.hpp"
#include "office/formats.hpp"
#include "office/ooxml.hpp"

namespace lectern::office {
namespace {

using namespace std::string_view_literals;
using documents::fail;

constexpr std::string_view zip_magic = "PK\x03\x04";
// Compound files: the formats before 2007, and the envelope of encrypted ones of today.
constexpr std::string_view compound_magic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

documents::Extracted read_compound(std::string_view bytes, const Converters& converters) {
    constexpr std::string_view encrypted = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"sv;
    if (bytes.find(encrypted) != std::string_view::npos)
        fail(LECTERN_INVALID_ARGUMENT,
             "the file is encrypted with a password; save a copy without it");
    constexpr std::string_view mail = "_\0_\0s\0u\0b\0s\0t\0g\0001\0.\0000\0_\0"sv;
    if (bytes.find(mail) != std::string_view::npos)
        fail(LECTERN_UNSUPPORTED, "a mail in Outlook's own form; save it as .eml");
    return before_2007_text(bytes, converters);
}

documents::Extracted read_ooxml(Archive& archive) {
    std::string part = main_part(archive);
    for (const char* usual : {"word/document.xml", "ppt/presentation.xml", "xl/workbook.xml"})
        if (part.empty() && archive.has(usual)) part = usual;
    if (part.empty())
        fail(LECTERN_UNSUPPORTED, "a ZIP archive that is no office document; unpack it");
    if (part.ends_with(".bin"))
        fail(LECTERN_UNSUPPORTED, "a workbook in Excel's binary form; save it as .xlsx");
    std::string_view kind;
    if (part.find("word/") != std::string::npos) kind = "document";
    if (part.find("ppt/") != std::string::npos) kind = "presentation";
    if (part.find("xl/") != std::string::npos) kind = "workbook";
    std::string root;
    if (kind.empty()) {
        auto text = archive.read(part);
        if (!text) fail(LECTERN_INVALID_ARGUMENT, "the part \"" + part + "\" is missing");
        const Xml xml(std::move(*text), part);
        root = name_of(xml.root());
        kind = root;
    }
    if (kind == "document") return docx_text(archive, part);
    if (kind == "presentation") return pptx_text(archive, part);
    if (kind == "workbook") return xlsx_text(archive, part);
    fail(LECTERN_UNSUPPORTED, "an office document of an unknown kind (\"" + part + "\")");
}

}  // namespace

unsigned office_fits(std::string_view name, std::string_view head) {
    if (documents::has_extension(
            name, {"docx", "docm", "dotx", "dotm", "pptx", "pptm", "ppsx", "potx", "xlsx", "xlsm",
                   "xltx", "odt",  "ott",  "odp",  "otp",  "ods",  "ots",  "odg",  "epub", "rtf"}))
        return 100;
    if (head.starts_with("{\\rtf") || head.starts_with(compound_magic)) return 70;
    if (!head.starts_with(zip_magic)) return 0;
    for (const std::string_view sign :
         {"[Content_Types].xml"sv, "_rels/.rels"sv, "mimetypeapplication/vnd.oasis"sv,
          "mimetypeapplication/epub+zip"sv, "word/document.xml"sv, "xl/workbook.xml"sv})
        if (head.find(sign) != std::string_view::npos) return 70;
    return 0;
}

documents::Extracted read_office(std::string_view bytes, const OfficeLimits& limits) {
    if (bytes.empty()) fail(LECTERN_INVALID_ARGUMENT, "no text: the file is empty");
    if (bytes.starts_with(compound_magic)) return read_compound(bytes, limits.converters);
    if (documents::trimmed(bytes.substr(0, 64)).starts_with("{\\rtf")) return rtf_text(bytes);
    if (!bytes.starts_with(zip_magic))
        fail(LECTERN_INVALID_ARGUMENT,
             "the file is not what its name says: neither a ZIP archive, as office files are, nor "
             "RTF");
    Archive archive(bytes, limits.archive);
    const std::string type = archive.read("mimetype").value_or("");
    if (type.find("epub") != std::string::npos || archive.has("META-INF/container.xml"))
        return epub_text(archive, limits.html);
    if (type.find("opendocument") != std::string::npos || archive.has("content.xml"))
        return odf_text(archive);
    return read_ooxml(archive);
}

}  // namespace lectern::office
