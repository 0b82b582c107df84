#include "index/lexical/marks.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lectern::index::lexical {
namespace {

// The text with what is marked between brackets.
std::string marked(std::string_view text, std::string_view query) {
    std::string out;
    std::size_t at = 0;
    for (const text::Range& range : marks(text, read_query(query), {})) {
        out += text.substr(at, range.begin - at);
        out += '[';
        out += text.substr(range.begin, range.end - range.begin);
        out += ']';
        at = range.end;
    }
    return out.append(text.substr(at));
}

TEST(Marks, StandAroundTheWordsOfTheQuery) {
    const struct {
        const char* query;
        const char* text;
        const char* marked;
    } cases[] = {
        {"the boundary of a layer", "The boundary is a layer.", "The [boundary] is a [layer]."},
        {"\"boundary layer\"", "A boundary layer; a layer.", "A [boundary layer]; a [layer]."},
        {"\"to be or not\"", "To be or not to be", "[To be or not] to be"},
        {"aero*", "aerial Aerodynamics", "aerial [Aerodynamics]"},
        {"payment", "payment_retry_handler", "[payment_retry_handler]"},
        {"\u00E9cole", "L'\u00C9cole", "L'[\u00C9cole]"},
        {"wing", "", ""},
        {"wing -drag", "drag of a wing", "drag of a [wing]"},
    };
    for (const auto& row : cases) EXPECT_EQ(marked(row.text, row.query), row.marked) << row.query;
}

TEST(Marks, ExcludedWordsAreFoundInTitleAndText) {
    const QueryText query = read_query("wing -drag -\"flat plate\"");
    EXPECT_TRUE(has_excluded_word("Drag", "a wing", query));
    EXPECT_TRUE(has_excluded_word("", "a wing's drag", query));
    EXPECT_TRUE(has_excluded_word("", "drag_coefficient", query));
    EXPECT_FALSE(has_excluded_word("", "a dragon's wing, a flat plate", query));
}

}  // namespace
}  // namespace lectern::index::lexical
