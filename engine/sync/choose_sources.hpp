// engine/sync/choose_sources.hpp: which folders a sync is about.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "corpus/values.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

struct ChosenSources {
    std::vector<storage::SourceFolder> sources;   // in order of path
    std::vector<storage::SourceFolder> remember;  // of these: new, or with other patterns
};

// `known`: the collection's. The paths become sources with the patterns, and with names, one a
// path, or as they are given; no paths: all that are known. invalid_argument for folders that
// overlap, and for names that two have.
[[nodiscard]] Result<ChosenSources> choose_sources(std::span<const storage::SourceFolder> known,
                                                   const std::vector<std::filesystem::path>& paths,
                                                   const std::vector<std::string>& include,
                                                   const std::vector<std::string>& exclude,
                                                   const std::vector<std::string>& names = {});

}  // namespace lectern
