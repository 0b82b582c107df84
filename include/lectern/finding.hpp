// lectern/finding.hpp: what a check of a collection has found. Plain values.
#pragma once

#include <string>

namespace lectern {

// Something that is not as it should be.
struct Finding {
    std::string where;  // a file, a column of the store, a document
    std::string what;
};

}  // namespace lectern
