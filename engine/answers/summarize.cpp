#include "engine/answers/summarize.hpp"

#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/answers/central.hpp"
#include "engine/answers/originals.hpp"
#include "engine/answers/writer.hpp"
#include "engine/search/place.hpp"
#include "text/instructions.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

constexpr std::size_t chunks_read = 24;      // at most, of one document
constexpr std::size_t chunks_in_a_part = 6;  // so there are four parts at most
constexpr std::size_t sentences_of_a_part = 4;
constexpr std::size_t sentences_at_the_end = 4;
constexpr std::size_t fewest_sentence_words = 5;
constexpr std::size_t longest_sentence = 400;  // bytes

struct Sentence {
    std::uint64_t begin = 0;  // in the document
    std::uint64_t end = 0;
};

// "- C. E. Shannon: Prediction and Entropy of Printed English."
bool lists_a_source(std::string_view sentence) {
    const std::size_t name = sentence.find_first_not_of("-*+ ");
    return name != 0 && name != std::string_view::npos && name + 1 < sentence.size() &&
           sentence[name] >= 'A' && sentence[name] <= 'Z' && sentence[name + 1] == '.';
}

bool says_something(std::string_view sentence) {
    constexpr std::string_view stops = ".!。！";
    return sentence.size() <= longest_sentence && sentence.front() != '#' &&
           !lists_a_source(sentence) && sentence.find('|') == std::string_view::npos &&
           stops.find(sentence.back()) != std::string_view::npos &&
           text::words(sentence).size() >= fewest_sentence_words &&
           !text::speaks_to_a_model(sentence);
}

class Summarizer {
 public:
    Summarizer(const QueryContext& context, corpus::StoredDocument document,
               const SummarizeOptions& options)
        : context_(context), document_(std::move(document)), options_(options) {
        interrupt_.stop = options.stop;
        if (options.deadline) interrupt_.deadline = begin_ + *options.deadline;
    }

    Result<Summary> run() {
        LECTERN_ASSIGN(const auto parts, sentences_by_part());
        if (parts.empty())
            return Status{Code::unsupported, "the document '" + document_.header.id +
                                                 "' has no sentence that could be summarised"};
        std::vector<Sentence> kept;
        for (const std::vector<Sentence>& part : parts) {
            LECTERN_ASSIGN(const auto central, central_sentences(part, sentences_of_a_part));
            if (parts.size() == 1) {
                kept = central;
                break;
            }
            // Map: what the summary of a part stands on goes on.
            LECTERN_ASSIGN(const Written written, write_from(central, {}));
            for (const unsigned n : written.cited) kept.push_back(central[n - 1]);
        }
        if (parts.size() > 1) {
            LECTERN_ASSIGN(kept, central_sentences(kept, sentences_at_the_end));
        }
        LECTERN_ASSIGN(Written written, write_from(kept, options_.on_text));

        Summary out;
        out.text = std::move(written.text);
        out.status = written.status;
        for (const unsigned n : written.cited)
            out.citations.push_back({n, document_.header.id, document_.header.title,
                                     kept[n - 1].begin, kept[n - 1].end,
                                     std::string(piece(kept[n - 1])), "",
                                     place_of(chunks_, kept[n - 1].begin, kept[n - 1].end)});
        LECTERN_TRY(cite_originals(context_, out.citations));
        out.generated_tokens = generated_tokens_;
        out.dropped_sentences = dropped_;
        out.timing.milliseconds =
            std::chrono::duration<double, std::milli>(Clock::now() - begin_).count();
        out.timing.stages = counters_.table();
        return out;
    }

 private:
    [[nodiscard]] std::string_view piece(const Sentence& sentence) const {
        return std::string_view(document_.text)
            .substr(sentence.begin, sentence.end - sentence.begin);
    }

    // Without vectors nothing says what is central: the first, and what lies evenly after it.
    template <typename T>
    static std::vector<T> evenly(const std::vector<T>& from, std::size_t most) {
        std::vector<T> out;
        for (std::size_t i = 0; i < most; ++i) out.push_back(from[i * from.size() / most]);
        return out;
    }

