// Calls of rerankers, readers, verifiers, generators and trainers.
#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <cmath>
#include <cstring>

#include "engine/plugin_host/abi_sizes.hpp"
#include "engine/plugin_host/abi_text.hpp"
#include "engine/plugin_host/calls.hpp"
#include "engine/plugin_host/enter.hpp"
#include "text/text.hpp"

namespace lectern::host {
namespace {

constexpr std::size_t max_string_bytes = 4096;
constexpr std::uint64_t most_bytes_of_a_token = 256;
constexpr std::uint64_t most_generated_bytes = 16 << 20;  // when the request has no limit of tokens
constexpr std::uint64_t most_report_bytes = 16 << 20;
constexpr std::uint64_t most_evidence = 100'000;  // given, however much of it is wanted
// Of sums of probabilities in low precision.
constexpr float probability_tolerance = 0.02F;

std::string string_of(const char* value) {
    return value == nullptr
               ? std::string{}
               : clean_text({value, ::strnlen(value, max_string_bytes)}, max_string_bytes);
}

bool probable(float value) {
    return value >= -1e-4F && value <= 1 + 1e-4F;  // false for what is no number
}

// Pieces of text with each character whole and valid: bytes that are none become U+FFFD.
class Pieces {
 public:
    // What is whole of the text so far and has not been given.
    std::string add(std::string_view piece) {
        held_ += piece;
        std::string out = taken(held_.size() - unfinished());
        return out;
    }
    // What never became whole.
    std::string rest() { return taken(held_.size()); }

 private:
    static constexpr const char* replacement = "\xEF\xBF\xBD";

    // The bytes at the end that may begin a character.
    [[nodiscard]] std::size_t unfinished() const {
        const std::size_t size = held_.size();
        for (std::size_t back = 1; back <= std::min<std::size_t>(3, size); ++back) {
            const auto byte = static_cast<unsigned char>(held_[size - back]);
            if ((byte & 0xC0U) == 0x80U) continue;  // goes on
            const std::size_t length = byte >= 0xF0 && byte <= 0xF4   ? 4
                                       : byte >= 0xE0                 ? 3
                                       : byte >= 0xC2 && byte <= 0xDF ? 2
                                                                      : 1;
            return byte <= 0xF4 && length > back ? back : 0;
        }
        return 0;
    }
    std::string taken(std::size_t bytes) {
        std::string out;
        std::string_view left = std::string_view(held_).substr(0, bytes);
        while (!left.empty()) {
            const std::size_t bad = std::min(text::invalid_utf8_at(left), left.size());
            out += left.substr(0, bad);
            left.remove_prefix(bad);
            if (left.empty()) break;
            out += replacement;
            left.remove_prefix(1);
        }
        held_.erase(0, bytes);
        return out;
    }

    std::string held_;
};

// A sink of text over a function, at most so many bytes.
struct TextSink {
    const TextTaker& taker;
    CallContext& call;
    std::uint64_t left;
    lectern_text_sink face{};
    Pieces pieces = {};

    TextSink(const TextTaker& the_taker, CallContext& the_call, std::uint64_t most)
        : taker(the_taker), call(the_call), left(most) {
        face.struct_size = sizeof face;
        face.host_data = this;
        face.text = [](const lectern_text_sink* sink, lectern_text piece) -> lectern_code {
            auto& self = *static_cast<TextSink*>(sink->host_data);
            const lectern_code code = self.call.receive([&] { return self.take(piece); });
            return code == LECTERN_OK && self.call.stopped_taking() ? LECTERN_CANCELLED : code;
        };
    }
    TextSink(const TextSink&) = delete;
    TextSink& operator=(const TextSink&) = delete;

    // After the call: a character that was cut off. Ours throws as it likes then.
    void end() {
        if (call.stopped_taking()) return;
        if (const std::string last = pieces.rest(); !last.empty()) (void)taker(last);
    }

