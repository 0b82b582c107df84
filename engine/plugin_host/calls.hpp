// engine/plugin_host/calls.hpp: every function of a stage that the engine calls, one here for each.
//
// This is the gate: a plugin is called through it alone. What a plugin throws becomes a Status that
// names plugin, stage and function; what the engine throws below a plugin never passes through it;
// every result is checked here, once: counts, ranges, indexes, UTF-8, numbers and sizes. So who
// calls these may use what they give. A batch of which single items are wrong succeeds, and says
// which.
//
// Functions that take a stage of another kind than theirs are not to be called. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugin_host/call_context.hpp"
#include "engine/plugin_host/stage.hpp"
#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern::host {

// ------------------------------------------------------------------ documents

// Where the text from `begin` on comes from, until the next place: see lectern_place.
struct Place {
    std::uint32_t kind = 0;
    std::uint64_t begin = 0;
    std::uint64_t number = 0;
    std::uint32_t first_column = 0;
    std::uint32_t last_column = 0;
    std::string_view name = {};
};

// A document or a question; views, valid while the call that gives them runs.
struct Record {
    std::string_view id = {};
    std::string_view title = {};
    std::string_view text = {};
    std::string_view metadata = {};
    std::span<const Place> places = {};  // in order of begin, within the text
};

// What is extracted.
struct Input {
    std::string_view name = {};
    std::string_view media_type = {};
    std::string_view bytes = {};
    std::string_view metadata = {};  // for its documents: a JSON object, or empty
};

// Takes what extractors and custom stages give. Called on the thread of the call.
struct RecordTaker {
    // A failure ends the call, and is how it ends.
    std::function<Status(const Record&)> take;
    // One document failed. Not called more often than `most_failures`: one line says how many more.
    std::function<void(std::string what, Status why)> failed;
    std::uint64_t most_records = UINT64_MAX;
    std::uint64_t most_bytes = UINT64_MAX;  // of all records of the call
    std::uint64_t most_failures = 10'000;
    // A source within the source. `unsupported`: nobody takes it, and the call goes on; another
    // failure ends the call. May be empty.
    std::function<Status(const Input&)> source = {};
};

// 0 to 100.
[[nodiscard]] Result<unsigned> fits(const Stage& extractor, std::string_view name,
                                    std::string_view head);
[[nodiscard]] Status extract(const Stage& extractor, const Interrupt& interrupt, const Input& input,
                             const RecordTaker& taker);
[[nodiscard]] Status process(const Stage& custom, const Interrupt& interrupt, const Record& record,
                             const RecordTaker& taker);

struct Chunk {
    std::uint64_t begin = 0;  // at character boundaries, in order of begin, each once
    std::uint64_t end = 0;
    std::uint32_t tokens = 0;
    // Before `begin`, at character boundaries; both 0: none.
    std::uint64_t context_begin = 0;
    std::uint64_t context_end = 0;
};
// One or more.
[[nodiscard]] Result<std::vector<Chunk>> split(const Stage& splitter, const Interrupt& interrupt,
                                               const Record& document);

// -------------------------------------------------------------------- vectors

// Takes the tokens of texts[index], each once. Ranges, where they are given, lie in the text.
using TokenTaker = std::function<void(std::size_t index, const lectern_tokens& tokens)>;

// Texts that got no tokens, and why, are in `failed`.
[[nodiscard]] Status tokenize(const Stage& tokenizer, const Interrupt& interrupt,
                              std::span<const lectern_text> texts, std::uint32_t flags,
                              std::uint32_t max_tokens, const TokenTaker& taker,
                              std::vector<ItemError>& failed);

// What an embedder says of itself, copied.
struct EmbedderInfo {
    std::uint32_t dimension = 0;
    std::uint32_t max_tokens = 0;
    std::uint32_t batch_tokens = 4096;  // 1 or more
    std::uint32_t concurrency = 1;      // 1 or more
    std::uint32_t special_tokens = 0;
    std::string fingerprint = {};
    std::string query_prefix = {};
    std::string passage_prefix = {};
    std::string precision = {};
    bool any_length = false;       // vectors are not of length 1
    std::uint32_t vocabulary = 0;  // ids that it reads are below this; 0: it does not say
};
[[nodiscard]] Result<EmbedderInfo> embedder_info(const Stage& embedder);

