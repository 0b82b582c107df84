#include "index/lexical/lexical_index.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "index/lexical/candidates.hpp"
#include "index/lexical/documents.hpp"
#include "index/lexical/lexical_query.hpp"
#include "index/lexical/merge.hpp"
#include "index/lexical/search.hpp"
#include "index/lexical/verify.hpp"

namespace lectern::index {

using namespace lexical;

class LexicalIndex::Impl {
 public:
    Impl(storage::Store& store, LexicalIndexOptions options)
        : store_(store), options_(std::move(options)) {}
    ~Impl() {
        stopping_ = true;
        {
            const std::lock_guard lock(due_mutex_);
            due_ = true;
        }
        due_changed_.notify_all();
        if (thread_.joinable()) thread_.join();
    }

    Status open();
    Result<storage::CommitResult> commit(const storage::WriteGroup& group, bool sync);
    Status merge_due();
    Status merge_one(MergeRange range);
    void renew() {
        const std::lock_guard lock(commit_mutex_);
        publish(state()->segments);
    }

    std::shared_ptr<const State> state() const {
        const std::lock_guard lock(state_mutex_);
        return state_;
    }
    const Stamp& stamp() const noexcept { return stamp_; }
    const std::shared_ptr<QueryAnalyzer>& query_analyzer() const noexcept {
        return query_analyzer_;
    }

    std::mutex merge_mutex;  // one merge at a time
    std::atomic<bool> merging{false};

 private:
    Status rebuild(std::string_view why);
    void publish(std::vector<LiveSegment> segments) {
        auto state = std::make_shared<const State>(store_.reader(), std::move(segments));
        const std::lock_guard lock(state_mutex_);
        state_.swap(state);
    }
    void wake() {
        {
            const std::lock_guard lock(due_mutex_);
            due_ = true;
        }
        due_changed_.notify_one();
    }
    void run();

    storage::Store& store_;
    const LexicalIndexOptions options_;
    Stamp stamp_;
    std::mutex commit_mutex_;  // held while segments are exchanged
    std::unique_ptr<Analyzer> analyzer_;
    std::shared_ptr<QueryAnalyzer> query_analyzer_;
    std::atomic<SegmentNumber> next_{1};

    mutable std::mutex state_mutex_;  // guards the pointer, not what it points to
    std::shared_ptr<const State> state_;

