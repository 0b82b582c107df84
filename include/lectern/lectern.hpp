// lectern/lectern.hpp: embed the engine in a C++ program.
//
//     auto notes = lectern::Collection::open("notes");                 // made when it is not there
//     notes->ingest({"articles/"});
//     auto answer = notes->ask("Why is BERT not GPT?");
//     std::cout << answer->text;
//
// A program with several collections makes an Engine (engine.hpp), which they share.
//
// Threads: a Collection may be used from many threads at once; ingest and remove wait for each
// other, searches wait for nobody. One process owns a collection at a time.
// Errors: Status and Result (status.hpp); nothing here throws for bad input.
// Text is UTF-8; every `begin` and `end` is a byte offset into Document::text.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/engine.hpp"
#include "lectern/finding.hpp"
#include "lectern/status.hpp"

namespace lectern {

[[nodiscard]] LECTERN_API std::string_view version() noexcept;

// What Collection::open takes: CollectionOptions and EngineOptions.
struct OpenOptions {
    std::string pipeline;
    bool create = true;
    bool load_models = true;
    unsigned threads = 0;
    Folders folders;
    Log log;
};

// One row of the --explain table.
struct StageTiming {
    std::string stage;
    std::uint64_t calls = 0;
    std::uint64_t items = 0;   // documents, chunks, sequences, hits
    std::uint64_t tokens = 0;  // 0 where tokens are not counted
    double batch_fill = 0;     // useful tokens in all tokens of the batches, 0 to 1; 0: no batches
    double wait_seconds = 0;   // items stood before this stage
    double busy_seconds = 0;   // summed over threads
};

struct IngestFailure {
    std::string path;  // and the row or document within it
    Status error;
};

struct IngestReport {
    std::uint64_t documents = 0;  // stored: new and changed
    std::uint64_t chunks = 0;
    std::uint64_t tokens = 0;
    std::uint64_t skipped = 0;  // unchanged
    // Of `documents`, those that stand in the place of one of the same id.
    std::uint64_t replaced = 0;
    std::vector<std::string> kept;  // ids that IngestOptions::keep_existing left as they were
    std::vector<IngestFailure> failed;
    // Stored documents of files that are no longer in the folders that were named.
    std::uint64_t gone = 0;
    double seconds = 0;
    std::vector<StageTiming> stages;
};

struct IngestProgress {
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_total = 0;  // of all files found so far; standard input counts as read
    std::uint64_t documents = 0;    // stored so far
    std::uint64_t tokens = 0;
    double fraction = 0;  // of the whole work, 0 to 1: what was read, less what is on its way
    double seconds = 0;
};

struct IngestOptions {
    // About ten times a second at most, from one thread at a time.
    std::function<void(const IngestProgress&)> progress;
    std::stop_token stop;  // what is committed stays; the rest is not begun
    // A document whose id is there already is left as it is, and named in IngestReport::kept.
    bool keep_existing = false;
    // Of ingest_bytes: as HTTP's Content-Type has it ("text/html; charset=koi8-r"). Empty: unknown.
    std::string media_type = {};
};

// ------------------------------------------------------------------ in step

// A folder, or a file, that a collection is kept in step with.
struct Source {
    std::filesystem::path path;  // absolute
    std::string name;            // what the ids of its documents begin with
    // Patterns as a .gitignore in the folder has them. Files must fit one of `include`, where there
    // are some, and are left out by `exclude`.
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    std::uint64_t files = 0;      // stored
    std::uint64_t documents = 0;  // of these
};

enum class FileChange { added, changed, renamed, removed };
[[nodiscard]] LECTERN_API std::string_view name(FileChange change) noexcept;

struct SyncChange {
    FileChange kind = FileChange::added;
    std::string file;  // its path, beginning with the source's name
    std::string from;  // of a renamed one: before
};

// What a folder has and a sync does not take, but for what its patterns say.
struct LeftOut {
    std::string path;
    std::string why;  // "a link to a folder"
};

struct SyncOptions {
    // Become sources of the collection. Empty: those that it has.
    std::vector<std::filesystem::path> paths = {};
    // What the ids of each path's documents begin with, one a path. Empty: the path as it is given.
    std::vector<std::string> names = {};
    // Patterns of the paths, instead of those that they have; see Source.
    std::vector<std::string> include = {};
    std::vector<std::string> exclude = {};
    bool dry_run = false;  // nothing is changed; works without loaded models
    // A source that is missing, or of which more than half of the stored files are gone, is
    // refused, since a disk that is not there looks like that. True: it is meant.
    bool accept_loss = false;
    // As in IngestOptions.
    std::function<void(const IngestProgress&)> progress = {};
    std::stop_token stop = {};
    // Of Collection::watch: how long nothing must have changed before a change is taken up.
    std::chrono::milliseconds debounce{500};
};

struct SyncReport {
    // Every file that was (in a dry run: would be) taken up or taken out, in order of path.
    std::vector<SyncChange> changes;
    std::uint64_t unchanged = 0;     // files
    std::uint64_t documents = 0;     // stored: new, changed and renamed
    std::uint64_t removed = 0;       // documents
    std::uint64_t chunks = 0;        // of the stored documents
    std::uint64_t kept_vectors = 0;  // of these: had vectors already
    std::uint64_t tokens = 0;
    std::vector<LeftOut> left_out;
    std::vector<IngestFailure> failed;
    std::vector<std::string> refused;  // of a dry run: why the sync would be
    double seconds = 0;
    std::vector<StageTiming> stages;
};

struct ReembedProgress {
    std::uint64_t chunks = 0;        // have a vector of the new model
    std::uint64_t chunks_total = 0;  // what is ingested meanwhile is added
    double seconds = 0;
};

struct ReembedOptions {
    // After each batch, from the calling thread.
    std::function<void(const ReembedProgress&)> progress;
    // Chunks that are longer than the new model takes are cut for it; otherwise they are refused.
    bool truncate = false;
    std::stop_token stop;  // what is done is kept; the next call goes on from there
};

struct ReembedReport {
    std::string pipeline;              // the new one
    std::string fingerprint;           // of its vectors
    std::string previous_fingerprint;  // of those that are gone
    std::uint64_t chunks = 0;          // embedded by this call
    std::uint64_t resumed = 0;         // chunks that a call before had embedded
    std::uint64_t truncated = 0;       // chunks that were cut
    double seconds = 0;
};

// Text that does not come from a file.
struct DocumentInput {
    std::string id;
    std::string title;
    std::string text;
    std::string metadata;  // a JSON object, or empty
};

// Bytes [begin, end) of a document's text.
struct ByteRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// Where in its file a text comes from.
struct Place {
    // "page", "slide", "cells", "chapter", "time", "notebook_cell", "section" or "part"; empty: not
    // known.
    std::string kind = {};
    // Page, slide, row, chapter, cell of a notebook, counted from 1, or milliseconds; 0: none.
    std::uint64_t first = 0;
    std::uint64_t last = 0;  // the same as `first` where the text lies in one
    std::string name = {};   // of the sheet, of the chapter; what is printed on the page
    std::string cells = {};  // "A2:C9"
    std::string part = {};   // path of the part of an archive or a mail
    std::string text = {};   // for people: "page 3", "pages 3 to 4", "Prices!A2:C9"
    // The headings above, highest first, without the document's title: "Setup > Linux". Beside any
    // kind.
    std::string section = {};
    [[nodiscard]] bool empty() const noexcept { return kind.empty(); }
};

struct Hit {
    std::string document;
    std::uint64_t chunk = 0;
    float score = 0;  // larger is better; 0 to 1 for a hybrid search, else that side's score
    std::optional<float> dense_score;    // to the query: cosine, for the pipelines that ship
    std::optional<float> lexical_score;  // BM25; 0: none of the words
    std::string title;
    std::string text;  // of the chunk: the document's bytes [begin, end)
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::string metadata;      // a JSON object
    std::string context = {};  // the header of the table that the chunk begins within
    Place place = {};
    // Where the words of the query stand in `text`, as bytes of the document: ascending, and none
    // overlaps another. Words that carry no content ("the") are marked within phrases only. Empty
    // where none of the words is there, as in what is found by meaning alone.
    std::vector<ByteRange> highlights = {};
};

// How many documents have a value of a field, or one in a range: "1990..2000" is from 1990 on, and
// less than 2000; "..1990" and "2000.." are open.
struct FacetValue {
    std::string value;
    std::uint64_t count = 0;
};

// Of all numbers that the counted documents have in a field.
struct FacetStatistics {
    std::uint64_t count = 0;  // of values
    std::string least;        // as JSON has it; whole numbers of 64 bits are exact
    std::string most;
    double sum = 0;
    double mean = 0;
};

struct Facet {
    std::string field;
    std::vector<FacetValue> values;  // most frequent first, at most 100; ranges in their order
    std::optional<FacetStatistics> statistics = {};  // where there are numbers
};

// How hits are found: by meaning (vectors) and words (BM25) together, or by one of them.
enum class SearchMode { hybrid, dense, lexical };
[[nodiscard]] LECTERN_API std::string_view name(SearchMode mode) noexcept;
// How a hybrid search makes one score of two: docs/concepts.md.
enum class Fusion { convex, rrf };
[[nodiscard]] LECTERN_API std::string_view name(Fusion fusion) noexcept;

// Summaries of what a search found: one of the whole list, or one of each hit.
enum class Summaries { none, list, each };

struct SearchOptions {
    std::size_t k = 10;
    // Hits to leave out before the first that is given, 0 to 10000: with k = 10, 20 gives the third
    // page. Pages of one k are pieces of one list, in which equal scores have an order too, as long
    // as nothing is written and a reranker is given the time to read its hits. With `sort` the
    // pages end with the hits that are put in order.
    std::size_t offset = 0;
    // Hits whose Hit::score is smaller are left out, before they are counted for k and offset.
    // Facets count what passes the filter, all the same.
    std::optional<double> min_score = {};
    bool chunks = false;  // several hits of one document are allowed
    // A condition on metadata that documents must fulfil: year >= 2020 and source = "x". Empty:
    // none. docs/filters.md has the language. A failure names the column.
    std::string filter = {};
    // Count the values of these fields, over all documents that pass the filter. "year" counts each
    // value; "year(1990, 2000)" counts the ranges up to 1990, from there to 2000, and from there
    // on.
    std::vector<std::string> facets = {};
    // "field" or "-field": the best hits (as many as the pipeline's `candidates`, or k) are put in
    // the order of a field, and the first k are given. Empty: by score.
    std::string sort = {};
    // Empty: the pipeline's (`search: {mode: ..., fusion: ..., weight: ..., feedback: ...}`).
    std::optional<SearchMode> mode = {};
    std::optional<Fusion> fusion = {};
    std::optional<double> weight = {};  // of the dense side, 0 to 1
    // How far a hybrid search moves the query's vector towards the best hits before it searches the
    // vectors again, 0 (not at all) to 1. Empty: the pipeline's.
    std::optional<double> feedback = {};
    // Chunks that each side finds first, 1 to 10000; k when that is more. Empty: the pipeline's
    // (`search: {candidates: ...}`).
    std::optional<std::size_t> candidates = {};
    // Search with this vector in place of the text's: one of the collection's own space, such as
    // Collection::embed gives. Stats::dimension finite numbers that are not all 0; their length
    // changes no order. With an empty text the search is dense, and neither custom stages nor a
    // reranker, which read text, take part; with one, its words are searched as well, as `mode`
    // says.
    std::vector<float> vector = {};
    // More like this: search with the document of this id in place of a text, by its vectors and by
    // the words that set it apart. The document itself is not found. With a text beside it, only
    // the conditions of the text are used ("phrase", -without). Empty: none.
    std::string similar = {};
    // True: the text is prose. Quotation marks, '-' and '*' are no signs of the query language
    // (docs/search.md). Questions of `ask` are always read so.
    bool plain = false;
    // The last word of the text may be the beginning of one: a search while somebody types.
    bool prefix = false;
    // Whether a word that no passage has is also looked for as if it were mistyped. Empty: the
    // pipeline's (`search: {typos: ...}`).
    std::optional<bool> typos = {};
    // Needs a pipeline with a reader; without a generator the summaries are quotes.
    Summaries summaries = Summaries::none;
    // What was found, before the first summary is written; not called without summaries.
    std::function<void(std::span<const Hit> hits)> on_hits = {};
    // The summaries as they are written; `hit` counts from 0 and is 0 for that of the list.
    std::function<void(std::size_t hit, std::string_view piece)> on_summary = {};
    std::stop_token stop = {};
    std::optional<std::chrono::milliseconds> deadline = {};
};

struct Timing {
    double milliseconds = 0;  // all of it
    std::vector<StageTiming> stages;
};

struct Citation {
    unsigned n = 0;  // the [n] in the answer
    std::string document;
    std::string title;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::string quote;  // the document's bytes [begin, end)
    // What was read instead of the quote, where the collection keeps a translation of the document.
    std::string translation = {};
    Place place = {};
};

enum class AnswerStatus {
    answered,    // written by the generator, every sentence verified against its evidence
    extractive,  // evidence sentences only
    abstained,   // the collection does not say; the hits are the nearest passages
    unverified   // written by the generator, and not verified: the pipeline has no step 'verify'
};
[[nodiscard]] LECTERN_API std::string_view name(AnswerStatus status) noexcept;

struct Summary {
    std::string text;
    AnswerStatus status = AnswerStatus::extractive;  // never abstained
    std::vector<Citation> citations;
    std::uint64_t generated_tokens = 0;
    std::uint64_t dropped_sentences = 0;
    Timing timing;
};

struct SearchResult {
    std::vector<Hit> hits;           // best first, or as `sort` says
    std::vector<Facet> facets;       // one a field of SearchOptions::facets, in that order
    std::vector<Summary> summaries;  // one, or one a hit; empty text where nothing was found
    // For people: what may be a mistake in the request, such as a field that no document has.
    std::vector<std::string> hints;
    Timing timing;
};

// What was asked before, and what came of it.
struct Turn {
    std::string question;  // as it was asked, or Answer::question
    std::string answer;    // "" where the collection did not say
};

// A hit of a search over several collections.
struct JointHit {
    std::size_t collection = 0;  // its place in the list that was searched
    Hit hit;
};

struct JointResult {
    std::vector<JointHit> hits;      // best first
    std::vector<std::string> hints;  // as in SearchResult
    Timing timing;
};

struct AskOptions {
    // The answer as it is written: sentences are given when they have been verified, so what was
    // streamed is what the answer says.
    std::function<void(std::string_view piece)> on_text;
    // The numbered evidence that the answer may cite, before any text. Not called when the
    // collection does not say.
    std::function<void(std::span<const Citation> evidence)> on_evidence = {};
    bool extractive = false;  // never start the generator
    std::string filter = {};  // as in SearchOptions: nothing else is read
    std::stop_token stop = {};
    std::optional<std::chrono::milliseconds> deadline = {};
    // The conversation so far, the oldest first; of a long one the last 8 are read. A question that
    // leans on it ("When did they do it?") is asked as one that stands alone: Answer::question. One
    // that stands alone already is asked as it is.
    std::vector<Turn> history = {};
    // The question that stands alone, before any evidence. Not called where it is the one given.
    std::function<void(std::string_view question)> on_question = {};
    // "pt": the verified answer is translated, sentence by sentence, by the stage that the pipeline
    // has for this language (`answer: {languages: {pt: ...}}`). Marks stay, and citations are in
    // the language of the documents. Empty: as it was written.
    std::string language = {};
};

// The shortest bytes that answer.
struct AnswerSpan {
    std::string document;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::string text;  // the document's bytes [begin, end)
};

struct Answer {
    std::string text;  // "" when abstained
    AnswerStatus status = AnswerStatus::abstained;
    std::vector<Citation> citations;
    std::vector<Hit> hits;
    // In the best evidence; nothing when abstained, or when the pipeline's reader gives sentences
    // only.
    std::optional<AnswerSpan> span;
    // The reader's probability that the best evidence answers, 0 to 1: what abstention is decided
    // on.
    double confidence = 0;
    std::uint64_t generated_tokens = 0;
    std::uint64_t dropped_sentences = 0;  // written, but not supported
    std::vector<std::string> hints;       // as in SearchResult
    Timing timing;
    // What was asked of the collection, where there was a history: with what it leaned on.
    std::string question = {};
    std::string language = {};  // of the text, where AskOptions asked for one
    std::string original = {};  // the verified text that `text` is a translation of; else ""
};

struct SummarizeOptions {
    std::function<void(std::string_view piece)> on_text;  // the summary as it is written
    bool extractive = false;                              // never start the generator
    std::stop_token stop = {};
    std::optional<std::chrono::milliseconds> deadline = {};
};

// ------------------------------------------------------------- the models alone

enum class EmbedAs { query, passage };  // models put different prefixes before them

struct Embeddings {
    std::uint32_t dimension = 0;
    std::vector<float> values;  // texts x dimension, row by row
    std::uint64_t tokens = 0;
    std::uint32_t max_tokens = 0;  // that the model reads of one text; 0: no limit
    std::vector<std::size_t> cut;  // texts that are longer: of these the rest was left out
    std::vector<StageTiming> stages;
};

// What becomes of a text with more tokens than the model reads.
enum class TooLong { cut, refuse };

struct Reranked {
    std::vector<float> scores;  // one a passage
    std::vector<StageTiming> stages;
};

enum class Role { system = 0, user = 1, assistant = 2 };
struct Message {
    Role role = Role::user;
    std::string text;
};

struct GenerateOptions {
    std::uint32_t max_tokens = 256;  // of the answer; 0: what is left of the context
    float temperature = 0;           // 0: always the likeliest token
    float top_p = 1;                 // 1: off
    std::uint64_t seed = 0;
    std::vector<std::string> stop_texts = {};  // the answer ends before the first of these
    // The answer as it is written; false: enough. On the caller's thread.
    std::function<bool(std::string_view piece)> on_text = {};
    std::stop_token stop = {};
    std::optional<std::chrono::milliseconds> deadline = {};
};

// What the generator says by itself. Nothing of it is verified.
struct Generated {
    std::string text;
    std::uint64_t prompt_tokens = 0;
    std::uint64_t generated_tokens = 0;
    bool truncated = false;  // ended at max_tokens or at the end of the context
    std::vector<StageTiming> stages;
};

// ------------------------------------------------------------------ documents

struct ChunkRange {
    std::uint64_t chunk = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint32_t tokens = 0;
    Place place = {};
};

struct Document {
    std::string id;
    std::string title;
    std::string text;
    std::string metadata;  // a JSON object
    std::vector<ChunkRange> chunks;
    std::uint64_t original_bytes = 0;  // of its file, where that is kept; get() says it
};

// How RocksDB is, for those who watch it.
struct StoreFigures {
    std::uint64_t block_cache_bytes = 0;           // in use
    std::uint64_t block_cache_capacity_bytes = 0;  // at most
    std::uint64_t memtable_bytes = 0;              // written, and not yet in table files
    std::uint64_t table_bytes = 0;                 // of table files that hold data
    std::uint64_t pending_compaction_bytes = 0;    // an estimate of what is to be rewritten
    std::uint64_t running_compactions = 0;
    std::uint64_t running_flushes = 0;
    std::uint64_t slowed_writes = 0;   // since the open: writes that had to wait for compactions
    std::uint64_t stopped_writes = 0;  // and those that had to wait until one had ended
    bool writes_stopped = false;       // now
};

struct Stats {
    std::uint64_t documents = 0;
    std::uint64_t chunks = 0;
    std::uint64_t tokens = 0;
    std::string pipeline;
    std::string fingerprint;  // of the vectors
    std::uint32_t dimension = 0;
    std::uint64_t disk_bytes = 0;
    std::uint64_t sequence = 0;  // of the last commit
    std::uint64_t vector_segments = 0;
    std::uint64_t tail_vectors = 0;  // searched exactly
    std::string collection_id;
    StoreFigures store;
    bool keeps_originals = false;  // Collection::keep_originals()
};

// What the vector index finds for a query, against every vector there is.
// The documents that fulfil a condition.
struct Selected {
    std::vector<std::string> documents;  // ids, in order (bytes)
    std::vector<std::string> hints;      // as in SearchResult
};

struct RecallOptions {
    std::size_t k = 10;
    std::stop_token stop = {};
};

struct RecallSample {
    std::size_t wanted = 0;  // the k nearest chunks, or all when there are fewer
    std::size_t found = 0;   // of these, by the index
    double seconds = 0;
};

// A collection in pictures.
struct OverviewOptions {
    std::size_t sample = 500;  // chunks of the map, at most
    std::stop_token stop = {};
};

struct TimeCount {
    std::int64_t milliseconds = 0;  // since 1970-01-01 UTC; the step's begin
    std::uint64_t documents = 0;
};

// A chunk on the map of the collection's vectors.
struct MapPoint {
    std::string document;
    std::string title;
    std::uint64_t chunk = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint32_t tokens = 0;
    float x = 0;  // on the two principal components of the sample, -1 to 1
    float y = 0;
};

struct Overview {
    std::vector<TimeCount> stored;       // when the documents were stored, oldest first
    std::int64_t step_milliseconds = 0;  // what one entry of `stored` covers
    std::vector<MapPoint> sample;        // lies evenly over the collection, in order of chunk
    double explained = 0;  // share of the sample's variance that the map shows, 0 to 1
};

// ------------------------------------------------------------------- upkeep

struct VerifyReport {
    std::vector<Finding> findings;    // empty: all is well
    std::uint64_t more_findings = 0;  // beyond the first 1000
    // Sound, but worth saying: a change of model that is not finished, what the next open builds
    // anew, what a repair set aside.
    std::vector<Finding> notes;
    bool readable = false;  // false: the collection cannot be opened, the findings say why
    // What was read and found whole.
    std::uint64_t documents = 0;
    std::uint64_t chunks = 0;
    std::uint64_t vectors = 0;
    std::uint64_t text_bytes = 0;
    std::uint64_t store_bytes = 0;
    std::uint64_t table_files = 0;
    std::uint64_t index_files = 0;
    std::uint64_t torn_log_bytes = 0;  // of a write that was cut off before it was acknowledged
    std::uint64_t sequence = 0;
    double seconds = 0;
};

struct VerifyOptions {
    // After each document, from the calling thread.
    std::function<void(std::uint64_t documents, std::uint64_t documents_total)> progress;
    std::stop_token stop;
};

struct RepairReport {
    std::vector<Finding> found;  // what was wrong
    std::vector<Finding> lost;   // what is no longer in the collection, and why
    std::uint64_t documents = 0;
    std::uint64_t chunks = 0;
    bool store_rebuilt = false;        // false: the store was in order and is as it was
    std::uint64_t index_files = 0;     // set aside; they are built again
    std::filesystem::path kept_aside;  // what was damaged; empty when nothing was changed
    double seconds = 0;
};

struct BackupInfo {
    std::uint32_t id = 0;
    std::int64_t created_at = 0;  // milliseconds since 1970-01-01 UTC
    std::uint64_t bytes = 0;      // files shared with other backups included
    std::uint64_t files = 0;
    std::string collection_id;
    std::uint64_t sequence = 0;   // every write up to this one is in it, and perhaps later ones
    std::uint64_t documents = 0;  // at that write
    bool damaged = false;         // its files are not all there: only `id` is known
};

struct BackupOptions {
    // After each piece that was copied: how many bytes, of about how many. One call at a time, not
    // on the calling thread.
    std::function<void(std::uint64_t bytes, std::uint64_t bytes_total)> progress;
    // Then it fails with `cancelled`. Nothing is left of it.
    std::stop_token stop;
};

// Holds its engine.
class LECTERN_API Collection {
 public:
    // With an engine of its own: two that are opened so share nothing. Engine::open is for more.
    [[nodiscard]] static Result<Collection> open(const std::filesystem::path& folder,
                                                 OpenOptions options = {});
    Collection(Collection&&) noexcept;
    Collection& operator=(Collection&&) noexcept;
    ~Collection();  // closes