    Result<std::vector<storage::Chunk>> central_chunks() {
        const std::vector<storage::Chunk>& chunks = document_.chunks;
        if (chunks.size() <= chunks_read) return chunks;
        if (!context_.pipeline.embeds()) return evenly(chunks, chunks_read);
        std::vector<storage::ChunkId> ids;
        for (const storage::Chunk& chunk : chunks) ids.push_back(chunk.id);
        LECTERN_ASSIGN(const auto rows,
                       context_.corpus.reader()->vectors(context_.vectors.generation(), ids));
        if (rows.found.size() != chunks.size())
            return Status{Code::not_found, "the document '" + document_.header.id +
                                               "' was changed meanwhile; ask again"};
        std::vector<storage::Chunk> out;
        for (const std::size_t i :
             central_rows(rows.values, context_.vectors.dimension(), chunks_read))
            out.push_back(chunks[i]);
        return out;
    }

    Result<std::vector<std::vector<Sentence>>> sentences_by_part() {
        LECTERN_ASSIGN(chunks_, central_chunks());
        const std::vector<storage::Chunk>& chunks = chunks_;
        std::vector<std::vector<Sentence>> parts;
        std::uint64_t done = 0;  // chunks may overlap
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            if (i % chunks_in_a_part == 0) parts.emplace_back();
            const std::string_view chunk = piece({chunks[i].begin, chunks[i].end});
            for (const text::Range& range : text::sentences(chunk)) {
                const Sentence sentence{chunks[i].begin + range.begin, chunks[i].begin + range.end};
                if (sentence.begin < done || !says_something(piece(sentence))) continue;
                done = sentence.end;
                parts.back().push_back(sentence);
            }
        }
        std::erase_if(parts, [](const auto& part) { return part.empty(); });
        return parts;
    }

    Result<std::vector<Sentence>> central_sentences(const std::vector<Sentence>& from,
                                                    std::size_t most) {
        if (from.size() <= most) return from;
        if (!context_.pipeline.embeds()) return evenly(from, most);
        std::vector<std::string_view> texts;
        texts.reserve(from.size());
        for (const Sentence& sentence : from) texts.push_back(piece(sentence));
        LECTERN_ASSIGN(
            const auto vectors,
            context_.pipeline.embed_texts(texts, Purpose::passage, interrupt_,
                                          {&counters_.get("tokens"), &counters_.get("vectors")}));
        std::vector<Sentence> out;
        for (const std::size_t i :
             central_rows(vectors, context_.pipeline.embedder().dimension, most))
            out.push_back(from[i]);
        return out;
    }

    Result<Written> write_from(const std::vector<Sentence>& sentences,
                               const std::function<void(std::string_view)>& on_text) {
        // Stages look for themselves, but a quoted summary may need none.
        if (interrupt_.stopped()) return Status{Code::cancelled, "cancelled"};
        if (interrupt_.late()) return Status{Code::deadline_exceeded, "the deadline has passed"};
        std::vector<NumberedEvidence> evidence;
        for (std::size_t i = 0; i < sentences.size(); ++i)
            evidence.push_back(
                {static_cast<unsigned>(i + 1), piece(sentences[i]), document_.header.title});
        const config::AnswerConfig& config = context_.pipeline.config().answer;
        const WriterRequest request{Task::summary,
                                    "",
                                    evidence,
                                    config.max_tokens,
                                    on_text,
                                    interrupt_,
                                    {context_.pipeline.verifier(), config.min_entailment},
                                    context_.pipeline.verifies()};
        const host::Stage* generator =
            options_.extractive ? nullptr : context_.pipeline.generator();
        if (generator == nullptr) return quote(request);
        LECTERN_ASSIGN(Written written, write(*generator, request, counters_.get("answer"),
                                              counters_.get("verify")));
        generated_tokens_ += written.generated_tokens;
        dropped_ += written.dropped_sentences;
        return written;
    }

    const QueryContext& context_;
    const corpus::StoredDocument document_;
    const SummarizeOptions& options_;
    const Clock::time_point begin_ = Clock::now();
    host::Interrupt interrupt_;
    Counters counters_;
    std::vector<storage::Chunk> chunks_;  // that are read
    std::uint64_t generated_tokens_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace

Result<Summary> run_summarize(const QueryContext& context, std::string_view document,
                              const SummarizeOptions& options) {
    LECTERN_ASSIGN(auto found, context.corpus.reader()->document(document));
    if (!options.extractive && context.pipeline.can_write())
        LECTERN_TRY(context.pipeline.prepare_answers(Answers::written));
    Result<Summary> out = Summary{};
    oneapi::tbb::task_arena arena(static_cast<int>(context.threads));
    arena.execute([&] { out = Summarizer(context, std::move(found), options).run(); });
    return out;
}

}  // namespace lectern
