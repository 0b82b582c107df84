#include "index/lexical/check_store.hpp"

#include <string>
#include <utility>

#include "index/lexical/keys.hpp"
#include "index/lexical/state.hpp"
#include "index/lexical/verify.hpp"

namespace lectern::index {

using namespace lexical;

Result<std::optional<LexicalCheck>> check_postings(const storage::Store& store) {
    using Nothing = std::optional<LexicalCheck>;
    // Format 1 had no column for them.
    if (store.meta().format < 2) return Nothing{};
    storage::Reader reader = store.reader();
    const std::string key(state_key);
    LECTERN_ASSIGN(const auto values, reader.derived_values({&key, 1}));
    const std::optional<Stamp> stamp =
        values.front() ? Stamp::decode(*values.front()) : std::nullopt;
    if (!stamp || stamp->unicode != unicode_version() || stamp->sequence != reader.sequence())
        return Nothing{};
    LECTERN_ASSIGN(auto loaded, load_segments(reader));
    if (!loaded) {
        LexicalCheck check;
        check.problems = 1;
        check.messages.emplace_back("the segments do not agree with the chunks");
        return std::optional(std::move(check));
    }
    const State state(std::move(reader), std::move(loaded->segments));
    LECTERN_ASSIGN(LexicalCheck check, verify(state, stamp->analysis));
    return std::optional(std::move(check));
}

}  // namespace lectern::index