    // What is stored has an id that a path can carry: not empty, at most 4,096 bytes of UTF-8, no
    // control character, and neither "." nor ".." between its slashes. Others are refused, each for
    // itself; get and remove take them still. A file's id is its path as given; one with such
    // segments is written without them ("./a.md" as "a.md", "../a.md" as the absolute path).
    //
    // Files and folders (recursive). A file that fails is in the report and the others go on; the
    // Status is a failure only when the work could not go on (a full disk, a defect).
    [[nodiscard]] Result<IngestReport> ingest(const std::vector<std::filesystem::path>& paths,
                                              const IngestOptions& options = {});
    // Bytes with a name, as one source: what an upload or standard input gives.
    [[nodiscard]] Result<IngestReport> ingest_bytes(std::string_view name, std::string_view bytes,
                                                    const IngestOptions& options = {});
    [[nodiscard]] Result<IngestReport> ingest_documents(std::span<const DocumentInput> documents,
                                                        const IngestOptions& options = {});

    // Makes the collection equal to its sources: stores files that are new or have changed, by the
    // hash of their bytes, and takes out the documents of files that are gone. A file with another
    // name keeps its vectors. Documents that came another way stay. A file that fails is in the
    // report, and keeps the documents that it had. The same call after a crash goes on.
    // invalid_argument for a source that lost too much (SyncOptions::accept_loss) or overlaps with
    // another; nothing is changed then.
    [[nodiscard]] Result<SyncReport> sync(const SyncOptions& options = {});
    // What a dry run says of a collection that is not there yet.
    [[nodiscard]] static Result<SyncReport> dry_sync(const SyncOptions& options);
    // Syncs, and again whenever something changes in the folders, until `stop` says so. `synced`
    // has each result, from the calling thread; the first one may be a failure, which ends it.
    [[nodiscard]] Status watch(const SyncOptions& options,
                               const std::function<void(const Result<SyncReport>&)>& synced);
    [[nodiscard]] Result<std::vector<Source>> sources() const;
    // One that is there already gets these patterns.
    [[nodiscard]] Status add_source(const std::filesystem::path& path,
                                    const std::vector<std::string>& include = {},
                                    const std::vector<std::string>& exclude = {});
    // Its documents stay, as if they had been ingested: how many these are.
    [[nodiscard]] Result<std::uint64_t> remove_source(const std::filesystem::path& path);

