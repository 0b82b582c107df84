#include "engine/ingest/ingest.hpp"

#include <oneapi/tbb/task_arena.h>

#include <thread>

#include "engine/ingest/run.hpp"

namespace lectern {
namespace {

namespace flow = oneapi::tbb::flow;

}  // namespace

IngestRun::IngestRun(const Pipeline& pipeline, unsigned threads, const IngestOutput& output,
                     const IngestOptions& options, IngestReport& report)
    : pipeline_(pipeline),
      threads_(threads),
      output_(output),
      options_(options),
      report_(report),
      budget_(pipeline.config().memory),
      batcher_(pipeline.embedder().batch_tokens, pipeline.embedder().batch_tokens * window_batches),
      extract_counter_(counters_.add("extract")),
      split_counter_(counters_.add(pipeline.splitter().name())),
      tokens_counter_(counters_.add(pipeline.tokenizer_name())),
      vectors_counter_(counters_.add(pipeline.embedder_name())),
      commit_counter_(counters_.add("commit")) {
    for (const host::Stage* stage : pipeline.ingest_customs())
        custom_counters_.push_back(&counters_.add(stage->name()));
}

Status IngestRun::run(const IngestInput& input) {
    begin_ = Clock::now();
    oneapi::tbb::task_arena arena(static_cast<int>(threads_));
    arena.execute([&] { run_in_arena(input); });
    if (thrown_) std::rethrow_exception(thrown_);
    const std::lock_guard lock(mutex_);
    report_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    report_.stages = counters_.table();
    return fatal_;
}

void IngestRun::run_in_arena(const IngestInput& input) {
    flow::graph graph;
    std::vector<std::unique_ptr<DocumentNode>> customs;
    for (std::size_t i = 0; i < pipeline_.ingest_customs().size(); ++i) {
        const host::Stage& stage = *pipeline_.ingest_customs()[i];
        StageCounter& counter = *custom_counters_[i];
        customs.push_back(std::make_unique<DocumentNode>(
            graph, concurrency(stage),
            [this, &stage, &counter](const WorkPtr& work, DocumentNode::output_ports_type& out) {
                customise(stage, counter, work, std::get<0>(out));
            }));
    }
    SplitNode split(graph, concurrency(pipeline_.splitter()),
                    [this](const WorkPtr& work, SplitPorts& out) { this->split(work, out); });
    BatcherNode batcher(graph, flow::serial,
                        [this](const BatcherInput& in, BatcherNode::output_ports_type& out) {
                            batch(in, std::get<0>(out));
                        });
    flow::function_node<BatchPtr, BatchPtr> tokens(
        graph, flow::unlimited, [this](BatchPtr batch) { return tokenize(std::move(batch)); });
    VectorsNode vectors(graph, embed_concurrency(),
                        [this](const BatchPtr& batch, VectorsNode::output_ports_type& out) {
                            embed(*batch);
                            std::get<0>(out).try_put(CommitInput(batch));
                        });
    flow::function_node<CommitInput, flow::continue_msg> commit(graph, flow::serial,
                                                                [this](const CommitInput& in) {
                                                                    this->commit(in);
                                                                    return flow::continue_msg();
                                                                });

    for (std::size_t i = 0; i + 1 < customs.size(); ++i)
        flow::make_edge(flow::output_port<0>(*customs[i]), *customs[i + 1]);
    if (!customs.empty()) flow::make_edge(flow::output_port<0>(*customs.back()), split);
    flow::make_edge(flow::output_port<0>(split), batcher);
    flow::make_edge(flow::output_port<1>(split), commit);
    flow::make_edge(flow::output_port<0>(batcher), tokens);
    flow::make_edge(tokens, vectors);
    flow::make_edge(flow::output_port<0>(vectors), commit);

    const auto flush = [&] {
        batcher.try_put(BatcherInput(std::monostate{}));
        commit.try_put(CommitInput(std::monostate{}));
    };
    upstream_empty_ = [&] {
        if (budget_.somebody_waits()) flush();
    };
    before_waiting_ = [&] {
        if (upstream_ == 0) flush();
    };
    first_ = [&](const WorkPtr& work) {
        if (customs.empty())
            split.try_put(work);
        else
            customs.front()->try_put(work);
    };

    // Reading and extracting block on the disk, on child processes and on the budget, so they
    // run on threads of their own and not in tasks.
    graph.reserve_wait();
    std::vector<std::jthread> readers;
    std::atomic<unsigned> reading{reader_count(input)};
    for (unsigned i = 0, count = reading; i < count; ++i) {
        readers.emplace_back([&] {
            read_sources(input);
            if (reading.fetch_sub(1) == 1) graph.release_wait();
        });
    }
    graph.wait_for_all();
    readers.clear();
    // What is left in the batcher, then what is left of the commits.
    batcher.try_put(BatcherInput(std::monostate{}));
    graph.wait_for_all();
    commit.try_put(CommitInput(std::monostate{}));
    graph.wait_for_all();
}

void IngestRun::batch(const BatcherInput& in, BatchPort& out) {
    if (const auto* work = std::get_if<WorkPtr>(&in)) {
        const std::uint64_t around =
            pipeline_.embedder().special_tokens + (*work)->put.title.size() / 4;
        for (std::size_t i = 0; i < (*work)->put.chunks.size(); ++i) {
            const storage::PutChunk& chunk = (*work)->put.chunks[i];
            const std::uint64_t tokens =
                chunk.tokens > 0 ? chunk.tokens : (chunk.end - chunk.begin) / 4 + 1;
            batcher_.add({*work, i}, tokens + around);
            if (batcher_.full()) give_out(out);
        }
        (*work)->upstream.reset();
        return;
    }
    give_out(out);
}

void IngestRun::give_out(BatchPort& out) {
    for (auto& items : batcher_.take()) {
        auto batch = std::make_shared<Batch>();
        batch->items = std::move(items);
        out.try_put(batch);
    }
}

void IngestRun::progress() {
    if (!options_.progress) return;
    const std::unique_lock lock(progress_mutex_, std::try_to_lock);
    const Clock::time_point now = Clock::now();
    if (!lock || thrown_ || now - last_progress_ < output_.progress_every) return;
    last_progress_ = now;
    IngestProgress state;
    {
        const std::lock_guard counts(mutex_);
        state.documents = report_.documents + report_.skipped;
    }
    state.bytes_read = bytes_read_;
    state.bytes_total = bytes_total_;
    const std::uint64_t waiting = std::min(on_their_way_.load(), state.bytes_read);
    // Never back: the counters are not read at one moment.
    if (bytes_total_ > 0)
        fraction_ =
            std::max(fraction_, std::min(1.0, static_cast<double>(state.bytes_read - waiting) /
                                                  static_cast<double>(bytes_total_)));
    state.fraction = fraction_;
    state.tokens = tokens_;
    state.seconds = std::chrono::duration<double>(now - begin_).count();
    try {
        options_.progress(state);
    } catch (...) {  // it goes on in the caller's thread, when all others have ended
        thrown_ = std::current_exception();
        failed_ = true;
        budget_.wake();
    }
}

Status run_ingest(const Pipeline& pipeline, unsigned threads, const IngestInput& input,
                  const IngestOutput& output, const IngestOptions& options, IngestReport& report) {
    IngestRun run(pipeline, threads, output, options, report);
    std::uint64_t bytes = 0;
    if (const auto* files = std::get_if<std::vector<SourceFile>>(&input))
        for (const SourceFile& file : *files) bytes += file.bytes;
    if (const auto* one = std::get_if<NamedBytes>(&input)) bytes = one->bytes.size();
    if (const auto* documents = std::get_if<std::span<const DocumentInput>>(&input))
        for (const DocumentInput& document : *documents) bytes += document.text.size();
    run.expect(bytes);
    return run.run(input);
}

}  // namespace lectern
