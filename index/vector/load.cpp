// Opening a vector index: the segments whose files check out, and the other rows from the store.
#include <cstdlib>
#include <map>

#include "index/vector/impl.hpp"
#include "index/vector/lists.hpp"

namespace lectern::index {

namespace fs = std::filesystem;
using storage::ChunkId;

namespace {

// More rows than this for each that starts a segment are many.
constexpr std::size_t many_tails = 40;

}  // namespace

Status VectorIndex::Impl::load() {
    const storage::Reader reader = store_.reader();
    sequence_ = reader.sequence();
    LECTERN_ASSIGN(const std::vector<storage::ChunkRange> live, reader.live_chunks());
    LECTERN_TRY(load_segments(reader, live));
    if (options_.vectors == storage::VectorEncoding::pq) LECTERN_TRY(load_lists(reader, live));
    LECTERN_TRY(load_tail(reader, live));
    if (options_.build_in_background) {
        builder_ = std::thread([this] { build_when_due(); });
        wake();
    }
    return {};
}

Status VectorIndex::Impl::load_segments(const storage::Reader& reader,
                                        const std::vector<storage::ChunkRange>& live) {
    // Newest first: what a crash left of the files that one was made from has no row of its
    // own.
    std::map<std::uint64_t, fs::path, std::greater<>> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(prefix_)) continue;
        // One that ends so was being written when the process died.
        if (entry.path().extension() == ".tmp")
            fs::remove(entry.path(), error);
        else
            files[std::strtoull(name.c_str() + prefix_.size(), nullptr, 10)] = entry.path();
    }
    if (!files.empty()) next_file_ = files.begin()->first + 1;
    for (const auto& [number, file] : files) {
        auto loaded = load_segment(file, owner_, sequence_);
        Status usable = loaded.status();
        if (usable.ok()) usable = agrees(**loaded, reader);
        if (!usable.ok()) {
            say(usable.message() + "; it is deleted and built again");
            fs::remove(file, error);
            continue;
        }
        std::shared_ptr<Segment> segment = std::move(loaded).value();
        mark_dead(*segment, live);
        segments_.push_back(std::move(segment));
    }
    return {};
}

Status VectorIndex::Impl::agrees(const Segment& segment, const storage::Reader& reader) const {
    const std::size_t step = std::max<std::size_t>(segment.ids.size() / 8, 1);
    for (std::size_t at = 0; at < segment.ids.size(); at += step) {
        LECTERN_ASSIGN(const auto stored,
                       reader.vectors(options_.generation, {segment.ids[at], 1}));
        if (stored.found.empty()) continue;  // deleted since
        if (!segment.matches(at, stored.values, options_.vectors))
            return {Code::corrupt, segment.file.string() + ": disagrees with the collection"};
    }
    return {};
}

void VectorIndex::Impl::mark_dead(Segment& segment,
                                  const std::vector<storage::ChunkRange>& live) const {
    auto range = live.begin();
    for (std::size_t at = 0; at < segment.ids.size(); ++at) {
        const ChunkId id = segment.ids[at];
        while (range != live.end() && range->end() <= id) ++range;
        const bool there = range != live.end() && range->contains(id) && !in_segments(id);
        if (there) continue;
        segment.dead[at] = 1;
        ++segment.dead_count;
    }
}

Status VectorIndex::Impl::leave_those_with_vectors(const storage::Reader& reader,
                                                   std::vector<ChunkId>& ids) const {
    std::size_t kept = 0;
    std::size_t at = 0;
    LECTERN_TRY(reader.scan_vectors(options_.generation, ids.front(), [&](const auto there, auto) {
        for (const ChunkId id : there) {
            while (at < ids.size() && ids[at] < id) ++at;
            if (at == ids.size()) return false;
            if (ids[at] == id) ids[kept++] = id;
        }
        return true;
    }));
    ids.resize(kept);
    return {};
}

Status VectorIndex::Impl::load_lists(const storage::Reader& reader,
                                     const std::vector<storage::ChunkRange>& live) {
    std::vector<ChunkId> ids;
    for (const storage::ChunkRange& range : live)
        for (ChunkId id = range.first; id < range.end(); ++id)
            if (!in_segments(id)) ids.push_back(id);
    const std::size_t many = many_tails * std::max<std::size_t>(options_.seal_at, 1);
    if (ids.size() < many) return {};
    LECTERN_TRY(leave_those_with_vectors(reader, ids));
    if (ids.size() < many) return {};
    say("lists of " + std::to_string(ids.size()) +
        " vectors are built from the store before the collection is open; this takes a while");
    const auto read = [&](std::span<const ChunkId> wanted, float* out) -> Status {
        LECTERN_ASSIGN(const auto rows, reader.vectors(options_.generation, wanted));
        if (rows.found.size() != wanted.size())
            return {Code::internal, "a vector that was there before is not read again"};
        std::copy(rows.values.begin(), rows.values.end(), out);
        return {};
    };
    LECTERN_ASSIGN(const std::shared_ptr<Segment> made,
                   build_lists(nullptr, std::move(ids), read, dimension_, options_, stop_));
    if (!made) return {};
    if (const Status saved = save(*made); !saved.ok())
        say("a segment of the vector index is kept in memory only: " + saved.message());
    segments_.push_back(made);
    return {};
}

Status VectorIndex::Impl::load_tail(const storage::Reader& reader,
                                    const std::vector<storage::ChunkRange>& live) {
    const auto read = [&](ChunkId begin, ChunkId end) -> Status {
        while (begin < end) {
            const std::uint64_t count = std::min<std::uint64_t>(end - begin, 4096);
            LECTERN_ASSIGN(const auto part, reader.vectors(options_.generation, {begin, count}));
            for (std::size_t i = 0; i < part.found.size(); ++i)
                add(part.found[i], std::span(part.values).subspan(i * dimension_, dimension_));
            begin += count;
        }
        return {};
    };
    for (const storage::ChunkRange& range : live) {
        ChunkId begin = range.first;
        for (ChunkId id = range.first; id < range.end() && !segments_.empty(); ++id) {
            if (!in_segments(id)) continue;
            LECTERN_TRY(read(begin, id));
            begin = id + 1;
        }
        LECTERN_TRY(read(begin, range.end()));
    }
    return {};
}

}  // namespace lectern::index
