// A collection that has lost a row of one of its views, without a trace: the crash harness must see
// it when it inspects what a worker left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>
#include <vector>

#include "apps/crash/inspection.hpp"
#include "storage/store/store.hpp"
#include "storage/testing/lost_vector.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::crash {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class CrashSabotage : public testing::Test {
 protected:
    // A few steps of the script, acknowledged, and the collection closed.
    void SetUp() override {
        collection = folder / "collection";
        auto written = script.write_pipeline(folder);
        ASSERT_TRUE(written.ok()) << written.status().message();
        pipeline = *written;
        auto opened = open(collection, pipeline);
        ASSERT_TRUE(opened.ok()) << opened.status().message();
        for (Step step = 1; model.size() < 30; ++step) {
            const Operation operation = script.operation(step);
            if (operation.kind != Kind::ingest && operation.kind != Kind::remove) continue;
            model.begin(step);
            std::vector<DocumentInput> documents;
            std::vector<std::string> ids;
            for (const unsigned name_of : operation.documents) {
                documents.push_back(script.document(name_of, step));
                ids.push_back(Script::id(name_of));
            }
            if (operation.kind == Kind::ingest)
                ASSERT_TRUE(opened->ingest_documents(documents).ok());
            else
                ASSERT_TRUE(opened->remove(ids).ok());
            model.acknowledge();
        }
        ASSERT_TRUE(opened->flush().ok());
        const auto versions = model.versions();
        const auto seen = look(*opened, versions);
        ASSERT_TRUE(seen.ok()) << seen.status().message();
        document = seen->documents.front();
    }
    [[nodiscard]] std::vector<std::string> problems() {
        Model judge = model;
        const auto found = inspect(collection, pipeline, judge, 1);
        EXPECT_TRUE(found.ok()) << found.status().message();
        return found.ok() ? found->problems : std::vector<std::string>{};
    }
    // Of the text's first word, in every segment of the lexical index.
    void lose_posting() const {
        const std::string word = document.text.substr(0, document.text.find(' '));
        const auto store = storage::Store::open(collection);
        ASSERT_TRUE(store.ok()) << store.status().message();
        storage::DerivedRows lost;
        const storage::Reader reader = (*store)->reader();
        for (auto row = reader.derived("p", "q", false); row.valid(); row.next())
            if (row.key().ends_with(word)) lost.removes.emplace_back(row.key());
        ASSERT_EQ(lost.removes.size(), 1U) << word;
        ASSERT_TRUE((*store)->write_derived(lost).ok());
    }

    const Script script{42};
    Model model{script};
    lectern::TestFolder home;
    fs::path folder = home.path();
    fs::path pipeline;
    fs::path collection;
    Document document;
};

TEST_F(CrashSabotage, AWholeCollectionHasNoProblems) {
    EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(CrashSabotage, ALostPostingIsSeen) {
    lose_posting();
    const auto found = problems();
    EXPECT_THAT(found, Contains(StartsWith("verify: column postings")));
    EXPECT_THAT(found, Contains(HasSubstr("does not find " + document.id)));
}

// The index is whole after it was built again, but a commit must not leave it behind.
TEST_F(CrashSabotage, PostingsThatMustBeBuiltAgainAreSeen) {
    {
        const auto store = storage::Store::open(collection);
        ASSERT_TRUE(store.ok()) << store.status().message();
        storage::DerivedRows lost;
        lost.removes.emplace_back("s");  // the state of the lexical index
        ASSERT_TRUE((*store)->write_derived(lost).ok());
    }
    EXPECT_THAT(problems(), Contains(StartsWith("lexical index: building the postings")));
    EXPECT_THAT(problems(), IsEmpty()) << "the second time they are there";
}

TEST_F(CrashSabotage, ALostVectorIsSeen) {
    const storage::ChunkId chunk = document.chunks.back().chunk;
    const Status lost = storage::lose_vector(collection, chunk);
    ASSERT_TRUE(lost.ok()) << lost.message();
    EXPECT_THAT(problems(), Contains(AllOf(StartsWith("verify: "), HasSubstr("vectors"))));
    // A segment on disk still has the row. Without it:
    fs::remove_all(collection / "index");
    EXPECT_THAT(problems(), Contains("search does not find chunk " + std::to_string(chunk) +
                                     " of " + document.id));
}

}  // namespace
}  // namespace lectern::crash
