// engine/ingest/sections.hpp: the headings that chunks stand under, found by a document's Markdown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/values.hpp"
#include "text/headings.hpp"

namespace lectern {

// How a document's lines "# ..." are read, by its id; none where they are comments rather, as in
// programs. Extractors give Markdown with a blank line on either side of a heading; what people
// write themselves need not have that.
[[nodiscard]] std::optional<text::HashLines> hash_lines_of(std::string_view id, bool from_a_file);

// Whether the places that an extractor gave leave room for headings: it may have given some, and
// those of slides, sheets and recordings are made of their places.
[[nodiscard]] bool may_have_sections(const std::vector<storage::Place>& places);

// For chunks in order of begin, which may overlap. The document's title is left out of the headings
// above: it is shown anyway.
class SectionsOfChunks {
 public:
    SectionsOfChunks(std::string_view text, std::string_view title, text::HashLines believed);

    // Adds what holds in the bytes [begin, end) to the places there, which stay in order of begin.
    void add(std::uint64_t begin, std::uint64_t end, std::vector<storage::Place>& places);

 private:
    // Takes headings[from] in, and those that follow with nothing but blanks between: they begin
    // together. The first that is left.
    std::size_t enter(std::size_t from, std::vector<std::size_t>& path) const;
    [[nodiscard]] std::string name_of(const std::vector<std::size_t>& path) const;

    std::string_view text_;
    std::string title_;
    std::vector<text::Heading> headings_;
    std::size_t next_ = 0;           // the first that begins behind the last chunk's begin
    std::vector<std::size_t> path_;  // headings that hold there, highest first
};

}  // namespace lectern
