// A collection in step with folders, also when the program is killed on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lectern/lectern.hpp"
#include "test_folders.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Code;
using lectern::Collection;
using lectern::SyncReport;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// Small word vectors that are in the tree.
const fs::path tiny = fs::path(LECTERN_SOURCE_DIR) / "tests/format/v1/tiny.yaml";

class SyncTest : public testing::Test {
 protected:
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((notes / name).parent_path());
        std::ofstream(notes / name, std::ios::binary) << text;
    }
    void move(const std::string& from, const std::string& to) const {
        fs::create_directories((notes / to).parent_path());
        fs::rename(notes / from, notes / to);
    }
    void remove(const std::string& name) const { fs::remove_all(notes / name); }

    [[nodiscard]] Collection open(const std::string& name = "collection") const {
        lectern::OpenOptions options;
        options.pipeline = tiny;
        options.folders.cache = folder / "cache";
        auto collection = Collection::open(folder / name, std::move(options));
        EXPECT_TRUE(collection.ok()) << collection.status().message();
        return std::move(*collection);
    }
    SyncReport sync(Collection& collection, lectern::SyncOptions options = {}) const {
        if (options.paths.empty()) options.paths = {notes};
        auto report = collection.sync(options);
        EXPECT_TRUE(report.ok()) << report.status().message();
        return report.ok() ? std::move(*report) : SyncReport{};
    }
    // "added a.md", "renamed b.md from a.md"
    [[nodiscard]] std::vector<std::string> told(const SyncReport& report) const {
        const auto below = [&](const std::string& path) {
            return fs::path(path).lexically_relative(notes).string();
        };
        std::vector<std::string> out;
        for (const lectern::SyncChange& change : report.changes)
            out.push_back(std::string(name(change.kind)) + " " + below(change.file) +
                          (change.from.empty() ? "" : " from " + below(change.from)));
        return out;
    }
    // Everything that is in a collection, by id.
    static std::map<std::string, std::string> contents(const Collection& collection) {
        std::map<std::string, std::string> out;
        const auto visited = collection.each_document([&](const lectern::Document& document) {
            out[document.id] = document.title + "\n" + document.metadata + "\n" + document.text;
            return true;
        });
        EXPECT_TRUE(visited.ok()) << visited.message();
        return out;
    }
    [[nodiscard]] std::vector<std::string> ids(const Collection& collection) const {
        std::vector<std::string> out;
        for (const auto& [id, text] : contents(collection)) {
            const bool file = id.starts_with(notes.string());
            out.push_back(file ? fs::path(id).lexically_relative(notes).string() : id);
        }
        return out;
    }
    // What a collection has that never saw anything but the folder as it is.
    [[nodiscard]] std::map<std::string, std::string> expected() {
        Collection fresh = open("fresh-" + std::to_string(++fresh_));
        EXPECT_THAT(sync(fresh).failed, IsEmpty());
        return contents(fresh);
    }
    static std::vector<std::string> best(const Collection& collection, const char* query) {
        const auto found = collection.search(query, {.k = 3});
        EXPECT_TRUE(found.ok()) << found.status().message();
        std::vector<std::string> out;
        if (found.ok())
            for (const lectern::Hit& hit : found->hits)
                out.push_back(fs::path(hit.document).filename());
        return out;
    }
    static std::uint64_t embedded(const SyncReport& report) {
        for (const lectern::StageTiming& stage : report.stages)
            if (stage.stage == "vectors") return stage.items;
        return 0;
    }
    void expect_sound(const std::string& name = "collection") const {
        const auto verified = Collection::verify(folder / name);
        ASSERT_TRUE(verified.ok()) << verified.status().message();
        for (const lectern::Finding& finding : verified->findings)
            ADD_FAILURE() << finding.where << ": " << finding.what;
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
    fs::path notes = folder / "notes";
    int fresh_ = 0;
};

