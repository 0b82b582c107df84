#include "index/lexical/check_store.hpp"

#include <string>
#include <utility>

#include "index/lexical/keys.hpp"
#include "index/lexical/state.hpp"
#include "index/lexical/verify.hpp"

namespace lectern::index {

using namespace lexical;

namespace {

// Empty when the postings go up to the last commit and can be looked at.
std::string why_not(const std::optional<std::string>& bytes, storage::Sequence last) {
    if (!bytes) return "there is no stamp that says up to which commit they go";
    const std::optional<Stamp> stamp = Stamp::decode(*bytes);
    if (!stamp) return "their stamp cannot be understood";
    if (stamp->unicode != unicode_version())
        return "they were made with the word rules of ICU " + std::to_string(stamp->unicode) +
               ", these are ICU " + std::to_string(unicode_version()) + "'s";
    if (stamp->spelling != spelling_rules)
        return "they were made with other rules for spelling; the next open builds them again";
    if (stamp->sequence != last)
        return "they go up to commit " + std::to_string(stamp->sequence) + ", the documents to " +
               std::to_string(last);
    return {};
}

}  // namespace

Result<PostingsCheck> check_postings(const storage::Store& store) {
    // Format 1 had no column for them.
    if (store.meta().format < 2) return PostingsCheck{{}, "format 1 has none"};
    storage::Reader reader = store.reader();
    const std::string key(state_key);
    LECTERN_ASSIGN(const auto values, reader.derived_values({&key, 1}));
    if (std::string reason = why_not(values.front(), reader.sequence()); !reason.empty())
        return PostingsCheck{{}, std::move(reason)};
    const Stamp stamp = *Stamp::decode(*values.front());
    LECTERN_ASSIGN(auto loaded, load_segments(reader));
    if (!loaded) {
        LexicalCheck check;
        check.problems = 1;
        check.messages.emplace_back("the segments do not agree with the chunks");
        return PostingsCheck{std::move(check), {}};
    }
    const State state(std::move(reader), std::move(loaded->segments));
    LECTERN_ASSIGN(LexicalCheck check, verify(state, stamp.analysis));
    return PostingsCheck{std::move(check), {}};
}

}  // namespace lectern::index
