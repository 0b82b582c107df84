#include "storage/store/encoding.hpp"

#include <bit>
#include <cstring>
#include <limits>

namespace lectern::storage {

static_assert(std::endian::native == std::endian::little, "vectors are kept as they are in memory");

namespace {

constexpr std::uint8_t record_version = 1;

class Encoder {
 public:
    Encoder() { byte(record_version); }
    Encoder& byte(std::uint8_t value) {
        out_.push_back(static_cast<char>(value));
        return *this;
    }
    Encoder& number(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) byte(static_cast<std::uint8_t>(value | 0x80));
        return byte(static_cast<std::uint8_t>(value));
    }
    Encoder& time(std::int64_t value) { return number(static_cast<std::uint64_t>(value)); }
    Encoder& text(std::string_view value) {
        number(value.size());
        out_.append(value);
        return *this;
    }
    Encoder& texts(const std::vector<std::string>& values) {
        number(values.size());
        for (const std::string& value : values) text(value);
        return *this;
    }
    Encoder& range(const ChunkRange& value) { return number(value.first).number(value.count); }
    Encoder& ranges(const std::vector<ChunkRange>& values) {
        number(values.size());
        for (const ChunkRange& value : values) range(value);
        return *this;
    }
    Encoder& hash(const Hash128& value) {
        for (const std::uint8_t part : value.bytes) byte(part);
        return *this;
    }
    std::string done() { return std::move(out_); }