TEST_F(SyncTest, TheCollectionBecomesEqualToTheFolder) {
    write("bert.md", "# BERT\n\nAn encoder reads the words of a sentence.\n");
    write("gpt.md", "# GPT\n\nA decoder writes words one after the other.\n");
    write("deep/bm25.md", "# BM25\n\nTerm frequency and document length.\n");
    write("old.md", "# Old\n\nA note that stays as it is.\n");
    Collection collection = open();
    EXPECT_THAT(told(sync(collection)),
                ElementsAre("added bert.md", "added deep/bm25.md", "added gpt.md", "added old.md"));
    EXPECT_EQ(contents(collection), expected());

    write("bert.md", "# BERT\n\nBidirectional encoders read both sides.\n");
    remove("gpt.md");
    move("old.md", "deep/new.md");
    write("fresh.txt", "A word about vectors.");
    const SyncReport report = sync(collection);
    EXPECT_THAT(told(report), ElementsAre("changed bert.md", "renamed deep/new.md from old.md",
                                          "added fresh.txt", "removed gpt.md"));
    EXPECT_EQ(report.unchanged, 1U);
    EXPECT_EQ(report.documents, 3U);
    EXPECT_EQ(report.removed, 2U);  // of the renamed one the old id
    EXPECT_EQ(contents(collection), expected());
    EXPECT_THAT(best(collection, "a decoder writes"), Not(Contains("gpt.md")));

    const SyncReport again = sync(collection, {.paths = {}});
    EXPECT_THAT(again.changes, IsEmpty());
    EXPECT_EQ(again.unchanged, 4U);
    // The content decides, not the times.
    fs::last_write_time(notes / "bert.md", fs::file_time_type::clock::now());
    EXPECT_THAT(sync(collection).changes, IsEmpty());
}

TEST_F(SyncTest, SourcesAreRememberedWithTheirPatterns) {
    write("a.md", "# A\n\nWords of a sentence.\n");
    write("b.txt", "Other words.\n");
    write("drafts/c.md", "# C\n\nA draft.\n");
    write(".gitignore", "ignored.md\n");
    write("ignored.md", "left out\n");
    {
        Collection collection = open();
        (void)sync(collection, {.include = {"*.md"}, .exclude = {"drafts/"}});
        EXPECT_THAT(ids(collection), ElementsAre("a.md"));
    }
    Collection collection = open();
    write("d.md", "# D\n\nNew words.\n");
    const auto again = collection.sync();
    ASSERT_TRUE(again.ok()) << again.status().message();
    EXPECT_THAT(told(*again), ElementsAre("added d.md"));
    auto sources = collection.sources();
    ASSERT_TRUE(sources.ok());
    ASSERT_EQ(sources->size(), 1U);
    EXPECT_EQ(sources->front().path, notes);
    EXPECT_THAT(sources->front().include, ElementsAre("*.md"));
    EXPECT_EQ(sources->front().files, 2U);
    EXPECT_EQ(sources->front().documents, 2U);

    // What other patterns leave out goes; what they take in comes.
    ASSERT_TRUE(collection.add_source(notes, {}, {"d.md"}).ok());
    EXPECT_THAT(told(*collection.sync()),
                ElementsAre("added b.txt", "removed d.md", "added drafts/c.md"));
    EXPECT_EQ(*collection.remove_source(notes), 3U);
    EXPECT_THAT(ids(collection), ElementsAre("a.md", "b.txt", "drafts/c.md"));
    EXPECT_EQ(collection.sync().status().code(), Code::invalid_argument);
    EXPECT_EQ(collection.remove_source(notes).status().code(), Code::not_found);
}

