#include "engine/collection/copy.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

#include "config/pipeline.hpp"
#include "corpus/local/local.hpp"
#include "corpus/opensearch/opensearch.hpp"
#include "engine/ingest/sources.hpp"
#include "text/language.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t headers_at_once = 1000;
// Of one write: what a crash may have to do again.
constexpr std::size_t documents_at_once = 128;
constexpr std::uint64_t bytes_at_once = 4U << 20U;
constexpr std::size_t most_findings = 1000;

// Headers of a corpus in order of id, some at a time.
class Walk {
 public:
    explicit Walk(const corpus::Reader& reader) : reader_(reader) {}

    // Null at the end.
    [[nodiscard]] Result<const storage::DocumentHeader*> now() {
        if (at_ == page_.size() && !end_) {
            const std::string after = page_.empty() ? std::string() : page_.back().id;
            page_.clear();
            at_ = 0;
            LECTERN_TRY(reader_.each_header(
                [&](const storage::DocumentHeader& header) {
                    page_.push_back(header);
                    return page_.size() < headers_at_once;
                },
                after));
            end_ = page_.size() < headers_at_once;
        }
        return at_ < page_.size() ? &page_[at_] : nullptr;
    }
    void next() { ++at_; }

 private:
    const corpus::Reader& reader_;
    std::vector<storage::DocumentHeader> page_;
    std::size_t at_ = 0;
    bool end_ = false;
};

// As far as headers tell. The same content may have come from files of other sizes.
bool same(const storage::DocumentHeader& a, const storage::DocumentHeader& b) {
    return a.title == b.title && a.metadata == b.metadata && a.content_hash == b.content_hash &&
           a.chunks.count == b.chunks.count && a.tokens == b.tokens && a.text_bytes == b.text_bytes;
}

bool same(const storage::Chunk& a, const storage::Chunk& b) {
    return a.begin == b.begin && a.end == b.end && a.tokens == b.tokens &&
           a.context_begin == b.context_begin && a.context_end == b.context_end &&
           a.places == b.places;
}

// Either is null where the other side alone has the document.
using Pair = std::function<Status(const storage::DocumentHeader*, const storage::DocumentHeader*)>;

Status each_pair(const corpus::Reader& from, const corpus::Reader& to, const Pair& visit) {
    Walk left(from);
    Walk right(to);
    while (true) {
        LECTERN_ASSIGN(const storage::DocumentHeader* a, left.now());
        LECTERN_ASSIGN(const storage::DocumentHeader* b, right.now());
        if (a == nullptr && b == nullptr) return {};
        const bool only_left = b == nullptr || (a != nullptr && a->id < b->id);
        const bool only_right = a == nullptr || (b != nullptr && b->id < a->id);
        LECTERN_TRY(visit(only_right ? nullptr : a, only_left ? nullptr : b));
        if (!only_right) left.next();
        if (!only_left) right.next();
    }
}

std::vector<storage::ChunkId> chunks_of(const storage::DocumentHeader& header) {
    std::vector<storage::ChunkId> out;
    for (storage::ChunkId chunk = header.chunks.first; chunk < header.chunks.end(); ++chunk)
        out.push_back(chunk);
    return out;
}

// Documents behind `after`, some of them; none behind `last` where that is not empty.
Result<std::vector<corpus::StoredDocument>> some(const corpus::Reader& reader,
                                                 const std::string& after,
                                                 const std::string& last) {
    std::vector<corpus::StoredDocument> out;
    std::uint64_t bytes = 0;
    LECTERN_TRY(reader.each_document(
        [&](const corpus::StoredDocument& document) {
            if (!last.empty() && document.header.id > last) return false;
            out.push_back(document);
            bytes += document.text.size();
            return !last.empty() || (out.size() < documents_at_once && bytes < bytes_at_once);
        },
        after));
    return out;
}

// The vectors of these documents' chunks, one document after the other; less where some have none.
Result<corpus::VectorRows> vectors_of(const corpus::Reader& reader,
                                      storage::GenerationNumber generation,
                                      const std::vector<const corpus::StoredDocument*>& documents) {
    std::vector<storage::ChunkId> all;
    for (const corpus::StoredDocument* document : documents)
        for (const storage::ChunkId chunk : chunks_of(document->header)) all.push_back(chunk);
    return reader.vectors(generation, all);
}