 private:
    std::string out_;
};

// Reads in the order of the calls. After the first read that does not fit, everything is 0 and
// complete() is false.
class Decoder {
 public:
    explicit Decoder(std::string_view bytes) : rest_(bytes) {
        if (byte() != record_version) failed_ = true;
    }
    std::uint8_t byte() {
        if (failed_ || rest_.empty()) {
            failed_ = true;
            return 0;
        }
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t part = byte();
            if (shift == 63 && part > 1) break;
            value |= static_cast<std::uint64_t>(part & 0x7f) << shift;
            if (part < 0x80) return failed_ ? 0 : value;
        }
        failed_ = true;
        return 0;
    }
    std::uint32_t number32() {
        const std::uint64_t value = number();
        if (value > std::numeric_limits<std::uint32_t>::max()) failed_ = true;
        return failed_ ? 0 : static_cast<std::uint32_t>(value);
    }
    std::int64_t time() { return static_cast<std::int64_t>(number()); }
    std::string text() {
        const std::uint64_t size = number();
        if (failed_ || size > rest_.size()) {
            failed_ = true;
            return {};
        }
        std::string value(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return value;
    }
    std::vector<std::string> texts() {
        const std::uint64_t count = number();
        std::vector<std::string> values;
        for (std::uint64_t i = 0; i < count && !failed_; ++i) values.push_back(text());
        return values;
    }
    ChunkRange range() {
        ChunkRange value;
        value.first = number();
        value.count = number();
        if (value.end() < value.first) failed_ = true;
        return failed_ ? ChunkRange{} : value;
    }
    std::vector<ChunkRange> ranges() {
        const std::uint64_t count = number();
        std::vector<ChunkRange> values;
        for (std::uint64_t i = 0; i < count && !failed_; ++i) values.push_back(range());
        return values;
    }
    Hash128 hash() {
        Hash128 value;
        for (std::uint8_t& part : value.bytes) part = byte();
        return value;
    }
    [[nodiscard]] bool sound() const { return !failed_; }
    // Whether there are fields behind: those that records of earlier versions do not have.
    [[nodiscard]] bool more() const { return !failed_ && !rest_.empty(); }
    template <typename T>
    [[nodiscard]] std::optional<T> complete(T value) const {
        if (failed_ || !rest_.empty()) return std::nullopt;
        return value;
    }

 private:
    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace

std::string encode(const BackupNote& note) {
    return Encoder{}
        .hash(note.collection)
        .number(note.format)
        .number(note.sequence)
        .number(note.documents)
        .done();
}

std::optional<BackupNote> decode_backup_note(std::string_view bytes) {
    Decoder in(bytes);
    BackupNote note;
    note.collection = in.hash();
    note.format = in.number32();
    note.sequence = in.number();
    note.documents = in.number();
    return in.complete(note);
}

std::string encode(const State& state) {
    return Encoder{}
        .number(state.sequence)
        .number(state.next_ordinal)
        .number(state.next_chunk)
        .number(state.counters.documents)
        .number(state.counters.chunks)
        .number(state.counters.tokens)
        .number(state.counters.text_bytes)
        .done();
}

std::optional<State> decode_state(std::string_view bytes) {
    Decoder in(bytes);
    State state;
    state.sequence = in.number();
    state.next_ordinal = in.number();
    state.next_chunk = in.number();
    state.counters.documents = in.number();
    state.counters.chunks = in.number();
    state.counters.tokens = in.number();
    state.counters.text_bytes = in.number();
    return in.complete(state);
}

std::string encode(const Settings& settings) {
    return Encoder{}
        .time(settings.created_at)
        .text(settings.pipeline_name)
        .text(settings.pipeline_yaml)
        .number(settings.serving)
        .number(settings.next_generation)
        .text(settings.pipeline_folder)
        .done();
}

namespace {

// "# folder: PATH" and a line break before the pipeline.
void split_folder(Settings& settings) {
    constexpr std::string_view mark = "# folder: ";
    std::string& yaml = settings.pipeline_yaml;
    const std::size_t end = yaml.find('\n');
    if (!yaml.starts_with(mark) || end == std::string::npos) return;
    settings.pipeline_folder = yaml.substr(mark.size(), end - mark.size());
    yaml.erase(0, end + 1);
}

}  // namespace

std::optional<Settings> decode_settings(std::string_view bytes) {
    Decoder in(bytes);
    Settings settings;
    settings.created_at = in.time();
    settings.pipeline_name = in.text();
    settings.pipeline_yaml = in.text();
    settings.serving = in.number32();
    settings.next_generation = in.number32();
    // Collections of 0.1 kept it in the pipeline's first line.
    if (in.more())
        settings.pipeline_folder = in.text();
    else
        split_folder(settings);
    return in.complete(std::move(settings));
}

std::string encode(const Generation& generation) {
    return Encoder{}
        .number(generation.number)
        .text(generation.fingerprint)
        .number(generation.dimension)
        .byte(static_cast<std::uint8_t>(generation.encoding))
        .text(generation.note)
        .time(generation.created_at)
        .done();
}

std::optional<Generation> decode_generation(std::string_view bytes) {
    Decoder in(bytes);
    Generation generation;
    generation.number = in.number32();
    generation.fingerprint = in.text();
    generation.dimension = in.number32();
    const std::uint8_t encoding = in.byte();
    if (encoding > static_cast<std::uint8_t>(VectorEncoding::int8)) return std::nullopt;
    generation.encoding = static_cast<VectorEncoding>(encoding);
    generation.note = in.text();
    generation.created_at = in.time();
    return in.complete(std::move(generation));
}

std::string encode(const DocumentHeader& header) {
    return Encoder{}
        .text(header.id)
        .number(header.ordinal)
        .text(header.title)
        .text(header.metadata)
        .hash(header.content_hash)
        .range(header.chunks)
        .number(header.tokens)
        .number(header.text_bytes)
        .number(header.source_bytes)
        .time(header.committed_at)
        .done();
}

std::optional<DocumentHeader> decode_header(std::string_view bytes) {
    Decoder in(bytes);
    DocumentHeader header;
    header.id = in.text();
    header.ordinal = in.number();
    header.title = in.text();
    header.metadata = in.text();
    header.content_hash = in.hash();
    header.chunks = in.range();
    header.tokens = in.number();
    header.text_bytes = in.number();
    header.source_bytes = in.number();
    header.committed_at = in.time();
    return in.complete(std::move(header));
}

namespace {

constexpr std::string_view no_name;

void encode_places(const std::vector<Place>& places, Encoder& out) {
    out.number(places.size());
    std::uint64_t before = 0;
    std::string_view name = no_name;
    for (const Place& place : places) {
        out.number(place.begin - before).number(place.kind).number(place.number);
        out.number(place.first_column).number(place.last_column);
        before = place.begin;
        // Rows of one sheet follow each other.
        out.byte(place.name == name ? 0 : 1);
        if (place.name != name) out.text(place.name);
        name = place.name;
    }
}

std::vector<Place> decode_places(Decoder& in) {
    std::vector<Place> out;
    const std::uint64_t count = in.number();
    std::uint64_t begin = 0;
    for (std::uint64_t i = 0; i < count && in.sound(); ++i) {
        Place place;
        begin += in.number();
        place.begin = begin;
        place.kind = in.number32();
        place.number = in.number();
        place.first_column = in.number32();
        place.last_column = in.number32();
        if (in.byte() != 0)
            place.name = in.text();
        else if (!out.empty())
            place.name = out.back().name;
        out.push_back(std::move(place));
    }
    return out;
}

}  // namespace

std::string encode(const Chunk& chunk) {
    Encoder out;
    out.number(chunk.document).number(chunk.begin).number(chunk.end).number(chunk.tokens);
    if (chunk.context_end == 0 && chunk.places.empty()) return out.done();
    out.number(chunk.context_begin).number(chunk.context_end);
    encode_places(chunk.places, out);
    return out.done();
}

std::optional<Chunk> decode_chunk(ChunkId id, std::string_view bytes) {
    Decoder in(bytes);
    Chunk chunk;
    chunk.id = id;
    chunk.document = in.number();
    chunk.begin = in.number();
    chunk.end = in.number();
    chunk.tokens = in.number32();
    if (!in.more()) return in.complete(std::move(chunk));
    chunk.context_begin = in.number();
    chunk.context_end = in.number();
    if (chunk.context_begin > chunk.context_end || chunk.context_end > chunk.begin)
        return std::nullopt;
    chunk.places = decode_places(in);
    return in.complete(std::move(chunk));
}

std::string encode(const Change& change) {
    return Encoder{}.ranges(change.added).ranges(change.removed).done();
}

std::optional<Change> decode_change(Sequence sequence, std::string_view bytes) {
    Decoder in(bytes);
    Change change;
    change.sequence = sequence;
    change.added = in.ranges();
    change.removed = in.ranges();
    return in.complete(std::move(change));
}

std::string encode(const Origin& origin) {
    return Encoder{}.byte(origin.synced ? 1 : 0).text(origin.file).done();
}

std::optional<Origin> decode_origin(std::string_view bytes) {
    Decoder in(bytes);
    Origin origin;
    const std::uint8_t synced = in.byte();
    if (synced > 1) return std::nullopt;
    origin.synced = synced == 1;
    origin.file = in.text();
    return in.complete(std::move(origin));
}

std::string encode(const OriginalHead& original) {
    return Encoder{}.number(original.bytes).hash(original.hash).done();
}

std::optional<OriginalHead> decode_original_head(std::string_view bytes) {
    Decoder in(bytes);
    OriginalHead original;
    original.bytes = in.number();
    original.hash = in.hash();
    return in.complete(original);
}

std::string encode(const SyncedFile& file) {
    return Encoder{}.hash(file.hash).number(file.documents).done();
}

std::optional<SyncedFile> decode_synced_file(std::string_view path, std::string_view bytes) {
    Decoder in(bytes);
    SyncedFile file;
    file.path = path;
    file.hash = in.hash();
    file.documents = in.number();
    return in.complete(std::move(file));
}

std::string encode(const SourceFolder& source) {
    return Encoder{}
        .text(source.name)
        .texts(source.include)
        .texts(source.exclude)
        .time(source.added_at)
        .done();
}

std::optional<SourceFolder> decode_source(std::string_view path, std::string_view bytes) {
    Decoder in(bytes);
    SourceFolder source;
    source.path = path;
    source.name = in.text();
    source.include = in.texts();
    source.exclude = in.texts();
    source.added_at = in.time();
    return in.complete(std::move(source));
}

void encode_vector(std::span<const float> vector, std::string& out) {
    out.resize(1 + vector.size_bytes());
    out[0] = static_cast<char>(VectorEncoding::f32);
    if (!vector.empty()) std::memcpy(out.data() + 1, vector.data(), vector.size_bytes());
}

bool decode_vector(std::string_view bytes, std::uint32_t dimension, std::vector<float>& out) {
    const std::size_t size = dimension * sizeof(float);
    if (bytes.size() != 1 + size) return false;
    if (bytes[0] != static_cast<char>(VectorEncoding::f32)) return false;
    const std::size_t begin = out.size();
    out.resize(begin + dimension);
    if (size != 0) std::memcpy(out.data() + begin, bytes.data() + 1, size);
    return true;
}

}  // namespace lectern::storage
