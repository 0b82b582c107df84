// lectern/plugin/reader.hpp: finds the sentences that answer a question.
#pragma once

#include <cstdint>
#include <string_view>

#include "lectern/plugin/reader.h"
#include "lectern/plugin/stage.hpp"

namespace lectern::plugin {

class EvidenceSink {
 public:
    explicit EvidenceSink(const lectern_evidence_sink* sink) noexcept : sink_(sink) {}
    // Bytes of the passage; [answer_begin, answer_end) of them answer, both 0: not known. How
    // likely it is these, and how likely the likeliest others, both 0: not known.
    void evidence(std::uint64_t passage, std::uint64_t begin, std::uint64_t end, float score,
                  std::uint64_t answer_begin = 0, std::uint64_t answer_end = 0,
                  float answer_probability = 0, float other_probability = 0) const {
        lectern_evidence out{};
        out.struct_size = sizeof out;
        out.score = score;
        out.passage = passage;
        out.begin = begin;
        out.end = end;
        out.answer_begin = answer_begin;
        out.answer_end = answer_end;
        out.answer_probability = answer_probability;
        out.other_probability = other_probability;
        require(sink_->evidence(sink_, &out), "stopped by the host");
    }

 private:
    const lectern_evidence_sink* sink_;
};

class Reader : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_HITS}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_EVIDENCE}; }
    // Evidence best first, at most max_evidence.
    virtual void read(const Call& call, std::string_view question, const lectern_passage* passages,
                      std::uint64_t count, std::uint32_t max_evidence,
                      const EvidenceSink& sink) const = 0;
};

namespace detail {

inline const lectern_reader reader_table{
    sizeof(lectern_reader), 0,
    [](const lectern_stage* stage, const lectern_call* call, lectern_text question,
       const lectern_passage* passages, std::uint64_t count, std::uint32_t max_evidence,
       const lectern_evidence_sink* sink) -> lectern_code {
        return guarded(call, [&] {
            const Ours<lectern_passage> all(passages, count);
            object<Reader>(stage).read(Call(call), view(question), all.data(), count, max_evidence,
                                       EvidenceSink(sink));
        });
    }};

template <>
struct KindOf<Reader> {
    static constexpr std::uint32_t kind = LECTERN_READER;
    static constexpr const char* id = LECTERN_READER_1;
    static const void* table() noexcept { return &reader_table; }
};

}  // namespace detail

}  // namespace lectern::plugin
