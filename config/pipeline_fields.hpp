// config/pipeline_fields.hpp: the keys of a pipeline file's sections `search` and `answer`, and of
// its steps that have some, described. The reader, its messages and the tables of
// docs/configuration.md come from here.
#pragma once

#include "api/described.hpp"
#include "config/pipeline.hpp"

namespace lectern::config {

[[nodiscard]] const api::Table<SearchConfig>& search_keys();
[[nodiscard]] const api::Table<AnswerConfig>& answer_keys();
// Of a search in a branch, and of `fuse`.
[[nodiscard]] const api::Table<BranchSearch>& branch_keys();
[[nodiscard]] const api::Table<FuseConfig>& fuse_keys();

}  // namespace lectern::config