// out: sequences x dimension floats. Sequences without a sound vector are in `failed`.
[[nodiscard]] Status embed(const Stage& embedder, const EmbedderInfo& info,
                           const Interrupt& interrupt, std::span<const lectern_tokens> sequences,
                           std::uint32_t purpose, float* out, std::vector<ItemError>& failed);

// ----------------------------------------------------------- hits and evidence

struct RankedHit {
    float score = 0;
    std::string_view document = {};
    std::string_view title = {};
    std::string_view text = {};
    std::string_view metadata = {};
    std::string_view passage = {};  // the text with the title before it
};
// All scores are finite.
[[nodiscard]] Status rerank(const Stage& reranker, const Interrupt& interrupt,
                            std::string_view query, std::span<const RankedHit> hits,
                            std::span<float> scores);

struct Passage {
    float score = 0;
    std::string_view title = {};
    std::string_view text = {};
};
struct Evidence {
    std::size_t passage = 0;
    std::uint64_t begin = 0;  // into the passage's text, at character boundaries, not empty
    std::uint64_t end = 0;
    float score = 0;  // 0 to 1
    // The shortest bytes that answer, within begin and end; both 0: not known.
    std::uint64_t answer_begin = 0;
    std::uint64_t answer_end = 0;
    // How likely it is these bytes, and how likely the likeliest others; both 0: not known.
    float answer_probability = 0;
    float other_probability = 0;
};
// Best first, as the reader gives them: at most max_evidence.
[[nodiscard]] Result<std::vector<Evidence>> read(const Stage& reader, const Interrupt& interrupt,
                                                 std::string_view question,
                                                 std::span<const Passage> passages,
                                                 std::uint32_t max_evidence);

// Of a pair; together 1.
struct Entailment {
    float entailment = 0;
    float neutral = 0;
    float contradiction = 0;
};
[[nodiscard]] Result<Entailment> infer(const Stage& verifier, const Interrupt& interrupt,
                                       std::string_view premise, std::string_view hypothesis);

// ----------------------------------------------------------------- generation

struct GeneratorInfo {
    std::uint32_t context_tokens = 0;
    std::string fingerprint = {};
    std::string model = {};
};
[[nodiscard]] Result<GeneratorInfo> generator_info(const Stage& generator);
[[nodiscard]] Result<std::uint64_t> count_tokens(const Stage& generator, const Interrupt& interrupt,
                                                 std::span<const lectern_message> messages);

struct Generation {
    std::uint32_t prompt_tokens = 0;
    std::uint32_t reused_tokens = 0;
    std::uint32_t answer_tokens = 0;
    bool truncated = false;
};
// Takes the next piece, valid UTF-8 in whole characters. False: enough; nothing more comes, and the
// call has not failed.
using TextTaker = std::function<bool(std::string_view piece)>;
// request: all but struct_size. What is known of the generation stands in `report` even when it
// failed.
[[nodiscard]] Status generate(const Stage& generator, const Interrupt& interrupt,
                              lectern_generation request, const TextTaker& taker,
                              Generation& report);
// Nothing when the generator cannot.
[[nodiscard]] Status warm(const Stage& generator, const Interrupt& interrupt,
                          std::span<const lectern_message> messages);

// ------------------------------------------------------------------- training

using Progress =
    std::function<void(double fraction, std::string_view step, std::string_view detail)>;
// The next text, or a failure; not_found at the end.
using NextText = std::function<Result<std::string_view>()>;
// Both give one JSON object.
[[nodiscard]] Result<std::string> train(const Stage& trainer, const Interrupt& interrupt,
                                        const NextText& texts, const std::string& model,
                                        const Progress& progress);
[[nodiscard]] Result<std::string> evaluate(const Stage& trainer, const Interrupt& interrupt,
                                           const std::string& model, const std::string& test,
                                           const Progress& progress);

}  // namespace lectern::host