    [[nodiscard]] Result<SearchResult> search(std::string_view text,
                                              const SearchOptions& options = {}) const;
    [[nodiscard]] Result<Answer> ask(std::string_view question,
                                     const AskOptions& options = {}) const;
    // A few sentences on what the document says, each verified against what it cites.
    [[nodiscard]] Result<Summary> summarize(std::string_view document,
                                            const SummarizeOptions& options = {}) const;

    // The pipeline's embedder and generator alone; the store is not asked.
    [[nodiscard]] Result<Embeddings> embed(std::span<const std::string> texts, EmbedAs purpose,
                                           std::stop_token stop = {},
                                           TooLong too_long = TooLong::cut) const;
    // How well each passage fits the query, by the pipeline's reranker: larger is better.
    // unsupported when it has none.
    [[nodiscard]] Result<Reranked> rerank(std::string_view query,
                                          std::span<const std::string> passages,
                                          std::stop_token stop = {}) const;
    [[nodiscard]] Result<Generated> generate(std::span<const Message> messages,
                                             const GenerateOptions& options = {}) const;

    [[nodiscard]] Result<Document> get(std::string_view document) const;
    // The bytes of the file that a document was read from. not_found: there is no such document, or
    // its file was not kept.
    [[nodiscard]] Result<std::string> original(std::string_view document) const;
    // Whether ingests and syncs keep the files themselves from now on, beside their documents: of
    // files that are one document, of at most 64 MiB. They are backed up, copied, replaced and
    // removed with the documents. What is kept already stays when it is turned off. Off at first.
    // unsupported: a cluster keeps none.
    [[nodiscard]] Status keep_originals(bool keep);
    // All documents in order of id (bytes), behind `after` where that is not empty, until `visit`
    // returns false. Documents before `after` cost nothing.
    [[nodiscard]] Status each_document(const std::function<bool(const Document& document)>& visit,
                                       std::string_view after = {}) const;
    // All documents that fulfil a filter (docs/filters.md), of those with text: others are in no
    // index. Works without loaded models.
    [[nodiscard]] Result<Selected> select(std::string_view filter) const;
    // With the translations that stages made of them (docs/translation.md). How many there were, of
    // all. Gone from every index on return.
    [[nodiscard]] Result<std::uint64_t> remove(std::span<const std::string> documents);
    [[nodiscard]] Result<Stats> stats() const;
    // Embeds the query, and compares what the vector index finds (no filter, no words) with a pass
    // over all vectors of the store, on the caller's thread.
    [[nodiscard]] Result<RecallSample> recall(std::string_view query,
                                              const RecallOptions& options = {}) const;
    // Reads every document's header and a sample of the vectors.
    [[nodiscard]] Result<Overview> overview(const OverviewOptions& options = {}) const;