// Takes the rows of one document off the front.
std::span<const float> take(const corpus::VectorRows& rows, const storage::ChunkRange& chunks,
                            std::size_t dimension, std::size_t& at) {
    const std::size_t begin = at;
    while (at < rows.found.size() && chunks.contains(rows.found[at])) ++at;
    return std::span(rows.values).subspan(begin * dimension, (at - begin) * dimension);
}

Result<std::unique_ptr<corpus::Corpus>> open_corpus(const fs::path& place, bool create,
                                                    const Log& log) {
    if (corpus::opensearch::is_address(place.string()))
        return corpus::opensearch::open(place.string(), log);
    if (!create && !is_collection(place))
        return Status{Code::not_found, "there is no collection in '" + place.string() + "'"};
    return corpus::local::open(place, {.create = create, .log = log});
}

}  // namespace

Copying::Copying(const corpus::Corpus& from, corpus::Corpus& to, corpus::Vectors& vectors,
                 storage::GenerationNumber from_generation, const CopyOptions& options)
    : from_(from),
      to_(to),
      vectors_(vectors),
      from_generation_(from_generation),
      options_(options) {}

Status Copying::stopped() const {
    if (!options_.stop.stop_requested()) return {};
    return {Code::cancelled, "the copy was stopped; the next one goes on from here"};
}

void Copying::differs(std::string document, std::string how) {
    if (report_.different.size() < most_findings)
        report_.different.push_back({std::move(document), std::move(how)});
}

Status Copying::refuse_others() const {
    if (options_.replace) return {};
    LECTERN_ASSIGN(const storage::Counters there, to_.counters());
    if (there.documents == 0) return {};
    const auto from = from_.reader();
    const auto to = to_.reader();
    return each_pair(
        *from, *to,
        [&](const storage::DocumentHeader* a, const storage::DocumentHeader* b) -> Status {
            if (b == nullptr || (a != nullptr && same(*a, *b))) return {};
            return {Code::invalid_argument,
                    "'" + to_.where() + "' has the document '" + b->id + "', which '" +
                        from_.where() + "' has " + (a == nullptr ? "not" : "otherwise") +
                        "; copy to another place, or give 'replace' (--replace), and "
                        "the copy is made equal"};
        });
}

Result<storage::PutDocument> Copying::put_of(const corpus::Reader& reader,
                                             const corpus::StoredDocument& document) const {
    const storage::DocumentHeader& header = document.header;
    storage::PutDocument put;
    put.id = header.id;
    put.title = header.title;
    put.metadata = header.metadata;
    put.content_hash = header.content_hash;
    put.source_bytes = header.source_bytes;
    put.text = document.text;
    for (const storage::Chunk& chunk : document.chunks)
        put.chunks.push_back({chunk.begin, chunk.end, chunk.tokens, chunk.context_begin,
                              chunk.context_end, chunk.places});
    if (!put.chunks.empty()) {
        const std::vector<storage::ChunkId> chunks = chunks_of(header);
        LECTERN_ASSIGN(auto rows, reader.vectors(from_generation_, chunks));
        if (rows.found != chunks)
            return Status{
                Code::unsupported,
                "document '" + header.id +
                    "': " + std::to_string(chunks.size() - rows.found.size()) +
                    " chunks have no vector; make them with 'lectern reembed', then copy"};
        put.vectors.push_back({vectors_.generation(), std::move(rows.values)});
    }
    LECTERN_ASSIGN(put.origin, reader.origin(header.ordinal));
    if (to_.shared()) return put;  // a cluster keeps no originals
    LECTERN_ASSIGN(auto original, reader.original(header.ordinal));
    if (original) put.original = std::move(*original);
    return put;
}

Status Copying::copy_run(const Run& run) {
    LECTERN_TRY(stopped());
    const auto reader = from_.reader();
    storage::WriteGroup group;
    Status failure;
    LECTERN_TRY(reader->each_document(
        [&](const corpus::StoredDocument& document) {
            if (document.header.id > run.last) return false;
            auto put = put_of(*reader, document);
            if (!put) return failure = put.status(), false;
            if (const Status taken = to_.accepts(*put); !taken.ok())
                report_.refused.push_back({put->id, taken.message()});
            else
                group.puts.push_back(std::move(*put));
            return document.header.id != run.last;
        },
        run.after));
    LECTERN_TRY(failure);
    if (group.empty()) return {};
    LECTERN_TRY(to_.commit(group, &vectors_).status());
    report_.documents += group.puts.size();
    for (const storage::PutDocument& put : group.puts) report_.chunks += put.chunks.size();
    if (options_.progress) options_.progress({report_.documents + report_.resumed, total_, false});
    return {};
}

