// Backup, restore, verify and repair, as an embedding program and the command line see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <atomic>
#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "lectern/lectern.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Code;
using lectern::Collection;
using ::testing::HasSubstr;

const fs::path source = LECTERN_SOURCE_DIR;

class DurabilityTest : public testing::Test {
 protected:
    // With small word vectors that are in the tree.
    [[nodiscard]] Collection open(const std::string& name = "collection") const {
        lectern::OpenOptions options;
        options.pipeline = source / "tests/format/v1/tiny.yaml";
        options.folders.cache = folder / "cache";
        auto collection = Collection::open(folder / name, std::move(options));
        EXPECT_TRUE(collection.ok()) << collection.status().message();
        return std::move(*collection);
    }
    struct Answers {
        std::vector<std::string> hits;
        std::vector<float> scores;
    };
    // The same rows may lie elsewhere in a restored index and be summed in another order, so that
    // the last digit of a score differs.
    static void expect_same(const Answers& got, const Answers& wanted) {
        EXPECT_EQ(got.hits, wanted.hits);
        EXPECT_THAT(got.scores, ::testing::Pointwise(::testing::FloatNear(1e-5F), wanted.scores));
    }
    static Answers answers(const Collection& collection) {
        Answers out;
        for (const char* query : {"why is BERT not GPT", "term frequency", "letters of a word"}) {
            const auto found = collection.search(query, {.k = 5, .chunks = true});
            EXPECT_TRUE(found.ok()) << found.status().message();
            if (!found.ok()) continue;
            for (const lectern::Hit& hit : found->hits) {
                out.hits.push_back(hit.document + " " + std::to_string(hit.begin) + "-" +
                                   std::to_string(hit.end) + " " + hit.text);
                out.scores.push_back(hit.score);
            }
        }
        return out;
    }
    struct Ran {
        int code = -1;
        std::string out;
    };
    // The command line, with its errors in its output. `kill_point`: killed there, code 137.
    static Ran run(const std::string& arguments, const std::string& kill_point = {}) {
        const std::string command =
            (kill_point.empty() ? std::string() : "LECTERN_KILL_POINT=" + kill_point + " ") +
            "'" LECTERN_BINARY_DIR "/bin/lectern' " + arguments + " 2>&1";
        Ran result;
        std::FILE* pipe = ::popen(command.c_str(), "r");
        if (pipe == nullptr) return result;
        char buffer[4096];
        while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe))
            result.out.append(buffer, size);
        result.code = WEXITSTATUS(::pclose(pipe));
        return result;
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
};

TEST_F(DurabilityTest, ARestoredCollectionAnswersAsTheOneThatWasBackedUp) {
    Answers before;
    Answers after;
    {
        Collection collection = open();
        ASSERT_TRUE(
            collection.ingest({source / "samples/bert.md", source / "samples/gpt.md"}).ok());
        before = answers(collection);
        const auto first = collection.backup(folder / "backups");
        ASSERT_TRUE(first.ok()) << first.status().message();
        EXPECT_EQ(first->documents, 2U);
        ASSERT_TRUE(collection.ingest({source / "samples/bm25.md"}).ok());
        const std::vector<std::string> gone{(source / "samples/gpt.md").string()};
        ASSERT_TRUE(collection.remove(gone).ok());
        after = answers(collection);
        ASSERT_TRUE(collection.backup(folder / "backups").ok());
        ASSERT_TRUE(collection.ingest({source / "samples/word2vec.md"}).ok());
    }
    EXPECT_FALSE(before.hits.empty());
    EXPECT_NE(before.hits, after.hits);
    const auto listed = Collection::backups(folder / "backups");
    ASSERT_TRUE(listed.ok()) << listed.status().message();
    ASSERT_EQ(listed->size(), 2U);
    ASSERT_TRUE(Collection::restore(folder / "backups", 1, folder / "first").ok());
    ASSERT_TRUE(Collection::restore(folder / "backups", 0, folder / "latest").ok());
    expect_same(answers(open("first")), before);
    expect_same(answers(open("latest")), after);
    const auto verified = Collection::verify(folder / "latest");
    ASSERT_TRUE(verified.ok()) << verified.status().message();
    EXPECT_TRUE(verified->findings.empty()) << verified->findings.front().what;
}

