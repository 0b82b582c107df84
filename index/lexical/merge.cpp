#include "index/lexical/merge.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "index/lexical/bit_packing.hpp"
#include "index/lexical/cursor.hpp"
#include "index/lexical/postings.hpp"

namespace lectern::index::lexical {
namespace {

constexpr std::size_t fan_in = 8;
constexpr std::uint64_t smallest_size = 4096;  // postings
constexpr std::size_t batch_bytes = 4u << 20;
// Fewer rows are deleted one by one: range deletions in great number slow RocksDB down.
constexpr std::size_t most_single_deletes = 4096;

unsigned size_class(const Segment& segment) {
    const std::uint64_t size = segment.postings / smallest_size;
    return (static_cast<unsigned>(std::bit_width(size)) + 2) / 3;
}

// The rows of one segment's lists, term by term.
class ListSource {
 public:
    ListSource(const storage::Reader& reader, SegmentNumber number)
        : rows_(reader.derived(segment_key('p', number), segment_key('p', number + 1), true)) {}

    // False at the end or after a failure.
    [[nodiscard]] bool valid() const { return rows_.valid() && rows_.key().size() >= term_at; }
    [[nodiscard]] std::string_view term() const { return rows_.key().substr(term_at); }
    [[nodiscard]] Status status() const { return rows_.status(); }

    // The list at hand; goes on to the next one.
    Status take(std::vector<Posting>& postings, std::int64_t& removed,
                std::vector<std::string>& keys) {
        const std::string head_key(rows_.key());
        const auto head = decode_head(rows_.value());
        if (!head) return corrupt_list(head_key);
        removed = head->removed;
        note(keys);
        rows_.next();
        if (head->blocks.size() == 1 &&
            !decode_block({head->own.data(), head->blocks.front().bytes}, head->blocks.front(),
                          postings))
            return corrupt_list(head_key);
        if (head->blocks.size() <= 1) return {};
        std::string group;
        for (std::size_t i = 0; i < head->blocks.size(); ++i) {
            const Block& block = head->blocks[i];
            if (i % group_blocks == 0) {
                const auto number = static_cast<std::uint32_t>(i / group_blocks);
                if (!rows_.valid() || rows_.key() != group_key(head_key, number))
                    return rows_.status().ok() ? corrupt_list(head_key) : rows_.status();
                group.assign(rows_.value()).append(unpack_slack, '\0');
                note(keys);
                rows_.next();
            }
            const std::size_t size = group.size() - unpack_slack;
            if (block.offset > size || block.bytes > size - block.offset ||
                !decode_block(std::string_view(group).substr(block.offset, block.bytes), block,
                              postings))
                return corrupt_list(head_key);
        }
        return {};
    }

 private:
    void note(std::vector<std::string>& keys) const {
        if (keys.size() < most_single_deletes) keys.emplace_back(rows_.key());
    }
    storage::DerivedCursor rows_;
};

// Lengths, ranges and new row numbers.
Merged without_lists(const State& state, MergeRange range, SegmentNumber number) {
    Merged out;
    out.segment.number = number;
    for (std::size_t i = range.first; i < range.first + range.count; ++i) {
        const Segment& old = *state.segments[i].segment;
        const Marks& removed = *state.segments[i].removed;
        out.segment.totals += old.totals;
        out.segment.languages |= old.languages;
        std::vector<std::uint32_t>& rows = out.rows.emplace_back(old.rows(), no_row_kept);
        std::uint32_t row = 0;
        for (const storage::ChunkRange& chunks : old.ranges)
            for (storage::ChunkId chunk = chunks.first; chunk < chunks.end(); ++chunk, ++row) {
                if (removed.has(row)) continue;
                rows[row] = static_cast<std::uint32_t>(out.segment.rows());
                out.segment.add_range({chunk, 1});
                out.segment.text_lengths.push_back(old.text_lengths[row]);
                out.segment.title_lengths.push_back(old.title_lengths[row]);
            }
    }
    return out;
}

}  // namespace

std::optional<MergeRange> due_merge(const std::vector<LiveSegment>& segments) {
    unsigned largest = 0;
    for (const LiveSegment& live : segments) largest = std::max(largest, size_class(*live.segment));
    for (unsigned limit = 0; limit <= largest; ++limit) {
        std::size_t run = 0;
        for (std::size_t i = 0; i <= segments.size(); ++i) {
            if (i < segments.size() && size_class(*segments[i].segment) <= limit) {
                ++run;
                continue;
            }
            if (run >= fan_in) return MergeRange{i - run, run};
            run = 0;
        }
    }
    for (std::size_t i = 0; i < segments.size(); ++i)
        if (segments[i].removed->count() * 3 > segments[i].segment->rows()) return MergeRange{i, 1};
    return std::nullopt;
}

Result<Merged> merge(storage::Store& store, const State& state, MergeRange range,
                     SegmentNumber number, const std::function<bool()>& stopped) {
    Merged out = without_lists(state, range, number);
    std::vector<ListSource> sources;
    for (std::size_t i = 0; i < range.count; ++i)
        sources.emplace_back(state.reader, state.segments[range.first + i].segment->number);

    storage::DerivedRows rows;
    std::size_t bytes = 0;
    std::vector<std::string> keys;
    std::vector<Posting> postings;
    while (true) {
        const ListSource* first = nullptr;
        for (const ListSource& source : sources) {
            LECTERN_TRY(source.status());
            if (source.valid() && (first == nullptr || source.term() < first->term()))
                first = &source;
        }
        if (first == nullptr) break;
        if (stopped()) return Status{Code::cancelled, "the merge was given up"};
        const std::string term(first->term());
        const std::size_t rows_before = rows.puts.size();
        ListWriter list(head_key(number, term), rows.puts);
        // What stays: the sum over both is the number of live chunks with the term.
        std::int64_t net = 0;
        for (std::size_t i = 0; i < sources.size(); ++i) {
            if (!sources[i].valid() || sources[i].term() != term) continue;
            postings.clear();
            std::int64_t removed = 0;
            LECTERN_TRY(sources[i].take(postings, removed, keys));
            net += static_cast<std::int64_t>(postings.size()) - removed;
            for (Posting posting : postings) {
                if (posting.row >= out.rows[i].size()) return corrupt_list(head_key(number, term));
                posting.row = out.rows[i][posting.row];
                if (posting.row == no_row_kept) continue;
                list.add(posting, out.segment.text_lengths[posting.row],
                         out.segment.title_lengths[posting.row]);
            }
        }
        out.segment.postings += list.count();
        list.finish(static_cast<std::int64_t>(list.count()) - net);
        for (std::size_t i = rows_before; i < rows.puts.size(); ++i)
            bytes += rows.puts[i].first.size() + rows.puts[i].second.size();
        if (bytes < batch_bytes) continue;
        LECTERN_TRY(store.write_derived(std::exchange(rows, {}), false));
        bytes = 0;
    }
    out.last.puts = std::move(rows.puts);
    if (keys.size() < most_single_deletes) {
        out.last.removes = std::move(keys);
    } else {
        for (std::size_t i = 0; i < range.count; ++i) {
            const SegmentNumber old = state.segments[range.first + i].segment->number;
            out.last.remove_ranges.emplace_back(segment_key('p', old), segment_key('p', old + 1));
        }
    }
    for (std::size_t i = 0; i < range.count; ++i)
        out.last.removes.push_back(info_key(state.segments[range.first + i].segment->number));
    out.last.puts.emplace_back(info_key(number), out.segment.encode());
    return out;
}

}  // namespace lectern::index::lexical
