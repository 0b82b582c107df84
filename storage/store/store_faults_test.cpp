// A disk that fails. Whatever fails and whenever: what was acknowledged is there after the next
// open, a failed write closes the store to writes, and nothing is half there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <set>

#include "storage/store/store.hpp"
#include "storage/testing/faulty_environment.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::storage {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

struct Case {
    const char* name;
    Faults faults;
};

class StoreFaults : public ::testing::TestWithParam<Case> {};

// The expected collection; a write that failed may be there or not.
struct Model {
    std::map<std::string, std::string> documents;
    std::string unsure;  // id
    std::optional<std::string> unsure_text;
};

void expect_all(const Store& store, const Model& model, std::uint64_t seed) {
    const Reader reader = store.reader();
    std::set<std::string> ids;
    const Status listed = reader.for_each_document([&](const DocumentHeader& header) {
        ids.insert(header.id);
        return true;
    });
    ASSERT_TRUE(listed.ok()) << listed.message();
    EXPECT_EQ(ids.size(), reader.counters().documents) << "seed " << seed;
    for (const auto& [id, text] : model.documents) {
        if (id == model.unsure) continue;
        const auto document = reader.document(id);
        ASSERT_TRUE(document.ok()) << "seed " << seed << ": " << document.status().message();
        EXPECT_EQ(document->text, text) << "seed " << seed << ", " << id;
        EXPECT_TRUE(reader.chunks(document->header).ok());
    }
    for (const std::string& id : ids)
        EXPECT_TRUE(id == model.unsure || model.documents.contains(id))
            << "seed " << seed << ": " << id << " was deleted";
    if (!ids.contains(model.unsure)) return;
    const auto document = reader.document(model.unsure);
    ASSERT_TRUE(document.ok()) << "seed " << seed << ": " << document.status().message();
    const auto before = model.documents.find(model.unsure);
    EXPECT_TRUE(document->text == model.unsure_text ||
                (before != model.documents.end() && document->text == before->second))
        << "seed " << seed << ": half a write of " << model.unsure;
}

// Writes and reads until a write fails, or for a while; the store must behave meanwhile.
void use(Store& store, Model& model, std::mt19937_64& random, std::uint64_t seed) {
    for (int step = 0; step < 40; ++step) {
        const std::string id = "d" + std::to_string(random() % 15);
        const bool removes = random() % 4 == 0;
        const std::string text(random() % 9000, static_cast<char>('a' + random() % 26));
        WriteGroup group;
        if (removes)
            group.deletes.push_back(id);
        else
            group.puts.push_back({.id = id, .text = text, .chunks = {{0, text.size(), 1}}});
        const auto done = store.commit(group);
        if (!done.ok()) {
            model.unsure = id;
            model.unsure_text = removes ? std::optional<std::string>() : text;
            EXPECT_THAT(done.status().code(),
                        AnyOf(Code::internal, Code::resource_exhausted, Code::corrupt))
                << done.status().message();
            if (!store.writable().ok()) {
                const auto later = store.commit({.puts = {{.id = "later", .text = "x"}}});
                EXPECT_THAT(later.status().message(), HasSubstr("no further writes"));
            }
            return;
        }
        if (removes)
            model.documents.erase(id);
        else
            model.documents[id] = text;
        if (step % 10 == 9) (void)store.flush();  // a failure of it shows in later commits
        const auto read = store.reader().document(id);
        if (!read.ok()) {
            // Nothing is there, or the disk did not give it: never other bytes.
            EXPECT_TRUE(removes || read.status().code() != Code::not_found) << "seed " << seed;
            continue;
        }
        EXPECT_EQ(read->text, text) << "seed " << seed;
    }
}

TEST_P(StoreFaults, NothingAcknowledgedIsLost) {
    std::uint64_t failures = 0;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const TestFolder folder;
        Faults faults = GetParam().faults;
        faults.seed = seed;
        FaultyEnvironment disk(faults);
        std::mt19937_64 random(seed);
        Model model;
        for (int round = 0; round < 3; ++round) {
            disk.set_armed(true);
            {
                const auto store =
                    Store::open(folder.path() / "c", {.create_if_missing = true,
                                                      .write_buffer_bytes = 1u << 16,
                                                      .environment = &disk.environment()});
                if (store.ok())
                    use(**store, model, random, seed);
                else
                    EXPECT_NE(store.status().message(), "");
            }
            disk.set_armed(false);
            const auto store =
                Store::open(folder.path() / "c",
                            {.create_if_missing = true, .environment = &disk.environment()});
            ASSERT_TRUE(store.ok())
                << "seed " << seed << ", round " << round << ": " << store.status().message();
            expect_all(**store, model, seed);
            if (::testing::Test::HasFatalFailure()) return;
            // What the failed write left is known now.
            if (!model.unsure.empty()) {
                const auto there = (*store)->reader().document(model.unsure);
                if (there.ok())
                    model.documents[model.unsure] = there->text;
                else
                    model.documents.erase(model.unsure);
                model.unsure.clear();
            }
            ASSERT_TRUE((*store)->verify_checksums().ok());
        }
        failures += disk.failures();
    }
    EXPECT_GT(failures, 0u) << "nothing failed: the test tests nothing";
}

INSTANTIATE_TEST_SUITE_P(Disks, StoreFaults,
                         ::testing::Values(Case{"writes", {.write_every = 120}},
                                           Case{"syncs", {.sync_every = 60}},
                                           Case{"renames", {.rename_every = 3}},
                                           Case{"reads", {.read_every = 60}},
                                           Case{"short_reads", {.short_read_every = 20}},
                                           Case{"full", {.disk_bytes = 700000}},
                                           Case{"everything",
                                                {.write_every = 400,
                                                 .sync_every = 300,
                                                 .rename_every = 30,
                                                 .read_every = 300,
                                                 .short_read_every = 300}}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(StoreFaultsFull, AFullDiskIsSaidToBeFull) {
    const TestFolder folder;
    FaultyEnvironment disk({.disk_bytes = 1500000});
    const auto store = Store::open(folder.path() / "c",
                                   {.create_if_missing = true, .environment = &disk.environment()});
    ASSERT_TRUE(store.ok()) << store.status().message();
    Status failed;
    for (int i = 0; i < 100 && failed.ok(); ++i)
        failed =
            (*store)
                ->commit(
                    {.puts = {{.id = "d" + std::to_string(i), .text = std::string(50000, 'x')}}})
                .status();
    EXPECT_EQ(failed.code(), Code::resource_exhausted) << failed.message();
    EXPECT_THAT(failed.message(), HasSubstr("free some disk space"));
    EXPECT_TRUE((*store)->reader().document("d0").ok());
}

}  // namespace
}  // namespace lectern::storage
