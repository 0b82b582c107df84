#include "engine/answers/writer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "engine/answers/answer_bounds.hpp"
#include "engine/answers/answer_frames.hpp"
#include "engine/answers/evidence_cuts.hpp"
#include "engine/answers/phrasing.hpp"
#include "engine/answers/prompt.hpp"
#include "engine/answers/question_parts.hpp"
#include "engine/answers/sentence_grammar.hpp"
#include "engine/answers/table_rows.hpp"
#include "engine/answers/without_markup.hpp"
#include "engine/plugin_host/abi_text.hpp"
#include "engine/plugin_host/calls.hpp"
#include "text/content_words.hpp"
#include "text/one_line.hpp"
#include "text/question.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

lectern_message message(std::uint32_t role, std::string_view text) {
    return {sizeof(lectern_message), role, span(text)};
}

// The fixed beginning of every prompt.
std::vector<lectern_message> fixed_messages(Task task) {
    const FixedPrompt& prompt = fixed_prompt(task);
    std::vector<lectern_message> out{message(LECTERN_ROLE_SYSTEM, prompt.rules)};
    for (const Example& example : prompt.examples) {
        out.push_back(message(LECTERN_ROLE_USER, example.request));
        out.push_back(message(LECTERN_ROLE_ASSISTANT, example.text));
    }
    return out;
}

constexpr std::size_t quotes_of_a_fact = 1;
constexpr std::size_t quotes_that_explain = 3;  // a reason or a way is seldom one sentence
constexpr double least_of_best = 0.5;  // what the score of other evidence must be of the best's

// "[2]" in evidence would pass for a mark of the answer.
bool holds_a_mark(std::string_view text) {
    for (std::size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1))
        if (at + 1 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '9') return true;
    return false;
}

// The best evidence, and the next where it is nearly as good and cannot be mistaken for marks.
std::span<const NumberedEvidence> worth_quoting(const WriterRequest& request) {
    const std::span<const NumberedEvidence> evidence = request.evidence;
    const std::size_t most =
        text::asks_to_explain(request.question) ? quotes_that_explain : quotes_of_a_fact;
    std::size_t count = std::min<std::size_t>(1, evidence.size());
    while (count < std::min(most, evidence.size()) &&
           evidence[count].score >= least_of_best * evidence[0].score &&
           !holds_a_mark(evidence[count].text))
        ++count;
    return evidence.first(count);
}

// On one line and without a stop of its own: it stands within a sentence. "": not plain text.
std::string tidied_answer(std::string_view answer) {
    std::string out = text::one_plain_line(answer);
    out.resize(out.find_last_not_of(" .,;:") + 1);
    return out;
}

// What was cut behind a comma ends like a sentence.
std::string tidied(std::string_view sentence) {
    std::string out(sentence.substr(0, sentence.find_last_not_of(" \t\r\n") + 1));
    if (out.empty() || std::string_view(",;:").find(out.back()) == std::string_view::npos)
        return out;
    out.back() = '.';
    return out;
}

// What the generator may write around what answers.
struct Forms {
    std::vector<std::string> framed;  // in the question's words (answer_frames.hpp)
    std::vector<std::string> cuts;    // else in the evidence's (evidence_cuts.hpp)

    // None where the evidence leaves nothing to choose: it is quoted.
    [[nodiscard]] std::vector<std::string> all() const {
        if (!framed.empty()) return framed;
        return cuts.size() > 1 ? cuts : std::vector<std::string>();
    }
};

// Not for a name, where it is asked what a thing is, nor for too little of a reason.
bool may_be_framed(const NumberedEvidence& best, std::string_view question) {
    if (text::asks_to_explain(question)) return 2 * best.answer.size() >= best.text.size();
    const bool named = best.answer.front() >= 'A' && best.answer.front() <= 'Z';
    const QuestionParts parts(question);
    return parts.asks_yes_or_no() || !named || text::asked_to_define(question).empty();
}

