// engine/collection/collection_impl.hpp: what is behind a Collection. It is opened in opening.cpp,
// changed in writing.cpp and asked in collection.cpp.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/pipeline.hpp"
#include "corpus/corpus.hpp"
#include "engine/collection/engine_impl.hpp"
#include "engine/collection/serving.hpp"
#include "engine/ingest/ingest.hpp"
#include "engine/search/query.hpp"
#include "engine/sync/sync.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

// The pipeline of this name, or in this file.
[[nodiscard]] Result<config::PipelineConfig> named_pipeline(const std::string& name,
                                                            const Folders& folders);

struct Collection::Impl {
    explicit Impl(std::shared_ptr<Engine::Impl> of) : engine(std::move(of)), log(engine->log) {}

    // Members end in reverse order: what serves before the corpus, all before the engine.
    const std::shared_ptr<Engine::Impl> engine;
    const Log& log;
    // Of the engine; 0 until a pipeline is loaded, which a change of model does while others read.
    std::atomic<unsigned> threads{0};
    std::unique_ptr<corpus::Corpus> corpus;
    ServingSlot serving;
    std::timed_mutex writing;         // one ingest or removal at a time
    std::uint64_t written_bytes = 0;  // since memory was given back; guarded by writing
    std::mutex reembedding;           // one change of model at a time; before writing
    std::mutex following;             // what another program has changed is taken up once

    // Loads the generator and prefills what all its prompts begin with, while the question is
    // still searched for.
    Status prepare_answers(Serving& with, const AskOptions& options) const;

    Result<std::shared_ptr<Pipeline>> load(config::PipelineConfig config);
    // A collection whose documents have no vectors.
    [[nodiscard]] Result<storage::GenerationNumber> bind_words(const Pipeline& pipeline) const;
    // The generation of this pipeline's vectors; made in a collection that has none.
    [[nodiscard]] Result<storage::GenerationNumber> bind_generation(const Pipeline& pipeline) const;
    Status serve(std::shared_ptr<Pipeline> pipeline);
    [[nodiscard]] Result<std::shared_ptr<corpus::Vectors>> open_vectors(
        const Pipeline& pipeline, storage::GenerationNumber generation,
        bool build_in_background) const;

    [[nodiscard]] Result<std::shared_ptr<Serving>> with_models(std::string_view what);
    // Another program has changed the model: the collection's pipeline of now serves here too.
    [[nodiscard]] Result<std::shared_ptr<Serving>> follow();
    // Once more with the new model where another program has changed it while `run` was at work.
    template <typename Run>
    [[nodiscard]] auto with_serving(std::string_view what, const Run& run)
        -> decltype(run(std::declval<Serving&>())) {
        LECTERN_ASSIGN(const std::shared_ptr<Serving> with, with_models(what));
        auto out = run(*with);
        if (out.ok() || out.status().code() != Code::unavailable ||
            corpus->serves(with->generation))
            return out;
        LECTERN_ASSIGN(const std::shared_ptr<Serving> next, with_models(what));
        return run(*next);
    }

    // Holds writing.
    // How many documents were there before.
    Result<std::uint64_t> commit(const storage::WriteGroup& group, const Serving& with);
    // Gives freed memory back when so many bytes of text were written since the last time. Holds
    // writing.
    void give_back_memory(std::uint64_t after);

    Result<IngestReport> ingest(const IngestInput& input, std::vector<IngestFailure> failed,
                                const IngestOptions& options);
    // `rounds` may be null.
    Result<SyncReport> sync(const SyncOptions& options, SyncRounds* rounds);

    [[nodiscard]] QueryContext query(const Serving& with) const;
    Result<ReembedReport> reembed(const std::string& name, const ReembedOptions& options);
};

}  // namespace lectern
