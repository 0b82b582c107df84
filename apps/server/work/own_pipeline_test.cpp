// What a client uploads comes with a pipeline of its own, which must not be what works here.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "lectern/backup.hpp"
#include "lectern/lectern.hpp"
#include "tests/small_models.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;

TEST(OwnPipelineTest, TakesThePlaceOfOneThatCameFromElsewhere) {
    const lectern::TestFolder home;
    const fs::path theirs = test::write_small_pipeline(home.path() / "theirs");
    const fs::path ours = test::write_small_pipeline(home.path() / "ours");
    const fs::path other = test::write_small_pipeline(home.path() / "ours", "other");
    const auto engine = Engine::create({.folders = {.cache = home.path() / "cache"}});
    ASSERT_TRUE(engine.ok()) << engine.status().message();
    const fs::path place = home.path() / "collection";
    {
        auto made = engine->open(place, {.pipeline = theirs.string()});
        ASSERT_TRUE(made.ok()) << made.status().message();
        const std::vector<DocumentInput> documents{{"a", "", "moon tides", ""}};
        ASSERT_TRUE(made->ingest_documents(documents).ok());
    }
    // There is none of its name: neither by what the server was given nor among those that ship.
    for (const std::string& own : {std::string(), other.string()}) {
        const Status refused = use_own_pipeline(place, engine->folders(), own);
        EXPECT_EQ(refused.code(), Code::invalid_argument);
        EXPECT_NE(refused.message().find("'small'"), std::string::npos) << refused.message();
    }
    ASSERT_TRUE(use_own_pipeline(place, engine->folders(), ours.string()).ok());
    // Theirs is not there any more, and nobody misses it.
    fs::remove_all(home.path() / "theirs");
    const auto opened = engine->open(place, {.create = false});
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    const auto found = opened->search("moon");
    ASSERT_TRUE(found.ok()) << found.status().message();
    EXPECT_EQ(found->hits.size(), 1U);
}

TEST(OwnPipelineTest, IsAlsoOneThatShips) {
    const lectern::TestFolder home;
    const fs::path theirs = test::write_small_pipeline(home.path() / "theirs");
    const auto engine = Engine::create({.folders = {.cache = home.path() / "cache"}});
    ASSERT_TRUE(engine.ok()) << engine.status().message();
    const fs::path place = home.path() / "collection";
    ASSERT_TRUE(engine->open(place, {.pipeline = theirs.string()}).ok());
    fs::create_directories(home.path() / "shipped");
    Folders folders = engine->folders();
    folders.pipelines = home.path() / "shipped";
    EXPECT_FALSE(use_own_pipeline(place, folders).ok());
    fs::copy_file(theirs, home.path() / "shipped" / "small.yaml");
    const Status done = use_own_pipeline(place, folders);
    EXPECT_TRUE(done.ok()) << done.message();
}

}  // namespace
}  // namespace lectern::server
