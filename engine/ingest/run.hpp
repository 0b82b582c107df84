// engine/ingest/run.hpp: one run of the ingest dataflow. Internal to engine/ingest: reading and
// extracting are in extract.cpp, the other stages in stages.cpp, the graph in ingest.cpp.
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "engine/ingest/batcher.hpp"
#include "engine/ingest/byte_budget.hpp"
#include "engine/ingest/ingest.hpp"
#include "engine/ingest/work.hpp"
#include "engine/pipeline/counters.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/plugin_host/calls.hpp"

namespace lectern {

// Batches in one sorting window: enough to bring like lengths together.
inline constexpr std::uint64_t window_batches = 16;
// Text, its copy in the commit, chunks, tokens and vectors of one byte of text, about.
inline constexpr std::uint64_t bytes_per_text_byte = 4;

// A source that is being extracted, which may stand within another one.
struct Nest {
    std::string_view name;    // the id of documents without one of their own
    std::uint64_t bytes = 0;  // of the source
    FilePtr file = nullptr;
    std::string_view metadata = {};  // a JSON object for its documents, or empty
    std::string_view part = {};      // path within the outermost source
    unsigned depth = 0;
    struct Inner {
        std::uint64_t bytes = 0;  // handed on so far
        std::uint64_t sources = 0;
        std::uint64_t too_large = 0;        // of them: failed at a limit
        std::uint64_t documents = 0;        // it has given
        std::weak_ptr<OnItsWay> last = {};  // of these
    };
    Inner* inner = nullptr;  // of the outermost source
    // Bytes of the source, to be kept with the document of its name.
    std::string_view original = {};
};

// What a custom stage made of a document.
struct Made {
    explicit Made(const host::Record& record)
        : id(record.id), title(record.title), text(record.text), metadata(record.metadata) {
        for (const host::Place& place : record.places)
            places.push_back({place.begin, place.kind, place.number, place.first_column,
                              place.last_column, std::string(place.name)});
    }
    std::string id;
    std::string title;
    std::string text;
    std::string metadata;
    std::vector<storage::Place> places;
};

class IngestRun {
 public:
    IngestRun(const Pipeline& pipeline, unsigned threads, const IngestOutput& output,
              const IngestOptions& options, IngestReport& report);

    Status run(const IngestInput& input);

 private:
    using DocumentNode = oneapi::tbb::flow::multifunction_node<WorkPtr, std::tuple<WorkPtr>>;
    using BatcherInput =
        std::variant<WorkPtr, std::monostate>;  // monostate: give out what is there
    using BatcherNode = oneapi::tbb::flow::multifunction_node<BatcherInput, std::tuple<BatchPtr>>;
    using CommitInput = std::variant<BatchPtr, std::monostate>;
    // What needs no new vectors goes straight to the commit.
    using SplitNode =
        oneapi::tbb::flow::multifunction_node<WorkPtr, std::tuple<BatcherInput, CommitInput>>;
    using SplitPorts = SplitNode::output_ports_type;
    using DocumentPort = std::tuple_element_t<0, DocumentNode::output_ports_type>;
    using BatchPort = std::tuple_element_t<0, BatcherNode::output_ports_type>;
    using VectorsNode = oneapi::tbb::flow::multifunction_node<BatchPtr, std::tuple<CommitInput>>;

    void run_in_arena(const IngestInput& input);

    [[nodiscard]] std::size_t concurrency(const host::Stage& stage) const {
        const unsigned wanted = pipeline_.config().find(stage.name())->parallelism;
        return wanted > 0 ? wanted : threads_;
    }
    [[nodiscard]] std::size_t embed_concurrency() const {
        if (!pipeline_.embeds()) return 1;
        const unsigned wanted = pipeline_.config().find(pipeline_.embedder_name())->parallelism;
        return wanted > 0 ? wanted : pipeline_.embedder().concurrency;
    }
    [[nodiscard]] unsigned reader_count(const IngestInput& input) const {
        const auto* files = std::get_if<std::vector<SourceFile>>(&input);
        return files != nullptr && files->size() > 1 ? threads_ : 1;
    }

    // ------------------------------------------------------------ reader threads

    void read_sources(const IngestInput& input);

    // The result: how many of the bytes it has counted as read.
    std::uint64_t extract(const host::Input& input, const FilePtr& file);
    // A source within another one. `unsupported`: no extractor takes it.
    Status extract_inner(const Nest& outer, const host::Input& input);
    // The extractor that fits best, or null; a failure of one of them.
    Result<const host::Stage*> extractor_for(const host::Input& input) const;
    Status run_extractor(const host::Stage& stage, const Nest& nest, const host::Input& input,
                         std::uint64_t& counted);

    // Checks a document, which is so many bytes of its source, and sends it on. A failure: the run
    // is stopping.
    Status accept(const Nest& nest, const host::Record& document, std::uint64_t bytes);

    // `original`: bytes of its file that go along with it; held here and in the commit.
    static std::uint64_t cost(const host::Record& document, std::uint64_t original = 0) {
        return 4096 + document.text.size() * bytes_per_text_byte + original * 2 +
               document.places.size() * sizeof(storage::Place);
    }

