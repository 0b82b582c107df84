#include "plugins/word2vec/fasttext_format.hpp"

#include <cstring>

#include "plugins/word2vec/failure.hpp"

namespace lectern::word2vec {
namespace {

constexpr std::int32_t magic = 793712314;
constexpr std::int32_t oldest_version = 11;
constexpr std::int32_t newest_version = 12;
constexpr std::int32_t supervised = 3;
constexpr std::uint64_t smallest_entry = 1 + 8 + 1;  // an empty word

class Reader {
 public:
    Reader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

    template <typename T>
    T read(const char* what) {
        need(sizeof(T), what);
        T out{};
        std::memcpy(&out, bytes_.data() + at_, sizeof(T));
        at_ += sizeof(T);
        return out;
    }
    std::string_view string(const char* what) {
        const std::size_t end = bytes_.find('\0', at_);
        if (end == std::string_view::npos) cut(what);
        const std::string_view out = bytes_.substr(at_, end - at_);
        at_ = end + 1;
        return out;
    }
    void skip(std::uint64_t count, const char* what) {
        need(count, what);
        at_ += count;
    }
    void need(std::uint64_t count, const char* what) const {
        if (count > bytes_.size() - at_) cut(what);
    }
    [[nodiscard]] std::size_t at() const { return at_; }
    [[noreturn]] void cut(const char* what) const {
        corrupt("the fastText model '" + name_ + "' ends inside its " + what + " (at byte " +
                std::to_string(at_) + " of " + std::to_string(bytes_.size()) +
                "): it is truncated or damaged; copy or train it again");
    }
    [[noreturn]] void wrong(const std::string& what) const {
        corrupt("the fastText model '" + name_ + "' is damaged: " + what);
    }