// A sentence in the question's words says them of the evidence: what is asked about must stand in
// what was read, all of it. "The forget gate was added by Gers" tells nothing of a memory gate.
bool is_about_the_asked(const NumberedEvidence& best, std::string_view question) {
    const QuestionParts parts(question);
    if (parts.phrases.empty()) return true;
    const std::string read =
        std::string(best.title) + "\n" + std::string(best.passage) + "\n" + std::string(best.text);
    return has_all(read, parts.piece(parts.phrases.front()));
}

// None where the reader named nothing, is not sure of it, or named nothing but words of the
// question ("What is teacher forcing?": "teacher forcing"). A quote forgives a wrong span, and a
// sentence around it does not.
Forms forms_of(const NumberedEvidence& best, std::string_view question, double min_certainty) {
    Forms out;
    if (best.answer.empty() || best.certainty < min_certainty || !says_more(best.answer, question))
        return out;
    const std::string said = tidied_answer(with_its_bound(best.text, best.answer));
    if (!said.empty() && may_be_framed(best, question) && is_about_the_asked(best, question))
        for (const Frame& frame : answer_frames(question, best.text, best.answer))
            out.framed.push_back(text::with_capital(framed(frame, said)));
    if (out.framed.empty()) out.cuts = evidence_cuts(question, best.text, said);
    return out;
}

// Evidence as a part of the answer: it may have the sentence it leans on before it, and each of its
// sentences has the mark. A row of a table is told by the names of its columns.
std::string quotation(const NumberedEvidence& evidence, double min_certainty) {
    const std::array<unsigned, 1> mark{evidence.n};
    std::string out;
    for (const text::Range& range : text::sentences(evidence.text)) {
        const std::string_view said = evidence.text.substr(range.begin, range.end - range.begin);
        const std::string row =
            told_row(said, evidence.header,
                     evidence.certainty < min_certainty ? std::string_view() : evidence.answer);
        const std::string sentence =
            text::one_line(without_markup(row.empty() ? said : std::string_view(row)));
        if (sentence.empty()) continue;
        out += (out.empty() ? "" : " ") + with_marks(sentence, mark);
    }
    return out;
}

// Takes the generator's text apart into sentences, and lets each through only when it is supported.
class SentenceGate {
 public:
    SentenceGate(const WriterRequest& request, const Forms& forms, Written& written,
                 StageCounter& verifying)
        : request_(request), forms_(forms), written_(written), verifying_(verifying) {}

    // False: enough.
    bool take(std::string_view piece) {
        buffer_ += piece;
        drain();
        return !enough();
    }

    // The rest, when generation has ended. A sentence that was cut off is no sentence.
    void finish(bool truncated) {
        if (!truncated) pass(buffer_);
        buffer_.clear();
        if (!request_.verify) return;
        if (request_.task == Task::summary) {
            // One sentence says little of a text.
            for (const NumberedEvidence& item : request_.evidence)
                if (sentences_ < fewest_of_a_summary) give(item.n);
            return;
        }
        // No answer is worse than the best evidence alone: what was written is a part of it, or it
        // is quoted. What is nearly as good follows.
        const auto quoted = worth_quoting(request_);
        for (const NumberedEvidence& item : quoted) give(item.n);
    }
    [[nodiscard]] bool enough() const {
        return repeated_ || judged_ >= (request_.task == Task::sentence ? 1 : max_sentences) ||
               !failure_.ok();
    }
    // Of the stage that was asked about a sentence.
    [[nodiscard]] const Status& failure() const { return failure_; }

 private:
    static constexpr std::size_t max_sentences = 4;
    static constexpr std::size_t fewest_of_a_summary = 2;
    static constexpr std::size_t max_sentence_bytes = 2000;

    // Passes every sentence that has another one behind it: its end is certain then.
    void drain() {
        while (!enough()) {
            const auto ranges = text::sentences(buffer_);
            if (ranges.size() < 2) break;
            // Marks often stand behind the stop: "It reads both ways. [1] It ...".
            const std::size_t cut = ranges[1].begin;
            if (buffer_[cut] == '[' && ranges.size() < 3 &&
                buffer_.find(']', cut) == std::string::npos)
                break;
            std::size_t end = cut;
            if (buffer_[cut] == '[')
                if (const std::size_t close = buffer_.find(']', cut); close != std::string::npos)
                    end = close + 1;
            pass(std::string_view(buffer_).substr(0, end));
            buffer_.erase(0, end);
        }
        if (buffer_.size() > max_sentence_bytes) repeated_ = true;
    }

