// engine/collection/reembed.hpp: vectors of another model for the chunks that are stored.
//
//     Reembedding work(corpus, pipeline, options, log);
//     LECTERN_TRY(work.begin());      // the new generation: found again, or made
//     LECTERN_TRY(work.catch_up());   // as often as chunks come in
//     … hold writers off, catch up once more, cut over …
//
// Which chunks have a vector of the new generation is what the corpus says, so a run that died is
// gone on with by the next.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "corpus/corpus.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

// One thread.
class Reembedding {
 public:
    // All of them must outlive it.
    Reembedding(corpus::Corpus& corpus, const Pipeline& pipeline, const ReembedOptions& options,
                const Log& log);

    // Finds the generation that an earlier run began for this model, or makes one. What was begun
    // for other models is dropped. When it is the model that serves, but a repair had to leave some
    // of its vectors out, a generation for the same model is made, and takes over those that are
    // there; in a corpus that is shared, catch_up_with_others() adds the others.
    [[nodiscard]] Status begin();
    // Embeds every chunk of this moment that has no vector yet. cancelled when it was stopped;
    // invalid_argument when a chunk is too long for the model.
    [[nodiscard]] Status catch_up();
    // The same when the generation serves already, in a corpus that is shared: what other programs
    // wrote before they knew, and what a run did not come to that was killed behind the cut-over.
    [[nodiscard]] Status catch_up_with_others();

    [[nodiscard]] storage::GenerationNumber generation() const noexcept { return generation_; }
    // Without the names and the seconds.
    [[nodiscard]] const ReembedReport& report() const noexcept { return report_; }
    [[nodiscard]] double seconds() const;

 private:
    // Whether every chunk has a vector of the generation.
    [[nodiscard]] Result<bool> whole(storage::GenerationNumber generation) const;
    // The vectors that the serving generation has of the same model; the ids of the others.
    [[nodiscard]] Result<std::vector<storage::ChunkId>> take_over(
        std::span<const storage::ChunkId> chunks);
    [[nodiscard]] Status add_missing();
    // Those of them that are still there.
    [[nodiscard]] Status embed(std::span<const storage::ChunkId> chunks);
    [[nodiscard]] Status check_lengths(const std::vector<storage::ChunkView>& chunks);
    [[nodiscard]] Result<std::vector<float>> vectors(const std::vector<storage::ChunkView>& chunks);

    corpus::Corpus& corpus_;
    const Pipeline& pipeline_;
    const ReembedOptions& options_;
    const Log& log_;
    const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    storage::GenerationNumber generation_ = 0;
    storage::GenerationNumber same_model_ = 0;  // serves, and has some of the vectors; 0: none does
    std::optional<storage::Sequence> seen_;     // every chunk of this commit has been looked at
    ReembedReport report_;
};

}  // namespace lectern
