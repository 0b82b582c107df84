#include "index/lexical/segment_builder.hpp"

#include <algorithm>
#include <utility>

#include "index/lexical/length_code.hpp"

namespace lectern::index::lexical {

AnalysedDocument analyse(Analyzer& analyzer, std::string_view title, std::string_view text,
                         const std::vector<std::string_view>& chunks) {
    AnalysedDocument out;
    out.language = analyzer.language(title, text);
    out.title = analyzer.field(title, out.language);
    out.chunks.reserve(chunks.size());
    for (const std::string_view chunk : chunks)
        out.chunks.push_back(analyzer.field(chunk, out.language));
    return out;
}

void SegmentBuilder::add(const AnalysedDocument& document, storage::ChunkId first_chunk) {
    segment_.languages |= 1U << static_cast<unsigned>(document.language);
    segment_.add_range({first_chunk, document.chunks.size()});
    const std::uint8_t title_length = length_code(document.title.words);
    for (const Field& chunk : document.chunks) {
        const auto row = static_cast<std::uint32_t>(segment_.rows());
        segment_.text_lengths.push_back(length_code(chunk.words));
        segment_.title_lengths.push_back(title_length);
        segment_.totals += {1, static_cast<std::int64_t>(chunk.words),
                            static_cast<std::int64_t>(document.title.words)};
        for (const auto& [term, count] : chunk.counts)
            terms_[term].postings.push_back({row, count, 0});
        for (const auto& [term, count] : document.title.counts) {
            std::vector<Posting>& postings = terms_[term].postings;
            if (postings.empty() || postings.back().row != row) postings.push_back({row, 0, 0});
            postings.back().title = count;
        }
    }
}

void SegmentBuilder::remove(const AnalysedDocument& document) {
    for (const Field& chunk : document.chunks) {
        segment_.totals += {-1, -static_cast<std::int64_t>(chunk.words),
                            -static_cast<std::int64_t>(document.title.words)};
        for (const auto& [term, count] : chunk.counts) terms_[term].removed += 1;
        for (const auto& [term, count] : document.title.counts)
            if (!chunk.counts.contains(term)) terms_[term].removed += 1;
    }
}

Segment SegmentBuilder::finish(SegmentNumber number, storage::DerivedRows& rows) {
    segment_.number = number;
    // In the order of the keys, which is what RocksDB takes fastest.
    std::vector<std::pair<std::string_view, const Term*>> order;
    order.reserve(terms_.size());
    for (const auto& [name, term] : terms_) order.emplace_back(name, &term);
    std::sort(order.begin(), order.end());
    for (const auto& [name, term] : order) {
        ListWriter list(head_key(number, name), rows.puts);
        for (const Posting& posting : term->postings)
            list.add(posting, segment_.text_lengths[posting.row],
                     segment_.title_lengths[posting.row]);
        segment_.postings += list.count();
        list.finish(term->removed);
    }
    rows.puts.emplace_back(info_key(number), segment_.encode());
    return std::move(segment_);
}

}  // namespace lectern::index::lexical
