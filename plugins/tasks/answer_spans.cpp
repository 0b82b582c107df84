#include "plugins/tasks/answer_spans.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "passages/tables.hpp"
#include "plugins/tasks/probabilities.hpp"
#include "plugins/tasks/question_words.hpp"
#include "plugins/tasks/reader_calibration.hpp"
#include "text/instructions.hpp"
#include "text/tables.hpp"
#include "text/text.hpp"

namespace lectern::tasks {
namespace {

constexpr double lowest = -std::numeric_limits<double>::infinity();

// A stretch of one passage in one sequence.
struct Window {
    std::size_t passage = 0;
    std::size_t from = 0;    // token of the passage
    std::size_t second = 0;  // where the passage begins in the sequence
    std::size_t taken = 0;   // tokens of it
};

// Logits of a sequence: start and end of each token and, with three labels, whether the passage
// answers, which the first token says.
class Logits {
 public:
    Logits(std::span<const float> values, std::size_t labels) : values_(values), labels_(labels) {}
    [[nodiscard]] double start(std::size_t token) const { return values_[labels_ * token]; }
    [[nodiscard]] double end(std::size_t token) const { return values_[labels_ * token + 1]; }
    [[nodiscard]] double none() const { return start(0) + end(0); }
    [[nodiscard]] double answers() const { return values_[2]; }

 private:
    std::span<const float> values_;
    std::size_t labels_;
};

// log(sum of exp(x)), without overflow.
class LogSum {
 public:
    void add(double x) {
        if (x > largest_) {
            sum_ = sum_ * std::exp(largest_ - x) + 1;
            largest_ = x;
        } else {
            sum_ += std::exp(x - largest_);
        }
    }
    [[nodiscard]] double value() const { return largest_ + std::log(sum_); }

