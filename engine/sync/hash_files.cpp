#include "engine/sync/hash_files.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "corpus/values.hpp"
#include "engine/ingest/sources.hpp"

namespace lectern {
namespace {

constexpr std::int64_t settled_after = 1'000'000'000;  // nanoseconds

std::int64_t wall_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace

std::optional<storage::Hash128> SyncMemory::find(const WalkedFile& file) const {
    const auto found = entries_.find(file.path.string());
    if (found == entries_.end() || found->second.mark != file.mark) return std::nullopt;
    return found->second.hash;
}

void SyncMemory::remember(const HashedFile& file, std::int64_t hashed_at) {
    const std::string path = file.file.path.string();
    if (!file.hash || hashed_at - file.file.mark.changed < settled_after)
        entries_.erase(path);
    else
        entries_[path] = {file.file.mark, *file.hash};
}

Result<std::vector<HashedFile>> hash_files(std::vector<WalkedFile> files, unsigned threads,
                                           SyncMemory* memory, const std::stop_token& stop,
                                           std::vector<IngestFailure>& failed) {
    const std::int64_t begin = wall_clock();
    std::vector<HashedFile> out;
    out.reserve(files.size());
    for (WalkedFile& file : files) {
        std::optional<storage::Hash128> known;
        if (memory != nullptr) known = memory->find(file);
        out.push_back({std::move(file), known});
    }
    std::vector<Status> read(out.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < out.size() && !stop.stop_requested(); i = next++) {
            if (out[i].hash) continue;
            const auto bytes = FileBytes::open(out[i].file.path);
            if (bytes)
                out[i].hash = storage::content_hash(bytes->bytes());
            else
                read[i] = bytes.status();
        }
    };
    {
        std::vector<std::jthread> others;
        const std::size_t most = std::min<std::size_t>(std::max(threads, 1U), out.size() / 8 + 1);
        for (std::size_t i = 1; i < most; ++i) others.emplace_back(work);
        work();
    }
    if (stop.stop_requested()) return Status{Code::cancelled, "cancelled"};
    std::vector<HashedFile> there;
    there.reserve(out.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (read[i].code() == Code::not_found) continue;  // it went meanwhile
        if (!read[i].ok()) failed.push_back({out[i].file.name, read[i]});
        if (memory != nullptr) memory->remember(out[i], begin);
        there.push_back(std::move(out[i]));
    }
    return there;
}

}  // namespace lectern
