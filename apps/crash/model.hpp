// apps/crash/model.hpp: what the collection must hold, and whether it does.
//
// What was acknowledged is certain. Of the one operation that was in flight when the worker died,
// each document may be in the state before or after it; looking at the collection settles which.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/crash/script.hpp"

namespace lectern::crash {

// Of a document: its name and the step that wrote it.
using Version = std::pair<unsigned, Step>;

// What a collection answers: everything by id, and everything that searches find.
struct Seen {
    std::vector<Document> documents;
    std::vector<Hit> hits;  // of a dense search for all chunks
    bool all_hits = true;   // false: the search is approximate, and may have missed some
    // The documents that a lexical search for the version's own word finds.
    std::map<Version, std::vector<std::string>> by_word;
    std::uint64_t documents_count;  // as stats() says
    std::uint64_t chunks_count;
};

class Model {
 public:
    explicit Model(const Script& script) : script_(script) {}

    // The worker has begun the step; it may be done or not, or in part.
    void begin(Step step);
    // The step that was begun is done.
    void acknowledge();

    // Everything that is wrong with the collection, one sentence each; empty when nothing is. What
    // was in doubt is settled by what was seen.
    [[nodiscard]] std::vector<std::string> check(const Seen& seen);

    // The versions whose words must be searched for: those that may be there, and of each document
    // the last one that may not.
    [[nodiscard]] std::vector<Version> versions() const;

    // The step that wrote the present version, or nothing.
    [[nodiscard]] std::optional<Step> version(unsigned name) const;
    [[nodiscard]] std::size_t size() const { return versions_.size(); }

 private:
    // "" when the document is, byte for byte, what the step wrote; else what is wrong.
    [[nodiscard]] std::string difference(const Document& document, unsigned name, Step step) const;

    void settle(unsigned name, std::optional<Step> step);
    void check_words(const Seen& seen, std::vector<std::string>& problems) const;

    const Script& script_;
    std::map<unsigned, Step> versions_;
    std::map<unsigned, Step> gone_;  // the version before, replaced or removed
    // Of the operation in flight: the new version of a document, or nothing when it removes it.
    std::map<unsigned, std::optional<Step>> in_doubt_;
};

}  // namespace lectern::crash
