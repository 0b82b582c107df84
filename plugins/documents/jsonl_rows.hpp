// documents/jsonl_rows.hpp: documents in JSON Lines, one object a row.
//
// The rows are those of the BEIR benchmark's corpus.jsonl (Thakur et al. 2021, arXiv:2104.08663):
// `_id`, `title` and `text`; any further keys are metadata. `metadata` that is an object lends its
// members instead of standing as a key of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "lectern/plugin.h"

namespace lectern::documents {

struct Row {
    std::uint64_t number = 0;  // of the line, from 1
    std::string id;            // `_id`, or "<source>#<number>"
    std::string title;
    std::string text;
    std::string metadata;  // a JSON object, or "" when there are no further keys
};

struct RowFailure {
    std::uint64_t number = 0;
    lectern_code code = LECTERN_INVALID_ARGUMENT;
    std::string message;
};

// Parses row by row; holds one row at a time. Blank lines are skipped. A broken row is reported and
// the rest go on. Fails as a whole when the file has no row, and when its first 100 rows are all
// broken (it is no JSON Lines file). What the callbacks throw goes through.
void read_rows(std::string_view bytes, std::string_view source,
               const std::function<void(const Row&)>& row,
               const std::function<void(const RowFailure&)>& failed);

}  // namespace lectern::documents
