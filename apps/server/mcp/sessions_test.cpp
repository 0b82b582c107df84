// Whose sessions are kept when there are too many.
#include "apps/server/mcp/sessions.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "apps/server/work/test_collections.hpp"

namespace lectern::server::mcp {
namespace {

using SessionsTest = CollectionsTest;

TEST_F(SessionsTest, WhoBeginsManyLosesItsOwn) {
    const Keys keys;
    Listeners listeners(*collections, keys);
    Sessions sessions(listeners);
    Key modest;
    modest.sha256 = "modest";
    Key greedy;
    greedy.sha256 = "greedy";
    const std::string mine = Sessions::new_id();
    sessions.set_log_level(mine, &modest, Level::debug);
    std::vector<std::string> ids;
    for (std::size_t i = 0; i <= Sessions::most; ++i) {
        ids.push_back(Sessions::new_id());
        sessions.set_log_level(ids.back(), &greedy, Level::error);
    }
    EXPECT_EQ(sessions.log_level(mine, &modest), Level::debug);
    EXPECT_EQ(sessions.log_level(ids.back(), &greedy), Level::error);
    // All but one are the greedy one's, so of those that it began two are gone.
    EXPECT_EQ(sessions.log_level(ids[2], &greedy), Level::error);
    EXPECT_EQ(sessions.log_level(ids[1], &greedy), std::nullopt);
}

TEST_F(SessionsTest, OfOneIdEachKeyHasItsOwn) {
    const Keys keys;
    Listeners listeners(*collections, keys);
    Sessions sessions(listeners);
    Key one;
    one.sha256 = "one";
    Key other;
    other.sha256 = "other";
    const std::string id = Sessions::new_id();
    sessions.set_log_level(id, &one, Level::debug);
    sessions.set_log_level(id, &other, Level::error);
    sessions.end(id, &other);
    EXPECT_EQ(sessions.log_level(id, &one), Level::debug);
    EXPECT_EQ(sessions.log_level(id, &other), std::nullopt);
    EXPECT_EQ(sessions.log_level(id, nullptr), std::nullopt);
}

}  // namespace
}  // namespace lectern::server::mcp
