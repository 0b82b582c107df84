#include "engine/sync/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lectern {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

storage::Hash128 hash(std::uint8_t value) {
    return {{value}};
}

HashedFile file(const std::string& path, std::uint8_t value) {
    return {{path, path, {}}, hash(value)};
}

StoredFile whole(const std::string& path, std::uint8_t value, storage::Ordinal ordinal) {
    return {storage::SyncedFile{path, hash(value), 1}, {ordinal}, {}};
}

std::vector<std::string> told(const SyncPlan& plan) {
    std::vector<std::string> out;
    for (const SyncChange& change : plan.changes)
        out.push_back(std::string(name(change.kind)) + " " + change.file +
                      (change.from.empty() ? "" : " from " + change.from));
    return out;
}

const auto nothing_exists = [](const std::string&) { return false; };

TEST(SyncPlan, NewChangedGoneAndRenamedFiles) {
    const StoredFiles stored{{"/s/same", whole("/s/same", 1, 11)},
                             {"/s/edited", whole("/s/edited", 2, 12)},
                             {"/s/gone", whole("/s/gone", 3, 13)},
                             {"/s/old", whole("/s/old", 4, 14)}};
    const std::vector<HashedFile> files{file("/s/edited", 22), file("/s/fresh", 5),
                                        file("/s/new", 4), file("/s/same", 1)};
    const SyncPlan plan = make_plan(files, stored, {}, nothing_exists);
    EXPECT_THAT(told(plan), ElementsAre("changed /s/edited", "added /s/fresh", "removed /s/gone",
                                        "renamed /s/new from /s/old"));
    EXPECT_EQ(plan.unchanged, 1U);
    EXPECT_THAT(plan.remove, ElementsAre("/s/gone", "/s/old"));
    ASSERT_EQ(plan.store.size(), 3U);
    EXPECT_EQ(plan.store[2].same_as, "/s/old");
    const SourceLoss loss = loss_of({.path = "/s"}, plan, stored);
    EXPECT_EQ(loss.stored, 4U);
    EXPECT_EQ(loss.gone, 1U);
}

TEST(SyncPlan, AFileIsStoredAgainUntilAllOfItIsThere) {
    StoredFile half = whole("/s/a", 1, 11);
    half.whole->documents = 2;  // one of its two was deleted
    StoredFile unmarked = whole("/s/b", 1, 12);
    unmarked.whole.reset();  // a sync was killed
    StoredFile ingested{std::nullopt, {}, {13}};
    const StoredFiles stored{{"/s/a", half}, {"/s/b", unmarked}, {"/s/c", ingested}};
    const std::vector<HashedFile> files{file("/s/a", 1), file("/s/b", 1), file("/s/c", 1)};
    const SyncPlan plan = make_plan(files, stored, {}, nothing_exists);
    EXPECT_THAT(told(plan), ElementsAre("changed /s/a", "changed /s/b", "changed /s/c"));
    EXPECT_EQ(plan.unchanged, 0U);
}

TEST(SyncPlan, WhatIsNotKnownNowStays) {
    const StoredFiles stored{{"/s/shut/a", whole("/s/shut/a", 1, 11)},
                             {"/s/shut2", whole("/s/shut2", 2, 12)},
                             {"/s/unreadable", whole("/s/unreadable", 3, 13)}};
    const std::vector<HashedFile> files{{{"/s/unreadable", "unreadable", {}}, std::nullopt}};
    const std::vector<std::string> unread{"/s/shut"};
    const SyncPlan plan = make_plan(files, stored, unread, nothing_exists);
    EXPECT_THAT(told(plan), ElementsAre("removed /s/shut2"));
}

TEST(SyncPlan, WhatAnIngestStoredGoesOnlyWhenItsFileIsGone) {
    const StoredFiles stored{{"/s/ignored", {std::nullopt, {}, {11}}},
                             {"/s/gone", {std::nullopt, {}, {12}}}};
    const SyncPlan plan =
        make_plan({}, stored, {}, [](const std::string& path) { return path == "/s/ignored"; });
    EXPECT_THAT(told(plan), ElementsAre("removed /s/gone"));
}

TEST(SyncPlan, OfTwoFilesThatAreGoneEachGivesItsNameToOne) {
    const StoredFiles stored{{"/s/a", whole("/s/a", 1, 11)}, {"/s/b", whole("/s/b", 1, 12)}};
    const std::vector<HashedFile> files{file("/s/x", 1), file("/s/y", 1), file("/s/z", 1)};
    const SyncPlan plan = make_plan(files, stored, {}, nothing_exists);
    EXPECT_THAT(told(plan),
                ElementsAre("renamed /s/x from /s/b", "renamed /s/y from /s/a", "added /s/z"));
    EXPECT_EQ(plan.store[2].same_as, "/s/a");  // a copy has its vectors all the same
}

TEST(SyncPlan, MoreThanHalfIsTooMuch) {
    struct Row {
        std::uint64_t stored, gone;
        bool too_much;
    };
    for (const Row& row : {Row{0, 0, false}, Row{1, 0, false}, Row{1, 1, true}, Row{2, 1, false},
                           Row{3, 1, false}, Row{3, 2, true}, Row{4, 2, false}, Row{9, 5, true}})
        EXPECT_EQ((SourceLoss{row.stored, row.gone}.too_much()), row.too_much)
            << row.gone << " of " << row.stored;
}

TEST(SyncPlan, AFolderIsNoBeginningOfAnother) {
    EXPECT_TRUE(lies_in("/s/a", "/s"));
    EXPECT_TRUE(lies_in("/s", "/s"));
    EXPECT_TRUE(lies_in("/a", "/"));
    EXPECT_FALSE(lies_in("/s2/a", "/s"));
    EXPECT_FALSE(lies_in("/", "/s"));
    EXPECT_THAT(make_plan({}, {}, {}, nothing_exists).changes, IsEmpty());
}

}  // namespace
}  // namespace lectern