TEST_F(SyncTest, ARenamedFileKeepsItsVectors) {
    std::string text;
    for (int i = 0; i < 40; ++i)
        text += "Encoders read sentence " + std::to_string(i) + " and its words.\n\n";
    write("plain.txt", text);  // its title is made of its name or first line
    write("page.html", "<html><body><p>" + text + "</p></body></html>");
    write("rows.jsonl",
          "{\"_id\":\"r1\",\"text\":\"A word.\"}\n{\"_id\":\"r2\",\"text\":\"Two.\"}\n");
    write("stays.md", "# Stays\n\nAs it is.\n");
    Collection collection = open();
    (void)sync(collection);
    move("plain.txt", "far/away.txt");
    move("page.html", "other.html");
    move("rows.jsonl", "lines.jsonl");
    fs::copy_file(notes / "stays.md", notes / "copy.md");
    const SyncReport report = sync(collection);
    EXPECT_THAT(told(report), ElementsAre("added copy.md", "renamed far/away.txt from plain.txt",
                                          "renamed lines.jsonl from rows.jsonl",
                                          "renamed other.html from page.html"));
    EXPECT_EQ(embedded(report), 0U);
    EXPECT_EQ(report.kept_vectors, report.chunks);
    EXPECT_GT(report.kept_vectors, 0U);
    EXPECT_EQ(contents(collection), expected());
    EXPECT_THAT(best(collection, "words of a sentence"), Contains("away.txt"));

    // Files that exchange their names.
    move("far/away.txt", "swap");
    move("other.html", "far/away.txt");
    move("swap", "other.html");
    (void)sync(collection);
    EXPECT_EQ(contents(collection), expected());
    EXPECT_THAT(sync(collection).changes, IsEmpty());
}

TEST_F(SyncTest, DocumentsThatCameAnotherWayStay) {
    write("a.md", "# A\n\nWords of a sentence.\n");
    write(".gitignore", "ignored.md\n");
    write("ignored.md", "# Ignored\n\nNamed by hand.\n");
    std::ofstream(folder / "elsewhere.md") << "# Elsewhere\n\nAnother folder.\n";
    Collection collection = open();
    const std::vector<lectern::DocumentInput> one{{"given", "Given", "A text.", ""},
                                                  {(notes / "given.md").string(), "", "Text.", ""}};
    ASSERT_TRUE(collection.ingest_documents(one).ok());
    ASSERT_TRUE(collection.ingest({notes / "ignored.md", folder / "elsewhere.md"}).ok());
    ASSERT_TRUE(collection.ingest_bytes("piped", "Piped words.").ok());
    (void)sync(collection);
    write("b.md", "# B\n\nMore.\n");
    remove("a.md");
    (void)sync(collection);
    EXPECT_THAT(ids(collection), UnorderedElementsAre("b.md", "given", "given.md", "ignored.md",
                                                      "piped", (folder / "elsewhere.md").string()));
}

TEST_F(SyncTest, WhatWasIngestedIsTakenOver) {
    write("a.md", "# A\n\nWords of a sentence.\n");
    write("b.md", "# B\n\nThe words that go.\n");
    write("c.md", "# C\n\nMore words.\n");
    Collection collection = open();
    EXPECT_EQ(collection.ingest({notes})->gone, 0U);
    remove("b.md");
    const auto ingested = collection.ingest({notes});
    ASSERT_TRUE(ingested.ok());
    EXPECT_EQ(ingested->gone, 1U);
    EXPECT_EQ(ingested->skipped, 2U);
    EXPECT_EQ(contents(collection).size(), 3U);  // ingest takes nothing out

    const SyncReport report = sync(collection);
    EXPECT_EQ(report.documents, 0U);
    EXPECT_EQ(report.removed, 1U);
    EXPECT_EQ(contents(collection), expected());
    EXPECT_THAT(sync(collection).changes, IsEmpty());
    EXPECT_EQ(collection.ingest({notes})->gone, 0U);
    // An ingest of a changed file, which then is as it was.
    write("a.md", "# A\n\nChanged words.\n");
    (void)collection.ingest({notes});
    write("a.md", "# A\n\nWords of a sentence.\n");
    EXPECT_EQ(sync(collection).documents, 1U);
    EXPECT_EQ(contents(collection), expected());
}