    void pass(std::string_view sentence) {
        if (enough() || sentence.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
        if (!request_.verify) {
            pass_unverified(sentence);
            return;
        }
        Verdict verdict;
        {
            const Busy busy(verifying_);
            verdict = is_one_of(forms_.framed, sentence)
                          ? verify_framed(tidied(sentence))
                          : verify_sentence(tidied(sentence), request_.question, evidence());
            failure_ = check_entailment(request_.entailment, request_.evidence, request_.interrupt,
                                        verdict);
            if (!failure_.ok()) return;
        }
        if (verdict.text.empty()) return;
        if (request_.task == Task::sentence) ++judged_;
        if (!said_.insert(text::fold(verdict.text)).second) {
            repeated_ = true;  // small models fall into loops; nothing new comes after
            return;
        }
        if (request_.task == Task::summary && says_nothing_new(verdict.text)) {
            ++written_.dropped_sentences;
            written_.reasons.push_back("it repeats what was said: " + verdict.text);
            return;
        }
        if (verdict.supported && is_worth_keeping(verdict)) {
            lead(verdict.cited);
            for (const unsigned n : verdict.cited) used_.insert(n);
            wrote_ = true;
            emit(with_marks(text::one_line(without_markup(verdict.text)), verdict.cited),
                 verdict.cited);
            return;
        }
        ++written_.dropped_sentences;
        written_.reasons.push_back(verdict.reason + ": " + verdict.text);
        if (request_.task != Task::summary) return;  // finish() quotes the best evidence
        // Of a summary, its evidence speaks instead, once.
        lead(verdict.cited);
        for (const unsigned n : verdict.cited)
            if (give(n)) return;
    }

    // As it was written, with the marks it has, or that of the only evidence that was shown.
    void pass_unverified(std::string_view sentence) {
        Marked marked = take_marks(sentence, request_.evidence);
        if (marked.text.empty()) return;
        if (!said_.insert(text::fold(marked.text)).second) {
            repeated_ = true;
            return;
        }
        if (marked.marks.empty() && request_.task == Task::sentence)
            marked.marks.push_back(request_.evidence.front().n);
        if (request_.task == Task::sentence) ++judged_;
        emit(with_marks(text::one_line(without_markup(marked.text)), marked.marks), marked.marks);
        written_.status = AnswerStatus::unverified;
    }

    // The reader has found the answer in all of the passage, so the question's names may stand
    // anywhere in it.
    [[nodiscard]] Verdict verify_framed(const std::string& sentence) const {
        const NumberedEvidence& best = request_.evidence.front();
        const std::string around = std::string(best.title) + "\n" + std::string(best.passage);
        NumberedEvidence whole = best;
        whole.title = around;
        return verify_sentence(sentence, request_.question, {&whole, 1}, {.framed = true});
    }

    // Of one sentence the best evidence alone.
    [[nodiscard]] std::span<const NumberedEvidence> evidence() const {
        return request_.task == Task::sentence ? request_.evidence.first(1) : request_.evidence;
    }

    [[nodiscard]] static bool is_one_of(std::span<const std::string> forms,
                                        std::string_view sentence) {
        return std::any_of(forms.begin(), forms.end(),
                           [&](const std::string& form) { return same_words(sentence, form); });
    }

    // All of its content words stand in what was written before.
    [[nodiscard]] bool says_nothing_new(std::string_view sentence) const {
        if (written_.text.empty()) return false;
        const std::vector<text::Word> before = text::words(written_.text);
        const std::vector<text::Word> now = text::words(sentence);
        return std::all_of(now.begin(), now.end(), [&](const text::Word& word) {
            return text::is_stop_word(word.folded) ||
                   std::any_of(before.begin(), before.end(), [&](const text::Word& other) {
                       return text::same_stem(other.folded, word.folded);
                   });
        });
    }

    // A sentence with the right words may still say another thing, or have lost what was asked for.
    bool is_worth_keeping(Verdict& verdict) const {
        if (is_one_of(forms_.framed, verdict.text) || is_one_of(forms_.cuts, verdict.text))
            return true;
        if (request_.task == Task::sentence) {
            const NumberedEvidence& best = request_.evidence.front();
            const std::string known = std::string(best.title) + "\n" + std::string(best.text);
            if (!hangs_together(verdict.text, request_.question, known)) {
                verdict.reason = "its words do not hang together";
                return false;
            }
        }
        std::string titled;
        const NumberedEvidence* answering = nullptr;
        bool states_it = false;
        bool knows_answers = false;
        bool worth = false;
        bool quoted = true;
        for (const NumberedEvidence& item : request_.evidence) {
            if (std::find(verdict.cited.begin(), verdict.cited.end(), item.n) ==
                verdict.cited.end())
                continue;
            knows_answers = knows_answers || !item.answer.empty();
            if (holds(verdict.text, item.answer)) answering = &item;
            titled.append(item.title).append("\n").append(item.text).append("\n");
            worth = worth || item.score >= least_of_best * request_.evidence[0].score;
            quoted = quoted && quoted_.contains(item.n);
        }
        if (answering != nullptr)
            states_it = states(verdict.text, answering->answer, request_.question, titled);
        const bool may_state = states_it && request_.task != Task::sentence;
        if (!may_state && !follows(verdict.text, titled))
            verdict.reason = "it puts words of its own, or another order, to the evidence";
        else if (repeats(verdict.text, titled))
            verdict.reason = "it says a word again and again";
        else if (request_.task == Task::summary)
            return true;
        else if (!worth || quoted)
            verdict.reason = "better evidence has been quoted";
        else if (knows_answers && answering == nullptr)
            verdict.reason = "it lost the answer";
        else
            return true;
        return false;
    }

    // An answer begins with what its best evidence says, a summary with the first, in its words or
    // the writer's.
    void lead(std::span<const unsigned> cited) {
        if (!used_.empty()) return;
        const unsigned best = request_.evidence[0].n;
        if (std::find(cited.begin(), cited.end(), best) == cited.end()) give(best);
    }

    // Quotes one piece of evidence, unless it has spoken already.
    bool give(unsigned n) {
        const auto item = std::find_if(request_.evidence.begin(), request_.evidence.end(),
                                       [n](const NumberedEvidence& e) { return e.n == n; });
        if (item == request_.evidence.end() || !used_.insert(n).second) return false;
        quoted_.insert(n);
        emit(quotation(*item, request_.min_certainty), std::array<unsigned, 1>{n});
        return true;
    }

    void emit(std::string_view sentence, std::span<const unsigned> marks) {
        std::string piece = written_.text.empty() ? "" : " ";
        piece += sentence;
        written_.text += piece;
        for (const unsigned n : marks)
            if (std::find(written_.cited.begin(), written_.cited.end(), n) == written_.cited.end())
                written_.cited.push_back(n);
        ++sentences_;
        if (request_.task != Task::sentence) ++judged_;
        if (wrote_) written_.status = AnswerStatus::answered;
        if (request_.on_text) request_.on_text(piece);
    }

    const WriterRequest& request_;
    const Forms& forms_;  // empty but of Task::sentence
    Written& written_;
    StageCounter& verifying_;
    std::string buffer_;
    std::set<std::string> said_;
    std::set<unsigned> used_;    // has spoken
    std::set<unsigned> quoted_;  // of these: as it stands
    std::size_t sentences_ = 0;
    std::size_t judged_ = 0;  // what ends the writing: sentences that were written, or, of one that
                              // was to be phrased, tries
    Status failure_;
    bool repeated_ = false;
    bool wrote_ = false;
};

}  // namespace