    // `on_their_way`: bytes of the source that are done when the document is.
    WorkPtr begin_work(std::string label, std::string_view id, const host::Record& document,
                       std::uint64_t source_bytes, std::uint64_t on_their_way, std::uint64_t order,
                       ByteLease lease, const FilePtr& file, std::string original);

    [[nodiscard]] Status check(std::string_view id, const host::Record& document) const;

    // ------------------------------------------------------------- graph bodies

    void customise(const host::Stage& stage, StageCounter& counter, const WorkPtr& work,
                   DocumentPort& port);

    static host::Record face_of(const Work& work) {
        return {work.put.id, work.put.title, work.put.text, work.put.metadata};
    }

    void split(const WorkPtr& work, SplitPorts& out);
    // Asks the stage, or takes what it has made of this document before. Gives what it made.
    Status process(const host::Stage& stage, StageCounter& counter, Work& work,
                   std::vector<Made>& records);
    // True when the document is to be stored.
    bool wanted(Work& work);
    // False when it failed.
    bool make_chunks(Work& work);

    void batch(const BatcherInput& in, BatchPort& out);
    void give_out(BatchPort& out);

    BatchPtr tokenize(BatchPtr batch);

    void embed(Batch& batch);

    // Serial. Groups documents that are done; a failure here ends the run.
    void commit(const CommitInput& in);
    // Whether the group is to be written.
    bool add_to_group(const CommitInput& in);
    void write_group();
    // Of those that are done, the ones that no later document of the same id may replace any more.
    std::vector<WorkPtr> take_latest();
    // Those that are done, and in whose place a later one was written.
    void drop_replaced();
    // After a group was written, or could not be.
    void settle(const std::vector<WorkPtr>& group, bool written);

    // ------------------------------------------------------------------ shared

    // The documents of one id.
    struct InFlight {
        std::set<Precedence> on_their_way;  // neither written nor given up
        Precedence written;                 // of the latest that is in the collection
    };

    [[nodiscard]] std::size_t dimension() const { return pipeline_.embedder().dimension; }
    [[nodiscard]] bool stopping() { return failed_ || options_.stop.stop_requested(); }

    // Whether no other document of this id is on its way.
    bool alone(const Work& work) {
        const std::lock_guard lock(mutex_);
        return in_flight_[work.put.id].on_their_way.size() == 1;
    }
    // With the lock; once it is written, or is known not to be.
    void leave(const Work& work) {
        const auto found = in_flight_.find(work.put.id);
        if (found == in_flight_.end()) return;
        found->second.on_their_way.erase(work.precedence());
        if (found->second.on_their_way.empty()) in_flight_.erase(found);
    }
    void drop(const Work& work) {
        const std::lock_guard lock(mutex_);
        leave(work);
    }

    void fail(std::string path, Status status, const FilePtr& file) {
        if (file != nullptr) file->whole = false;
        const std::lock_guard lock(mutex_);
        report_.failed.push_back({std::move(path), std::move(status)});
    }
    // Once a document, whatever number of its chunks fail.
    void fail_work(Work& work, Status status) {
        if (work.failed.exchange(true)) return;
        const std::lock_guard lock(mutex_);
        if (!failed_ && status.code() != Code::cancelled)
            report_.failed.push_back({work.source, std::move(status)});
        leave(work);
    }

    void progress();

 public:
    void expect(std::uint64_t bytes) { bytes_total_ = bytes; }

 private:
    const Pipeline& pipeline_;
    const unsigned threads_;
    const IngestOutput& output_;
    const IngestOptions& options_;
    IngestReport& report_;
    ByteBudget budget_;
    Batcher<ChunkItem> batcher_;

    Counters counters_;
    StageCounter& extract_counter_;
    std::vector<StageCounter*> custom_counters_;
    StageCounter& split_counter_;
    StageCounter& tokens_counter_;
    StageCounter& vectors_counter_;
    StageCounter& commit_counter_;

    Clock::time_point begin_;
    std::atomic<std::size_t> next_{0};
    std::atomic<std::int64_t> upstream_{0};
    std::function<void()> upstream_empty_;
    std::function<void()> before_waiting_;
    std::function<void(const WorkPtr&)> first_;
    std::atomic<bool> failed_{false};
    std::atomic<std::uint64_t> bytes_read_{0};
    std::atomic<std::uint64_t> on_their_way_{0};  // of the bytes read, see OnItsWay
    std::atomic<std::uint64_t> tokens_{0};
    std::uint64_t bytes_total_ = 0;

    // Of the commit node alone. Among them documents that wait for what becomes of a later one of
    // the same id: when it fails, they stay.
    std::vector<WorkPtr> done_;
    std::uint64_t done_bytes_ = 0;  // that have come since the last commit
    Clock::time_point last_commit_;

    std::mutex mutex_;  // report_, fatal_, order_, in_flight_
    Status fatal_;
    std::uint64_t order_ = 0;
    std::unordered_map<std::string, InFlight> in_flight_;

    std::mutex progress_mutex_;  // last_progress_, fraction_, thrown_
    std::exception_ptr thrown_;  // by the caller's progress function
    Clock::time_point last_progress_;
    double fraction_ = 0;  // that the caller's progress function was told
};

}  // namespace lectern