 private:
    double largest_ = lowest;
    double sum_ = 0;
};

struct Span {
    std::size_t first = 0;  // tokens of the passage
    std::size_t last = 0;
    double score = lowest;
};

struct PassageReading {
    std::string text;        // title and text as they are read
    std::size_t before = 0;  // bytes of it that come before the passage's own text
    double score = 0;        // of the search
    Tokens tokens;
    std::vector<text::Range> sentences;  // of the passage's own text, in bytes of `text`
    std::vector<char> usable;            // of each: 0 for headings and for orders to a model
    std::vector<Span> best;              // of each sentence, by where the span begins
    double none = std::numeric_limits<double>::infinity();  // of the window that doubts least
    double answers = lowest;                                // of the window that is surest
    double sureness = lowest;  // log probability of the best span of that window, over its tokens
    Span likeliest;            // of all windows
    double probability = 0;    // of that span, over the tokens of its window
    double other = 0;          // the same of the best span there that shares no token with it
};

// `sentences.size()`: before the first.
std::size_t sentence_of(const std::vector<text::Range>& sentences, std::size_t byte) {
    const auto after =
        std::upper_bound(sentences.begin(), sentences.end(), byte,
                         [](std::size_t at, const text::Range& range) { return at < range.begin; });
    return after == sentences.begin() ? sentences.size()
                                      : static_cast<std::size_t>(after - sentences.begin()) - 1;
}

passages::Tables tables_of(std::string_view text) {
    passages::Tables out(text);
    out.read_to(text.size());
    return out;
}

// What is read: a passage, or a row of a table in one, with the header in its title.
struct Piece {
    AnswerPassage read;
    std::size_t passage = 0;
    std::size_t offset = 0;  // of its text in the passage's
    std::string title = {};
    bool has_rows = false;  // that are read by themselves
};

bool is_row(std::string_view sentence) {
    return text::is_table_row(sentence) && sentence.find('\n') == std::string_view::npos;
}

// Among others the reader takes the cell of one row for that of another. Those with the most of the
// question's words.
std::vector<Piece> rows_of(const AnswerPassage& passage, std::size_t number,
                           const QuestionWords& words) {
    constexpr std::size_t most = 4;
    const passages::Tables tables = tables_of(passage.text);
    std::vector<std::pair<double, Piece>> found;
    for (const text::Range& range : text::sentences(passage.text)) {
        const std::string_view row = passage.text.substr(range.begin, range.end - range.begin);
        if (!is_row(row) || tables.is_header(range.begin)) continue;
        const double share = words.in(row).share;
        if (share == 0) continue;
        Piece piece{{{}, row, passage.score}, number, range.begin, std::string(passage.title)};
        if (const auto header = tables.header_at(range.begin)) {
            if (!piece.title.empty()) piece.title += '\n';
            piece.title += passages::piece(passage.text, *header);
        }
        found.emplace_back(share, std::move(piece));
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    if (found.size() > most) found.erase(found.begin() + most, found.end());
    std::vector<Piece> out;
    for (auto& [share, piece] : found) out.push_back(std::move(piece));
    return out;
}

PassageReading prepare(const AnswerPassage& passage, const PairTokenizer& tokenizer) {
    PassageReading out;
    TitledText read = titled(passage);
    out.before = read.before;
    out.text = std::move(read.text);
    out.score = passage.score;
    out.tokens = tokenizer.tokens(out.text);
    out.sentences = text::sentences(passage.text);
    const passages::Tables tables = tables_of(passage.text);
    for (text::Range& range : out.sentences) {
        const std::string_view sentence = passage.text.substr(range.begin, range.end - range.begin);
        // A heading (every extractor gives Markdown's) says what follows, and answers nothing. Nor
        // does the header of a table.
        const bool usable = !sentence.starts_with('#') && !text::speaks_to_a_model(sentence) &&
                            !tables.is_header(range.begin);
        out.usable.push_back(usable ? 1 : 0);
        range.begin += out.before;
        range.end += out.before;
    }
    out.best.resize(out.sentences.size());
    return out;
}

// Calls visit(span, sentence) with each span of the window that may be an answer.
template <typename Visit>
void each_span(const Window& window, const Logits& logits, std::size_t longest,
               const PassageReading& passage, const Visit& visit) {
    for (std::size_t first = 0; first < window.taken; ++first) {
        const std::size_t sentence =
            sentence_of(passage.sentences, passage.tokens.ranges[window.from + first].begin);
        if (sentence == passage.sentences.size() || passage.usable[sentence] == 0) continue;
        // Nor does one reach into what is none.
        const auto next = std::find(passage.usable.begin() + static_cast<std::ptrdiff_t>(sentence),
                                    passage.usable.end(), 0);
        const std::size_t bound =
            next == passage.usable.end()
                ? std::string_view::npos
                : passage.sentences[static_cast<std::size_t>(next - passage.usable.begin())].begin;
        const std::size_t stop = std::min(window.taken, first + longest);
        for (std::size_t last = first;
             last < stop && passage.tokens.ranges[window.from + last].begin < bound; ++last)
            visit(Span{window.from + first, window.from + last,
                       logits.start(window.second + first) + logits.end(window.second + last)},
                  sentence);
    }
}

void collect(const Window& window, const Logits& logits, bool judged, std::size_t longest,
             PassageReading& passage) {
    passage.none = std::min(passage.none, logits.none());
    LogSum starts;
    LogSum ends;
    for (std::size_t token = window.second; token < window.second + window.taken; ++token) {
        starts.add(logits.start(token));
        ends.add(logits.end(token));
    }
    const double all = starts.value() + ends.value();
    Span best;
    each_span(window, logits, longest, passage, [&](const Span& span, std::size_t sentence) {
        if (span.score > best.score) best = span;
        if (span.score > passage.best[sentence].score) passage.best[sentence] = span;
    });
    if (best.score > passage.likeliest.score) {
        double other = lowest;
        each_span(window, logits, longest, passage, [&](const Span& span, std::size_t) {
            if (span.last < best.first || best.last < span.first)
                other = std::max(other, span.score);
        });
        passage.likeliest = best;
        passage.probability = std::exp(best.score - all);
        passage.other = std::exp(other - all);
    }
    if (!judged || logits.answers() <= passage.answers) return;
    passage.answers = logits.answers();
    passage.sureness = best.score - all;
}

AnswerSentence around(const PassageReading& reading, const Span& span) {
    AnswerSentence out;
    const std::size_t begin = reading.tokens.ranges[span.first].begin;
    const std::size_t end = reading.tokens.ranges[span.last].end;
    const text::Range& first = reading.sentences[sentence_of(reading.sentences, begin)];
    const text::Range& last = reading.sentences[sentence_of(reading.sentences, end - 1)];
    out.span_begin = begin - reading.before;
    out.span_end = end - reading.before;
    out.begin = first.begin - reading.before;
    out.end = std::max(end, last.end) - reading.before;
    if (span.first == reading.likeliest.first && span.last == reading.likeliest.last) {
        out.span_probability = reading.probability;
        out.other_probability = reading.other;
    } else {  // of another sentence: as much less likely as its score says
        out.span_probability = reading.probability * std::exp(span.score - reading.likeliest.score);
        out.other_probability = reading.probability;
    }
    return out;
}

// What of a passage may be evidence, with a score.
std::vector<AnswerSentence> evidence_of(const PassageReading& reading, bool judged,
                                        const QuestionWords& words, const Calibration& calibration,
                                        const AnswerOptions& options) {
    std::vector<AnswerSentence> out;
    if (judged) {  // the passage answers or not; where, its best span says
        const auto best =
            std::max_element(reading.best.begin(), reading.best.end(),
                             [](const Span& a, const Span& b) { return a.score < b.score; });
        if (best == reading.best.end() || best->score == lowest) return out;
        AnswerSentence found = around(reading, *best);
        const auto here = words.in(reading.text);
        // The title speaks for each of its sentences.
        const auto near =
            words.in(reading.text.substr(0, reading.before) +
                     reading.text.substr(reading.before + found.begin, found.end - found.begin));
        found.signs = {reading.answers, reading.sureness, reading.score,
                       here.share,      near.share,       static_cast<double>(here.missing)};
        found.score = probability(found.signs, calibration);
        if (found.score >= options.min_score) out.push_back(found);
        return out;
    }
    for (const Span& span : reading.best) {
        const double margin = span.score - reading.none - options.null_threshold;
        if (!(margin > 0)) continue;
        AnswerSentence found = around(reading, span);
        found.score = logistic(static_cast<float>(margin));
        out.push_back(found);
    }
    return out;
}

}  // namespace

TitledText titled(const AnswerPassage& passage) {
    TitledText out;
    // A text that begins with its title (heading marks aside) need not hear it twice.
    const std::size_t start = std::min(passage.text.find_first_not_of("# \t"), passage.text.size());
    if (!passage.title.empty() && !passage.text.substr(start).starts_with(passage.title))
        out.text.append(passage.title).append("\n");
    out.before = out.text.size();
    out.text += passage.text;
    return out;
}

std::vector<ReadWindow> read_windows(const PairTokenizer& tokenizer, const Tokens& question,
                                     const Tokens& passage, std::size_t stride) {
    std::vector<ReadWindow> out;
    for (std::size_t from = 0;;) {
        Pair pair = tokenizer.join(question, passage, from);
        const std::size_t taken = pair.taken;
        out.push_back({from, std::move(pair)});
        if (from + taken >= passage.ids.size()) return out;
        from += taken - std::min(stride, taken / 2);
    }
}

AnswerReader::AnswerReader(const TaskOptions& model, const std::filesystem::path& tokenizer,
                           const AnswerOptions& options)
    : model_(model, Task::spans), tokenizer_(model_, tokenizer), options_(options) {}

std::vector<AnswerSentence> AnswerReader::read(std::string_view question,
                                               std::span<const AnswerPassage> passages,
                                               std::size_t most,
                                               const std::function<void()>& check) const {
    const bool judged = model_.labels() == 3;
    const Tokens asked = tokenizer_.tokens(question);
    const QuestionWords words(question);
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < passages.size(); ++i) {
        std::vector<Piece> rows = rows_of(passages[i], i, words);
        pieces.push_back({passages[i], i, 0, std::string(passages[i].title), !rows.empty()});
        for (Piece& row : rows) pieces.push_back(std::move(row));
    }
    std::vector<PassageReading> readings;
    std::vector<Window> windows;
    std::vector<Sequence> sequences;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        pieces[i].read.title = pieces[i].title;
        const PassageReading& reading = readings.emplace_back(prepare(pieces[i].read, tokenizer_));
        if (reading.tokens.ids.empty() || reading.sentences.empty()) continue;
        for (ReadWindow& one : read_windows(tokenizer_, asked, reading.tokens, options_.stride)) {
            windows.push_back({i, one.from, one.pair.second, one.pair.taken});
            sequences.push_back(std::move(one.pair.sequence));
        }
    }
    model_.run(
        sequences,
        [&](std::size_t item, std::span<const float> values) {
            if (!std::all_of(values.begin(), values.end(),
                             [](float x) { return std::isfinite(x); }))
                shared::fail(LECTERN_INTERNAL,
                             "the model gave a value that is not finite; try the precision f32");
            collect(windows[item], Logits(values, model_.labels()), judged, options_.answer_tokens,
                    readings[windows[item].passage]);
        },
        check);

    std::vector<AnswerSentence> out;
    for (std::size_t i = 0; i < readings.size(); ++i)
        for (AnswerSentence& found :
             evidence_of(readings[i], judged, words, model_.calibration(), options_)) {
            const Piece& piece = pieces[i];
            if (piece.has_rows &&
                is_row(piece.read.text.substr(found.begin, found.end - found.begin)))
                continue;
            found.passage = piece.passage;
            for (std::size_t* at : {&found.begin, &found.end, &found.span_begin, &found.span_end})
                *at += piece.offset;
            out.push_back(found);
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