Written quote(const WriterRequest& request, std::size_t most) {
    Written out;
    const auto worth = worth_quoting(request);
    for (const NumberedEvidence& item : worth.first(std::min(most, worth.size()))) {
        std::string piece = out.text.empty() ? "" : " ";
        piece += quotation(item, request.min_certainty);
        out.text += piece;
        out.cited.push_back(item.n);
        if (request.on_text) request.on_text(piece);
    }
    return out;
}

Result<Written> write(const host::Stage& generator, const WriterRequest& request,
                      StageCounter& writing, StageCounter& verifying) {
    LECTERN_ASSIGN(const host::GeneratorInfo info, host::generator_info(generator));

    const bool phrasing = request.task == Task::sentence;
    WriterRequest fitted = request;
    Forms forms;
    std::string grammar;
    std::string whole;
    std::vector<NumberedEvidence> with_whole;
    if (phrasing) {
        if (request.evidence.empty()) return quote(request);
        const NumberedEvidence& best = request.evidence.front();
        whole = whole_answer(request.question, best.text, best.answer);
        with_whole.assign(request.evidence.begin(), request.evidence.end());
        with_whole.front().answer = whole;
        fitted.evidence = with_whole;
        forms = forms_of(with_whole.front(), request.question, request.min_certainty);
        grammar = sentence_grammar(forms.all());
        if (grammar.empty()) return quote(request);
    }

    // Evidence is dropped from the weak end until prompt and answer fit the context.
    std::size_t used = phrasing ? 1 : request.evidence.size();
    std::string prompt;
    std::vector<lectern_message> messages;
    for (; used > 0; --used) {
        switch (request.task) {
            case Task::sentence:
                prompt = sentence_prompt(fitted.evidence.front(), request.question);
                break;
            case Task::answer:
                prompt = answer_prompt(request.evidence.first(used), request.question);
                break;
            case Task::summary: prompt = summary_prompt(request.evidence.first(used)); break;
        }
        messages = fixed_messages(request.task);
        messages.push_back(message(LECTERN_ROLE_USER, prompt));
        LECTERN_ASSIGN(const std::uint64_t tokens,
                       host::count_tokens(generator, request.interrupt, messages));
        if (tokens + request.max_tokens <= info.context_tokens) break;
    }
    if (used == 0) return quote(request, 1);  // not even one sentence fits: quote it

    if (!phrasing) fitted.evidence = request.evidence.first(used);
    Written out;
    SentenceGate gate(fitted, forms, out, verifying);
    lectern_generation generation{};
    generation.max_tokens = request.max_tokens;
    generation.messages = messages.data();
    generation.message_count = messages.size();
    // Questions of its own making, and the fence, are no part of an answer.
    const std::array<lectern_text, 3> stops{span(phrasing ? "\n" : "\n\n"), span("<evidence>"),
                                            span("Question:")};
    generation.stop = stops.data();
    generation.stop_count = stops.size();
    generation.grammar = span(grammar);
    host::Generation report;
    Status status;
    const std::int64_t verified_before = verifying.busy_nanoseconds;
    {
        const Busy busy(writing);
        const auto generate = [&] {
            return host::generate(
                generator, request.interrupt, generation,
                [&gate](std::string_view piece) { return gate.take(piece); }, report);
        };
        status = generate();
        // Not every generator keeps to a grammar: one that says so writes freely.
        if (!grammar.empty() && status.code() == Code::unsupported) {
            generation.grammar = {};
            status = generate();
        }
    }
    // Sentences are verified while the generator's call runs; their time counts once.
    writing.busy_nanoseconds -= verifying.busy_nanoseconds - verified_before;
    // A writer that is away (another server's model) costs the phrasing and not the answer.
    const bool away = status.code() == Code::unavailable && !request.interrupt.stopped();
    if (!status.ok() && !away) return status;
    if (away)
        out.hints.push_back("the writer is away, so the evidence is quoted: " + status.message());
    else
        gate.finish(report.truncated);
    LECTERN_TRY(gate.failure());
    writing.tokens += report.answer_tokens;
    out.generated_tokens = report.answer_tokens;
    out.reused_tokens = report.reused_tokens;
    out.prompt_tokens = report.prompt_tokens;
    if (!out.text.empty()) {
        std::sort(out.cited.begin(), out.cited.end());
        return out;
    }
    Written quoted = quote(fitted, 1);
    quoted.generated_tokens = out.generated_tokens;
    quoted.dropped_sentences = out.dropped_sentences;
    quoted.reasons = std::move(out.reasons);
    quoted.hints = std::move(out.hints);
    return quoted;
}

Status warm(const host::Stage& generator, Task task) {
    return host::warm(generator, {}, fixed_messages(task));
}

}  // namespace lectern