 private:
    Status take(lectern_text piece) {
        if (piece.size == 0) return {};
        if (piece.data == nullptr) return broken("gave a text with a size and no data");
        if (piece.size > left)
            return {Code::resource_exhausted, "it writes more than was asked for, without an end"};
        left -= piece.size;
        const std::string whole = pieces.add(view(piece));
        if (!whole.empty() && !taker(whole)) call.stop_taking();
        return {};
    }
};

// A report: one JSON object.
Result<std::string> checked_report(const Stage& stage, std::string report) {
    boost::system::error_code error;
    const auto value = boost::json::parse(report, error);
    if (error || !value.is_object()) return defect(stage, "gave a report that is no JSON object");
    return report;
}

// A sink of progress over a function of ours, which trainers call from threads of their own.
struct ProgressSink {
    const Progress& progress;
    CallContext& call;
    lectern_progress_sink face{};

    ProgressSink(const Progress& the_progress, CallContext& the_call)
        : progress(the_progress), call(the_call) {
        face.struct_size = sizeof face;
        face.host_data = this;
        face.progress = [](const lectern_progress_sink* sink, double fraction, lectern_text step,
                           lectern_text detail) {
            const auto& self = *static_cast<const ProgressSink*>(sink->host_data);
            try {
                if (self.progress && std::isfinite(fraction))
                    self.progress(std::clamp(fraction, 0.0, 1.0), clean_text(step, 256),
                                  clean_text(detail, 1024));
            } catch (...) {
                return;  // progress that cannot be shown stops no training
            }
        };
    }
    ProgressSink(const ProgressSink&) = delete;
    ProgressSink& operator=(const ProgressSink&) = delete;
};

}  // namespace

Status rerank(const Stage& reranker, const Interrupt& interrupt, std::string_view query,
              std::span<const RankedHit> hits, std::span<float> scores) {
    const auto* table = reranker.table<lectern_reranker>();
    const bool whole = LECTERN_HAS(table, rerank_hits) && table->rerank_hits != nullptr;
    std::vector<lectern_text> texts;
    std::vector<lectern_hit> faces;
    for (const RankedHit& hit : hits) {
        if (whole)
            faces.push_back({known_bytes<lectern_hit>(reranker.abi_minor()), hit.score,
                             span(hit.document), span(hit.title), span(hit.text),
                             span(hit.metadata)});
        else
            texts.push_back(span(hit.passage));
    }
    const Packed<lectern_hit> packed(faces, reranker.abi_minor());
    CallContext call(interrupt);
    LECTERN_TRY(enter(reranker, whole ? "rerank_hits" : "rerank", call, [&] {
        return whole ? table->rerank_hits(reranker.get(), call.get(), span(query), packed.get(),
                                          hits.size(), scores.data())
                     : table->rerank(reranker.get(), call.get(), span(query), texts.data(),
                                     hits.size(), scores.data());
    }));
    for (const float score : scores)
        if (!std::isfinite(score)) return defect(reranker, "gave a score that is no number");
    return {};
}

Result<std::vector<Evidence>> read(const Stage& reader, const Interrupt& interrupt,
                                   std::string_view question, std::span<const Passage> passages,
                                   std::uint32_t max_evidence) {
    struct Taker {
        std::span<const Passage> passages;
        std::uint32_t most;
        CallContext& call;
        std::vector<Evidence> found = {};
        std::uint64_t given = 0;

        Status take(const lectern_evidence* evidence) {
            if (evidence == nullptr || !LECTERN_HAS(evidence, end))
                return broken("gave evidence without its whole struct");
            if (++given > most_evidence)
                return Status{Code::resource_exhausted, "it gives evidence without an end"};
            if (evidence->passage >= passages.size())
                return broken("gave evidence of passage " + std::to_string(evidence->passage) +
                              " of " + std::to_string(passages.size()));
            const std::string_view text = passages[evidence->passage].text;
            const auto boundary = [text](std::uint64_t at) {
                return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
            };
            if (evidence->begin >= evidence->end || evidence->end > text.size() ||
                !boundary(evidence->begin) || !boundary(evidence->end))
                return broken("gave evidence that is not a byte range of its passage");
            if (!probable(evidence->score))
                return broken("gave evidence with the score " + std::to_string(evidence->score) +
                              ", and scores are 0 to 1");
            Evidence one{static_cast<std::size_t>(evidence->passage), evidence->begin,
                         evidence->end, std::clamp(evidence->score, 0.0F, 1.0F)};
            if (LECTERN_HAS(evidence, answer_end) && evidence->answer_end != 0) {
                one.answer_begin = evidence->answer_begin;
                one.answer_end = evidence->answer_end;
                if (one.answer_begin < one.begin || one.answer_begin >= one.answer_end ||
                    one.answer_end > one.end || !boundary(one.answer_begin) ||
                    !boundary(one.answer_end))
                    return broken("gave an answer that is not within its evidence");
                if (LECTERN_HAS(evidence, other_probability)) {
                    if (!probable(evidence->answer_probability) ||
                        !probable(evidence->other_probability))
                        return broken("gave an answer with a probability that is not 0 to 1");
                    one.answer_probability = std::clamp(evidence->answer_probability, 0.0F, 1.0F);
                    one.other_probability = std::clamp(evidence->other_probability, 0.0F, 1.0F);
                }
            }
            if (found.size() < most) found.push_back(one);
            return {};
        }
    };
    std::vector<lectern_passage> faces;
    for (const Passage& passage : passages)
        faces.push_back(
            {sizeof(lectern_passage), passage.score, span(passage.title), span(passage.text)});
    const Packed<lectern_passage> packed(faces, reader.abi_minor());
    CallContext call(interrupt);
    Taker taker{passages, max_evidence, call};
    lectern_evidence_sink sink{};
    sink.struct_size = sizeof sink;
    sink.host_data = &taker;
    sink.evidence = [](const lectern_evidence_sink* face, const lectern_evidence* evidence) {
        auto& to = *static_cast<Taker*>(face->host_data);
        return to.call.receive([&] { return to.take(evidence); });
    };
    LECTERN_TRY(enter(reader, "read", call, [&] {
        return reader.table<lectern_reader>()->read(reader.get(), call.get(), span(question),
                                                    packed.get(), passages.size(), max_evidence,
                                                    &sink);
    }));
    return std::move(taker.found);
}

Result<Entailment> infer(const Stage& verifier, const Interrupt& interrupt,
                         std::string_view premise, std::string_view hypothesis) {
    const lectern_text from = span(premise);
    const lectern_text to = span(hypothesis);
    std::array<float, 3> shares{};
    CallContext call(interrupt);
    LECTERN_TRY(enter(verifier, "infer", call, [&] {
        return verifier.table<lectern_entailment>()->infer(verifier.get(), call.get(), &from, &to,
                                                           1, shares.data());
    }));
    const float sum = shares[0] + shares[1] + shares[2];
    if (!std::all_of(shares.begin(), shares.end(), probable) ||
        !(std::abs(sum - 1) <= probability_tolerance))
        return defect(verifier, "gave probabilities that are not 0 to 1, and together 1");
    return Entailment{shares[0], shares[1], shares[2]};
}

// ----------------------------------------------------------------- generation

Result<GeneratorInfo> generator_info(const Stage& generator) {
    Room<lectern_generator_info> room(generator.abi_minor());
    CallContext call;
    LECTERN_TRY(enter(generator, "info", call, [&] {
        return generator.table<lectern_generator>()->info(generator.get(), room.get());
    }));
    const lectern_generator_info& info = room.filled();
    return GeneratorInfo{info.context_tokens, string_of(info.fingerprint), string_of(info.model)};
}

Result<std::uint64_t> count_tokens(const Stage& generator, const Interrupt& interrupt,
                                   std::span<const lectern_message> messages) {
    const Packed<lectern_message> packed(messages, generator.abi_minor());
    std::uint64_t out = 0;
    CallContext call(interrupt);
    LECTERN_TRY(enter(generator, "count_tokens", call, [&] {
        return generator.table<lectern_generator>()->count_tokens(
            generator.get(), call.get(), packed.get(), messages.size(), &out);
    }));
    return std::min<std::uint64_t>(out, UINT32_MAX);  // sums of it do not overflow
}

Status generate(const Stage& generator, const Interrupt& interrupt, lectern_generation request,
                const TextTaker& taker, Generation& report) {
    const std::span<const lectern_message> messages(request.messages, request.message_count);
    const Packed<lectern_message> packed(messages, generator.abi_minor());
    request.struct_size = known_bytes<lectern_generation>(generator.abi_minor());
    request.messages = packed.get();
    Room<lectern_generation_report> room(generator.abi_minor());
    CallContext call(interrupt);
    TextSink sink(taker, call,
                  request.max_tokens == 0 ? most_generated_bytes
                                          : request.max_tokens * most_bytes_of_a_token);
    Status ended = enter(generator, "generate", call, [&] {
        return generator.table<lectern_generator>()->generate(generator.get(), call.get(), &request,
                                                              &sink.face, room.get());
    });
    if (ended.ok()) sink.end();
    const lectern_generation_report& filled = room.filled();
    report = {filled.prompt_tokens, filled.reused_tokens, filled.answer_tokens,
              filled.truncated != 0};
    return ended;
}

Status warm(const Stage& generator, const Interrupt& interrupt,
            std::span<const lectern_message> messages) {
    const auto* table = generator.table<lectern_generator>();
    if (!LECTERN_HAS(table, warm) || table->warm == nullptr) return {};
    const Packed<lectern_message> packed(messages, generator.abi_minor());
    CallContext call(interrupt);
    return enter(generator, "warm", call, [&] {
        return table->warm(generator.get(), call.get(), packed.get(), messages.size());
    });
}

// ------------------------------------------------------------------- training

Result<std::string> train(const Stage& trainer, const Interrupt& interrupt, const NextText& texts,
                          const std::string& model, const Progress& progress) {
    CallContext call(interrupt);
    struct Feed {
        const NextText& texts;
        CallContext& call;
    } feed{texts, call};
    lectern_text_source source{};
    source.struct_size = sizeof source;
    source.host_data = &feed;
    source.next = [](const lectern_text_source* face, lectern_text* out) -> lectern_code {
        auto& from = *static_cast<Feed*>(face->host_data);
        bool ended = false;
        const lectern_code code = from.call.receive([&]() -> Status {
            const Result<std::string_view> next = from.texts();
            ended = next.status().code() == Code::not_found;
            if (ended) return {};
            LECTERN_TRY(next.status());
            *out = span(*next);
            return {};
        });
        return code == LECTERN_OK && ended ? LECTERN_NOT_FOUND : code;
    };
    std::string report;
    const TextTaker taker = [&report](std::string_view piece) {
        report += piece;
        return true;
    };
    const ProgressSink progress_sink(progress, call);
    TextSink sink(taker, call, most_report_bytes);
    LECTERN_TRY(enter(trainer, "train", call, [&] {
        return trainer.table<lectern_trainer>()->train(
            trainer.get(), call.get(), &source, model.c_str(), &progress_sink.face, &sink.face);
    }));
    sink.end();
    return checked_report(trainer, std::move(report));
}

Result<std::string> evaluate(const Stage& trainer, const Interrupt& interrupt,
                             const std::string& model, const std::string& test,
                             const Progress& progress) {
    CallContext call(interrupt);
    std::string report;
    const TextTaker taker = [&report](std::string_view piece) {
        report += piece;
        return true;
    };
    const ProgressSink progress_sink(progress, call);
    TextSink sink(taker, call, most_report_bytes);
    LECTERN_TRY(enter(trainer, "evaluate", call, [&] {
        return trainer.table<lectern_trainer>()->evaluate(trainer.get(), call.get(), model.c_str(),
                                                          test.c_str(), &progress_sink.face,
                                                          &sink.face);
    }));
    sink.end();
    return checked_report(trainer, std::move(report));
}

}  // namespace lectern::host
