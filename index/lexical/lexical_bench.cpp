// What block skipping gains, on documents of Zipf-distributed words: lexical_bench [DOCUMENTS]
// [FOLDER]. A folder is kept, and one that has the documents is searched as it is. One thread
// searches; run it on a quiet machine.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "index/lexical/lexical_index.hpp"
#include "storage/store/store.hpp"

namespace {

using namespace lectern;
using Clock = std::chrono::steady_clock;

constexpr std::size_t vocabulary = 200'000;
constexpr std::size_t words_least = 30;
constexpr std::size_t words_most = 90;
constexpr std::size_t group_documents = 5'000;
constexpr std::size_t queries = 200;

// Ranks 1 to `vocabulary` with probability proportional to 1 / rank.
class Zipf {
 public:
    Zipf() {
        double sum = 0;
        for (std::size_t rank = 1; rank <= vocabulary; ++rank)
            sums_.push_back(sum += 1.0 / static_cast<double>(rank));
    }
    std::size_t operator()(std::mt19937_64& random) const {
        const double at = std::uniform_real_distribution<>(0, sums_.back())(random);
        return static_cast<std::size_t>(std::lower_bound(sums_.begin(), sums_.end(), at) -
                                        sums_.begin());
    }

 private:
    std::vector<double> sums_;
};

void must(const Status& status) {
    if (status.ok()) return;
    std::fprintf(stderr, "lexical_bench: %s\n", status.message().c_str());
    std::exit(1);
}

double milliseconds(Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

struct Measured {
    std::vector<double> times;  // ms, sorted
    double scored = 0;          // chunks a query
    double read = 0;            // of the blocks
};

Measured measure(const index::LexicalIndex& index, const std::vector<std::string>& texts,
                 bool skip_blocks) {
    Measured out;
    std::uint64_t read = 0;
    std::uint64_t blocks = 0;
    for (const std::string& text : texts) {
        index::LexicalSearchOptions options;
        options.skip_blocks = skip_blocks;
        const auto begin = Clock::now();
        const auto found = index.search(text, 10, options);
        out.times.push_back(milliseconds(Clock::now() - begin));
        must(found.status());
        out.scored += static_cast<double>(found->scored) / static_cast<double>(texts.size());
        read += found->blocks_read;
        blocks += found->blocks;
    }
    std::sort(out.times.begin(), out.times.end());
    out.read = static_cast<double>(read) / static_cast<double>(std::max<std::uint64_t>(blocks, 1));
    return out;
}

void print(const char* name, const Measured& one) {
    std::printf("%-22s p50 %8.3f ms  p95 %8.3f ms  %10.0f chunks scored  %5.1f %% of blocks read\n",
                name, one.times[one.times.size() / 2], one.times[one.times.size() * 95 / 100],
                one.scored, 100 * one.read);
}

}  // namespace

int main(int count, char** arguments) {
    const std::size_t documents =
        count > 1 ? std::strtoull(arguments[1], nullptr, 10) : std::size_t{1'000'000};
    const std::filesystem::path folder = count > 2
                                             ? std::filesystem::path(arguments[2])
                                             : std::filesystem::temp_directory_path() /
                                                   ("lexical_bench-" + std::to_string(::getpid()));
    auto store = storage::Store::open(folder, {.create_if_missing = true});
    must(store.status());
    index::LexicalIndexOptions options;
    options.analysis = index::AnalysisOptions{text::Language::none, true};
    auto index = index::LexicalIndex::open(**store, options);
    must(index.status());

    const Zipf zipf;
    std::mt19937_64 random(7);
    const auto begin = Clock::now();
    for (std::size_t done = (*index)->statistics().chunks; done < documents;) {
        storage::WriteGroup group;
        for (std::size_t i = 0; i < group_documents && done < documents; ++i, ++done) {
            storage::PutDocument document;
            document.id = std::to_string(done);
            for (std::size_t n = words_least + random() % (words_most - words_least); n > 0; --n)
                document.text += "w" + std::to_string(zipf(random)) + " ";
            document.chunks.push_back({0, document.text.size(), 0});
            group.puts.push_back(std::move(document));
        }
        must((*index)->commit(group, false).status());
    }
    must((*index)->flush());
    const double seconds = milliseconds(Clock::now() - begin) / 1000;
    const std::uint64_t before = [&] {
        must((*store)->compact());
        return (*store)->disk_bytes();
    }();
    const index::LexicalStatistics state = (*index)->statistics();
    std::printf(
        "%zu documents, %llu postings, %zu segments, made in %.1f s; the store has %.1f MB\n",
        documents, static_cast<unsigned long long>(state.postings), state.segments, seconds,
        static_cast<double>(before) / 1e6);

    std::mt19937_64 choice(11);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < queries; ++i) {
        std::string text;
        for (int word = 0; word < 3; ++word) text += "w" + std::to_string(zipf(choice)) + " ";
        texts.push_back(std::move(text));
    }
    (void)measure(**index, texts, true);  // fills the caches
    const Measured fast = measure(**index, texts, true);
    const Measured slow = measure(**index, texts, false);
    print("block-max WAND", fast);
    print("every posting scored", slow);
    std::printf("ratio of medians %.1f\n",
                slow.times[slow.times.size() / 2] / fast.times[fast.times.size() / 2]);
    index->reset();
    store->reset();
    if (count <= 2) std::filesystem::remove_all(folder);
    return 0;
}