Status Copying::copy() {
    LECTERN_ASSIGN(const storage::Counters counters, from_.counters());
    total_ = counters.documents;
    const auto from = from_.reader();
    const auto to = to_.reader();
    Run run;
    std::string before;  // the last id of the original
    std::vector<std::string> strangers;
    const auto finish = [&]() -> Status {
        if (run.documents == 0) return {};
        LECTERN_TRY(copy_run(run));
        run = {};
        return {};
    };
    LECTERN_TRY(each_pair(
        *from, *to,
        [&](const storage::DocumentHeader* a, const storage::DocumentHeader* b) -> Status {
            if (a == nullptr) {
                strangers.push_back(b->id);
                return {};
            }
            std::optional<storage::OriginalHead> kept;
            std::optional<storage::OriginalHead> copied;
            if (!to_.shared()) {
                LECTERN_ASSIGN(kept, from->original_head(a->ordinal));
                if (b != nullptr) {
                    LECTERN_ASSIGN(copied, to->original_head(b->ordinal));
                }
            }
            if (b != nullptr && same(*a, *b) && (!kept || kept == copied)) {
                ++report_.resumed;
                LECTERN_TRY(finish());
            } else {
                if (run.documents == 0) run.after = before;
                run.last = a->id;
                ++run.documents;
                run.bytes += a->text_bytes + (kept ? kept->bytes : 0);
                if (run.documents >= documents_at_once || run.bytes >= bytes_at_once)
                    LECTERN_TRY(finish());
            }
            before = a->id;
            return {};
        }));
    LECTERN_TRY(finish());
    if (strangers.empty()) return {};
    if (!options_.replace)
        return {Code::unavailable, "another program has written to '" + to_.where() +
                                       "' meanwhile: it has the document '" + strangers.front() +
                                       "'"};
    storage::WriteGroup group;
    group.deletes = std::move(strangers);
    report_.deleted = group.deletes.size();
    return to_.commit(group, &vectors_).status();
}

Status Copying::copy_sources() {
    const auto from = from_.reader();
    const auto to = to_.reader();
    storage::SourceRows rows;
    LECTERN_ASSIGN(rows.put_sources, from->sources());
    LECTERN_TRY(from->each_synced_file(
        [&](const storage::SyncedFile& file) { rows.put_files.push_back(file); }));
    LECTERN_ASSIGN(const bool with_originals, from->keeps_originals());
    if (with_originals && !to_.shared()) rows.keep_originals = true;
    return rows.empty() ? Status() : to_.write_sources(rows);
}

Status Copying::compare_some(const std::vector<corpus::StoredDocument>& originals,
                             const std::vector<corpus::StoredDocument>& copies,
                             const corpus::Reader& from, const corpus::Reader& to) {
    std::vector<const corpus::StoredDocument*> left;
    std::vector<const corpus::StoredDocument*> right;
    auto a = originals.begin();
    auto b = copies.begin();
    while (a != originals.end() || b != copies.end()) {
        if (b == copies.end() || (a != originals.end() && a->header.id < b->header.id)) {
            differs(a->header.id, "the copy does not have it");
            ++a;
        } else if (a == originals.end() || b->header.id < a->header.id) {
            differs(b->header.id, "the original does not have it");
            ++b;
        } else {
            if (same(a->header, b->header) && a->text == b->text &&
                std::equal(a->chunks.begin(), a->chunks.end(), b->chunks.begin(), b->chunks.end(),
                           [](const auto& x, const auto& y) { return same(x, y); })) {
                left.push_back(&*a);
                right.push_back(&*b);
            } else {
                differs(a->header.id, "its text or its chunks are others in the copy");
            }
            ++a;
            ++b;
        }
    }
    LECTERN_ASSIGN(const auto from_rows, vectors_of(from, from_generation_, left));
    LECTERN_ASSIGN(const auto to_rows, vectors_of(to, vectors_.generation(), right));
    const std::size_t dimension = vectors_.dimension();
    std::size_t from_at = 0;
    std::size_t to_at = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        const auto x = take(from_rows, left[i]->header.chunks, dimension, from_at);
        const auto y = take(to_rows, right[i]->header.chunks, dimension, to_at);
        if (x.size() == left[i]->chunks.size() * dimension &&
            std::equal(x.begin(), x.end(), y.begin(), y.end()))
            ++report_.same;
        else
            differs(left[i]->header.id, "its vectors are others in the copy");
    }
    return {};
}

