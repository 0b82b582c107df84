#include "apps/crash/script.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <random>
#include <set>

namespace lectern::crash {
namespace {

constexpr std::array<const char*, 20> syllables{"ba", "ke", "di", "fo", "gu", "la", "me",
                                                "ni", "po", "ru", "sa", "te", "vi", "zo",
                                                "wu", "ja", "he", "ri", "mo", "tu"};
constexpr std::string_view id_prefix = "document-";
constexpr unsigned vocabulary = 400;
constexpr int dimension = 24;
// Low, so that a short run seals, merges and rebuilds many segments.
constexpr int seal_at = 60;

std::string word(unsigned number) {
    return std::string(syllables[number / syllables.size()]) + syllables[number % syllables.size()];
}

// mt19937_64's numbers are the same everywhere; the library's distributions are not.
std::mt19937_64 stream(std::uint64_t seed, std::uint64_t kind, std::uint64_t number) {
    std::seed_seq mix{seed & 0xffffffffU, seed >> 32U, kind, number & 0xffffffffU, number >> 32U};
    return std::mt19937_64(mix);
}

std::string some_words(std::mt19937_64& random, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += i % 11 == 0 ? ". " : " ";
        out += word(static_cast<unsigned>(random() % vocabulary));
    }
    return out + ".";
}

std::vector<unsigned> some_names(std::mt19937_64& random, std::size_t most, Lane lane) {
    std::set<unsigned> chosen;
    for (std::size_t i = 0, count = 1 + random() % most; i < count; ++i) {
        auto name = static_cast<unsigned>(random() % names);
        if (lane != Lane::all) name = name / 2 * 2 + (lane == Lane::odd ? 1 : 0);
        chosen.insert(name);
    }
    return {chosen.begin(), chosen.end()};
}

}  // namespace

Operation Script::operation(Step step) const {
    // A cluster is backed up in other ways than this script knows.
    const bool alone = lane_ == Lane::all;
    std::mt19937_64 random =
        stream(seed_, alone ? 1 : 10 + static_cast<std::uint64_t>(lane_), step);
    const auto dice = random() % 100;
    if (dice < 55) return {Kind::ingest, some_names(random, 12, lane_), {}};
    if (dice < 75) return {Kind::remove, some_names(random, 10, lane_), {}};
    if (dice < 89 || !alone) return {Kind::search, {}, some_words(random, 6)};
    if (dice < 95) return {Kind::flush, {}, {}};
    return {Kind::backup, {}, {}};
}

bool Script::writes(unsigned name) const noexcept {
    return lane_ == Lane::all || (name % 2 == 1) == (lane_ == Lane::odd);
}

bool Script::writes(std::string_view id) const noexcept {
    unsigned name = 0;
    if (!id.starts_with(id_prefix)) return lane_ == Lane::all;
    const std::string_view digits = id.substr(id_prefix.size());
    const bool sound =
        std::from_chars(digits.data(), digits.data() + digits.size(), name).ec == std::errc();
    return lane_ == Lane::all || (sound && writes(name));
}

DocumentInput Script::document(unsigned name, Step step) const {
    std::mt19937_64 random = stream(seed_, 100 + name, step);
    DocumentInput out;
    out.id = id(name);
    out.title = "No. " + std::to_string(name) + "/" + std::to_string(step);
    out.metadata = R"({"step":)" + std::to_string(step) + "}";
    // Most are short; some have several chunks, a few several blocks of the store.
    const auto dice = random() % 100;
    const std::size_t count = dice < 70   ? 5 + random() % 60
                              : dice < 98 ? 100 + random() % 700
                                          : 14'000 + random() % 4'000;
    out.text = own_word(name, step) + " " + some_words(random, count);
    return out;
}

// It ends with a digit, so that no stemmer makes one of two.
std::string Script::own_word(unsigned name, Step step) {
    return "d" + std::to_string(name) + "s" + std::to_string(step);
}

std::string Script::words(std::uint64_t number, std::size_t count) const {
    std::mt19937_64 random = stream(seed_, 2, number);
    return some_words(random, count);
}

std::string Script::id(unsigned name) {
    return std::string(id_prefix) + std::to_string(name);
}

Result<std::filesystem::path> Script::write_pipeline(const std::filesystem::path& folder) const {
    std::mt19937_64 random = stream(seed_, 3, 0);
    std::ofstream vectors(folder / "words.vec");
    vectors << vocabulary << ' ' << dimension << '\n';
    for (unsigned i = 0; i < vocabulary; ++i) {
        vectors << word(i);
        for (int component = 0; component < dimension; ++component)
            vectors << ' ' << (static_cast<double>(random() % 20001) - 10000) / 10000;
        vectors << '\n';
    }
    vectors.close();
    std::ofstream pipeline(folder / "crash.yaml");
    pipeline << "version: 1\npipeline: crash\nstages:\n"
                "  text: {plugin: documents, stage: text}\n"
                "  chunks: {plugin: passages, stage: splitter, options: {max_tokens: 100}}\n"
                "  tokens: {plugin: words}\n"
                "  vectors: {plugin: word2vec, options: {model: words.vec}}\n"
                "ingest: [source, text, chunks, tokens, vectors, commit]\n"
                "query: [query, tokens, vectors, search]\n"
                "search: {seal_at: "
             << seal_at
             // Both kinds of segments, by the seed.
             << (seed_ % 2 == 1 ? ", vectors: pq" : "") << "}\n";
    pipeline.close();
    if (!vectors || !pipeline)
        return Status{Code::internal, "cannot write the pipeline into '" + folder.string() + "'"};
    return folder / "crash.yaml";
}

}  // namespace lectern::crash
