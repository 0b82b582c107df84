// apps/server/work/test_collections.hpp: for tests: a data folder whose collections have a small
// pipeline.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "apps/server/work/collections.hpp"
#include "tests/small_models.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::server {

class CollectionsTest : public testing::Test {
 protected:
    void SetUp() override {
        const auto pipeline = test::write_small_pipeline(home.path());
        auto engine = Engine::create({.folders = {.cache = home.path() / "cache"}});
        ASSERT_TRUE(engine.ok()) << engine.status().message();
        collections.emplace(home.path() / "data", *engine,
                            CollectionOptions{.pipeline = pipeline.string()});
    }
    void make(const std::string& name) {
        bool exists = false;
        const auto made = collections->create(name, "", exists);
        ASSERT_TRUE(made.ok()) << made.status().message();
    }
    void store(const std::string& name, const std::string& id, const std::string& text) {
        const auto open = collections->get(name);
        ASSERT_TRUE(open.ok()) << open.status().message();
        const std::vector<DocumentInput> documents{{id, "", text, ""}};
        ASSERT_TRUE((*open)->collection.ingest_documents(documents).ok());
    }

    lectern::TestFolder home;
    std::optional<Collections> collections;
};

}  // namespace lectern::server
