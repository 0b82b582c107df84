// index/lexical/check_store.hpp: the postings of a store against its documents, for `lectern
// verify`. Nothing is changed.
#pragma once

#include <optional>
#include <string>

#include "index/lexical/lexical_index.hpp"
#include "lectern/status.hpp"
#include "storage/store/store.hpp"

namespace lectern::index {

struct PostingsCheck {
    std::optional<LexicalCheck> check;  // empty: the next open builds them, whatever they are
    std::string why_not;                // then the reason
};

// The store may be open to read only. Failures are the store's.
[[nodiscard]] Result<PostingsCheck> check_postings(const storage::Store& store);

}  // namespace lectern::index
