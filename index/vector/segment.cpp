#include "index/vector/segment.hpp"

#include <faiss/IndexScalarQuantizer.h>
#include <faiss/clone_index.h>
#include <faiss/impl/DistanceComputer.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>
#include <fcntl.h>
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <istream>
#include <optional>
#include <string>
#include <system_error>

#include "index/vector/equal_rows.hpp"
#include "index/vector/lists.hpp"
#include "storage/store/file_calls.hpp"
#include "storage/store/files.hpp"
#include "storage/store/kill_point.hpp"
#include "system/crc32c.hpp"
#include "system/descriptor.hpp"

namespace lectern::index {

namespace fs = std::filesystem;

namespace {

constexpr char magic[8] = {'L', 'E', 'C', 'T', 'V', 'S', 'E', 'G'};
constexpr std::uint32_t segment_format = 1;
// Rows added between two looks at `stop`.
constexpr std::size_t build_step = 4096;

// The beginning of a cache file; little-endian, as in memory.
struct Stamp {
    char magic[8];
    std::uint32_t format;
    std::uint32_t generation;
    std::uint8_t collection[16];
    std::uint8_t fingerprint[16];
    std::uint32_t dimension;
    std::uint32_t payload_crc;  // CRC-32C
    std::uint64_t sequence;
    std::uint64_t count;  // rows
    std::uint64_t first;  // smallest chunk id
    std::uint64_t last;   // largest chunk id
    std::uint64_t payload_size;
    std::uint32_t vectors;  // storage::VectorEncoding
    std::uint8_t reserved[24];
    std::uint32_t stamp_crc;  // CRC-32C of the bytes before
};
static_assert(sizeof(Stamp) == 128);

std::uint32_t crc_of(const Stamp& stamp) {
    return sys::crc32c(&stamp, offsetof(Stamp, stamp_crc));
}

// A file that is removed unless it is kept.
class NewFile {
 public:
    explicit NewFile(fs::path path)
        : path_(std::move(path)),
          opened_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)),
          error_(opened_.is_open() ? 0 : errno) {}
    ~NewFile() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void write(const void* data, std::size_t size) {
        if (error_ == 0) error_ = storage::file_call::write(opened_.get(), data, size);
    }
    void write_at_begin(const void* data, std::size_t size) {
        if (error_ == 0) error_ = storage::file_call::write_at(opened_.get(), data, size, 0);
    }
    Status keep_as(const fs::path& name) {
        if (error_ == 0) error_ = storage::file_call::sync(opened_.get());
        storage::kill_point("file.before_rename");
        if (error_ == 0) error_ = storage::file_call::rename(path_, name);
        if (error_ != 0) return storage::file_error(path_, "writing", error_);
        storage::kill_point("file.after_rename");
        path_.clear();
        return storage::sync_folder(name.parent_path());
    }
    [[nodiscard]] bool ok() const { return error_ == 0; }

 private:
    fs::path path_;
    sys::Descriptor opened_;
    int error_;
};

// FAISS's output, straight to the file and into the checksum.
struct PayloadWriter : faiss::IOWriter {
    explicit PayloadWriter(NewFile& to) : file(to) {}
    std::size_t operator()(const void* data, std::size_t size, std::size_t count) override {
        crc = sys::crc32c(data, size * count, crc);
        total += size * count;
        file.write(data, size * count);
        return file.ok() ? count : 0;
    }
    NewFile& file;
    std::uint32_t crc = 0;
    std::uint64_t total = 0;
};

// Bytes that have been checked, for FAISS to read: straight to where they stay, since beside them
// there may be no room for them once more.
struct PayloadReader : faiss::IOReader {
    PayloadReader(std::istream& from, std::uint64_t bytes) : in(from), rest(bytes) {}
    std::size_t operator()(void* out, std::size_t size, std::size_t count) override {
        if (size == 0) return count;
        const std::uint64_t items = std::min<std::uint64_t>(count, rest / size);
        if (items > 0 &&
            !in.read(static_cast<char*>(out), static_cast<std::streamsize>(items * size)))
            return 0;
        rest -= items * size;
        return items;
    }
    std::istream& in;
    std::uint64_t rest;
};