Status Copying::compare() {
    std::string after;
    std::uint64_t compared = 0;
    while (true) {
        LECTERN_TRY(stopped());
        const auto from = from_.reader();
        const auto to = to_.reader();
        LECTERN_ASSIGN(const auto originals, some(*from, after, {}));
        // The last time: what the copy has behind the last of the original.
        LECTERN_ASSIGN(const auto copies,
                       some(*to, after, originals.empty() ? "" : originals.back().header.id));
        if (originals.empty() && copies.empty()) return {};
        LECTERN_TRY(compare_some(originals, copies, *from, *to));
        after = originals.empty() ? copies.back().header.id : originals.back().header.id;
        compared += originals.size();
        if (options_.progress) options_.progress({compared, total_, true});
    }
}

namespace {

// The copy's generation for the model of the original; made where it has none.
Result<storage::GenerationNumber> serving_in_copy(const corpus::Corpus& from, corpus::Corpus& to) {
    LECTERN_ASSIGN(const storage::CollectionMeta original, from.meta());
    const storage::Generation* serving = original.generation(original.serving);
    if (serving == nullptr)
        return Status{Code::not_found, "there is no collection in '" + from.where() + "'"};
    LECTERN_ASSIGN(const storage::CollectionMeta there, to.meta());
    if (const storage::Generation* has = there.generation(there.serving); has != nullptr) {
        if (has->fingerprint != serving->fingerprint || has->dimension != serving->dimension)
            return Status{Code::invalid_argument, "'" + to.where() + "' holds vectors of " +
                                                      has->fingerprint + ", and '" + from.where() +
                                                      "' of " + serving->fingerprint +
                                                      "; copy to another place"};
        return has->number;
    }
    LECTERN_TRY(
        to.set_pipeline(original.pipeline_name, original.pipeline_yaml, original.pipeline_folder));
    storage::Generation made;
    made.fingerprint = serving->fingerprint;
    made.dimension = serving->dimension;
    made.note = serving->note;
    LECTERN_ASSIGN(const storage::Generation added, to.add_generation(made));
    return added.number;
}

}  // namespace

Result<CopyReport> copy_collection(const fs::path& from, const fs::path& to,
                                   const CopyOptions& options) {
    const auto begin = std::chrono::steady_clock::now();
    const Log log = options.log ? options.log : [](LogLevel, std::string_view, std::string_view) {};
    std::error_code error;
    if (from == to || fs::equivalent(from, to, error))
        return Status{Code::invalid_argument, "a collection cannot be copied to its own place"};
    LECTERN_ASSIGN(const auto original, open_corpus(from, false, log));
    LECTERN_ASSIGN(const storage::CollectionMeta meta, original->meta());
    if (meta.serving == 0)
        return Status{Code::not_found, "there is no collection in '" + from.string() + "'"};
    LECTERN_ASSIGN(const auto pipeline,
                   config::parse_pipeline(meta.pipeline_yaml,
                                          meta.pipeline_name + " (stored in the collection)",
                                          meta.pipeline_folder));
    LECTERN_ASSIGN(const auto copy, open_corpus(to, true, log));
    LECTERN_ASSIGN(const storage::GenerationNumber generation, serving_in_copy(*original, *copy));
    const config::SearchConfig& search = pipeline.search;
    LECTERN_TRY(copy->open_words(
        corpus::WordOptions{text::language_of(search.language), search.keep_stop_words}));
    LECTERN_ASSIGN(const auto vectors,
                   copy->open_vectors({.generation = generation,
                                       .threads = std::max(std::thread::hardware_concurrency(), 1U),
                                       .seal_at = search.seal_at,
                                       .build_in_background = true}));
    Copying work(*original, *copy, *vectors, meta.serving, options);
    LECTERN_TRY(work.refuse_others());
    LECTERN_TRY(work.copy());
    LECTERN_TRY(work.copy_sources());
    LECTERN_TRY(vectors->flush());
    LECTERN_TRY(copy->flush());
    LECTERN_TRY(work.compare());
    CopyReport report = std::move(work.report());
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return report;
}

}  // namespace lectern
