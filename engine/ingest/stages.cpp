// What happens to a document once it is text: chunks, tokens, vectors, and the commit.
#include "engine/ingest/run.hpp"
#include "engine/pipeline/passage_text.hpp"
#include "storage/store/content_hash.hpp"

namespace lectern {
namespace {

constexpr auto commit_every = std::chrono::milliseconds(100);
constexpr std::uint64_t commit_bytes = 4U << 20;

}  // namespace

using host::CallContext;

bool IngestRun::split(Work& work) {
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
                return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
            };
            if (chunk->begin < to.last || chunk->begin >= chunk->end || chunk->end > text.size() ||
                !boundary(chunk->begin) || !boundary(chunk->end)) {
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

BatchPtr IngestRun::tokenize(BatchPtr batch) {
    if (stopping()) return batch;
    std::vector<std::string> texts;
    std::vector<std::string_view> views;
    texts.reserve(batch->items.size());
    for (const ChunkItem& item : batch->items) {
        const storage::PutDocument& put = item.work->put;
        const storage::PutChunk& chunk = put.chunks[item.index];
        views.push_back(texts.emplace_back(passage_text(
            put.title, std::string_view(put.text).substr(chunk.begin, chunk.end - chunk.begin))));
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

void IngestRun::embed(Batch& batch) {
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
        const Status status = pipeline_.embed(sequences, Purpose::passage, {.stop = options_.stop},
                                              rows.data(), failed);
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

void IngestRun::commit(const CommitInput& in) {
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
    const auto replaced = static_cast<std::uint64_t>(
        std::count_if(group.puts.begin(), group.puts.end(),
                      [this](const storage::PutDocument& put) { return output_.exists(put.id); }));
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
            report_.replaced += replaced;
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

}  // namespace lectern
