#include "plugins/tasks/answer_spans.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "plugins/tasks/probabilities.hpp"
#include "text/text.hpp"

namespace lectern::tasks {
namespace {

// A stretch of one passage in one sequence.
struct Window {
    std::size_t passage = 0;
    std::size_t from = 0;    // token of the passage
    std::size_t second = 0;  // where the passage begins in the sequence
    std::size_t taken = 0;   // tokens of it
};

// Start and end logits of a sequence.
class Logits {
 public:
    explicit Logits(std::span<const float> values) : values_(values) {}
    [[nodiscard]] double start(std::size_t token) const { return values_[2 * token]; }
    [[nodiscard]] double end(std::size_t token) const { return values_[2 * token + 1]; }
    [[nodiscard]] double none() const { return start(0) + end(0); }

 private:
    std::span<const float> values_;
};

struct Span {
    std::size_t first = 0;  // tokens of the passage
    std::size_t last = 0;
    double score = 0;
};

struct PassageReading {
    Tokens tokens;
    std::vector<text::Range> sentences;
    std::vector<Span> best;  // of each sentence, by where the span begins
    double none = std::numeric_limits<double>::infinity();  // of the window that doubts least
};

std::size_t sentence_of(const std::vector<text::Range>& sentences, std::size_t byte) {
    const auto after =
        std::upper_bound(sentences.begin(), sentences.end(), byte,
                         [](std::size_t at, const text::Range& range) { return at < range.begin; });
    return after == sentences.begin() ? 0 : static_cast<std::size_t>(after - sentences.begin()) - 1;
}

void collect(const Window& window, const Logits& logits, std::size_t longest,
             PassageReading& passage) {
    passage.none = std::min(passage.none, logits.none());
    for (std::size_t first = 0; first < window.taken; ++first) {
        const std::size_t sentence =
            sentence_of(passage.sentences, passage.tokens.ranges[window.from + first].begin);
        Span& best = passage.best[sentence];
        const std::size_t stop = std::min(window.taken, first + longest);
        for (std::size_t last = first; last < stop; ++last) {
            const double score =
                logits.start(window.second + first) + logits.end(window.second + last);
            if (score > best.score) best = {window.from + first, window.from + last, score};
        }
    }
}

}  // namespace

AnswerReader::AnswerReader(const TaskOptions& model, const std::filesystem::path& tokenizer,
                           const AnswerOptions& options)
    : model_(model, Task::spans), tokenizer_(model_, tokenizer), options_(options) {}

std::vector<AnswerSentence> AnswerReader::read(std::string_view question,
                                               std::span<const std::string_view> passages,
                                               std::size_t most,
                                               const std::function<void()>& check) const {
    const Tokens asked = tokenizer_.tokens(question);
    std::vector<PassageReading> readings(passages.size());
    std::vector<Window> windows;
    std::vector<Sequence> sequences;
    for (std::size_t i = 0; i < passages.size(); ++i) {
        PassageReading& reading = readings[i];
        reading.tokens = tokenizer_.tokens(passages[i]);
        reading.sentences = text::sentences(passages[i]);
        if (reading.tokens.ids.empty() || reading.sentences.empty()) continue;
        reading.best.assign(reading.sentences.size(),
                            {0, 0, -std::numeric_limits<double>::infinity()});
        for (std::size_t from = 0;;) {
            Pair pair = tokenizer_.join(asked, reading.tokens, from);
            windows.push_back({i, from, pair.second, pair.taken});
            sequences.push_back(std::move(pair.sequence));
            if (from + pair.taken >= reading.tokens.ids.size()) break;
            from += pair.taken - std::min(options_.stride, pair.taken / 2);
        }
    }
    model_.run(
        sequences,
        [&](std::size_t item, std::span<const float> values) {
            if (!std::all_of(values.begin(), values.end(),
                             [](float x) { return std::isfinite(x); }))
                bert::fail(LECTERN_INTERNAL,
                           "the model gave a value that is not finite; try the precision f32");
            collect(windows[item], Logits(values), options_.answer_tokens,
                    readings[windows[item].passage]);
        },
        check);

    std::vector<AnswerSentence> out;
    for (std::size_t i = 0; i < readings.size(); ++i) {
        const PassageReading& reading = readings[i];
        for (const Span& span : reading.best) {
            const double margin = span.score - reading.none - options_.null_threshold;
            if (!(margin > 0)) continue;
            AnswerSentence found;
            found.passage = i;
            found.span_begin = reading.tokens.ranges[span.first].begin;
            found.span_end = reading.tokens.ranges[span.last].end;
            found.begin = reading.sentences[sentence_of(reading.sentences, found.span_begin)].begin;
            found.end =
                std::max(found.span_end,
                         reading.sentences[sentence_of(reading.sentences, found.span_end - 1)].end);
            found.score = logistic(static_cast<float>(margin));
            out.push_back(found);
        }
    }
    std::stable_sort(out.begin(), out.end(), [](const AnswerSentence& a, const AnswerSentence& b) {
        return a.score > b.score;
    });
    // A span over two sentences and one in the second of them give one piece of evidence.
    std::vector<AnswerSentence> apart;
    for (const AnswerSentence& found : out) {
        const bool again =
            std::any_of(apart.begin(), apart.end(), [&](const AnswerSentence& other) {
                return other.passage == found.passage && found.begin < other.end &&
                       other.begin < found.end;
            });
        if (!again && apart.size() < most) apart.push_back(found);
    }
    return apart;
}

}  // namespace lectern::tasks