    std::thread thread_;
    std::mutex due_mutex_;
    std::condition_variable due_changed_;
    bool due_ = false;
    std::atomic<bool> stopping_{false};
};

Status LexicalIndex::Impl::open() {
    const std::string key(state_key);
    const storage::Reader reader = store_.reader();
    LECTERN_ASSIGN(const auto values, reader.derived_values({&key, 1}));
    const std::optional<Stamp> stamp =
        values.front() ? Stamp::decode(*values.front()) : std::nullopt;
    stamp_.unicode = unicode_version();
    if (options_.analysis)
        stamp_.analysis = *options_.analysis;
    else if (stamp)
        stamp_.analysis = stamp->analysis;
    analyzer_ = std::make_unique<Analyzer>(stamp_.analysis);
    query_analyzer_ = std::make_shared<QueryAnalyzer>(stamp_.analysis);

    std::string_view why;
    std::optional<LoadedSegments> loaded;
    if (!stamp) {
        why = "there are none yet";
    } else if (stamp->analysis != stamp_.analysis || stamp->unicode != stamp_.unicode ||
               stamp->spelling != spelling_rules) {
        why = "the rules for words have changed";
    } else if (stamp->sequence != reader.sequence()) {
        why = "documents were written without them";
    } else {
        LECTERN_ASSIGN(loaded, load_segments(reader));
        if (!loaded) why = "they do not agree with the documents";
    }
    if (loaded) {
        next_ = loaded->next;
        if (!loaded->orphans.empty()) {
            storage::DerivedRows rows;
            for (const SegmentNumber number : loaded->orphans)
                rows.remove_ranges.emplace_back(segment_key('p', number),
                                                segment_key('p', number + 1));
            LECTERN_TRY(store_.write_derived(rows, false));
        }
        publish(std::move(loaded->segments));
    } else {
        LECTERN_TRY(rebuild(why).within("building the lexical index"));
    }
    if (options_.merge_in_background) {
        thread_ = std::thread([this] { run(); });
        wake();
    }
    return {};
}

Status LexicalIndex::Impl::rebuild(std::string_view why) {
    const storage::Reader reader = store_.reader();
    if (reader.counters().chunks > 0 && options_.log)
        options_.log("building the postings of " + std::to_string(reader.counters().documents) +
                     " documents: " + std::string(why));
    // Without the stamp what is half made is not taken for a whole.
    LECTERN_TRY(store_.write_derived({{{std::string(), "\xFF"}}, {}, {}}, false));
    next_ = 1;
    std::vector<LiveSegment> segments;
    LECTERN_TRY(build_all(
        *analyzer_, reader, next_, [&](Segment segment, storage::DerivedRows rows) -> Status {
            next_ = segment.number + 1;
            const std::size_t count = segment.rows();
            segments.push_back({std::make_shared<const Segment>(std::move(segment)),
                                std::make_shared<const Marks>(count)});
            return store_.write_derived(rows, false);
        }));
    stamp_.sequence = reader.sequence();
    LECTERN_TRY(store_.write_derived({{}, {}, {{std::string(state_key), stamp_.encode()}}}));
    publish(std::move(segments));
    return {};
}

Result<storage::CommitResult> LexicalIndex::Impl::commit(const storage::WriteGroup& group,
                                                         bool sync) {
    const std::lock_guard lock(commit_mutex_);
    std::vector<AnalysedDocument> documents;
    documents.reserve(group.puts.size());
    for (const storage::PutDocument& document : group.puts) {
        // What Store::commit refuses with a message is not read here.
        const bool sound = std::all_of(
            document.chunks.begin(), document.chunks.end(), [&](const storage::PutChunk& chunk) {
                return chunk.begin <= chunk.end && chunk.end <= document.text.size() &&
                       chunk.context_begin <= chunk.context_end && chunk.context_end <= chunk.begin;
            });
        documents.push_back(sound ? analyse(*analyzer_, document) : AnalysedDocument{});
    }
    std::optional<Segment> added;
    const storage::Derive derive = [&](const storage::CommitResult& done,
                                       const storage::Reader& before,
                                       storage::DerivedRows& rows) -> Status {
        SegmentBuilder builder;
        for (const storage::ChunkRange& range : done.change.removed) {
            LECTERN_ASSIGN(const auto document, analyse(*analyzer_, before, range.first));
            builder.remove(document);
        }
        for (std::size_t i = 0; i < documents.size(); ++i)
            if (done.documents[i].ordinal != 0 && !documents[i].chunks.empty())
                builder.add(documents[i], done.documents[i].chunks.first);
        if (!builder.empty() || !done.change.removed.empty()) added = builder.finish(next_++, rows);
        Stamp stamp = stamp_;
        stamp.sequence = done.change.sequence;
        rows.puts.emplace_back(state_key, stamp.encode());
        return {};
    };
    LECTERN_ASSIGN(storage::CommitResult done, store_.commit(group, sync, derive));
    stamp_.sequence = done.change.sequence;
    std::vector<LiveSegment> segments = state()->segments;
    mark_removed(segments, done.change.removed);
    if (added) {
        const std::size_t count = added->rows();
        segments.push_back({std::make_shared<const Segment>(std::move(*added)),
                            std::make_shared<const Marks>(count)});
    }
    const bool due = due_merge(segments).has_value();
    publish(std::move(segments));
    if (due) wake();
    return done;
}

Status LexicalIndex::Impl::merge_one(MergeRange range) {
    const std::shared_ptr<const State> from = state();
    LECTERN_ASSIGN(Merged merged, lexical::merge(store_, *from, range, next_++,
                                                 [this] { return stopping_.load(); }));
    const std::lock_guard lock(commit_mutex_);
    const std::shared_ptr<const State> now = state();
    // Commits only append, so the segments stand where they stood; more of them may be removed.
    auto marks = std::make_shared<Marks>(merged.segment.rows());
    for (std::size_t i = 0; i < range.count; ++i) {
        const Marks& removed = *now->segments[range.first + i].removed;
        const std::vector<std::uint32_t>& rows = merged.rows[i];
        for (std::uint32_t row = 0; row < rows.size(); ++row)
            if (rows[row] != no_row_kept && removed.has(row)) marks->set(rows[row]);
    }
    LECTERN_TRY(store_.write_derived(merged.last, false));
    std::vector<LiveSegment> segments = now->segments;
    const auto first = segments.begin() + static_cast<std::ptrdiff_t>(range.first);
    *first = {std::make_shared<const Segment>(std::move(merged.segment)), std::move(marks)};
    segments.erase(first + 1, first + static_cast<std::ptrdiff_t>(range.count));
    publish(std::move(segments));
    return {};
}

Status LexicalIndex::Impl::merge_due() {
    const std::lock_guard lock(merge_mutex);
    while (const auto range = due_merge(state()->segments)) LECTERN_TRY(merge_one(*range));
    return {};
}

void LexicalIndex::Impl::run() {
    while (true) {
        {
            std::unique_lock lock(due_mutex_);
            due_changed_.wait(lock, [this] { return due_; });
            due_ = false;
        }
        if (stopping_) return;
        merging = true;
        const Status status = merge_due();
        merging = false;
        if (!status.ok() && status.code() != Code::cancelled && options_.log)
            options_.log("merging postings: " + status.message());
    }
}

LexicalIndex::LexicalIndex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LexicalIndex::~LexicalIndex() = default;

Result<std::unique_ptr<LexicalIndex>> LexicalIndex::open(storage::Store& store,
                                                         LexicalIndexOptions options) {
    auto impl = std::make_unique<Impl>(store, std::move(options));
    LECTERN_TRY(impl->open());
    return std::unique_ptr<LexicalIndex>(new LexicalIndex(std::move(impl)));
}

Result<storage::CommitResult> LexicalIndex::commit(const storage::WriteGroup& group, bool sync) {
    return impl_->commit(group, sync);
}

Result<LexicalQuery> LexicalIndex::read(std::string_view text,
                                        const LexicalQueryOptions& options) const {
    LECTERN_ASSIGN(auto query,
                   LexicalQuery::Impl::look_up(lexical::read_query(text, options.plain), options,
                                               impl_->query_analyzer(), impl_->state()));
    return LexicalQuery(std::move(query));
}

Result<LexicalQuery> LexicalIndex::read_like(std::string_view title, std::string_view text,
                                             std::size_t chunks, std::size_t most) const {
    const auto& analyzer = impl_->query_analyzer();
    std::shared_ptr<const State> state = impl_->state();
    QueryText words;
    {
        const std::lock_guard lock(analyzer->mutex);
        LECTERN_ASSIGN(words.words,
                       telling_words(*state, analyzer->analyzer, title, text, chunks, most));
    }
    LECTERN_ASSIGN(auto query, LexicalQuery::Impl::look_up(std::move(words), {.typos = false},
                                                           analyzer, std::move(state)));
    return LexicalQuery(std::move(query));
}

Result<LexicalResult> LexicalIndex::search(const LexicalQuery& query, std::size_t k,
                                           const LexicalSearchOptions& options) const {
    if (query.impl() == nullptr) return LexicalResult();
    std::shared_ptr<const State> state = impl_->state();
    if (query.impl()->state == state) return lexical::search(*query.impl(), k, options);
    LECTERN_ASSIGN(const auto now, query.impl()->in(std::move(state)));
    return lexical::search(*now, k, options);
}

Result<LexicalResult> LexicalIndex::search(std::string_view text, std::size_t k,
                                           const LexicalSearchOptions& options) const {
    LECTERN_ASSIGN(const LexicalQuery query, read(text));
    return search(query, k, options);
}

Result<std::optional<std::vector<storage::ChunkId>>> LexicalIndex::candidates(
    const LexicalQuery& query) const {
    if (query.impl() == nullptr) return std::optional<std::vector<storage::ChunkId>>();
    std::shared_ptr<const State> state = impl_->state();
    std::shared_ptr<const LexicalQuery::Impl> renewed;
    const LexicalQuery::Impl* now = query.impl();
    if (now->state != state) {
        LECTERN_ASSIGN(renewed, now->in(std::move(state)));
        now = renewed.get();
    }
    return lexical::candidates(*now->state, now->text, now->terms);
}

Status LexicalIndex::flush() {
    return impl_->merge_due();
}

Status LexicalIndex::merge_all() {
    const std::lock_guard lock(impl_->merge_mutex);
    const std::shared_ptr<const State> state = impl_->state();
    const bool whole = state->segments.size() == 1 && state->segments[0].removed->count() == 0;
    if (state->segments.empty() || whole) return {};
    return impl_->merge_one({0, state->segments.size()});
}

void LexicalIndex::renew() {
    impl_->renew();
}

Result<LexicalCheck> LexicalIndex::verify() const {
    const std::shared_ptr<const State> state = impl_->state();
    return lexical::verify(*state, impl_->stamp().analysis);
}

const AnalysisOptions& LexicalIndex::analysis() const noexcept {
    return impl_->stamp().analysis;
}

LexicalStatistics LexicalIndex::statistics() const {
    const std::shared_ptr<const State> state = impl_->state();
    LexicalStatistics out;
    out.segments = state->segments.size();
    for (const LiveSegment& live : state->segments) {
        out.postings += live.segment->postings;
        out.removed += live.removed->count();
    }
    out.chunks = static_cast<std::uint64_t>(state->totals.chunks);
    if (out.chunks > 0) {
        out.average_text =
            static_cast<double>(state->totals.text_words) / static_cast<double>(out.chunks);
        out.average_title =
            static_cast<double>(state->totals.title_words) / static_cast<double>(out.chunks);
    }
    out.merging = impl_->merging;
    return out;
}

}  // namespace lectern::index
