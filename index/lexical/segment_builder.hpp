// index/lexical/segment_builder.hpp: documents to the rows of a new segment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "index/lexical/analysis.hpp"
#include "index/lexical/postings.hpp"
#include "index/lexical/segment.hpp"
#include "storage/store/derived.hpp"

namespace lectern::index::lexical {

// The terms of a document, before its chunks have ids.
struct AnalysedDocument {
    text::Language language = text::Language::none;
    Field title;
    std::vector<Field> chunks;
};

// `chunks`: the text of each.
[[nodiscard]] AnalysedDocument analyse(Analyzer& analyzer, std::string_view title,
                                       std::string_view text,
                                       const std::vector<std::string_view>& chunks);

// One thread.
class SegmentBuilder {
 public:
    // Documents in order of their chunks.
    void add(const AnalysedDocument& document, storage::ChunkId first_chunk);
    // A document that the segment's commit removes, as it was when it was added.
    void remove(const AnalysedDocument& document);

    [[nodiscard]] bool empty() const noexcept { return terms_.empty() && segment_.rows() == 0; }
    // The segment, and its rows with the info row, appended. Ends the use of the builder.
    [[nodiscard]] Segment finish(SegmentNumber number, storage::DerivedRows& rows);

 private:
    struct Term {
        std::vector<Posting> postings;
        std::int64_t removed = 0;
    };
    Segment segment_;
    std::unordered_map<std::string, Term> terms_;
};

}  // namespace lectern::index::lexical