    // Changes the model: computes the vectors of another pipeline (a file, or the name of one that
    // ships) for every chunk, beside those that are there, and then serves from them. Meanwhile
    // searches are answered and writes taken with the model before; a request sees one of the two
    // from its beginning to its end. The change is one write: after a crash the collection has
    // either pipeline, whole. What is done when the call is stopped or the process dies is kept,
    // and a later call with the same model goes on from there; one with another model begins anew.
    // Chunks stay as they are: what is ingested afterwards is split by the new pipeline.
    // Returns when the vectors before are deleted, for which running requests are waited for: do
    // not call it from a callback of one. Works without loaded models (load_models false), and the
    // new ones are loaded afterwards. unavailable while another such call runs; invalid_argument
    // for a chunk that is too long.
    [[nodiscard]] Result<ReembedReport> reembed(const std::string& pipeline,
                                                const ReembedOptions& options = {});

    // Writes the index caches, so that the next open is quick. Nothing is lost without it.
    [[nodiscard]] Status flush();

    // Backs up to a folder that does not exist, is empty, or holds earlier backups of this
    // collection; only what is new is copied. Ingest, removals and searches go on meanwhile.
    // One that fails leaves nothing of itself.
    [[nodiscard]] Result<BackupInfo> backup(const std::filesystem::path& to,
                                            const BackupOptions& options = {}) const;
    // The backups in a folder, oldest first.
    [[nodiscard]] static Result<std::vector<BackupInfo>> backups(
        const std::filesystem::path& folder);
    // Makes the collection `to`, a folder that does not exist or is empty, from a backup (0: the
    // latest that is whole). It answers as the one that was backed up.
    [[nodiscard]] static Result<BackupInfo> restore(const std::filesystem::path& folder,
                                                    std::uint32_t id,
                                                    const std::filesystem::path& to);

