// index/lexical/lexical_index.hpp: chunks by words, with BM25. Lives in the store, beside the
// documents.
//
//     auto index = LexicalIndex::open(store, {.analysis = AnalysisOptions{}});
//     auto done = (*index)->commit(group);                 // documents and postings in one write
//     auto hits = (*index)->search("boundary layer", 10);  // best first
//
// Every commit adds one immutable segment (index/lexical/segment.hpp), so that a small commit
// writes only its own words; a background thread merges eight neighbours of like size to one. What
// a commit removes is left out at once, and the frequencies and lengths that scores depend on are
// those of the live chunks at all times: the postings of a removed chunk go with a merge, its
// counts go with the commit.
//
// All functions may be called from any thread. One LexicalIndex per store at a time; all commits
// must go through it. The store must outlive the index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "index/hits.hpp"
#include "index/lexical/analysis.hpp"
#include "index/lexical/bm25.hpp"
#include "lectern/status.hpp"
#include "storage/store/store.hpp"
#include "text/text.hpp"

namespace lectern::index {

struct LexicalIndexOptions {
    // Empty: as the index was made; without an index, the defaults. Others than the index was made
    // with: it is built again.
    std::optional<AnalysisOptions> analysis{};
    bool merge_in_background = true;  // false: only flush() merges, for tests
    // What was rebuilt, or went wrong in the background. Called from open() or the background
    // thread, one message a call; may be empty.
    std::function<void(std::string_view)> log{};
};

class Synonyms;  // index/lexical/synonyms.hpp

// How a text is read as a query.
struct LexicalQueryOptions {
    bool plain = false;   // prose: quotation marks, '-' and '*' mean nothing
    bool prefix = false;  // the last word may be the beginning of one
    bool typos = true;    // words that no chunk has are looked for as if mistyped
    // Borrowed as long as the query; null: none.
    const Synonyms* synonyms = nullptr;
};

// A text that was read (index/lexical/query.hpp has the language) and whose words were looked up,
// once for all that is asked with it: searches, its conditions, the marks in what was found. It is
// of the index as it was then; a search looks the words up again when there was a commit since.
//
// A handle: copies are the same query. All functions may be called from any thread.
class LexicalQuery {
 public:
    LexicalQuery() = default;  // without words and conditions

    // The text without the signs of the language and without what it excludes: for those who read
    // prose, such as an embedder. "": nothing is asked for but conditions.
    [[nodiscard]] const std::string& plain() const noexcept;
    [[nodiscard]] bool has_words() const noexcept;
    // Phrases, beginnings or exclusions: what a chunk must be, however it is found.
    [[nodiscard]] bool has_conditions() const noexcept;
    // Whether LexicalIndex::candidates leaves chunks in that only their text can rule out.
    [[nodiscard]] bool must_read() const noexcept;
    // Whether the text meets the conditions.
    [[nodiscard]] bool met_by(std::string_view title, std::string_view chunk) const;
    // Where words of the query stand in the text: ascending, apart.
    [[nodiscard]] std::vector<text::Range> marks(std::string_view text) const;
    // For people: "no passage has 'paramters'; searched for 'parameters'".
    [[nodiscard]] const std::vector<std::string>& hints() const noexcept;

    class Impl;  // index/lexical/read_query.hpp
    explicit LexicalQuery(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}
    [[nodiscard]] const Impl* impl() const noexcept { return impl_.get(); }

 private:
    std::shared_ptr<const Impl> impl_;
};

struct LexicalSearchOptions {
    Bm25 bm25{};
    const Filter* filter = nullptr;   // borrowed for the call; null: all chunks
    std::function<bool()> stopped{};  // asked now and then; true ends the search early
    bool skip_blocks = true;          // false: every posting is scored, to compare with
    bool filtered = false;            // the filter has candidates() of the query already
};

struct LexicalResult {
    std::vector<Scored> hits;        // best first; equal scores by ascending chunk id
    std::vector<WordMatch> matches;  // of each hit
    // About what a chunk of average length scores that has each of the query's content words once.
    double asked = 0;
    // The same of those words alone that some chunk has.
    double known = 0;
    // Of a word that one chunk alone has.
    double rarest = 0;
    std::uint64_t scored = 0;  // chunks that were looked at
    std::uint64_t blocks_read = 0;
    std::uint64_t blocks = 0;  // of the query's posting lists
};

struct LexicalStatistics {
    std::size_t segments = 0;
    std::uint64_t chunks = 0;    // live
    std::uint64_t removed = 0;   // chunks that merges have still to drop
    std::uint64_t postings = 0;  // those of removed chunks included
    double average_text = 0;     // words of a chunk
    double average_title = 0;
    bool merging = false;  // the background thread has work
};

struct LexicalCheck {
    std::uint64_t chunks = 0;
    std::uint64_t postings = 0;
    std::uint64_t problems = 0;
    std::vector<std::string> messages;  // of the first 20 problems
};

class LexicalIndex {
 public:
    // Builds the postings of a collection that has none, or others (made by an older version, with
    // other options, or written without this index): then it reads every document.
    [[nodiscard]] static Result<std::unique_ptr<LexicalIndex>> open(
        storage::Store& store, LexicalIndexOptions options = {});
    ~LexicalIndex();  // gives up a merge that is under way and joins its thread
    LexicalIndex(const LexicalIndex&) = delete;
    LexicalIndex& operator=(const LexicalIndex&) = delete;

    // Store::commit with the postings of the group. Found by every search that begins after it.
    [[nodiscard]] Result<storage::CommitResult> commit(const storage::WriteGroup& group,
                                                       bool sync = true);

    [[nodiscard]] Result<LexicalQuery> read(std::string_view text,
                                            const LexicalQueryOptions& options = {}) const;
    // The k best for the words of the query, of the chunks that meet its conditions. Chunks without
    // any of the words are no hits. A search sees each commit wholly or not at all.
    [[nodiscard]] Result<LexicalResult> search(const LexicalQuery& query, std::size_t k,
                                               const LexicalSearchOptions& options = {}) const;
    // Of a text that is read for this alone.
    [[nodiscard]] Result<LexicalResult> search(std::string_view text, std::size_t k,
                                               const LexicalSearchOptions& options = {}) const;
    // The chunks that may meet the query's conditions, ascending, by its words alone: all that do,
    // and where it must_read(), others. Nothing: it has no conditions.
    [[nodiscard]] Result<std::optional<std::vector<storage::ChunkId>>> candidates(
        const LexicalQuery& query) const;
    // The words that set a document of so many chunks apart, as a query: by how often they stand
    // there and how rare they are elsewhere, of those that stand elsewhere, `most` at most.
    [[nodiscard]] Result<LexicalQuery> read_like(std::string_view title, std::string_view text,
                                                 std::size_t chunks, std::size_t most) const;

    // Does the merging that is due. Waits for it.
    [[nodiscard]] Status flush();
    // One segment, without removed chunks. Waits for it.
    [[nodiscard]] Status merge_all();

    // Takes a new reader of the store. Searches read of one moment, which keeps what was removed
    // from the store since then on disk; every commit() takes a new one too.
    void renew();

    // Reads every document and compares its words with the postings, and the sums with both.
    [[nodiscard]] Result<LexicalCheck> verify() const;

    [[nodiscard]] const AnalysisOptions& analysis() const noexcept;
    [[nodiscard]] LexicalStatistics statistics() const;

 private:
    class Impl;
    explicit LexicalIndex(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace lectern::index
