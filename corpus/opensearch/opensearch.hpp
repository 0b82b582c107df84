// corpus/opensearch/opensearch.hpp: a collection as one index of an OpenSearch cluster. Several
// processes may use it at once. docs/cluster.md has what it promises and what it does not do yet.
#pragma once

#include <memory>
#include <string_view>

#include "corpus/corpus.hpp"
#include "corpus/opensearch/address.hpp"

namespace lectern::corpus::opensearch {

// The cluster must answer; the index is made with its first generation, so that until then the
// collection has no serving one.
[[nodiscard]] Result<std::unique_ptr<Corpus>> open(std::string_view address, const Log& log);

}  // namespace lectern::corpus::opensearch