TEST_F(SyncTest, ADocumentThatWasDeletedComesBack) {
    write("a.md", "# A\n\nWords of a sentence.\n");
    write("b.md", "# B\n\nOther words.\n");
    Collection collection = open();
    (void)sync(collection);
    const std::vector<std::string> one{(notes / "a.md").string()};
    ASSERT_EQ(*collection.remove(one), 1U);
    const std::vector<lectern::DocumentInput> other{
        {(notes / "b.md").string(), "B", "Somebody else's text.", ""}};
    ASSERT_TRUE(collection.ingest_documents(other).ok());
    EXPECT_THAT(told(sync(collection)), ElementsAre("changed a.md", "changed b.md"));
    EXPECT_EQ(contents(collection), expected());
}

TEST_F(SyncTest, RowsComeGoAndMoveBetweenFiles) {
    write("a.jsonl", "{\"_id\":\"r1\",\"text\":\"A word.\"}\n{\"_id\":\"r2\",\"text\":\"Two.\"}\n");
    write("b.jsonl", "{\"_id\":\"r3\",\"text\":\"A sentence.\"}\n");
    Collection collection = open();
    (void)sync(collection);
    EXPECT_THAT(ids(collection), ElementsAre("r1", "r2", "r3"));
    // r2 moves, r1 goes, r4 comes.
    write("a.jsonl", "{\"_id\":\"r4\",\"text\":\"A word for four.\"}\n");
    write("b.jsonl",
          "{\"_id\":\"r3\",\"text\":\"A sentence.\"}\n{\"_id\":\"r2\",\"text\":\"Two.\"}\n");
    EXPECT_THAT(sync(collection).failed, IsEmpty());
    EXPECT_THAT(ids(collection), ElementsAre("r2", "r3", "r4"));
    EXPECT_THAT(sync(collection).changes, IsEmpty());
    // The other way round, and changed.
    write("a.jsonl", "{\"_id\":\"r2\",\"text\":\"Two words now.\"}\n");
    write("b.jsonl", "{\"_id\":\"r3\",\"text\":\"A sentence.\"}\n");
    EXPECT_THAT(sync(collection).failed, IsEmpty());
    EXPECT_EQ(contents(collection), expected());
    EXPECT_THAT(sync(collection).changes, IsEmpty());
}

TEST_F(SyncTest, AnIdOfTwoFilesIsSaidAndTheFirstOneKept) {
    write("a.jsonl", "{\"_id\":\"same\",\"text\":\"The first text.\"}\n");
    Collection collection = open();
    (void)sync(collection);
    write("b.jsonl",
          "{\"_id\":\"same\",\"text\":\"Another text.\"}\n{\"_id\":\"own\",\"text\":\"Own.\"}\n");
    write("c.jsonl", "{\"_id\":\"same\",\"text\":\"The first text.\"}\n");
    const SyncReport report = sync(collection);
    ASSERT_EQ(report.failed.size(), 1U);
    EXPECT_THAT(report.failed[0].path, HasSubstr("b.jsonl: same"));
    EXPECT_THAT(report.failed[0].error.message(), HasSubstr("a.jsonl"));
    EXPECT_THAT(collection.get("same")->text, HasSubstr("The first text."));
    // Once the first file is gone another one gives it.
    remove("a.jsonl");
    remove("b.jsonl");
    EXPECT_THAT(sync(collection, {.accept_loss = true}).failed, IsEmpty());
    EXPECT_THAT(ids(collection), ElementsAre("same"));
    EXPECT_EQ(contents(collection), expected());
}

