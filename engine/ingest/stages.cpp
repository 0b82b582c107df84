// What happens to a document once it is text: chunks, tokens, vectors, and the commit.
#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "corpus/values.hpp"
#include "engine/ingest/places_of_chunks.hpp"
#include "engine/ingest/run.hpp"
#include "engine/ingest/sections.hpp"
#include "engine/pipeline/passage_text.hpp"

namespace lectern {
namespace {

constexpr std::uint64_t commit_bytes = 4U << 20;
// Of a stage that fails for each of so many items and has done none: it fails for the rest too.
constexpr std::size_t most_in_vain = 8;

// Whether a batch failed by a defect of the stage, which one of its items may have brought about.
bool may_be_one(const Status& failure, std::size_t items) {
    return failure.code() == Code::internal && items > 1;
}

// The items that fail when each goes alone: one costs one document.
std::vector<host::ItemError> each_alone(
    std::size_t count,
    const std::function<Status(std::size_t index, std::vector<host::ItemError>& of_one)>& run) {
    std::vector<host::ItemError> out;
    for (std::size_t i = 0; i < count; ++i) {
        if (out.size() >= most_in_vain && out.size() == i) {
            const host::ItemError last = out.back();
            out.push_back({i, last.code, last.message});
            continue;
        }
        std::vector<host::ItemError> of_one;
        if (const Status status = run(i, of_one); !status.ok())
            out.push_back({i, status.code(), status.message()});
        else if (!of_one.empty())
            out.push_back({i, of_one.front().code, of_one.front().message});
    }
    return out;
}

}  // namespace

storage::Hash128 content_hash_of(const Work& work) {
    std::string hashed;
    hashed.reserve(work.put.title.size() + work.put.metadata.size() + work.put.text.size() + 2);
    hashed.append(work.put.title).push_back('\0');
    hashed.append(work.put.metadata).push_back('\0');
    hashed.append(work.put.text);
    for (const storage::Place& place : work.places) {
        hashed.push_back('\0');
        for (const std::uint64_t number :
             {place.begin, std::uint64_t{place.kind}, place.number,
              std::uint64_t{place.first_column}, std::uint64_t{place.last_column}})
            hashed.append(std::to_string(number)).push_back(' ');
        hashed.append(place.name);
    }
    return storage::content_hash(hashed);
}

void IngestRun::split(const WorkPtr& work, SplitPorts& out) {
    if (!wanted(*work) || !make_chunks(*work)) return;
    const bool known =
        !pipeline_.embeds() || (output_.known_vectors && output_.known_vectors(work->put));
    if (!known) {
        std::get<0>(out).try_put(BatcherInput(work));
        return;
    }
    auto batch = std::make_shared<Batch>();
    batch->items.push_back({work, 0});
    work->pending = 1;
    work->upstream.reset();
    std::get<1>(out).try_put(CommitInput(batch));
}

bool IngestRun::wanted(Work& work) {
    if (stopping()) return drop(work), false;
    work.put.content_hash = content_hash_of(work);
    // First: what is written before the collection is asked is what it tells then, and what is
    // written later is seen here.
    const bool only_one = alone(work);
    const Result<Decision> decision = output_.decide(work.put);
    if (!decision) return fail_work(work, decision.status()), false;
    if (*decision == Decision::left) return drop(work), false;
    if (*decision == Decision::store || !only_one) return true;
    work.stored();
    const std::lock_guard lock(mutex_);
    ++report_.skipped;
    leave(work);
    return false;
}

bool IngestRun::make_chunks(Work& work) {
    const host::Stage& stage = pipeline_.splitter();
    const Busy busy(split_counter_, 1, work.enqueued);
    auto chunks = host::split(stage, {.stop = options_.stop}, face_of(work));
    if (!chunks) {
        fail_work(work, chunks.status());
        return false;
    }
    work.put.chunks.reserve(chunks->size());
    PlacesOfChunks places(work.places);
    // No part of the content's hash: a collection of before sections is not embedded anew for them.
    std::optional<SectionsOfChunks> sections;
    if (const auto believed = hash_lines_of(work.put.id, work.file != nullptr);
        believed && may_have_sections(work.places))
        sections.emplace(work.put.text, work.put.title, *believed);
    for (const host::Chunk& chunk : *chunks) {
        std::vector<storage::Place> of_chunk = places.of(chunk.begin, chunk.end);
        if (sections) sections->add(chunk.begin, chunk.end, of_chunk);
        work.put.chunks.push_back({chunk.begin, chunk.end, chunk.tokens, chunk.context_begin,
                                   chunk.context_end, std::move(of_chunk)});
    }
    work.places = {};
    work.pending = work.put.chunks.size();
    if (!pipeline_.embeds()) return true;
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
        const std::string_view text = put.text;
        views.push_back(texts.emplace_back(passage_text(
            put.title, text.substr(chunk.context_begin, chunk.context_end - chunk.context_begin),
            text.substr(chunk.begin, chunk.end - chunk.begin))));
    }
    const Busy busy(tokens_counter_, views.size(), batch->enqueued);
    std::vector<host::ItemError> failed;
    auto tokens = pipeline_.tokenize(views, Purpose::passage, {.stop = options_.stop}, failed);
    if (!tokens && may_be_one(tokens.status(), batch->items.size())) {
        TokenBatch together(views.size());
        failed = each_alone(views.size(), [&](std::size_t i, auto& of_one) -> Status {
            LECTERN_ASSIGN(const TokenBatch one,
                           pipeline_.tokenize({&views[i], 1}, Purpose::passage,
                                              {.stop = options_.stop}, of_one));
            together.set(i, one.view(0));
            return {};
        });
        tokens = std::move(together);
    }
    if (!tokens) {
        for (const ChunkItem& item : batch->items) fail_work(*item.work, tokens.status());
        batch->items.clear();
        return batch;
    }
    for (const host::ItemError& error : failed)
        fail_work(*batch->items[error.index].work, {error.code, error.message});
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
        if (!status.ok() && !may_be_one(status, batch.items.size())) {
            for (const ChunkItem& item : batch.items) fail_work(*item.work, status);
            return;
        }
        if (!status.ok())
            failed = each_alone(sequences.size(), [&](std::size_t i, auto& of_one) {
                return pipeline_.embed({&sequences[i], 1}, Purpose::passage,
                                       {.stop = options_.stop}, rows.data() + i * dimension(),
                                       of_one);
            });
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

void IngestRun::drop_replaced() {
    // Before the lock, so that they end after it: with the last one of a file others are told.
    std::vector<WorkPtr> replaced;
    const std::lock_guard lock(mutex_);
    const auto begin =
        std::stable_partition(done_.begin(), done_.end(), [this](const WorkPtr& work) {
            return in_flight_[work->put.id].written < work->precedence();
        });
    replaced.assign(std::make_move_iterator(begin), std::make_move_iterator(done_.end()));
    done_.erase(begin, done_.end());
    for (const WorkPtr& work : replaced) {
        work->settled = true;
        leave(*work);
    }
}

std::vector<WorkPtr> IngestRun::take_latest() {
    drop_replaced();
    const std::lock_guard lock(mutex_);
    const auto waiting =
        std::stable_partition(done_.begin(), done_.end(), [this](const WorkPtr& work) {
            return *in_flight_[work->put.id].on_their_way.rbegin() == work->precedence();
        });
    std::vector<WorkPtr> out(std::make_move_iterator(done_.begin()),
                             std::make_move_iterator(waiting));
    done_.erase(done_.begin(), waiting);
    return out;
}

void IngestRun::settle(const std::vector<WorkPtr>& group, bool written) {
    {
        const std::lock_guard lock(mutex_);
        for (const WorkPtr& work : group) {
            if (written) {
                work->stored();
                in_flight_[work->put.id].written = work->precedence();
            }
            leave(*work);
        }
    }
    drop_replaced();
}

bool IngestRun::add_to_group(const CommitInput& in) {
    if (const auto* batch = std::get_if<BatchPtr>(&in)) {
        for (const ChunkItem& item : (*batch)->items) {
            const std::size_t pending = item.work->pending.fetch_sub(1);
            if (pending > 1) item.work->on_its_way->done_one_of(pending);
            if (pending != 1 || item.work->failed) continue;
            done_bytes_ += item.work->put.text.size() + item.work->put.original.size();
            for (const storage::PutVectors& vectors : item.work->put.vectors)
                done_bytes_ += vectors.values.size() * sizeof(float);
            done_.push_back(item.work);
        }
        (*batch)->items.clear();
        if (done_bytes_ < commit_bytes && Clock::now() - last_commit_ < output_.commit_every &&
            !budget_.somebody_waits())
            return false;
    }
    return !done_.empty();
}

void IngestRun::commit(const CommitInput& in) {
    if (add_to_group(in))
        write_group();
    else if (!done_.empty() || !std::holds_alternative<BatchPtr>(in))
        return;  // told when it is written, which is soon; or there is nothing
    progress();  // also where nothing is done yet: a long document has come on
}

void IngestRun::write_group() {
    if (stopping()) {
        for (const WorkPtr& work : done_) drop(*work);
        done_.clear();
        return;
    }
    std::vector<WorkPtr> latest = take_latest();
    if (latest.empty()) return;
    storage::WriteGroup group;
    std::uint64_t chunks = 0;
    std::uint64_t tokens = 0;
    for (const WorkPtr& work : latest) {
        chunks += work->put.chunks.size();
        for (const storage::PutChunk& chunk : work->put.chunks) tokens += chunk.tokens;
        std::string id = work->put.id;
        group.puts.push_back(std::move(work->put));
        work->put.id = std::move(id);
    }
    const Result<std::uint64_t> replaced = [&] {
        const Busy busy(commit_counter_, latest.size());
        return output_.commit(std::move(group));
    }();
    settle(latest, replaced.ok());
    const std::uint64_t documents = latest.size();
    latest.clear();  // gives its bytes back
    done_bytes_ = 0;
    last_commit_ = Clock::now();
    {
        const std::lock_guard lock(mutex_);
        if (replaced.ok()) {
            report_.documents += documents;
            report_.replaced += *replaced;
            report_.chunks += chunks;
            report_.tokens += tokens;
        } else if (fatal_.ok()) {
            fatal_ = replaced.status();
        }
    }
    if (!replaced.ok()) {
        failed_ = true;
        budget_.wake();
    }
}

}  // namespace lectern
