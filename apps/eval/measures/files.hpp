// apps/eval/measures/files.hpp: queries, judgements and runs as the field writes them.
//
// Every failure names FILE:LINE and says what was expected there. Empty lines are skipped.
#pragma once

#include <filesystem>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "apps/eval/measures/types.hpp"
#include "lectern/status.hpp"

namespace lectern::evaluation {

// BEIR's queries.jsonl: one object a line with "_id" (or "id") and "text"; optional "answers",
// "answer_starts" and "doc". `name` is used in messages.
[[nodiscard]] Result<std::vector<Query>> parse_queries(std::istream& in, std::string_view name);
[[nodiscard]] Result<std::vector<Query>> read_queries(const std::filesystem::path& file);

// BEIR's TSV (query-id, corpus-id, score; with or without its header line) or TREC qrels (query,
// iteration, document, relevance), told apart by the number of columns.
[[nodiscard]] Result<Judgements> parse_judgements(std::istream& in, std::string_view name);
[[nodiscard]] Result<Judgements> read_judgements(const std::filesystem::path& file);

// TREC run: query, "Q0", document, rank, score, tag. The rank is not used: as in trec_eval, scores
// decide.
[[nodiscard]] Result<Run> parse_run(std::istream& in, std::string_view name);
[[nodiscard]] Result<Run> read_run(const std::filesystem::path& file);

// In trec_eval's order, scores with all their digits, so that a reader finds the same ranking.
void write_run(std::ostream& out, const Run& run, std::string_view tag);
// invalid_argument when an id has white space in it, which the format cannot hold.
[[nodiscard]] Status write_run(const std::filesystem::path& file, const Run& run,
                               std::string_view tag);

}  // namespace lectern::evaluation
