// What is asked of collections beside their documents.
#include "apps/server/work/collections.hpp"

#include <gtest/gtest.h>

#include <string>

#include "apps/server/work/test_collections.hpp"

namespace lectern::server {
namespace {

TEST_F(CollectionsTest, AnIdIsToldWithoutOpening) {
    make("notes");
    std::string id;
    {
        const auto open = collections->get("notes");
        ASSERT_TRUE(open.ok()) << open.status().message();
        const auto stats = (*open)->collection.stats();
        ASSERT_TRUE(stats.ok()) << stats.status().message();
        id = stats->collection_id;
    }
    const auto of_open = collections->id_of("notes");
    ASSERT_TRUE(of_open.ok()) << of_open.status().message();
    EXPECT_EQ(*of_open, id);
    collections->close_all();
    const auto of_closed = collections->id_of("notes");
    ASSERT_TRUE(of_closed.ok()) << of_closed.status().message();
    EXPECT_EQ(*of_closed, id);
    EXPECT_TRUE(collections->open_ones().empty());
    bool exists = false;
    ASSERT_TRUE(collections->set_alias("other", "notes", exists).ok());
    for (const char* none : {"none", "other", ".backups"})
        EXPECT_EQ(collections->id_of(none).status().code(), Code::not_found) << none;
    // Made again, it is another.
    ASSERT_TRUE(collections->remove_alias("other").ok());
    ASSERT_TRUE(collections->drop("notes").ok());
    make("notes");
    const auto of_other = collections->id_of("notes");
    ASSERT_TRUE(of_other.ok()) << of_other.status().message();
    EXPECT_NE(*of_other, id);
}

}  // namespace
}  // namespace lectern::server
