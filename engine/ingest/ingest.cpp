#include "engine/ingest/ingest.hpp"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/task_arena.h>

#include <atomic>
#include <boost/json/parse.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "engine/ingest/batcher.hpp"
#include "engine/ingest/byte_budget.hpp"
#include "engine/pipeline/counters.hpp"
#include "engine/pipeline/passage_text.hpp"
#include "storage/content_hash.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

namespace flow = oneapi::tbb::flow;
using host::CallContext;

// Batches in one sorting window: enough to bring like lengths together.
constexpr std::uint64_t window_batches = 16;
constexpr auto commit_every = std::chrono::milliseconds(100);
constexpr std::uint64_t commit_bytes = 4U << 20;
constexpr auto progress_every = std::chrono::milliseconds(100);
// Text, its copy in the commit, chunks, tokens and vectors of one byte of text, about.
constexpr std::uint64_t bytes_per_text_byte = 4;

std::string_view view(lectern_text value) {
    return value.size == 0 ? std::string_view{}
                           : std::string_view{value.data, static_cast<std::size_t>(value.size)};
}
lectern_text span(std::string_view value) {
    return {value.data(), value.size()};
}

// Counts documents between the source and the batcher; calls `last` when one leaves and none is
// left, since the batcher waits for nobody then.
class UpstreamToken {
 public:
    UpstreamToken(std::atomic<std::int64_t>& count, const std::function<void()>& last)
        : count_(&count), last_(&last) {
        count.fetch_add(1);
    }
    UpstreamToken(const UpstreamToken&) = delete;
    UpstreamToken& operator=(const UpstreamToken&) = delete;
    ~UpstreamToken() {
        if (count_->fetch_sub(1) == 1) (*last_)();
    }

 private:
    std::atomic<std::int64_t>* count_;
    const std::function<void()>* last_;
};

// Counts the bytes of a document as on their way until it is stored, skipped or has failed.
class OnItsWay {
 public:
    OnItsWay(std::atomic<std::uint64_t>& total, std::uint64_t bytes)
        : total_(&total), bytes_(bytes) {
        total.fetch_add(bytes);
    }
    OnItsWay(const OnItsWay&) = delete;
    OnItsWay& operator=(const OnItsWay&) = delete;
    ~OnItsWay() { total_->fetch_sub(bytes_); }

 private:
    std::atomic<std::uint64_t>* total_;
    std::uint64_t bytes_;
};

struct Work {
    std::string source;  // names it in failures
    storage::PutDocument put;
    std::uint64_t order = 0;              // of its coming: of two with one id, the later counts
    std::atomic<std::size_t> pending{0};  // chunks without a vector
    std::atomic<bool> failed{false};
    Clock::time_point enqueued = Clock::now();
    std::unique_ptr<UpstreamToken> upstream;
    std::unique_ptr<OnItsWay> on_its_way;
    ByteLease lease;
};
using WorkPtr = std::shared_ptr<Work>;

struct ChunkItem {
    WorkPtr work;
    std::size_t index = 0;
};

struct Batch {
    std::vector<ChunkItem> items;
    TokenBatch tokens{0};
    Clock::time_point enqueued = Clock::now();
};
using BatchPtr = std::shared_ptr<Batch>;

class IngestRun {
 public:
    IngestRun(const Pipeline& pipeline, unsigned threads, const IngestOutput& output,
              const IngestOptions& options, IngestReport& report)
        : pipeline_(pipeline),
          threads_(threads),
          output_(output),
          options_(options),
          report_(report),
          budget_(pipeline.config().memory),
          batcher_(pipeline.embedder().batch_tokens,
                   pipeline.embedder().batch_tokens * window_batches),
          extract_counter_(counters_.add("extract")),
          split_counter_(counters_.add(pipeline.splitter().name())),
          tokens_counter_(counters_.add(pipeline.tokenizer_name())),
          vectors_counter_(counters_.add(pipeline.embedder_name())),
          commit_counter_(counters_.add("commit")) {
        for (const host::Stage* stage : pipeline.ingest_customs())
            custom_counters_.push_back(&counters_.add(stage->name()));
    }

    Status run(const IngestInput& input) {
        begin_ = Clock::now();
        oneapi::tbb::task_arena arena(static_cast<int>(threads_));
        arena.execute([&] { run_in_arena(input); });
        const std::lock_guard lock(mutex_);
        report_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
        report_.stages = counters_.table();
        return fatal_;
    }

