// index/lexical/check_store.hpp: the postings of a store against its documents, for `lectern
// verify`. Nothing is changed.
#pragma once

#include <optional>

#include "index/lexical/lexical_index.hpp"
#include "lectern/status.hpp"
#include "storage/store.hpp"

namespace lectern::index {

// Empty when there are no postings, or older ones than the documents: the next open builds them.
// The store may be open to read only. Failures are the store's.
[[nodiscard]] Result<std::optional<LexicalCheck>> check_postings(const storage::Store& store);

}  // namespace lectern::index
