// Tokenizing speed in bytes of text a second, on one thread:
//   lectern_wordpiece_bench [--benchmark_filter=English]
#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <string>

#include "plugins/wordpiece/wordpiece.hpp"
#include "test_folders.hpp"

namespace {

using lectern::wordpiece::Encoding;
using lectern::wordpiece::WordPiece;

// The sample article over and over, about a megabyte.
std::string article(const std::string& name) {
    std::ifstream in(LECTERN_SOURCE_DIR "/samples/" + name);
    const std::string once((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::string out;
    while (!once.empty() && out.size() < 1'000'000) out += once;
    return out;
}

void encode(benchmark::State& state, const char* name) {
    static const WordPiece tokenizer = WordPiece::load(LECTERN_MODELS_DIR "/all-MiniLM-L6-v2");
    const std::string text = article(name);
    if (text.empty()) return state.SkipWithError("the sample article is missing");
    Encoding out;
    for (auto _ : state) {
        tokenizer.encode(text, true, 0, out);
        benchmark::DoNotOptimize(out.ids.data());
    }
    const auto rounds = static_cast<std::int64_t>(state.iterations());
    state.SetBytesProcessed(rounds * static_cast<std::int64_t>(text.size()));
    state.SetItemsProcessed(rounds * static_cast<std::int64_t>(out.ids.size()));
}
BENCHMARK_CAPTURE(encode, English, "transformer.md");
BENCHMARK_CAPTURE(encode, German, "transformer-geschichte.de.md");
BENCHMARK_CAPTURE(encode, Chinese, "word-vectors.zh.md");

void load(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(WordPiece::load(LECTERN_MODELS_DIR "/all-MiniLM-L6-v2"));
}
BENCHMARK(load)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