// Nothing when the file ends before.
std::optional<std::uint32_t> crc_of(std::istream& in, std::uint64_t bytes) {
    std::vector<char> part(std::min<std::uint64_t>(bytes, 1U << 20U));
    std::uint32_t crc = 0;
    for (std::uint64_t at = 0; at < bytes; at += part.size()) {
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(part.size(), bytes - at));
        if (!in.read(part.data(), static_cast<std::streamsize>(count))) return std::nullopt;
        crc = sys::crc32c(part.data(), count, crc);
    }
    return crc;
}

Status unusable(const fs::path& file, const std::string& why) {
    return {Code::corrupt, file.string() + ": " + why};
}

Status check(const Stamp& stamp, const SegmentOwner& owner, storage::Sequence sequence,
             const fs::path& file) {
    if (std::memcmp(stamp.magic, magic, sizeof magic) != 0)
        return unusable(file, "is no segment of a vector index");
    if (stamp.stamp_crc != crc_of(stamp)) return unusable(file, "its stamp is damaged");
    if (stamp.format != segment_format) return unusable(file, "has another format version");
    if (std::memcmp(stamp.collection, owner.collection.bytes.data(), 16) != 0)
        return unusable(file, "belongs to another collection");
    if (stamp.generation != owner.generation || stamp.dimension != owner.dimension ||
        std::memcmp(stamp.fingerprint, owner.fingerprint.bytes.data(), 16) != 0)
        return unusable(file, "belongs to another generation of vectors");
    if (stamp.vectors != static_cast<std::uint32_t>(owner.vectors))
        return unusable(file, "keeps its vectors in another encoding than the pipeline asks for");
    if (stamp.sequence > sequence)
        return unusable(file, "is newer than the collection: commit " +
                                  std::to_string(stamp.sequence) + ", the collection has " +
                                  std::to_string(sequence));
    return {};
}

using Quantizer = faiss::ScalarQuantizer::QuantizerType;

Quantizer quantizer(storage::VectorEncoding encoding) {
    switch (encoding) {
        case storage::VectorEncoding::bf16: return Quantizer::QT_bf16;
        case storage::VectorEncoding::f16: return Quantizer::QT_fp16;
        default: return Quantizer::QT_8bit;
    }
}

std::unique_ptr<faiss::IndexHNSW> empty_graph(std::uint32_t dimension,
                                              const VectorIndexOptions& options) {
    if (options.vectors == storage::VectorEncoding::f32)
        return std::make_unique<faiss::IndexHNSWFlat>(static_cast<int>(dimension), options.links,
                                                      faiss::METRIC_INNER_PRODUCT);
    return std::make_unique<faiss::IndexHNSWSQ>(static_cast<int>(dimension),
                                                quantizer(options.vectors), options.links,
                                                faiss::METRIC_INNER_PRODUCT);
}

template <typename T>
void reserve(faiss::MaybeOwnedVector<T>& values, std::size_t count) {
    std::vector<T> all;
    all.reserve(count);
    all.assign(values.data(), values.data() + values.size());
    values = faiss::MaybeOwnedVector<T>(std::move(all));
}

// Room for exactly so many rows. Vectors that grow by themselves are copied over and over, and end
// with room for up to twice as many.
void reserve(faiss::IndexHNSW& graph, std::size_t rows) {
    faiss::HNSW& links = graph.hnsw;
    auto& flat = static_cast<faiss::IndexFlatCodes&>(*graph.storage);
    // Of a row: the lowest layer's links, and one layer more for 1 row in M.
    const auto lowest = static_cast<std::size_t>(links.nb_neighbors(0));
    reserve(flat.codes, rows * flat.code_size);
    reserve(links.neighbors, rows * (lowest + 2));
    links.levels.reserve(rows);
    links.offsets.reserve(rows + 1);
}

// Whether FAISS read what the stamp promises.
bool fits(const faiss::IndexHNSW& graph, const SegmentOwner& owner, std::uint64_t count) {
    const auto* codes = dynamic_cast<const faiss::IndexFlatCodes*>(graph.storage);
    if (codes == nullptr || codes->ntotal != graph.ntotal ||
        graph.ntotal != static_cast<faiss::idx_t>(count) ||
        graph.d != static_cast<int>(owner.dimension) || codes->d != graph.d ||
        codes->codes.size() != count * codes->code_size ||
        graph.metric_type != faiss::METRIC_INNER_PRODUCT ||
        codes->metric_type != faiss::METRIC_INNER_PRODUCT)
        return false;
    if (owner.vectors == storage::VectorEncoding::f32)
        return dynamic_cast<const faiss::IndexFlat*>(codes) != nullptr;
    const auto* scalar = dynamic_cast<const faiss::IndexScalarQuantizer*>(codes);
    return scalar != nullptr && scalar->sq.qtype == quantizer(owner.vectors);
}

}  // namespace

