// index/lexical/synonyms.hpp: words that mean the same, from a file of the user's.
//
//     # a comment
//     car, automobile, motor vehicle     each finds the others
//     ml => machine learning             the first finds the second, and not the other way
//
// docs/search.md has the rules.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::index {

// Immutable; safe from any thread.
class Synonyms {
 public:
    using Words = std::vector<std::string>;  // folded, in a row

    // What is wrong names the line.
    [[nodiscard]] static Result<Synonyms> parse(std::string_view text);
    [[nodiscard]] static Result<Synonyms> load(const std::filesystem::path& file);

    struct Match {
        std::size_t count = 0;  // words that were matched
        const std::vector<Words>* others = nullptr;
    };
    // The longest entry that the words begin with; count 0: none.
    [[nodiscard]] Match match(std::span<const std::string> words) const;
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
    Status read_line(std::string_view line);

    std::map<Words, std::vector<Words>> entries_;
    std::size_t longest_ = 0;
};

}  // namespace lectern::index