TEST_F(DurabilityTest, ABackupIsMadeWhileThreadsIngestAndSearch) {
    Collection collection = open();
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 2; ++thread)
        threads.emplace_back([&, thread] {
            for (int i = 0; !stop; ++i) {
                const std::vector<lectern::DocumentInput> one{
                    {std::to_string(thread) + "-" + std::to_string(i), "",
                     "An encoder reads the words of sentence " + std::to_string(i) + ".", ""}};
                EXPECT_TRUE(collection.ingest_documents(one).ok());
                EXPECT_TRUE(collection.search("an encoder reads").ok());
            }
        });
    std::uint64_t documents = 0;
    for (int i = 0; i < 3; ++i) {
        const std::vector<lectern::DocumentInput> mark{
            {"mark", "", "Bidirectional number " + std::to_string(i), ""}};
        EXPECT_TRUE(collection.ingest_documents(mark).ok());
        const auto backup = collection.backup(folder / "backups");
        EXPECT_TRUE(backup.ok()) << backup.status().message();
        if (backup.ok()) documents = backup->documents;
    }
    stop = true;
    for (std::thread& thread : threads) thread.join();
    ASSERT_TRUE(Collection::restore(folder / "backups", 0, folder / "restored").ok());
    const auto verified = Collection::verify(folder / "restored");
    ASSERT_TRUE(verified.ok()) << verified.status().message();
    EXPECT_TRUE(verified->findings.empty()) << verified->findings.front().what;
    EXPECT_GE(verified->documents, documents);
    const auto mark = open("restored").get("mark");
    ASSERT_TRUE(mark.ok()) << mark.status().message();
    EXPECT_EQ(mark->text, "Bidirectional number 2");
}

TEST_F(DurabilityTest, AnOpenCollectionIsVerifiedWhileItIsWritten) {
    Collection collection = open();
    std::atomic<int> written = 0;
    std::jthread writer([&](const std::stop_token& stop) {
        for (int i = 0; !stop.stop_requested(); written = ++i) {
            const std::vector<lectern::DocumentInput> one{
                {std::to_string(i % 20), "", "An encoder reads sentence " + std::to_string(i), ""}};
            EXPECT_TRUE(collection.ingest_documents(one).ok());
            if (i % 10 == 0) {
                EXPECT_TRUE(collection.flush().ok());
            }
        }
    });
    for (int i = 0; i < 10 || written < 100; ++i) {
        const auto report = collection.verify();
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_TRUE(report->readable);
        ASSERT_TRUE(report->findings.empty())
            << report->findings.front().where << ": " << report->findings.front().what;
    }
    writer.request_stop();
    writer.join();
    std::uint64_t seen = 0;
    lectern::VerifyOptions options;
    options.progress = [&seen](std::uint64_t documents, std::uint64_t) { seen = documents; };
    const auto all = collection.verify(options);
    ASSERT_TRUE(all.ok()) << all.status().message();
    EXPECT_EQ(all->documents, collection.stats()->documents);
    EXPECT_EQ(seen, all->documents);
    std::stop_source stopped;
    stopped.request_stop();
    options.stop = stopped.get_token();
    EXPECT_EQ(collection.verify(options).status().code(), Code::cancelled);
}