Scorer Segment::scorer(std::span<const float> query) const {
    Scorer scorer = lists ? scorer_of(*lists) : Scorer(graph->storage->get_distance_computer());
    scorer->set_query(query.data());
    return scorer;
}

void Segment::copy_row(std::size_t at, float* out) const {
    const faiss::Index& rows = lists ? static_cast<const faiss::Index&>(*lists) : *graph->storage;
    rows.reconstruct(static_cast<faiss::idx_t>(at), out);
}

bool Segment::matches(std::size_t at, std::span<const float> vector,
                      storage::VectorEncoding encoding) const {
    std::vector<float> kept(vector.size());
    copy_row(at, kept.data());
    if (encoding == storage::VectorEncoding::f32)
        return std::equal(kept.begin(), kept.end(), vector.begin());
    double product = 0;
    double squares = 0;
    double kept_squares = 0;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        product += double{vector[i]} * kept[i];
        squares += double{vector[i]} * vector[i];
        kept_squares += double{kept[i]} * kept[i];
    }
    const bool near = product >= 0.9 * std::sqrt(squares * kept_squares);
    return near || (lists && index::matches(*lists, at, vector));
}

bool Segment::has(storage::ChunkId id) const {
    const std::size_t at = find(id);
    return at < ids.size() && dead[at] == 0;
}

std::size_t Segment::find(storage::ChunkId id) const {
    // Most segments have ids of their own time: one of another is seen at once.
    if (ids.empty() || id < ids.front() || id > ids.back()) return ids.size();
    const auto place = std::lower_bound(ids.begin(), ids.end(), id);
    if (place == ids.end() || *place != id) return ids.size();
    return static_cast<std::size_t>(place - ids.begin());
}

std::size_t Segment::memory_bytes() const {
    if (lists) return ids.size() * (sizeof(storage::ChunkId) + 1) + index::memory_bytes(*lists);
    const auto& codes = static_cast<const faiss::IndexFlatCodes&>(*graph->storage).codes;
    return ids.size() * (sizeof(storage::ChunkId) + 1) + codes.size() +
           graph->hnsw.neighbors.size() * sizeof(graph->hnsw.neighbors[0]) +
           graph->hnsw.offsets.size() * sizeof(graph->hnsw.offsets[0]) +
           graph->hnsw.levels.size() * sizeof(graph->hnsw.levels[0]);
}

std::shared_ptr<Segment> build_segment(const Segment* base, std::vector<storage::ChunkId> ids,
                                       const std::vector<float>& rows, std::uint32_t dimension,
                                       const VectorIndexOptions& options,
                                       const std::atomic<bool>& stop) {
    auto segment = std::make_shared<Segment>();
    if (base == nullptr) {
        segment->graph = empty_graph(dimension, options);
        segment->graph->hnsw.efConstruction = options.ef_construction;
        segment->graph->hnsw.efSearch = options.ef_search;
    } else {
        std::unique_ptr<faiss::Index> copy(faiss::clone_index(base->graph.get()));
        segment->graph.reset(dynamic_cast<faiss::IndexHNSW*>(copy.release()));
        segment->ids = base->ids;
    }
    reserve(*segment->graph, segment->ids.size() + ids.size());
    segment->ids.reserve(segment->ids.size() + ids.size());
    // For the calling thread alone; other threads keep their own number.
    omp_set_num_threads(static_cast<int>(std::max(options.threads, 1u)));
    if (base == nullptr) segment->graph->train(static_cast<faiss::idx_t>(ids.size()), rows.data());
    EqualRows equal(static_cast<faiss::IndexFlatCodes&>(*segment->graph->storage));
    for (std::size_t at = 0; at < ids.size(); at += build_step) {
        if (stop) return nullptr;
        const std::size_t count = std::min(build_step, ids.size() - at);
        segment->graph->add(static_cast<faiss::idx_t>(count),
                            equal.lay_aside(rows.data() + at * dimension, count));
        equal.put_back();
    }
    segment->ids.insert(segment->ids.end(), ids.begin(), ids.end());
    segment->dead.assign(segment->ids.size(), 0);
    return segment;
}