 private:
    using DocumentNode = flow::multifunction_node<WorkPtr, std::tuple<WorkPtr>>;
    using BatcherInput =
        std::variant<WorkPtr, std::monostate>;  // monostate: give out what is there
    using BatcherNode = flow::multifunction_node<BatcherInput, std::tuple<BatchPtr>>;
    using SplitNode = flow::multifunction_node<WorkPtr, std::tuple<BatcherInput>>;
    using CommitInput = std::variant<BatchPtr, std::monostate>;
    using VectorsNode = flow::multifunction_node<BatchPtr, std::tuple<CommitInput>>;

    void run_in_arena(const IngestInput& input) {
        flow::graph graph;
        std::vector<std::unique_ptr<DocumentNode>> customs;
        for (std::size_t i = 0; i < pipeline_.ingest_customs().size(); ++i) {
            const host::Stage& stage = *pipeline_.ingest_customs()[i];
            StageCounter& counter = *custom_counters_[i];
            customs.push_back(std::make_unique<DocumentNode>(
                graph, concurrency(stage),
                [this, &stage, &counter](const WorkPtr& work,
                                         DocumentNode::output_ports_type& out) {
                    customise(stage, counter, work, std::get<0>(out));
                }));
        }
        SplitNode split(graph, concurrency(pipeline_.splitter()),
                        [this](const WorkPtr& work, SplitNode::output_ports_type& out) {
                            if (this->split(*work)) std::get<0>(out).try_put(BatcherInput(work));
                        });
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

    [[nodiscard]] std::size_t concurrency(const host::Stage& stage) const {
        const unsigned wanted = pipeline_.config().find(stage.name())->parallelism;
        return wanted > 0 ? wanted : threads_;
    }
    [[nodiscard]] std::size_t embed_concurrency() const {
        const unsigned wanted = pipeline_.config().find(pipeline_.embedder_name())->parallelism;
        return wanted > 0 ? wanted : pipeline_.embedder().concurrency;
    }
    [[nodiscard]] unsigned reader_count(const IngestInput& input) const {
        const auto* files = std::get_if<std::vector<SourceFile>>(&input);
        return files != nullptr && files->size() > 1 ? threads_ : 1;
    }

    // ------------------------------------------------------------ reader threads

    void read_sources(const IngestInput& input) {
        if (const auto* files = std::get_if<std::vector<SourceFile>>(&input)) {
            for (std::size_t i = next_.fetch_add(1); i < files->size(); i = next_.fetch_add(1)) {
                if (stopping()) return;
                const SourceFile& file = (*files)[i];
                auto bytes = FileBytes::open(file.path);
                std::uint64_t counted = 0;
                if (!bytes) {
                    fail(file.name, bytes.status());
                } else {
                    counted = extract(file.name, bytes->bytes());
                }
                if (file.bytes > counted) bytes_read_ += file.bytes - counted;
                progress();
            }
        } else if (const auto* one = std::get_if<NamedBytes>(&input)) {
            bytes_read_ += one->bytes.size() - extract(std::string(one->name), one->bytes);
        } else {
            for (const DocumentInput& document : std::get<std::span<const DocumentInput>>(input)) {
                if (stopping()) return;
                const lectern_document given{sizeof(lectern_document), 0,
                                             span(document.id),        span(document.title),
                                             span(document.text),      span(document.metadata)};
                if (document.id.empty())
                    fail("document", {Code::invalid_argument, "a document needs an id"});
                else
                    (void)accept(document.id, document.text.size(), given);
                bytes_read_ += document.text.size();
            }
        }
    }

    struct Sink {
        IngestRun* run;
        const std::string* source;
        std::uint64_t source_bytes;
        std::uint64_t counted = 0;  // as read: a source of many documents is read bit by bit
    };

    static lectern_code take_document(const lectern_document_sink* face,
                                      const lectern_document* document) {
        Sink& sink = *static_cast<Sink*>(face->host_data);
        const std::uint64_t bytes =
            std::min<std::uint64_t>(document->text.size, sink.source_bytes - sink.counted);
        sink.counted += bytes;
        sink.run->bytes_read_ += bytes;
        return sink.run->accept(*sink.source, sink.source_bytes, *document);
    }
    static void take_failure(const lectern_document_sink* face, lectern_text what,
                             lectern_code code, lectern_text message) {
        const Sink& sink = *static_cast<const Sink*>(face->host_data);
        const Status status(host::to_code(code), host::clean_text(message, 4096));
        sink.run->fail(*sink.source + ": " + host::clean_text(what, 256), status);
    }

    // The result: how many of the bytes it has counted as read.
    std::uint64_t extract(const std::string& name, std::string_view bytes) {
        const std::string_view head = bytes.substr(0, 4096);
        const host::Stage* best = nullptr;
        unsigned best_fit = 0;
        for (const host::Stage* stage : pipeline_.extractors()) {
            const unsigned fit =
                stage->table<lectern_extractor>()->fits(stage->get(), span(name), span(head));
            if (fit > best_fit) {
                best = stage;
                best_fit = fit;
            }
        }
        if (best == nullptr) {
            fail(name, {Code::unsupported,
                        bytes.empty() ? "the file is empty"
                                      : "no extractor of this pipeline takes this file; it is "
                                        "neither of a known kind nor UTF-8 text"});
            return 0;
        }
        const Busy busy(extract_counter_);
        Sink sink{this, &name, bytes.size(), 0};
        const lectern_document_sink face{sizeof(lectern_document_sink), 0, &sink, &take_document,
                                         &take_failure};
        const lectern_source source{
            sizeof(lectern_source), 0, span(name), {nullptr, 0}, span(bytes)};
        CallContext call({.stop = options_.stop});
        const Status status = call.status(
            best->table<lectern_extractor>()->extract(best->get(), call.get(), &source, &face),
            best->describe());
        if (!status.ok() && !stopping()) fail(name, status);
        return sink.counted;
    }

    // Checks a document and sends it on. Anything but LECTERN_OK: the run is stopping.
    lectern_code accept(const std::string& source, std::uint64_t source_bytes,
                        const lectern_document& document) {
        if (stopping()) return LECTERN_CANCELLED;
        const std::string_view id = document.id.size > 0 ? view(document.id) : source;
        const std::string label = source == id ? source : source + ": " + std::string(id);
        if (Status status = check(id, document); !status) {
            fail(label, std::move(status));
            return LECTERN_OK;
        }
        const Clock::time_point asked = Clock::now();
        ByteLease lease =
            budget_.take(cost(document), before_waiting_, [this] { return stopping(); });
        // The extractor's call is still running: what it waited was not its work.
        const std::int64_t waited = (Clock::now() - asked).count();
        extract_counter_.wait_nanoseconds += waited;
        extract_counter_.busy_nanoseconds -= waited;

        std::uint64_t order = 0;
        {
            const std::lock_guard lock(mutex_);
            order = ++order_;
        }
        first_(begin_work(label, id, document, source_bytes, order, std::move(lease)));
        return LECTERN_OK;
    }

    static std::uint64_t cost(const lectern_document& document) {
        return 4096 + document.text.size * bytes_per_text_byte;
    }

    WorkPtr begin_work(std::string label, std::string_view id, const lectern_document& document,
                       std::uint64_t source_bytes, std::uint64_t order, ByteLease lease) {
        auto work = std::make_shared<Work>();
        work->lease = std::move(lease);
        work->source = std::move(label);
        work->order = order;
        work->put.id = id;
        work->put.title = view(document.title);
        work->put.text = view(document.text);
        work->put.metadata = view(document.metadata);
        work->put.source_bytes = source_bytes;
        work->upstream = std::make_unique<UpstreamToken>(upstream_, upstream_empty_);
        work->on_its_way = std::make_unique<OnItsWay>(on_their_way_, work->put.text.size());
        const std::lock_guard lock(mutex_);
        InFlight& same = in_flight_[work->put.id];
        same.latest = std::max(same.latest, order);
        ++same.count;
        return work;
    }

    [[nodiscard]] Status check(std::string_view id, const lectern_document& document) const {
        const std::string_view text = view(document.text);
        if (id.size() > 4096)
            return {Code::invalid_argument, "the document's id is longer than 4,096 bytes"};
        if (text.size() > pipeline_.config().max_document)
            return {Code::resource_exhausted,
                    "the text of " + std::to_string(text.size()) +
                        " bytes is larger than the limit of " +
                        std::to_string(pipeline_.config().max_document) +
                        "; split it, or raise max_document in the pipeline file"};
        if (text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos)
            return {Code::invalid_argument, "there is no text in it"};
        for (const auto& [what, value] :
             {std::pair{"text", text}, {"title", view(document.title)}, {"id", id}}) {
            if (const std::size_t bad = text::invalid_utf8_at(value); bad != std::string_view::npos)
                return {Code::invalid_argument, std::string("the ") + what +
                                                    " is not valid UTF-8 at byte " +
                                                    std::to_string(bad)};
        }
        if (document.metadata.size > 0) {
            boost::system::error_code error;
            const auto value = boost::json::parse(view(document.metadata), error);
            if (error || !value.is_object())
                return {Code::invalid_argument, "the metadata is not a JSON object"};
        }
        return {};
    }

    // ------------------------------------------------------------- graph bodies

    template <typename Port>
    void customise(const host::Stage& stage, StageCounter& counter, const WorkPtr& work,
                   Port& port) {
        if (stopping()) return drop(*work);
        struct Records {
            IngestRun* run;
            const Work* parent;
            std::vector<std::unique_ptr<DocumentInput>> records;
        } records{this, work.get(), {}};
        const lectern_document_sink face{
            sizeof(lectern_document_sink), 0, &records,
            [](const lectern_document_sink* sink,
               const lectern_document* document) -> lectern_code {
                auto& to = *static_cast<Records*>(sink->host_data);
                to.records.push_back(std::make_unique<DocumentInput>(DocumentInput{
                    std::string(document->id.size > 0 ? view(document->id)
                                                      : std::string_view(to.parent->put.id)),
                    std::string(view(document->title)), std::string(view(document->text)),
                    std::string(view(document->metadata))}));
                return LECTERN_OK;
            },
            [](const lectern_document_sink* sink, lectern_text what, lectern_code code,
               lectern_text message) {
                auto& to = *static_cast<Records*>(sink->host_data);
                to.run->fail(to.parent->source + ": " + host::clean_text(what, 256),
                             {host::to_code(code), host::clean_text(message, 4096)});
            }};
        Status status;
        {
            const Busy busy(counter, 1, work->enqueued);
            CallContext call({.stop = options_.stop});
            const lectern_document record = face_of(*work);
            status = call.status(
                stage.table<lectern_custom>()->process(stage.get(), call.get(), &record, &face),
                stage.describe());
        }
        if (!status) {
            fail_work(*work, std::move(status));
            return;
        }
        for (const auto& made : records.records) {
            const lectern_document record{sizeof(lectern_document), 0,
                                          span(made->id),           span(made->title),
                                          span(made->text),         span(made->metadata)};
            if (Status ok = check(made->id, record); !ok) {
                fail(work->source, ok.within(stage.describe()));
                continue;
            }
            // Bytes come without waiting: a task that waits would hold up what frees them.
            port.try_put(begin_work(work->source, made->id, record, work->put.source_bytes,
                                    work->order, budget_.take_now(cost(record))));
        }
        drop(*work);
    }

    static lectern_document face_of(const Work& work) {
        return {sizeof(lectern_document), 0,
                span(work.put.id),        span(work.put.title),
                span(work.put.text),      span(work.put.metadata)};
    }

    // True when the document goes on.
    bool split(Work& work) {
        if (stopping()) return drop(work), false;
        std::string hashed;
        hashed.reserve(work.put.title.size() + work.put.metadata.size() + work.put.text.size() + 2);
        hashed.append(work.put.title).push_back('\0');
        hashed.append(work.put.metadata).push_back('\0');
        hashed.append(work.put.text);
        work.put.content_hash = storage::content_hash(hashed);
        if (alone(work) && output_.unchanged(work.put.id, work.put.content_hash)) {
            const std::lock_guard lock(mutex_);
            ++report_.skipped;
            leave(work);
            return false;
        }
        struct Chunks {
            Work* work;
            std::uint64_t last = 0;
            bool valid = true;
        } chunks{&work};
        const lectern_chunk_sink sink{
            sizeof(lectern_chunk_sink), 0, &chunks,
            [](const lectern_chunk_sink* face, const lectern_chunk* chunk) -> lectern_code {
                auto& to = *static_cast<Chunks*>(face->host_data);
                const std::string& text = to.work->put.text;
                const auto boundary = [&text](std::uint64_t at) {
                    return at == text.size() ||
                           (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
                };
                if (chunk->begin < to.last || chunk->begin >= chunk->end ||
                    chunk->end > text.size() || !boundary(chunk->begin) || !boundary(chunk->end)) {
                    to.valid = false;
                    return LECTERN_INTERNAL;
                }
                to.last = chunk->begin;
                to.work->put.chunks.push_back({chunk->begin, chunk->end, chunk->tokens});
                return LECTERN_OK;
            }};
        const host::Stage& stage = pipeline_.splitter();
        const Busy busy(split_counter_, 1, work.enqueued);
        CallContext call({.stop = options_.stop});
        const lectern_document document = face_of(work);
        Status status = call.status(
            stage.table<lectern_splitter>()->split(stage.get(), call.get(), &document, &sink),
            stage.describe());
        if (!chunks.valid)
            status = {Code::internal, stage.describe() +
                                          " gave a chunk that is not a byte range of the text at "
                                          "character boundaries, in order"};
        if (status.ok() && work.put.chunks.empty())
            status = {Code::internal, stage.describe() + " gave no chunk"};
        if (!status.ok()) {
            fail_work(work, std::move(status));
            return false;
        }
        work.pending = work.put.chunks.size();
        work.put.vectors.push_back(
            {output_.generation, std::vector<float>(work.put.chunks.size() * dimension())});
        return true;
    }

    template <typename Port>
    void batch(const BatcherInput& in, Port& out) {
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
    template <typename Port>
    void give_out(Port& out) {
        for (auto& items : batcher_.take()) {
            auto batch = std::make_shared<Batch>();
            batch->items = std::move(items);
            out.try_put(batch);
        }
    }

    BatchPtr tokenize(BatchPtr batch) {
        if (stopping()) return batch;
        std::vector<std::string> texts;
        std::vector<std::string_view> views;
        texts.reserve(batch->items.size());
        for (const ChunkItem& item : batch->items) {
            const storage::PutDocument& put = item.work->put;
            const storage::PutChunk& chunk = put.chunks[item.index];
            views.push_back(texts.emplace_back(passage_text(
                put.title,
                std::string_view(put.text).substr(chunk.begin, chunk.end - chunk.begin))));
        }
        const Busy busy(tokens_counter_, views.size(), batch->enqueued);
        auto tokens = pipeline_.tokenize(views, Purpose::passage, {.stop = options_.stop});
        if (!tokens) {
            for (const ChunkItem& item : batch->items) fail_work(*item.work, tokens.status());
            batch->items.clear();
            return batch;
        }
        batch->tokens = std::move(*tokens);
        for (std::size_t i = 0; i < batch->tokens.size(); ++i)
            tokens_counter_.tokens += batch->tokens.count(i);
        batch->enqueued = Clock::now();
        return batch;
    }

    void embed(Batch& batch) {
        if (stopping() || batch.items.empty()) return;
        std::vector<lectern_tokens> sequences;
        std::uint64_t width = 0;
        std::uint64_t useful = 0;
        for (std::size_t i = 0; i < batch.items.size(); ++i) {
            sequences.push_back(batch.tokens.view(i));
            width = std::max(width, sequences.back().count);
            useful += sequences.back().count;
        }
        std::vector<float> rows(sequences.size() * dimension());
        std::vector<host::ItemError> failed;
        {
            const Busy busy(vectors_counter_, sequences.size(), batch.enqueued);
            const Status status = pipeline_.embed(sequences, Purpose::passage,
                                                  {.stop = options_.stop}, rows.data(), failed);
            if (!status.ok()) {
                for (const ChunkItem& item : batch.items) fail_work(*item.work, status);
                return;
            }
        }
        vectors_counter_.tokens += useful;
        vectors_counter_.slots += width * sequences.size();
        tokens_ += useful;
        for (const host::ItemError& error : failed)
            if (error.index < batch.items.size())
                fail_work(*batch.items[error.index].work, {error.code, error.message});
        for (std::size_t i = 0; i < batch.items.size(); ++i) {
            const ChunkItem& item = batch.items[i];
            std::copy_n(rows.data() + i * dimension(), dimension(),
                        item.work->put.vectors.front().values.data() + item.index * dimension());
        }
        batch.tokens = TokenBatch(0);
        batch.enqueued = Clock::now();
    }

    // Serial. Groups documents that are done; a failure here ends the run.
    void commit(const CommitInput& in) {
        if (const auto* batch = std::get_if<BatchPtr>(&in)) {
            for (const ChunkItem& item : (*batch)->items) {
                if (item.work->pending.fetch_sub(1) != 1 || item.work->failed) continue;
                done_bytes_ += item.work->put.text.size() +
                               item.work->put.vectors.front().values.size() * sizeof(float);
                done_.push_back(item.work);
            }
            (*batch)->items.clear();
            if (done_bytes_ < commit_bytes && Clock::now() - last_commit_ < commit_every &&
                !budget_.somebody_waits())
                return;
        }
        if (done_.empty()) return;
        if (stopping()) {
            for (const WorkPtr& work : done_) drop(*work);
            done_.clear();
            return;
        }
        storage::WriteGroup group;
        std::uint64_t chunks = 0;
        std::uint64_t tokens = 0;
        {
            const std::lock_guard lock(mutex_);
            for (const WorkPtr& work : done_) {
                const bool latest = in_flight_[work->put.id].latest == work->order;
                leave(*work);
                if (!latest) continue;
                chunks += work->put.chunks.size();
                for (const storage::PutChunk& chunk : work->put.chunks) tokens += chunk.tokens;
                group.puts.push_back(std::move(work->put));
            }
        }
        const std::uint64_t documents = group.puts.size();
        Status status;
        {
            const Busy busy(commit_counter_, documents);
            status = output_.commit(std::move(group));
        }
        done_.clear();  // gives its bytes back
        done_bytes_ = 0;
        last_commit_ = Clock::now();
        {
            const std::lock_guard lock(mutex_);
            if (!status.ok()) {
                if (fatal_.ok()) fatal_ = status;
            } else {
                report_.documents += documents;
                report_.chunks += chunks;
                report_.tokens += tokens;
            }
        }
        if (!status.ok()) {
            failed_ = true;
            budget_.wake();
        }
        progress();
    }

    // ------------------------------------------------------------------ shared

    struct InFlight {
        std::uint64_t latest = 0;
        std::uint64_t count = 0;
    };

    [[nodiscard]] std::size_t dimension() const { return pipeline_.embedder().dimension; }
    [[nodiscard]] bool stopping() { return failed_ || options_.stop.stop_requested(); }

    // Whether no other document of this id is on its way.
    bool alone(const Work& work) {
        const std::lock_guard lock(mutex_);
        return in_flight_[work.put.id].count == 1;
    }
    // With the lock.
    void leave(const Work& work) {
        const auto found = in_flight_.find(work.put.id);
        if (found != in_flight_.end() && --found->second.count == 0) in_flight_.erase(found);
    }
    void drop(const Work& work) {
        const std::lock_guard lock(mutex_);
        leave(work);
    }

    void fail(std::string path, Status status) {
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

    void progress() {
        if (!options_.progress) return;
        const std::unique_lock lock(progress_mutex_, std::try_to_lock);
        const Clock::time_point now = Clock::now();
        if (!lock || now - last_progress_ < progress_every) return;
        last_progress_ = now;
        IngestProgress state;
        {
            const std::lock_guard counts(mutex_);
            state.documents = report_.documents + report_.skipped;
        }
        state.bytes_read = bytes_read_;
        state.bytes_total = bytes_total_;
        const std::uint64_t waiting = std::min(on_their_way_.load(), state.bytes_read);
        if (bytes_total_ > 0)
            state.fraction = std::min(1.0, static_cast<double>(state.bytes_read - waiting) /
                                               static_cast<double>(bytes_total_));
        state.tokens = tokens_;
        state.seconds = std::chrono::duration<double>(now - begin_).count();
        options_.progress(state);
    }

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
    std::atomic<std::uint64_t> on_their_way_{0};  // bytes of text, see OnItsWay
    std::atomic<std::uint64_t> tokens_{0};
    std::uint64_t bytes_total_ = 0;

    // Of the commit node alone.
    std::vector<WorkPtr> done_;
    std::uint64_t done_bytes_ = 0;
    Clock::time_point last_commit_;

    std::mutex mutex_;  // report_, fatal_, order_, in_flight_
    Status fatal_;
    std::uint64_t order_ = 0;
    std::unordered_map<std::string, InFlight> in_flight_;

    std::mutex progress_mutex_;
    Clock::time_point last_progress_;
};

}  // namespace

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
