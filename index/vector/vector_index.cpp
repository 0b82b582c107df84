#include "index/vector/vector_index.hpp"

#include "index/vector/impl.hpp"

namespace lectern::index {

namespace fs = std::filesystem;
using storage::ChunkId;

VectorIndex::Impl::~Impl() {
    stop_ = true;
    {
        const std::lock_guard lock(wake_mutex_);
        woken_ = true;
    }
    wake_.notify_all();
    if (builder_.joinable()) builder_.join();
}

Status VectorIndex::Impl::apply(const storage::Change& change, std::span<const float> rows) {
    std::size_t added = 0;
    for (const storage::ChunkRange& range : change.added) added += range.count;
    if (!rows.empty() && rows.size() != added * dimension_)
        return {Code::invalid_argument, "the commit adds " + std::to_string(added) +
                                            " chunks, but " + std::to_string(rows.size()) +
                                            " values were given for dimension " +
                                            std::to_string(dimension_)};
    std::unique_lock lock(mutex_);
    if (change.sequence <= sequence_ || early_.contains(change.sequence)) return {};
    if (!rows.empty()) {
        std::size_t at = 0;
        for (const storage::ChunkRange& range : change.added) {
            for (ChunkId id = range.first; id < range.end(); ++id, ++at)
                if (gone_.erase(id) == 0) add(id, rows.subspan(at * dimension_, dimension_));
        }
    }
    for (const storage::ChunkRange& range : change.removed)
        for (ChunkId id = range.first; id < range.end(); ++id) remove(id, change.sequence);
    early_.insert(change.sequence);
    while (!early_.empty() && *early_.begin() == sequence_ + 1) {
        ++sequence_;
        early_.erase(early_.begin());
    }
    if (early_.empty()) gone_.clear();
    if (tail_.worth_compacting()) tail_.compact();
    const bool build = options_.build_in_background && find_job().has_value();
    lock.unlock();
    if (build) wake();
    return {};
}

VectorIndexStatistics VectorIndex::Impl::statistics() const {
    const std::shared_lock lock(mutex_);
    VectorIndexStatistics out;
    out.rows = live_rows();
    out.tail_rows = tail_.rows();
    out.tombstones = tail_.removed();
    out.memory_bytes = tail_.memory_bytes();
    out.segments = segments_.size();
    for (const auto& segment : segments_) {
        out.segment_rows += segment->ids.size();
        out.tombstones += segment->dead_count;
        out.memory_bytes += segment->memory_bytes();
        std::error_code missing;
        const std::uintmax_t size = fs::file_size(segment->file, missing);
        if (!missing) out.disk_bytes += size;
    }
    out.building = options_.build_in_background && find_job().has_value();
    return out;
}

void VectorIndex::Impl::remove(ChunkId id, storage::Sequence sequence) {
    if (tail_.remove(id)) return;
    for (const auto& segment : segments_) {
        const std::size_t at = segment->find(id);
        if (at == segment->ids.size() || segment->dead[at] != 0) continue;
        segment->dead[at] = 1;
        ++segment->dead_count;
        return;
    }
    // Removed by a commit that came before the one that adds it.
    if (sequence > sequence_ + 1) gone_.insert(id);
}

VectorIndex::VectorIndex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
VectorIndex::~VectorIndex() = default;

Result<std::unique_ptr<VectorIndex>> VectorIndex::open(const storage::Store& store,
                                                       VectorIndexOptions options) {
    const storage::CollectionMeta meta = store.meta();
    if (options.generation == 0) options.generation = meta.serving;
    const storage::Generation* generation = meta.generation(options.generation);
    if (generation == nullptr)
        return Status{Code::invalid_argument,
                      "the collection has no generation " + std::to_string(options.generation)};
    auto impl = std::make_unique<Impl>(std::move(options), store, *generation, meta);
    LECTERN_TRY(impl->load());
    return std::unique_ptr<VectorIndex>(new VectorIndex(std::move(impl)));
}

void VectorIndex::remove_stale_files(const storage::Store& store) {
    const storage::CollectionMeta meta = store.meta();
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(store.index_folder(), ignored)) {
        const auto number = generation_in_name(entry.path().filename().string());
        if (number && meta.generation(*number) == nullptr) fs::remove(entry.path(), ignored);
    }
}

Status VectorIndex::apply(const storage::Change& change, std::span<const float> rows) {
    return impl_->apply(change, rows);
}
Result<std::vector<Scored>> VectorIndex::search(std::span<const float> query, std::size_t k,
                                                const Filter& filter) const {
    return impl_->search(query, k, filter);
}
std::vector<std::optional<float>> VectorIndex::scores(
    std::span<const float> query, std::span<const storage::ChunkId> chunks) const {
    return impl_->scores(query, chunks);
}
Status VectorIndex::flush() {
    return impl_->flush();
}
void VectorIndex::wait_until_built() const {
    impl_->wait_until_built();
}
storage::Sequence VectorIndex::sequence() const {
    return impl_->sequence();
}
std::uint32_t VectorIndex::dimension() const noexcept {
    return impl_->dimension();
}
storage::GenerationNumber VectorIndex::generation() const noexcept {
    return impl_->generation();
}
VectorIndexStatistics VectorIndex::statistics() const {
    return impl_->statistics();
}

}  // namespace lectern::index