Status save_segment(const Segment& segment, const SegmentOwner& owner, storage::Sequence sequence,
                    const fs::path& file) {
    NewFile out(file.string() + ".tmp");
    Stamp stamp{};
    out.write(&stamp, sizeof stamp);
    PayloadWriter payload(out);
    payload(segment.ids.data(), sizeof(storage::ChunkId), segment.ids.size());
    storage::kill_point("file.during_write");
    try {
        if (out.ok()) faiss::write_index(&segment.index(), &payload);
    } catch (const faiss::FaissException& error) {
        if (out.ok()) return {Code::internal, "writing " + file.string() + ": " + error.what()};
    }
    std::memcpy(stamp.magic, magic, sizeof magic);
    stamp.format = segment_format;
    stamp.generation = owner.generation;
    std::memcpy(stamp.collection, owner.collection.bytes.data(), 16);
    std::memcpy(stamp.fingerprint, owner.fingerprint.bytes.data(), 16);
    stamp.dimension = owner.dimension;
    stamp.vectors = static_cast<std::uint32_t>(owner.vectors);
    stamp.payload_crc = payload.crc;
    stamp.sequence = sequence;
    stamp.count = segment.ids.size();
    stamp.first = segment.ids.front();
    stamp.last = segment.ids.back();
    stamp.payload_size = payload.total;
    stamp.stamp_crc = crc_of(stamp);
    out.write_at_begin(&stamp, sizeof stamp);
    return out.keep_as(file);
}

Result<std::shared_ptr<Segment>> load_segment(const fs::path& file, const SegmentOwner& owner,
                                              storage::Sequence sequence) {
    std::ifstream in(file, std::ios::binary);
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    Stamp stamp{};
    if (const int failure = storage::file_call::before_read(size); failure != 0)
        return storage::file_error(file, "reading", failure);
    if (!in || error || size < sizeof stamp ||
        !in.read(reinterpret_cast<char*>(&stamp), sizeof stamp))
        return unusable(file, "cannot be read, or is too short for a segment");
    LECTERN_TRY(check(stamp, owner, sequence, file));
    if (stamp.payload_size != size - sizeof stamp)
        return unusable(file, "is cut off or has bytes behind its end");
    if (stamp.count == 0 || stamp.count > stamp.payload_size / sizeof(storage::ChunkId))
        return unusable(file, "its number of rows is impossible");
    const std::optional<std::uint32_t> crc = crc_of(in, stamp.payload_size);
    if (!crc) return unusable(file, "cannot be read to its end");
    if (*crc != stamp.payload_crc) return unusable(file, "its checksum does not match");
    in.seekg(sizeof stamp);

    auto segment = std::make_shared<Segment>();
    segment->file = file;
    segment->rows_in_file = stamp.count;
    segment->ids.resize(stamp.count);
    const std::size_t id_bytes = stamp.count * sizeof(storage::ChunkId);
    if (!in.read(reinterpret_cast<char*>(segment->ids.data()),
                 static_cast<std::streamsize>(id_bytes)))
        return unusable(file, "cannot be read to its end");
    if (segment->ids.front() != stamp.first || segment->ids.back() != stamp.last ||
        std::adjacent_find(segment->ids.begin(), segment->ids.end(), std::greater_equal<>()) !=
            segment->ids.end())
        return unusable(file, "its chunk ids do not ascend");
    segment->dead.assign(stamp.count, 0);
    try {
        PayloadReader reader(in, stamp.payload_size - id_bytes);
        std::unique_ptr<faiss::Index> index(faiss::read_index(&reader));
        if (owner.vectors == storage::VectorEncoding::pq) {
            auto* lists = dynamic_cast<faiss::IndexIVFPQ*>(index.get());
            if (lists == nullptr || !fits(*lists, owner.dimension, stamp.count))
                return unusable(file, "its lists are of another kind or size");
            (void)index.release();
            segment->lists.reset(lists);
            return segment;
        }
        auto* graph = dynamic_cast<faiss::IndexHNSW*>(index.get());
        if (graph == nullptr || !fits(*graph, owner, stamp.count))
            return unusable(file, "its graph is of another kind or size");
        (void)index.release();
        segment->graph.reset(graph);
    } catch (const faiss::FaissException& failure) {
        return unusable(file, std::string("FAISS cannot read it: ") + failure.what());
    }
    return segment;
}

}  // namespace lectern::index
