// The plugin `passages`: documents to passages, and passages to evidence.

#include <algorithm>
#include <string>
#include <vector>

#include "lectern/plugin.hpp"
#include "passages/read.hpp"
#include "passages/split.hpp"

namespace lectern::passages {
namespace {

using plugin::Call;
using plugin::ChunkSink;
using plugin::Config;
using plugin::Document;
using plugin::EvidenceSink;
using plugin::Failure;
using plugin::Pipeline;

class Splitter : public plugin::Splitter {
 public:
    explicit Splitter(const Config& config)
        : pipeline_(config.pipeline()),
          max_tokens_(static_cast<std::size_t>(config.integer("max_tokens").value_or(0))),
          overlap_(static_cast<std::size_t>(config.integer("overlap").value_or(0))),
          headings_(config.boolean("headings").value_or(true)) {}

    void split(const Call& call, const Document& document, const ChunkSink& sink) const override {
        const TokenEnds token_ends = [&](std::string_view text) {
            call.check();
            return ends(text);
        };
        passages::split(document.text, options(document.title), token_ends,
                        [&](const Chunk& chunk) {
                            sink.chunk(chunk.range.begin, chunk.range.end,
                                       static_cast<std::uint32_t>(chunk.tokens),
                                       {chunk.context.begin, chunk.context.end});
                        });
    }

 private:
    static constexpr std::size_t best = 200;   // tokens of a chunk that ranks and cites well
    static constexpr std::size_t most = 256;   // even when the embedder takes more
    static constexpr std::size_t around = 8;   // special tokens, and a prefix ("passage: ")
    static constexpr std::size_t fewest = 16;  // what a long title must leave

    // A chunk is embedded behind its document's title, so that takes its part of the room.
    [[nodiscard]] SplitOptions options(std::string_view title) const {
        SplitOptions out;
        out.overlap = overlap_;
        out.headings = headings_;
        const std::size_t embedder = embedder_tokens();
        const std::size_t used =
            around + (title.empty() ? 0 : ends(text::prefix(title, 2048)).size());
        std::size_t room = embedder == 0 ? most : std::min(embedder, most);
        if (max_tokens_ > 0 && embedder > 0) room = embedder;
        room = room > used + fewest ? room - used : fewest;
        out.limit =
            max_tokens_ > 0 ? (embedder > 0 ? std::min(max_tokens_, room) : max_tokens_) : room;
        out.target = max_tokens_ > 0 ? out.limit : std::min(best, out.limit);
        return out;
    }

    // 0: no limit, or no embedder to have one.
    [[nodiscard]] std::size_t embedder_tokens() const {
        try {
            return pipeline_.max_tokens();
        } catch (const Failure& failure) {
            if (failure.code() != LECTERN_UNAVAILABLE) throw;
            return 0;
        }
    }

    // A pipeline without a tokenizer counts words.
    [[nodiscard]] std::vector<std::uint64_t> ends(std::string_view text) const {
        try {
            return pipeline_.token_ends(text);
        } catch (const Failure& failure) {
            if (failure.code() != LECTERN_UNAVAILABLE) throw;
        }
        std::vector<std::uint64_t> out;
        for (const text::Word& word : text::words(text)) out.push_back(word.range.end);
        return out;
    }

    Pipeline pipeline_;
    std::size_t max_tokens_;
    std::size_t overlap_;
    bool headings_;
};

class Reader : public plugin::Reader {
 public:
    explicit Reader(const Config& config) : pipeline_(config.pipeline()) {
        const auto number = [&](const char* option, double& value) {
            value = config.number(option).value_or(value);
        };
        number("bias", options_.bias);
        number("similarity_weight", options_.similarity_weight);
        number("overlap_weight", options_.overlap_weight);
        number("passage_weight", options_.passage_weight);
        number("number_weight", options_.number_weight);
        number("name_weight", options_.name_weight);
        number("definition_weight", options_.definition_weight);
        number("missing_name_weight", options_.missing_name_weight);
        number("missing_term_weight", options_.missing_term_weight);
        number("min_score", options_.min_score);
        options_.max_sentences = static_cast<std::size_t>(
            config.integer("max_sentences")
                .value_or(static_cast<std::int64_t>(options_.max_sentences)));
    }

    void read(const Call& call, std::string_view question, const lectern_passage* passages,
              std::uint64_t count, std::uint32_t max_evidence,
              const EvidenceSink& sink) const override {
        std::vector<Passage> all;
        for (std::uint64_t i = 0; i < count; ++i)
            all.push_back({plugin::view(passages[i].title), plugin::view(passages[i].text),
                           passages[i].score});
        const Embed embed = [&](const std::vector<std::string_view>& texts, Purpose purpose) {
            call.check();
            return pipeline_.embed(call, texts,
                                   purpose == Purpose::query ? LECTERN_QUERY : LECTERN_PASSAGE);
        };
        for (const Evidence& evidence :
             passages::read(question, all, max_evidence, options_, embed))
            sink.evidence(evidence.passage, evidence.range.begin, evidence.range.end,
                          static_cast<float>(evidence.score));
    }

 private:
    Pipeline pipeline_;
    ReadOptions options_;
};

// The defaults of the reader's weights stand in read.hpp alone.
constexpr const char* splitter_options = R"json({
  "type": "object",
  "properties": {
    "max_tokens": {"type": "integer", "minimum": 0, "maximum": 1048576, "default": 0,
      "description": "Most tokens of a chunk by the embedder's tokenizer; 0: documents that fit the embedder (at most 256 tokens with their title) stay whole, longer ones are cut into chunks of up to 200"},
    "overlap": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0,
      "description": "Sentences of the chunk before that a chunk begins with"},
    "headings": {"type": "boolean", "default": true,
      "description": "Cut before headings and keep them with what follows"}
  }
})json";

constexpr const char* reader_options = R"json({
  "type": "object",
  "properties": {
    "similarity_weight": {"type": "number",
      "description": "Weight of the cosine of sentence and question"},
    "overlap_weight": {"type": "number",
      "description": "Weight of the question's content words in the sentence, 0 to 1"},
    "passage_weight": {"type": "number",
      "description": "Weight of the passage's search score relative to the best, 0 to 1"},
    "number_weight": {"type": "number",
      "description": "Weight of a number or a date in the sentence when the question asks for one"},
    "name_weight": {"type": "number",
      "description": "Weight of a name in the sentence when the question asks for a person or a place"},
    "definition_weight": {"type": "number",
      "description": "Weight of saying what a thing is when the question asks for that"},
    "missing_name_weight": {"type": "number",
      "description": "Weight (negative) of a passage that lacks a name or number of the question"},
    "missing_term_weight": {"type": "number",
      "description": "Weight (negative) of a passage that lacks what is to be defined"},
    "bias": {"type": "number",
      "description": "Added to the weighted sum before the logistic function makes it 0 to 1"},
    "min_score": {"type": "number", "minimum": 0, "maximum": 1,
      "description": "Sentences that score less are no evidence"},
    "max_sentences": {"type": "integer", "minimum": 1, "maximum": 10000,
      "description": "Most sentences that are embedded for one question"}
  }
})json";

}  // namespace
}  // namespace lectern::passages

LECTERN_PLUGIN("passages", "1.0.0", "Documents to passages, and passages to evidence", "Apache-2.0",
               lectern::plugin::stage<lectern::passages::Splitter>(
                   "splitter", "Chunks that end with sections, paragraphs or sentences",
                   lectern::passages::splitter_options),
               lectern::plugin::stage<lectern::passages::Reader>(
                   "reader", "Sentences that answer a question, by embedding and words",
                   lectern::passages::reader_options))
