#include "index/lexical/verify.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "index/lexical/cursor.hpp"
#include "index/lexical/documents.hpp"
#include "index/lexical/length_code.hpp"
#include "index/lexical/postings.hpp"

namespace lectern::index::lexical {
namespace {

constexpr std::size_t most_messages = 20;
using Lists = std::unordered_map<std::string, std::vector<Posting>>;

class Check {
 public:
    Check(const State& state, const AnalysisOptions& analysis)
        : state_(state), analyzer_(analysis) {}

    Result<LexicalCheck> run() {
        for (const LiveSegment& live : state_.segments) LECTERN_TRY(segment(live));
        if (seen_ != state_.totals)
            problem("the sums of chunks and words are not those of the documents");
        if (out_.chunks != state_.reader.counters().chunks)
            problem("the index has " + std::to_string(out_.chunks) + " chunks, the collection " +
                    std::to_string(state_.reader.counters().chunks));
        for (const auto& [term, difference] : frequencies_)
            if (difference != 0)
                problem("the frequency of \"" + term + "\" is off by " +
                        std::to_string(difference));
        return std::move(out_);
    }

 private:
    void problem(std::string message) {
        out_.problems += 1;
        if (out_.messages.size() < most_messages) out_.messages.push_back(std::move(message));
    }

    // What the live chunks of the segment should have.
    Status expect(const LiveSegment& live, Lists& lists) {
        const Segment& segment = *live.segment;
        for (std::uint32_t row = 0; row < segment.rows();) {
            if (live.removed->has(row)) {
                ++row;
                continue;
            }
            const storage::ChunkId chunk = segment.chunk_of(row);
            const auto at = state_.reader.chunk(chunk);
            if (!at) {
                problem("chunk " + std::to_string(chunk) + " is in the index only");
                ++row;
                continue;
            }
            LECTERN_ASSIGN(const auto header, state_.reader.header(at->document));
            LECTERN_ASSIGN(const auto document, analyse(analyzer_, state_.reader, header));
            const auto title_words = static_cast<std::int64_t>(document.title.words);
            for (const Field& field : document.chunks) {
                if (row >= segment.rows()) break;
                seen_ += {1, static_cast<std::int64_t>(field.words), title_words};
                out_.chunks += 1;
                if (segment.text_lengths[row] != length_code(field.words) ||
                    segment.title_lengths[row] != length_code(document.title.words))
                    problem("the length of chunk " + std::to_string(segment.chunk_of(row)) +
                            " is not that of its text");
                for (const auto& [term, count] : field.counts)
                    lists[term].push_back({row, count, 0});
                for (const auto& [term, count] : document.title.counts) {
                    std::vector<Posting>& list = lists[term];
                    if (list.empty() || list.back().row != row) list.push_back({row, 0, 0});
                    list.back().title = count;
                }
                ++row;
            }
            if (document.chunks.empty()) ++row;
        }
        return {};
    }

    Status segment(const LiveSegment& live) {
        Lists expected;
        LECTERN_TRY(expect(live, expected));
        const SegmentNumber number = live.segment->number;
        storage::DerivedCursor row =
            state_.reader.derived(segment_key('p', number), segment_key('p', number + 1), true);
        std::vector<Posting> list;
        for (; row.valid(); row.next()) {
            if (!is_head(row.key())) continue;
            const std::string key(row.key());
            const std::string term = key.substr(term_at);
            const auto head = decode_head(row.value());
            list.clear();
            Status read = head ? Status{} : corrupt_list(key);
            if (read.ok() && head->count > 0) read = read_list(state_.reader, key, *head, list);
            if (read.code() == Code::corrupt) {
                problem(read.message());
                continue;
            }
            LECTERN_TRY(read);
            out_.postings += list.size();
            frequencies_[term] += static_cast<std::int64_t>(list.size()) - head->removed;
            std::erase_if(list, [&](const Posting& posting) {
                return posting.row < live.segment->rows() && live.removed->has(posting.row);
            });
            const auto wanted = expected.find(term);
            frequencies_[term] -=
                wanted == expected.end() ? 0 : static_cast<std::int64_t>(wanted->second.size());
            if (wanted == expected.end() ? !list.empty() : list != wanted->second)
                problem("the postings of \"" + term + "\" are not what the documents say");
            if (wanted != expected.end()) expected.erase(wanted);
        }
        LECTERN_TRY(row.status());
        for (const auto& [term, postings] : expected)
            problem("\"" + term + "\" has no postings, but " + std::to_string(postings.size()) +
                    " chunks have it");
        return {};
    }

    const State& state_;
    Analyzer analyzer_;
    LexicalCheck out_;
    Totals seen_;
    std::unordered_map<std::string, std::int64_t> frequencies_;  // in the index less expected
};

}  // namespace

Result<LexicalCheck> verify(const State& state, const AnalysisOptions& analysis) {
    return Check(state, analysis).run();
}

}  // namespace lectern::index::lexical
