#include "apps/server/work/backup_sets.hpp"

#include <gtest/gtest.h>

#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

TEST(BackupSetsTest, AreFoundByTheNamesOfTheirFolders) {
    const TestFolder folder;
    const std::string id = "0123456789abcdef0123456789abcdef";
    EXPECT_TRUE(backup_sets(folder.path()).empty());
    for (const std::string& name : {"notes-1-" + id, "a-" + id, "-" + id, id, "notes_" + id,
                                    "notes-" + id.substr(1), "no.tes-" + id, std::string("notes")})
        std::filesystem::create_directories(backups_below(folder.path()) / name);
    const auto sets = backup_sets(folder.path());
    ASSERT_EQ(sets.size(), 2U);
    EXPECT_EQ(sets[0].collection, "a");
    EXPECT_EQ(sets[1].collection, "notes-1");
    EXPECT_EQ(sets[1].collection_id, id);
    EXPECT_TRUE(find_backup_set(folder.path(), "a-" + id));
    EXPECT_FALSE(find_backup_set(folder.path(), "../a-" + id));
    EXPECT_FALSE(find_backup_set(folder.path(), "b-" + id));
}

TEST(BackupSetsTest, WhatABackupHasFilesOf) {
    for (const char* name : {"meta/1", "private/12/MANIFEST-000004", "private/1/CURRENT",
                             "shared_checksum/000011_s2DK_1234.sst"})
        EXPECT_TRUE(may_be_of_backup(name)) << name;
    for (const char* name :
         {"", "meta", "meta/", "meta/x", "meta/0", "meta/../1", "/etc/passwd", "../meta/1",
          "private/1", "private/1/", "private/x/CURRENT", "private/1/../CURRENT", "private/1/a/b",
          "private/1/.hidden", "shared_checksum/..", "shared_checksum/a/b", "store/CURRENT",
          "shared_checksum/a b"})
        EXPECT_FALSE(may_be_of_backup(name)) << name;
}

}  // namespace
}  // namespace lectern::server
