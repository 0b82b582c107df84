// How long a filter takes on a million documents: of few values, of a million different ones, and
// joined.
#include <benchmark/benchmark.h>

#include <string>

#include "index/metadata/parser.hpp"
#include "index/metadata/table.hpp"

namespace {

constexpr std::uint64_t documents = 1'000'000;

const lectern::filter::Table& table() {
    static const lectern::filter::Table made = [] {
        lectern::filter::Table out;
        for (std::uint64_t i = 0; i < documents; ++i) {
            const std::string id = "document-" + std::to_string(i);
            const std::string metadata = "{\"year\": " + std::to_string(1980 + i * 7919 % 45) +
                                         ", \"source\": \"s" + std::to_string(i * 31 % 20) +
                                         "\", \"tags\": [\"t" + std::to_string(i % 100) +
                                         "\", \"t" + std::to_string(i * 13 % 100) +
                                         "\"], \"serial\": \"n" + std::to_string(i) + "\"}";
            out.add({id, "A title of usual length", metadata, 0, i + 1, 1});
        }
        return out;
    }();
    return made;
}

void select(benchmark::State& state, const std::string& text) {
    const auto expression = lectern::filter::parse(text);
    if (!expression) return state.SkipWithError(expression.status().message().c_str());
    const auto& rows = table();
    std::size_t passed = 0;
    for (auto _ : state) {
        const auto selection = rows.select(*expression);
        passed = rows.chunks(*selection).size();
        benchmark::DoNotOptimize(passed);
    }
    state.counters["passed"] = static_cast<double>(passed);
}

}  // namespace

BENCHMARK_CAPTURE(select, number, std::string("year >= 2020"))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(select, joined,
                  std::string("year >= 2020 and source = \"s3\" or not tags in (\"t5\", \"t7\")"))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(select, different_values, std::string("serial = \"n77777\""))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(select, id_begins, std::string("id begins \"document-99\""))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_MAIN();
