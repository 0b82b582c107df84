// engine/ingest/work.hpp: a document on its way through an ingest. Internal to engine/ingest.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "corpus/values.hpp"
#include "engine/ingest/byte_budget.hpp"
#include "engine/ingest/ingest.hpp"
#include "engine/pipeline/counters.hpp"
#include "engine/pipeline/token_batch.hpp"
#include "engine/plugin_host/abi_text.hpp"
#include "lectern/plugin.h"

namespace lectern {

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

// Counts bytes of a source as on their way until the document that they are has been stored or
// skipped, or has failed. Of a long one some are done before: one thread at a time says so.
class OnItsWay {
 public:
    OnItsWay(std::atomic<std::uint64_t>& total, std::uint64_t bytes)
        : total_(&total), left_(bytes) {
        total.fetch_add(bytes);
    }
    OnItsWay(const OnItsWay&) = delete;
    OnItsWay& operator=(const OnItsWay&) = delete;
    ~OnItsWay() { total_->fetch_sub(left_); }

    [[nodiscard]] std::uint64_t left() const { return left_; }
    // What its source has beside its text.
    void add(std::uint64_t bytes) {
        total_->fetch_add(bytes);
        left_.fetch_add(bytes);
    }
    // One of the equal parts of what is left is done.
    void done_one_of(std::uint64_t parts) {
        const std::uint64_t part = left_ / parts;
        left_.fetch_sub(part);
        total_->fetch_sub(part);
    }

 private:
    std::atomic<std::uint64_t>* total_;
    std::atomic<std::uint64_t> left_;
};

// Held by every document of a file, and by the reader; the last one tells what became of it.
class FileOfWork {
 public:
    FileOfWork(const SourceFile& file, storage::Hash128 hash,
               const std::function<void(const FileDone&)>& done)
        : origin(absolute_path(file.path)), file_(&file), hash_(hash), done_(&done) {}
    FileOfWork(const FileOfWork&) = delete;
    FileOfWork& operator=(const FileOfWork&) = delete;
    ~FileOfWork() {
        if (*done_) (*done_)({*file_, hash_, documents, whole});
    }

    const std::string origin;
    std::atomic<std::uint64_t> documents{0};
    std::atomic<bool> whole{true};

 private:
    const SourceFile* file_;
    storage::Hash128 hash_;
    const std::function<void(const FileDone&)>* done_;
};
using FilePtr = std::shared_ptr<FileOfWork>;

// Of two documents of one id the later counts: by when they came, or, where stages have made both
// of one document, by when they were made.
using Precedence = std::pair<std::uint64_t, std::uint64_t>;

struct Work {
    Work() = default;
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    ~Work() {
        if (file != nullptr && !settled) file->whole = false;
    }
    [[nodiscard]] Precedence precedence() const { return {order, number}; }
    // It is in the collection.
    void stored() {
        settled = true;
        if (file != nullptr) ++file->documents;
    }

    FilePtr file;          // null: it came from no file
    bool settled = false;  // stored, or replaced by what was made of it
    std::string source;    // names it in failures
    storage::PutDocument put;
    std::vector<storage::Place> places;   // of its text
    std::uint64_t order = 0;              // of its coming, or of what it was made of
    std::uint64_t number = 0;             // of all that came or was made
    std::atomic<std::size_t> pending{0};  // chunks without a vector
    std::atomic<bool> failed{false};
    Clock::time_point enqueued = Clock::now();
    std::unique_ptr<UpstreamToken> upstream;
    std::shared_ptr<OnItsWay> on_its_way;  // its own; others only look whether it is there
    ByteLease lease;
};
using WorkPtr = std::shared_ptr<Work>;

// Names the document's content. A document whose pages are known now, and were not before, is
// another one.
[[nodiscard]] storage::Hash128 content_hash_of(const Work& work);

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

}  // namespace lectern
