// office/test_files.hpp: office files for tests, made of their parts.
#pragma once

#include <zip.h>

#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "documents/test_places.hpp"
#include "office/read_office.hpp"

namespace lectern::office {

using Parts = std::vector<std::pair<std::string, std::string>>;

// A ZIP archive of these parts, in this order.
inline std::string zipped(const Parts& parts) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* const source = zip_source_buffer_create(nullptr, 0, 0, &error);
    zip_source_keep(source);
    zip_t* const zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    if (zip == nullptr) throw std::runtime_error(zip_error_strerror(&error));
    for (const auto& [name, text] : parts) {
        zip_source_t* const part = zip_source_buffer(zip, text.data(), text.size(), 0);
        if (zip_file_add(zip, name.c_str(), part, 0) < 0)
            throw std::runtime_error(zip_strerror(zip));
    }
    if (zip_close(zip) != 0) throw std::runtime_error(zip_strerror(zip));
    zip_source_open(source);
    zip_source_seek(source, 0, SEEK_END);
    std::string out(static_cast<std::size_t>(zip_source_tell(source)), '\0');
    zip_source_seek(source, 0, SEEK_SET);
    zip_source_read(source, out.data(), out.size());
    zip_source_close(source);
    zip_source_free(source);
    return out;
}

// _rels/x.rels of (id, type, target).
inline std::string relations(const std::vector<std::array<std::string, 3>>& all) {
    std::string out = "<Relationships>";
    for (const auto& [id, type, target] : all)
        out += "<Relationship Id=\"" + id + "\" Type=\"http://x/relationships/" + type +
               "\" Target=\"" + target + "\"/>";
    return out + "</Relationships>";
}

// The code of the failure, and its words.
inline std::pair<lectern_code, std::string> refusal(std::string_view bytes,
                                                    const OfficeLimits& limits = {}) {
    try {
        static_cast<void>(read_office(bytes, limits));
    } catch (const documents::Failure& failure) {
        return {failure.code(), failure.what()};
    }
    return {LECTERN_OK, ""};
}

}  // namespace lectern::office
