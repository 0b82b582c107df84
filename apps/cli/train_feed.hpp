// apps/cli/train_feed.hpp: the texts that models are trained on.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/common.hpp"

namespace lectern::app {

// Before hours of work, not after them.
[[nodiscard]] Status readable(const std::vector<std::string>& files);

// The documents of the collection, where one is named, else the lines of the files; "-" is standard
// input.
[[nodiscard]] Result<TextFeed> document_feed(const Common& common,
                                             const std::vector<std::string>& files);
// The same with the passages of the documents.
[[nodiscard]] Result<TextFeed> passage_feed(const Common& common,
                                            const std::vector<std::string>& files);

}  // namespace lectern::app