TEST_F(SyncTest, ADiskThatIsNotThereIsNoDeletion) {
    for (const char* name : {"a.md", "b.md", "c.md", "d.md"})
        write(name, std::string("# ") + name + "\n\nWords of a sentence.\n");
    Collection collection = open();
    (void)sync(collection);
    const auto before = contents(collection);

    fs::rename(notes, folder / "away");
    const auto missing = collection.sync();
    EXPECT_EQ(missing.status().code(), Code::invalid_argument);
    EXPECT_THAT(missing.status().message(), HasSubstr("is not there"));
    fs::create_directory(notes);
    EXPECT_THAT(collection.sync().status().message(), HasSubstr("4 of 4 files are gone"));
    EXPECT_EQ(contents(collection), before);
    fs::remove(notes);
    fs::rename(folder / "away", notes);

    for (const char* name : {"a.md", "b.md", "c.md"}) remove(name);
    EXPECT_EQ(collection.sync().status().code(), Code::invalid_argument);
    const auto dry = collection.sync({.dry_run = true});
    ASSERT_TRUE(dry.ok());
    EXPECT_EQ(dry->changes.size(), 3U);
    ASSERT_EQ(dry->refused.size(), 1U);
    EXPECT_EQ(contents(collection), before);
    const auto meant = collection.sync({.accept_loss = true});
    ASSERT_TRUE(meant.ok()) << meant.status().message();
    EXPECT_EQ(contents(collection), expected());

    // Names that all change are no loss.
    fs::rename(notes, folder / "away");
    fs::create_directories(notes);
    fs::rename(folder / "away", notes / "sub");
    EXPECT_THAT(told(*collection.sync()), ElementsAre("renamed sub/d.md from d.md"));
    fs::remove_all(notes);
    ASSERT_TRUE(collection.sync({.accept_loss = true}).ok());
    EXPECT_THAT(contents(collection), IsEmpty());
}

TEST_F(SyncTest, AFileThatFailsKeepsWhatItHadAndIsSaidEachTime) {
    write("a.md", "# A\n\nWords of a sentence.\n");
    write("b.md", "# B\n\nOther words.\n");
    Collection collection = open();
    (void)sync(collection);
    write("b.md", std::string("\x7f"
                              "ELF\0\0\1",
                              7));
    for (int round = 0; round < 2; ++round) {
        const SyncReport report = sync(collection);
        ASSERT_EQ(report.failed.size(), 1U);
        EXPECT_THAT(report.failed[0].path, HasSubstr("b.md"));
        EXPECT_THAT(ids(collection), ElementsAre("a.md", "b.md"));
    }
    write("b.md", "# B\n\nOther words.\n");
    EXPECT_THAT(sync(collection).failed, IsEmpty());
    EXPECT_EQ(contents(collection), expected());
}

TEST_F(SyncTest, ADryRunChangesNothing) {
    write("a.md", "# A\n\nWords of a sentence.\n");
    const auto before_there_is_one = Collection::dry_sync({.paths = {notes}});
    ASSERT_TRUE(before_there_is_one.ok()) << before_there_is_one.status().message();
    EXPECT_THAT(told(*before_there_is_one), ElementsAre("added a.md"));
    Collection collection = open();
    const auto dry = collection.sync({.paths = {notes}, .dry_run = true});
    ASSERT_TRUE(dry.ok());
    EXPECT_THAT(told(*dry), ElementsAre("added a.md"));
    EXPECT_THAT(contents(collection), IsEmpty());
    EXPECT_THAT(*collection.sources(), IsEmpty());
}

TEST_F(SyncTest, LinksThatAreLeftOutAreSaid) {
    write("a.md", "# A\n\nWords of a sentence.\n");
    fs::create_directory_symlink(folder, notes / "up");
    Collection collection = open();
    const SyncReport report = sync(collection);
    ASSERT_EQ(report.left_out.size(), 1U);
    EXPECT_EQ(report.left_out[0].path, notes / "up");
    EXPECT_EQ(report.left_out[0].why, "a link to a folder");
}