TEST_F(DurabilityTest, DamageIsFoundInAnOpenCollection) {
    Collection collection = open();
    ASSERT_TRUE(collection.ingest({source / "samples/bert.md"}).ok());
    ASSERT_TRUE(collection.flush().ok());
    std::uint64_t damaged = 0;
    for (const auto& entry : fs::directory_iterator(folder / "collection/store")) {
        if (entry.path().extension() != ".sst") continue;
        std::fstream file(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(8);
        file.put('\x7f').put('\x7f');
        ++damaged;
    }
    ASSERT_GT(damaged, 0U);
    const auto report = collection.verify();
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_GE(report->findings.size(), damaged);
}

TEST_F(DurabilityTest, ARestoreThatIsKilledAnywhereIsDoneAgainByTheSameCommand) {
    Answers before;
    {
        Collection collection = open();
        ASSERT_TRUE(
            collection.ingest({source / "samples/bert.md", source / "samples/gpt.md"}).ok());
        before = answers(collection);
        ASSERT_TRUE(collection.backup(folder / "backups").ok());
    }
    struct Case {
        const char* place;
        bool whole;  // what is left is the collection
    };
    for (const auto& [place, whole] :
         {Case{"restore.before", false}, Case{"restore.during@1", false},
          Case{"restore.during@5", false}, Case{"restore.before_rename", false},
          Case{"restore.after_rename", true}}) {
        const fs::path to = folder / place;
        const std::string restore =
            "restore " + (folder / "backups").string() + " -c " + to.string();
        // Twice: what a killed one left is taken up by one that is killed too.
        for (int time = 0; time < 2; ++time) {
            const int code = run(restore, place).code;
            // A whole one only lacks its end, and is past the place.
            ASSERT_EQ(code, whole && time == 1 ? 0 : 137) << place;
            const Ran verified = run("verify -c " + to.string());
            EXPECT_EQ(verified.code, whole ? 0 : 1) << place << ": " << verified.out;
            if (!whole) {
                EXPECT_THAT(verified.out, testing::AnyOf(HasSubstr("does not exist"),
                                                         HasSubstr("a restore to it was cut off")));
            }
        }
        const Ran again = run(restore);
        EXPECT_EQ(again.code, whole ? 1 : 0) << place << ": " << again.out;
        EXPECT_FALSE(fs::exists(to / "restoring")) << place;
        EXPECT_EQ(run("verify -c " + to.string()).code, 0) << place;
        expect_same(answers(open(place)), before);
    }
}

TEST_F(DurabilityTest, WhatTheNextOpenBuildsAnewIsNotedAndNoFinding) {
    constexpr std::uint64_t count = 5100;  // enough for a graph
    {
        Collection collection = open();
        std::vector<lectern::DocumentInput> documents;
        for (std::uint64_t i = 0; i < count; ++i)
            documents.push_back(
                {std::to_string(i), "", "An encoder reads sentence " + std::to_string(i), ""});
        ASSERT_TRUE(collection.ingest_documents(documents).ok());
        ASSERT_TRUE(collection.flush().ok());
    }
    const auto whole = Collection::verify(folder / "collection");
    ASSERT_TRUE(whole.ok()) << whole.status().message();
    EXPECT_TRUE(whole->findings.empty());
    EXPECT_TRUE(whole->notes.empty()) << whole->notes.front().where << whole->notes.front().what;
    const fs::path index = folder / "collection/index";
    ASSERT_GT(fs::remove_all(index), 1U);
    fs::create_directory(index);
    std::ofstream(index / "vector-1-9.segment.tmp") << "half a";
    // As after a change of model that was cut off when the old vectors were dropped.
    std::ofstream(index / "vector-7-1.segment") << "of a generation that is gone";
    const auto without = Collection::verify(folder / "collection");
    ASSERT_TRUE(without.ok()) << without.status().message();
    EXPECT_TRUE(without->findings.empty()) << without->findings.front().what;
    using ::testing::Field;
    EXPECT_THAT(without->notes,
                ::testing::UnorderedElementsAre(
                    Field(&lectern::Finding::what, HasSubstr("5100 of 5100 vectors are in none")),
                    Field(&lectern::Finding::where, "file index/vector-1-9.segment.tmp"),
                    Field(&lectern::Finding::where, "file index/vector-7-1.segment")));
    // The next open does what the notes say.
    ASSERT_TRUE(open().flush().ok());
    EXPECT_TRUE(Collection::verify(folder / "collection")->notes.empty());
    EXPECT_FALSE(fs::exists(index / "vector-7-1.segment"));
}

TEST_F(DurabilityTest, TheCommandLineVerifiesRepairsBacksUpAndRestores) {
    {
        Collection collection = open();
        ASSERT_TRUE(
            collection.ingest({source / "samples/bert.md", source / "samples/gpt.md"}).ok());
        ASSERT_TRUE(collection.flush().ok());
    }
    const std::string c = (folder / "collection").string();
    const std::string b = (folder / "backups").string();
    const std::string r = (folder / "restored").string();
    Ran ran = run("verify -c " + c);
    EXPECT_EQ(ran.code, 0) << ran.out;
    EXPECT_THAT(ran.out, HasSubstr("everything is in order"));
    ran = run("backup -c " + c + " " + b + " --json");
    ASSERT_EQ(ran.code, 0) << ran.out;
    EXPECT_EQ(boost::json::parse(ran.out).at("documents"), 2);
    ran = run("backups " + b);
    EXPECT_EQ(ran.code, 0) << ran.out;
    EXPECT_THAT(ran.out, HasSubstr("backup 1 of"));

    // A bit in a table of text, and something that is no index. RocksDB's properties of a table,
    // which are not compressed, end the name of a property where its value begins.
    fs::path table;
    for (const auto& entry : fs::directory_iterator(folder / "collection" / "store")) {
        if (entry.path().extension() != ".sst") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(in)), {});
        if (bytes.find("nametext") != std::string::npos) table = entry.path();
    }
    ASSERT_FALSE(table.empty());
    std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(100);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(100);
    file.put(byte);
    file.close();
    std::ofstream(folder / "collection" / "index" / "letter.txt") << "dear";

    ran = run("verify -c " + c + " --json");
    EXPECT_EQ(ran.code, 2) << ran.out;
    EXPECT_FALSE(boost::json::parse(ran.out).at("clean").as_bool());
    EXPECT_THAT(ran.out, HasSubstr(table.filename().string()));
    ran = run("repair -c " + c);
    EXPECT_EQ(ran.code, 2) << ran.out;
    EXPECT_THAT(ran.out, HasSubstr("lost   document"));
    EXPECT_THAT(ran.out, HasSubstr(c + "/damaged/"));
    ran = run("verify -c " + c);
    EXPECT_EQ(ran.code, 0) << ran.out;
    EXPECT_THAT(ran.out, HasSubstr("note: folder damaged: "));
    EXPECT_THAT(ran.out, HasSubstr("everything is in order"));
    ran = run("verify -c " + c + " --json");
    EXPECT_EQ(ran.code, 0) << ran.out;
    EXPECT_TRUE(boost::json::parse(ran.out).at("clean").as_bool());
    EXPECT_EQ(boost::json::parse(ran.out).at("notes").as_array().size(), 1U);

    ran = run("restore " + b + " -c " + r);
    ASSERT_EQ(ran.code, 0) << ran.out;
    EXPECT_TRUE(open("restored").get((source / "samples/bert.md").string()).ok());
    EXPECT_EQ(run("restore " + b + " -c " + r).code, 1) << "over a collection";
    EXPECT_EQ(run("restore " + b + " -c " + r + "2 --id 9").code, 1);
    EXPECT_EQ(run("verify -c " + r + "3").code, 1) << "there is none";
    for (const char* command : {"verify", "repair", "backup", "backups", "restore"})
        EXPECT_EQ(run(std::string(command) + " --help").code, 0) << command;
}

}  // namespace
