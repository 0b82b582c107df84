// config/pipeline.hpp: the pipeline file, read and checked.
//
// A pipeline file is YAML 1.2 (core schema) without anchors and aliases; docs/configuration.md
// describes every key. Reading checks everything that can be checked without plugins: keys, types,
// units, ranges, and that every step names a stage. What a plugin has to say (its name, its
// options, its ports) is checked later; for that each part keeps its place in the file.
//
// Plain values; safe from any thread.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/lectern.hpp"
#include "lectern/status.hpp"

namespace lectern::config {

// A place in a pipeline file. Lines and columns count from 1; columns are bytes.
struct Place {
    std::string file = {};
    int line = 0;
    int column = 0;

    // "bert.yaml:12:5", or "" when unknown.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const Place&, const Place&) = default;
};

// One entry of `stages`: what stands behind a name.
struct StageConfig {
    std::string name = {};
    std::string plugin = {};
    std::string stage = {};    // the plugin's stage type; "": its only one
    unsigned parallelism = 0;  // calls at once, 1 to 1024; 0: the engine decides
    boost::json::object options = {};
    // Of a generator that stands where a custom stage may: what it is asked for each sentence, with
    // {text} for the sentence. Empty: none.
    std::string prompt = {};

    Place place = {};         // of the name
    Place plugin_place = {};  // of the plugin's name
    Place stage_place = {};   // of the stage type's name; of the plugin's when not given
    // Of each option by its path: "pooling", "window/size", "stop/0".
    std::map<std::string, Place, std::less<>> option_places = {};

    // Of an option, or of the nearest thing around it that is in the file.
    [[nodiscard]] Place option_place(std::string_view path) const;
};

enum class StepKind {
    stage,     // one stage
    choice,    // the stage of several that fits best (extractors)
    branches,  // several searches beside each other
    source,    // built in: where the files come from
    commit,    // built in: documents, chunks and vectors go to the collection
    query,     // built in: the question
    search,    // built in: vectors and words to hits
    fuse,      // built in: the hits of branches to one list
    quote,     // built in: evidence to an answer, without a writer
    verify     // built in: what is written is checked against its evidence
};

[[nodiscard]] std::string_view name(StepKind kind) noexcept;

// How one branch searches: over what the section `search` says.
struct BranchSearch {
    std::optional<SearchMode> mode = {};
    std::optional<Fusion> fusion = {};
    std::optional<double> weight = {};
    std::optional<double> feedback = {};
    std::optional<unsigned> candidates = {};
    double share = 1.0;  // 0.01 to 100: what its hits count where branches are fused
};

struct FuseConfig {
    Fusion fusion = Fusion::rrf;  // scores of different searches are not of one scale
};

// One step of `ingest` or `query`.
struct Step {
    StepKind kind = StepKind::stage;
    std::vector<std::string> stages =
        {};  // names in `stages`: one, several for a choice, else none
    Place place = {};
    std::vector<std::vector<Step>> branches = {};  // each ends with `search`
    BranchSearch search = {};                      // of a `search` in a branch
    FuseConfig fuse = {};                          // of `fuse`
};

inline constexpr std::size_t most_branches = 8;

// In the file's order, with those of the branches in the branches' place.
[[nodiscard]] std::vector<const Step*> all_steps(const std::vector<Step>& steps);

struct SearchConfig {
    SearchMode mode = SearchMode::hybrid;
    Fusion fusion = Fusion::convex;
    double weight = 0.65;  // 0 to 1: of the dense side
    // 0 to 1: how far a hybrid search moves the query's vector towards the best hits; 0: not at
    // all.
    double feedback = 0.3;
    // BM25; a word in the title counts title_boost words of the text.
    double k1 = 1.5;
    double b = 0.75;
    double title_boost = 2.0;
    std::string language = "auto";  // of stems: a text::Language's name, or guessed by document
    bool keep_stop_words = true;    // in the lexical index
    bool typos = true;              // words that nothing has are looked for as if mistyped
    std::string synonyms = {};      // a file (docs/search.md); "": none
    Place synonyms_place = {};
    unsigned candidates = 50;  // 1 to 10,000: hits taken from each index before they are fused
    // Rows of the vector index's exact tail that start the building of a segment; 1 to 10,000,000.
    unsigned seal_at = 5'000;
    // How the index keeps the vectors of its segments: f32, bf16, f16, int8 or pq.
    std::string vectors = "f32";
    unsigned rerank = 30;  // 1 to 1,000: best hits that a reranker reads, when there is one
    unsigned rerank_milliseconds = 0;  // up to 600,000; 0: as long as it takes
};

struct AnswerConfig {
    unsigned passages = 6;        // 1 to 100: hits that are read
    unsigned max_evidence = 4;    // 1 to 32: sentences given to the writer
    unsigned max_tokens = 160;    // 1 to 8192: of the answer
    double abstain_below = 0.35;  // 0 to 1: evidence weaker than this gives no answer
    // 0 to 1: a written sentence must follow from its evidence with this probability, where the
    // query has a stage that tells.
    double min_entailment = 0.5;
    // 0 to 1: a sentence is written around the answer only where the reader is at least so certain
    // of its bytes. Chosen in docs/evaluation.md.
    double min_certainty = 0.13;
    // phrased: the writer puts one sentence around what the reader found, or the evidence is
    // quoted; free: it writes several. What it writes is verified either way.
    std::string writing = "phrased";
    // The stage that translates answers into a language, by what AskOptions::language may be.
    std::map<std::string, std::string, std::less<>> languages = {};
};

struct PipelineConfig {
    std::string name = {};
    std::uint64_t memory = 256ull << 20;       // bytes in flight at ingest; 16 MiB or more
    unsigned threads = 0;                      // up to 1024; 0: all cores
    std::uint64_t max_document = 32ull << 20;  // bytes of one document; 1 KiB or more
    std::vector<StageConfig> stages = {};      // in the file's order
    std::vector<Step> ingest = {};             // begins with source, ends with commit
    std::vector<Step> query = {};              // begins with query, has search or branches
    SearchConfig search = {};
    AnswerConfig answer = {};

    std::string text = {};  // the file, byte for byte
    std::string file = {};  // its name, for messages
    std::filesystem::path base_folder =
        {};  // absolute; relative paths in options are looked up here
    std::vector<std::string> warnings = {};  // "FILE:LINE:COLUMN: what; what to do"

    // The stage of that name, or nullptr. Every name in a step has one.
    [[nodiscard]] const StageConfig* find(std::string_view stage) const noexcept;
};

// Larger files are refused.
inline constexpr std::size_t max_pipeline_bytes = 256 * 1024;
inline constexpr int max_pipeline_depth = 32;

// Reads a file. A failure's message has one line "FILE:LINE:COLUMN: what; what to do" for each
// error, in the file's order, 20 at most.
[[nodiscard]] Result<PipelineConfig> load_pipeline(const std::filesystem::path& file);

// The same for a text that was kept (a collection keeps its pipeline). `file` is for messages.
[[nodiscard]] Result<PipelineConfig> parse_pipeline(std::string_view text, std::string_view file,
                                                    const std::filesystem::path& base_folder = {});

// The file that a user means by "bert", "bert.yaml" or a path: the path when it is there, else a
// file of that name in the folders. The failure lists the names that exist.
[[nodiscard]] Result<std::filesystem::path> find_pipeline(
    std::string_view name, std::span<const std::filesystem::path> folders);

// "256 MiB", "1.5GB", "4096": bytes. KiB, MiB, GiB, TiB count in 1024s, kB (KB), MB, GB, TB in
// 1000s, B in ones.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

}  // namespace lectern::config