 private:
    std::string_view bytes_;
    const std::string& name_;
    std::size_t at_ = 0;
};

// rows * columns * 4, checked.
std::uint64_t matrix_bytes(const Reader& in, std::int64_t rows, std::int64_t columns,
                           const char* what) {
    constexpr std::int64_t most_rows = std::int64_t{1} << 40;
    if (rows < 0 || rows > most_rows || columns < 0 ||
        columns > static_cast<std::int64_t>(most_dimensions))
        in.wrong(std::string(what) + " has " + std::to_string(rows) + " x " +
                 std::to_string(columns) + " values");
    return static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(columns) * sizeof(float);
}

void parse_dictionary(Reader& in, const std::string& name, FastTextLayout& out) {
    const auto entries = in.read<std::int32_t>("dictionary");
    const auto words = in.read<std::int32_t>("dictionary");
    const auto labels = in.read<std::int32_t>("dictionary");
    in.skip(sizeof(std::int64_t), "dictionary");  // tokens
    const auto pruned = in.read<std::int64_t>("dictionary");
    if (words < 0 || labels < 0 || entries != std::int64_t{words} + labels)
        in.wrong("its dictionary says " + std::to_string(entries) + " entries, " +
                 std::to_string(words) + " words and " + std::to_string(labels) + " labels");
    if (words == 0) invalid("the fastText model '" + name + "' has no words");
    in.need(static_cast<std::uint64_t>(entries) * smallest_entry, "dictionary");
    out.words.reserve(static_cast<std::size_t>(words));
    for (std::int32_t i = 0; i < entries; ++i) {
        const std::string_view word = in.string("dictionary");
        const auto count = in.read<std::int64_t>("dictionary");
        const auto type = in.read<std::int8_t>("dictionary");
        if (count < 0 || type != (i < words ? 0 : 1))
            in.wrong("entry " + std::to_string(i) + " of its dictionary has count " +
                     std::to_string(count) + " and type " + std::to_string(type));
        if (i < words) out.words.add(word, static_cast<std::uint64_t>(count));
    }
    if (pruned > 0)
        throw Failure(LECTERN_UNSUPPORTED,
                      "the fastText model '" + name +
                          "' has a pruned dictionary; use the model before quantisation");
    if (pruned == 0) out.longest_ngram = 0;
}

}  // namespace

bool is_fasttext(std::string_view bytes) noexcept {
    std::int32_t first = 0;
    if (bytes.size() < sizeof first) return false;
    std::memcpy(&first, bytes.data(), sizeof first);
    return first == magic;
}

FastTextLayout parse_fasttext(std::string_view bytes, const std::string& name) {
    Reader in(bytes, name);
    if (in.read<std::int32_t>("header") != magic)
        corrupt("'" + name + "' is not a fastText model: its first bytes are others");
    const auto version = in.read<std::int32_t>("header");
    if (version < oldest_version || version > newest_version)
        throw Failure(LECTERN_UNSUPPORTED, "the fastText model '" + name + "' has format version " +
                                               std::to_string(version) +
                                               "; versions 11 and 12 are read");
    FastTextLayout out;
    const auto dimension = in.read<std::int32_t>("header");
    in.skip(6 * sizeof(std::int32_t), "header");
    const auto model = in.read<std::int32_t>("header");
    const auto buckets = in.read<std::int32_t>("header");
    const auto shortest = in.read<std::int32_t>("header");
    const auto longest = in.read<std::int32_t>("header");
    in.skip(sizeof(std::int32_t) + sizeof(double), "header");
    if (dimension < 1 || static_cast<std::uint64_t>(dimension) > most_dimensions)
        in.wrong("its dimension is " + std::to_string(dimension));
    if (buckets < 0 || shortest < 0 || longest < 0)
        in.wrong("it has a negative number of n-gram buckets or n-gram length");
    out.dimension = static_cast<std::uint32_t>(dimension);
    out.buckets = static_cast<std::uint32_t>(buckets);
    out.shortest_ngram = static_cast<std::uint32_t>(shortest);
    out.longest_ngram = static_cast<std::uint32_t>(longest);
    // Supervised models of version 11 say a length that they do not use.
    if (version == oldest_version && model == supervised) out.longest_ngram = 0;

    parse_dictionary(in, name, out);

    if (in.read<std::uint8_t>("input matrix") != 0)
        throw Failure(LECTERN_UNSUPPORTED, "the fastText model '" + name +
                                               "' is quantised; use the model before quantisation");
    const auto rows = in.read<std::int64_t>("input matrix");
    const auto columns = in.read<std::int64_t>("input matrix");
    const std::uint64_t size = matrix_bytes(in, rows, columns, "its input matrix");
    const bool ngrams = out.longest_ngram > 0;
    if (ngrams && out.buckets == 0) in.wrong("it has n-grams but no buckets for them");
    if (!ngrams) out.buckets = 0;  // a model says a number that it does not use
    const std::uint64_t needed = out.words.size() + std::uint64_t{out.buckets};
    if (columns != dimension || static_cast<std::uint64_t>(rows) < needed)
        in.wrong("its input matrix has " + std::to_string(rows) + " x " + std::to_string(columns) +
                 " values and needs " + std::to_string(needed) + " x " + std::to_string(dimension));
    out.matrix = in.at();
    in.skip(size, "input matrix");

    in.skip(1, "output matrix");
    const auto output_rows = in.read<std::int64_t>("output matrix");
    const auto output_columns = in.read<std::int64_t>("output matrix");
    in.need(matrix_bytes(in, output_rows, output_columns, "its output matrix"), "output matrix");
    return out;
}

void ngram_rows(const FastTextLayout& layout, std::string_view word,
                std::vector<std::uint32_t>& rows) {
    if (layout.longest_ngram == 0 || word == Vocabulary::end_of_line) return;
    const auto continues = [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
    };
    std::string marked;
    marked.reserve(word.size() + 2);
    marked.append(1, '<').append(word).append(1, '>');
    const auto words = static_cast<std::uint32_t>(layout.words.size());
    for (std::size_t begin = 0; begin < marked.size(); ++begin) {
        if (continues(marked[begin])) continue;
        std::uint32_t hash = 2166136261U;
        std::size_t end = begin;
        for (std::uint32_t length = 1; end < marked.size() && length <= layout.longest_ngram;
             ++length) {
            do {
                hash ^= static_cast<std::uint32_t>(static_cast<std::int8_t>(marked[end]));
                hash *= 16777619U;
                ++end;
            } while (end < marked.size() && continues(marked[end]));
            const bool mark_alone = length == 1 && (begin == 0 || end == marked.size());
            if (length >= layout.shortest_ngram && !mark_alone)
                rows.push_back(words + hash % layout.buckets);
        }
    }
}

}  // namespace lectern::word2vec