// Each change is made when the one before is seen; nothing waits for time to pass.
TEST_F(SyncTest, AWatchedFolderIsFollowed) {
    write("a.md", "# A\n\nWords of a sentence.\n");
    Collection collection = open();
    std::stop_source stop;
    lectern::SyncOptions options{.paths = {notes}, .stop = stop.get_token()};
    options.debounce = std::chrono::milliseconds(5);
    struct Step {
        std::vector<std::string> seen;  // until the collection has these, nothing is changed
        std::function<void()> change;
    };
    const std::vector<Step> steps{
        {{"a.md"}, [&] { write("b.md", "# B\n\nNew words.\n"); }},
        {{"a.md", "b.md"}, [&] { write("new/deep/c.md", "# C\n\nIn a new folder.\n"); }},
        {{"a.md", "b.md", "new/deep/c.md"},
         [&] { write("new/deep/d.md", "# D\n\nIn it again.\n"); }},
        {{"a.md", "b.md", "new/deep/c.md", "new/deep/d.md"}, [&] { move("new", "moved"); }},
        {{"a.md", "b.md", "moved/deep/c.md", "moved/deep/d.md"}, [&] { remove("a.md"); }},
        {{"b.md", "moved/deep/c.md", "moved/deep/d.md"}, [&] { stop.request_stop(); }}};
    std::size_t step = 0;
    const auto status = collection.watch(options, [&](const lectern::Result<SyncReport>& report) {
        EXPECT_TRUE(report.ok()) << report.status().message();
        if (ids(collection) == steps[step].seen) steps[step++].change();
    });
    EXPECT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(step, steps.size());
    EXPECT_EQ(contents(collection), expected());
}

TEST_F(SyncTest, KilledAnywhereTheNextSyncEndsEqual) {
    const auto program = [&](const std::string& kill_point) {
        const std::string command =
            (kill_point.empty() ? std::string() : "LECTERN_KILL_POINT=" + kill_point + " ") +
            "'" LECTERN_BINARY_DIR "/bin/lectern' sync -c '" + (folder / "collection").string() +
            "' --json > '" + (folder / "out.json").string() + "' 2>&1";
        const int state = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe)
        // The shell may have become the program.
        return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
    };
    write("same.md", "# Same\n\nWords of a sentence.\n");
    write("changed.md", "# Changed\n\nWords before.\n");
    write("gone.md", "# Gone\n\nA text of words that goes.\n");
    write("old.txt", "Words with another name.");
    write("rows.jsonl",
          "{\"_id\":\"r1\",\"text\":\"A word.\"}\n{\"_id\":\"r2\",\"text\":\"Two.\"}\n");
    write("more.jsonl", "{\"_id\":\"m1\",\"text\":\"More words.\"}\n");
    {
        Collection collection = open();
        (void)sync(collection);
    }
    fs::copy(folder / "collection", folder / "before", fs::copy_options::recursive);
    write("changed.md", "# Changed\n\nWords after.\n");
    remove("gone.md");
    move("old.txt", "new.txt");
    write("fresh.md", "# Fresh\n\nNew words.\n");
    write(
        "rows.jsonl",
        "{\"_id\":\"r1\",\"text\":\"A word.\"}\n{\"_id\":\"r3\",\"text\":\"A word for three.\"}\n");
    remove("more.jsonl");
    write("lines.jsonl", "{\"_id\":\"m1\",\"text\":\"More words.\"}\n");
    const auto wanted = expected();

    int killed = 0;
    for (const char* place :
         {"storage.before_write@1", "storage.after_write@1", "storage.before_write@2",
          "storage.after_write@2", "storage.before_write@3", "storage.after_write@3",
          "sync.after_begin", "sync.after_documents@1", "sync.after_documents@2",
          "sync.before_removal", "sync.after_removal@1", "sync.after_removal@2"}) {
        fs::remove_all(folder / "collection");
        fs::copy(folder / "before", folder / "collection", fs::copy_options::recursive);
        const int first = program(place);
        if (first == 128 + 9)
            ++killed;
        else
            EXPECT_EQ(first, 0) << place;  // the place was not passed so often
        ASSERT_NO_FATAL_FAILURE(expect_sound()) << place;
        // A second kill at the same place, then to the end.
        (void)program(place);
        ASSERT_EQ(program(""), 0) << place;
        ASSERT_NO_FATAL_FAILURE(expect_sound()) << place;
        Collection collection = open();
        EXPECT_EQ(contents(collection), wanted) << place;
        EXPECT_THAT(sync(collection).changes, IsEmpty()) << place;
    }
    EXPECT_GE(killed, 9);
}

}  // namespace