    // Reads everything of a collection that is not open and changes nothing. A failure only when
    // there is none, it is open elsewhere, or a newer version wrote it: damage is a finding.
    [[nodiscard]] static Result<VerifyReport> verify(const std::filesystem::path& folder);
    // The same of this one while it is in use, as it is when the call begins. Reads everything and
    // changes nothing; searches and writes go on.
    [[nodiscard]] Result<VerifyReport> verify(const VerifyOptions& options = {}) const;
    // Saves what can be read and rebuilds what is derived, of a collection that is not open. What
    // was damaged is kept below `folder`/damaged. A collection in order is left alone.
    [[nodiscard]] static Result<RepairReport> repair(const std::filesystem::path& folder);

    struct LECTERN_LOCAL Impl;

 private:
    explicit Collection(std::unique_ptr<Impl> impl);
    friend class Engine;
    std::unique_ptr<Impl> impl_;
};

// One list of what several collections have for a text: each is searched, beside the others, for
// what `options` asks for, and the hits are ranked anew. Where all collections have the vectors of
// one model, or no vectors are asked for, by their scores as if they were of one collection;
// otherwise by their places, the first of each before the second of any. `facets`, `sort`,
// `summaries` and `similar` are of one collection, and refused. Each collection once.
[[nodiscard]] LECTERN_API Result<JointResult> search_all(
    std::span<const Collection* const> collections, std::string_view text,
    const SearchOptions& options = {});

// ------------------------------------------------------------------- plugins

// Of an engine with these folders and this log.
[[nodiscard]] LECTERN_API Result<std::vector<PluginInfo>> list_plugins(const Folders& folders = {},
                                                                       const Log& log = {});

// ------------------------------------------------------------------ training

struct TrainOptions {
    std::string plugin = "word2vec";
    std::string stage = "trainer";
    std::string options = "{}";  // a JSON object, checked against the trainer's schema
    // A pipeline file, or the name of one that ships, whose embedder the trainer uses. Empty: the
    // trainer has none, and needs none.
    std::string pipeline = {};
    unsigned threads = 0;
    // step, fraction of the step (0 to 1), a detail for people
    std::function<void(std::string_view step, double fraction, std::string_view detail)> progress;
    std::stop_token stop;
    Folders folders;
    Log log;
};

// The next text, or nothing at the end.
using TextFeed = std::function<Result<std::optional<std::string>>()>;

// Trains a model on the texts and writes it to `model`. The result is the trainer's JSON report.
[[nodiscard]] LECTERN_API Result<std::string> train(const TextFeed& texts,
                                                    const std::filesystem::path& model,
                                                    const TrainOptions& options = {});
// Measures a model on a test file (for word vectors: analogies). The result is a JSON object.
[[nodiscard]] LECTERN_API Result<std::string> evaluate(const std::filesystem::path& model,
                                                       const std::filesystem::path& test,
                                                       const TrainOptions& options = {});

}  // namespace lectern
