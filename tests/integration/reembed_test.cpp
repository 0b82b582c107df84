// A change of model: what searches give before, during and after it, and after it was killed.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "lectern/lectern.hpp"
#include "test_folders.hpp"
#include "tests/small_models.hpp"
#include "tests/support/test_folder.hpp"

namespace {

namespace fs = std::filesystem;
using lectern::Code;
using lectern::Collection;
using lectern::DocumentInput;
using lectern::test::word;

using Hits = std::vector<std::string>;  // ids of documents, best first

class ReembedTest : public testing::Test {
 protected:
    static constexpr unsigned words = 1000;

    void SetUp() override {
        write_model("one", 96, 1);
        write_model("two", 32, 2);
    }
    // Word vectors drawn at random: two models find different documents.
    void write_model(const std::string& name, int dimension, unsigned seed) const {
        lectern::test::write_word_vectors(folder / (name + ".vec"), words, dimension, seed,
                                          {"moon", "sea", "yeast", "dough", "lighthouse"});
        write_pipeline(name, "tokens: {plugin: words}",
                       "vectors: {plugin: word2vec, options: {model: " + name + ".vec}}");
    }
    void write_pipeline(const std::string& name, const std::string& tokens,
                        const std::string& vectors) const {
        std::ofstream(folder / (name + ".yaml"))
            << "version: 1\npipeline: " << name
            << "\nstages:\n  text: {plugin: documents, stage: text}\n"
            << "  chunks: {plugin: passages, stage: splitter, options: {max_tokens: 900}}\n  "
            << tokens << "\n  " << vectors << "\n"
            << "ingest: [source, text, chunks, tokens, vectors, commit]\n"
               "query: [query, tokens, vectors, search]\nsearch: {seal_at: 200}\n";
    }
    [[nodiscard]] std::string pipeline(const std::string& name) const {
        return (folder / (name + ".yaml")).string();
    }
    [[nodiscard]] lectern::Result<Collection> open(const std::string& name,
                                                   const std::string& with = {}) const {
        lectern::OpenOptions options;
        if (!with.empty()) options.pipeline = pipeline(with);
        return Collection::open(folder / name, options);
    }

    static std::vector<DocumentInput> documents(unsigned from, unsigned count) {
        std::vector<DocumentInput> out;
        for (unsigned i = from; i < from + count; ++i) {
            std::mt19937 random(i);
            DocumentInput document;
            document.id = "d" + std::to_string(i);
            for (int k = 0; k < 12; ++k) document.text += word(random() % words) + " ";
            out.push_back(std::move(document));
        }
        return out;
    }
    static void ingest(Collection& into, const std::vector<DocumentInput>& documents) {
        const auto report = into.ingest_documents(documents);
        ASSERT_TRUE(report.ok()) << report.status().message();
        ASSERT_EQ(report->documents, documents.size());
    }
    static Hits search(const Collection& in, unsigned query) {
        const auto found = in.search(word(query * 7) + " " + word(query * 13 + 1), {.k = 5});
        EXPECT_TRUE(found.ok()) << found.status().message();
        Hits out;
        if (found.ok())
            for (const lectern::Hit& hit : found->hits) out.push_back(hit.document);
        return out;
    }
    static std::vector<Hits> search_all(const Collection& in) {
        std::vector<Hits> out;
        for (unsigned query = 0; query < queries; ++query) out.push_back(search(in, query));
        return out;
    }
    // What a collection made with the pipeline finds.
    [[nodiscard]] std::vector<Hits> expected(const std::string& with, unsigned count) const {
        auto fresh = open("fresh-" + with, with);
        EXPECT_TRUE(fresh.ok()) << fresh.status().message();
        ingest(*fresh, documents(0, count));
        return search_all(*fresh);
    }
    static constexpr unsigned queries = 8;

    [[nodiscard]] std::vector<std::string> index_files(const std::string& start) const {
        std::vector<std::string> out;
        for (const auto& entry : fs::directory_iterator(folder / "collection/index"))
            if (entry.path().filename().string().starts_with(start)) out.push_back(entry.path());
        return out;
    }
    // `lectern reembed`; the state that waitpid gives. Killed after so many microseconds, or at a
    // named place.
    [[nodiscard]] int run_program(const std::string& to, unsigned kill_after,
                                  const char* kill_point) const {
        const std::string program = std::string(LECTERN_BINARY_DIR) + "/bin/lectern";
        const std::string collection = folder / "collection";
        const std::string file = pipeline(to);
        const std::string out = folder / "out.json";
        const pid_t child = ::fork();
        if (child == 0) {
            if (kill_point != nullptr) ::setenv("LECTERN_KILL_POINT", kill_point, 1);
            if (std::freopen(out.c_str(), "w", stdout) == nullptr) ::_exit(126);
            ::execl(program.c_str(), program.c_str(), "reembed", "-c", collection.c_str(),
                    "--pipeline", file.c_str(), "--json", static_cast<char*>(nullptr));
            ::_exit(127);
        }
        if (kill_after > 0) {
            ::usleep(kill_after);  // a random moment of the child's
            ::kill(child, SIGKILL);
        }
        int state = 0;
        EXPECT_EQ(::waitpid(child, &state, 0), child);
        return state;
    }
    [[nodiscard]] std::string output() const {
        std::ifstream file(folder / "out.json");
        return {std::istreambuf_iterator<char>(file), {}};
    }

    lectern::TestFolder home;
    fs::path folder = home.path();
};

TEST_F(ReembedTest, SearchesFindWithTheOldModelThenWithTheNewOne) {
    constexpr unsigned count = 700;
    const std::vector<Hits> old_hits = expected("one", count);
    const std::vector<Hits> new_hits = expected("two", count);
    ASSERT_NE(old_hits, new_hits);
    {
        auto collection = open("collection", "one");
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        ingest(*collection, documents(0, count));
        const lectern::Stats before = *collection->stats();

        std::vector<std::uint64_t> steps;
        lectern::ReembedOptions options;
        options.progress = [&](const lectern::ReembedProgress& state) {
            steps.push_back(state.chunks);
            EXPECT_EQ(state.chunks_total, count);
            EXPECT_EQ(search_all(*collection), old_hits);
            EXPECT_EQ(collection->stats()->fingerprint, before.fingerprint);
        };
        const auto report = collection->reembed(pipeline("two"), options);
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_EQ(steps, (std::vector<std::uint64_t>{256, 512, 700}));
        EXPECT_EQ(report->chunks, count);
        EXPECT_EQ(report->resumed, 0U);
        EXPECT_EQ(report->pipeline, "two");
        EXPECT_EQ(report->previous_fingerprint, before.fingerprint);
        EXPECT_EQ(search_all(*collection), new_hits);
        EXPECT_EQ(collection->stats()->fingerprint, report->fingerprint);
        EXPECT_EQ(collection->stats()->dimension, 32U);

        // The new model takes writes.
        ingest(*collection, {{.id = "last", .title = "", .text = word(77), .metadata = ""}});
        EXPECT_EQ(collection->search(word(77), {.k = 1})->hits.at(0).document, "last");
        ASSERT_EQ(*collection->remove(std::vector<std::string>{"last"}), 1U);
    }
    auto again = open("collection");
    ASSERT_TRUE(again.ok()) << again.status().message();
    EXPECT_EQ(again->stats()->pipeline, "two");
    EXPECT_EQ(search_all(*again), new_hits);
    const auto report = again->reembed(pipeline("two"));
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(report->chunks, 0U);
    EXPECT_EQ(search_all(*again), new_hits);
}

// A repair leaves damaged vectors out; the same pipeline makes them, and takes over the others.
TEST_F(ReembedTest, VectorsThatARepairLeftOutAreMadeByTheSamePipeline) {
    constexpr unsigned count = 600;
    const std::vector<Hits> hits = expected("one", count);
    {
        auto collection = open("collection", "one");
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        ingest(*collection, documents(0, count));
    }
    const auto table_of_vectors = [&]() -> fs::path {
        fs::path found;
        for (const auto& entry : fs::directory_iterator(folder / "collection/store")) {
            if (entry.path().extension() != ".sst") continue;
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes((std::istreambuf_iterator<char>(in)), {});
            // RocksDB's properties of a table are not compressed, and name its column.
            if (bytes.find("namevectors") != std::string::npos) found = entry.path();
        }
        return found;
    };
    { const auto flushed = open("collection"); }  // replays the log into tables
    const fs::path table = table_of_vectors();
    ASSERT_FALSE(table.empty());
    for (const bool all : {false, true}) {
        const fs::path copy = folder / (all ? "all" : "some");
        fs::copy(folder / "collection", copy, fs::copy_options::recursive);
        std::fstream file(copy / "store" / table.filename(),
                          std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(all ? static_cast<std::streamoff>(fs::file_size(table)) - 1 : 100);
        file.put('?');
        file.close();
        const auto repaired = Collection::repair(copy);
        ASSERT_TRUE(repaired.ok()) << repaired.status().message();
        EXPECT_EQ(repaired->documents, count);
        EXPECT_FALSE(repaired->lost.empty());
        auto collection = open(copy.filename());
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        EXPECT_NE(search_all(*collection), hits);
        EXPECT_FALSE(collection->verify()->notes.empty());
        const auto report = collection->reembed(pipeline("one"));
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_EQ(report->chunks + report->resumed, count);
        EXPECT_EQ(report->resumed > 0, !all);
        EXPECT_EQ(search_all(*collection), hits);
        EXPECT_TRUE(collection->verify()->findings.empty());
        EXPECT_EQ(collection->reembed(pipeline("one"))->chunks, 0U);
    }
}

TEST_F(ReembedTest, AnotherModelIsRefusedWithBothFingerprintsUntilTheChange) {
    std::string one;
    {
        auto collection = open("collection", "one");
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        one = collection->stats()->fingerprint;
    }
    const auto refused = open("collection", "two");
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.status().message().find(one), std::string::npos);
    EXPECT_NE(refused.status().message().find("lectern reembed"), std::string::npos);
    ASSERT_EQ(run_program("two", 0, nullptr), 0);
    auto collection = open("collection", "two");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    EXPECT_NE(collection->stats()->fingerprint, one);
}

// Every search of another thread finds all with one model, and never the old after the new.
TEST_F(ReembedTest, ASearcherBesideItSeesOneModelOrTheOther) {
    constexpr unsigned count = 600;
    const std::vector<Hits> old_hits = expected("one", count);
    const std::vector<Hits> new_hits = expected("two", count);
    auto collection = open("collection", "one");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ingest(*collection, documents(0, count));

    std::atomic<bool> done{false};
    std::atomic<bool> changes{true};
    std::atomic<unsigned> before{0};
    std::atomic<unsigned> after{0};
    std::vector<std::jthread> searchers;
    for (unsigned thread = 0; thread < 2; ++thread) {
        searchers.emplace_back([&, thread] {
            bool changed = false;
            for (unsigned i = thread; !done || (!changed && changes); ++i) {
                const unsigned query = i % queries;
                const Hits hits = search(*collection, query);
                const bool is_old = hits == old_hits[query];
                const bool is_new = hits == new_hits[query];
                EXPECT_TRUE(is_old || is_new);
                if (!is_old && !is_new) {
                    ++before;  // nobody waits for this thread
                    before.notify_one();
                    return;
                }
                EXPECT_TRUE(is_new || !changed);
                changed = changed || !is_old;
                ++(is_new ? after : before);
                before.notify_one();
            }
        });
    }
    before.wait(0);
    const auto report = collection->reembed(pipeline("two"));
    changes = report.ok();
    done = true;
    EXPECT_TRUE(report.ok()) << report.status().message();
    searchers.clear();
    EXPECT_GE(after, 4U);
    EXPECT_EQ(search_all(*collection), new_hits);
}

TEST_F(ReembedTest, WhatIsIngestedAndRemovedMeanwhileIsSoAfterwards) {
    constexpr unsigned count = 600;
    const std::vector<Hits> new_hits = expected("two", count);
    auto collection = open("collection", "one");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ingest(*collection, documents(0, 500));
    ingest(*collection, documents(9000, 50));

    bool first = true;
    lectern::ReembedOptions options;
    options.progress = [&](const lectern::ReembedProgress&) {
        if (!std::exchange(first, false)) return;
        // A writer beside it: 100 documents come, 50 go.
        std::async(std::launch::async, [&] {
            ingest(*collection, documents(500, 100));
            std::vector<std::string> gone;
            for (unsigned i = 9000; i < 9050; ++i) gone.push_back("d" + std::to_string(i));
            EXPECT_EQ(*collection->remove(gone), 50U);
            // One that has its new vector already is replaced, and so again by what it was.
            std::vector<DocumentInput> changed = documents(3, 1);
            changed[0].text += " .";
            ingest(*collection, changed);
            ingest(*collection, documents(3, 1));
        }).get();
    };
    const auto report = collection->reembed(pipeline("two"), options);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(collection->stats()->chunks, count);
    EXPECT_EQ(search_all(*collection), new_hits);
}

TEST_F(ReembedTest, StoppedItGoesOnWhereItWas) {
    constexpr unsigned count = 700;
    const std::vector<Hits> old_hits = expected("one", count);
    auto collection = open("collection", "one");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ingest(*collection, documents(0, count));
    std::stop_source stop;
    lectern::ReembedOptions options;
    options.stop = stop.get_token();
    options.progress = [&](const lectern::ReembedProgress&) { stop.request_stop(); };
    const auto stopped = collection->reembed(pipeline("two"), options);
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.status().code(), Code::cancelled);
    EXPECT_EQ(search_all(*collection), old_hits);
    const auto report = collection->reembed(pipeline("two"));
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(report->resumed, 256U);
    EXPECT_EQ(report->chunks, count - 256);
    EXPECT_EQ(search_all(*collection), expected("two", count));
}

TEST_F(ReembedTest, KilledAnywhereItEndsWithTheOldOrTheNewModelAndGoesOn) {
    constexpr unsigned count = 1500;
    const std::vector<Hits> old_hits = expected("one", count);
    const std::vector<Hits> new_hits = expected("two", count);
    {
        auto collection = open("collection", "one");
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        ingest(*collection, documents(0, count));
    }
    std::string serving = "one";
    const auto check = [&](const std::string& what) {
        const auto verified = Collection::verify(folder / "collection");
        ASSERT_TRUE(verified.ok()) << what << ": " << verified.status().message();
        EXPECT_TRUE(verified->findings.empty()) << what << ": " << verified->findings.front().what;
        auto collection = open("collection");
        ASSERT_TRUE(collection.ok()) << what << ": " << collection.status().message();
        EXPECT_EQ(collection->stats()->chunks, count) << what;
        serving = collection->stats()->pipeline;
        EXPECT_EQ(search_all(*collection), serving == "one" ? old_hits : new_hits) << what;
    };
    // Named places, in turns from one model to the other.
    for (const char* place :
         {"reembed.after_generation", "reembed.after_vectors@1", "reembed.after_vectors@3",
          "reembed.before_cut_over", "reembed.after_cut_over", "reembed.after_drop"}) {
        const std::string before = serving;
        const std::string to = before == "one" ? "two" : "one";
        const int state = run_program(to, 0, place);
        ASSERT_TRUE(WIFSIGNALED(state)) << place << " was not passed";
        check(place);
        const bool changed = place == std::string_view("reembed.after_cut_over") ||
                             place == std::string_view("reembed.after_drop");
        EXPECT_EQ(serving, changed ? to : before) << place;
        ASSERT_EQ(run_program(to, 0, nullptr), 0) << place;
        if (std::string_view(place) == "reembed.after_vectors@3") {
            EXPECT_NE(output().find("\"resumed\":768"), std::string::npos) << output();
        }
        check(std::string(place) + ", gone on with");
        EXPECT_EQ(serving, to);
    }
    // Random moments, until it is through.
    const auto seed = static_cast<unsigned>(std::random_device{}());
    std::printf("seed %u\n", seed);
    std::fflush(stdout);  // before children take a copy
    std::mt19937 random(seed);
    const std::string to = serving == "one" ? "two" : "one";
    for (int round = 0; round < 8; ++round) {
        (void)run_program(to, std::uniform_int_distribution<unsigned>(1, 400'000)(random), nullptr);
        check("round " + std::to_string(round));
    }
    ASSERT_EQ(run_program(to, 0, nullptr), 0);
    check("the last");
    EXPECT_EQ(serving, to);
}

TEST_F(ReembedTest, VerifyNotesAnUnfinishedChangeAndItCanBeDropped) {
    {
        auto collection = open("collection", "one");
        ASSERT_TRUE(collection.ok()) << collection.status().message();
        ingest(*collection, documents(0, 700));
    }
    ASSERT_TRUE(WIFSIGNALED(run_program("two", 0, "reembed.after_vectors")));
    const auto verified = Collection::verify(folder / "collection");
    ASSERT_TRUE(verified.ok()) << verified.status().message();
    EXPECT_TRUE(verified->findings.empty()) << verified->findings.front().what;
    ASSERT_EQ(verified->notes.size(), 1U);
    const lectern::Finding& note = verified->notes.front();
    EXPECT_EQ(note.where, "generation 2");
    for (const char* part : {"of the pipeline 'two'", "256 of 700 chunks", "\"one\""})
        EXPECT_NE(note.what.find(part), std::string::npos) << note.what;
    // A repair finds nothing to do, and the same command as ever goes on or drops it.
    const auto repaired = Collection::repair(folder / "collection");
    ASSERT_TRUE(repaired.ok()) << repaired.status().message();
    EXPECT_TRUE(repaired->found.empty()) << repaired->found.front().what;
    EXPECT_FALSE(repaired->store_rebuilt);
    ASSERT_EQ(run_program("one", 0, nullptr), 0);
    EXPECT_TRUE(Collection::verify(folder / "collection")->notes.empty());
    ASSERT_EQ(run_program("two", 0, nullptr), 0);
    EXPECT_NE(output().find("\"resumed\":0"), std::string::npos) << output();
}

TEST_F(ReembedTest, TheSpaceOfTheOldVectorsComesBack) {
    constexpr unsigned count = 4000;
    write_model("large", 512, 3);
    auto collection = open("collection", "large");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ingest(*collection, documents(0, count));
    ASSERT_TRUE(collection->flush().ok());
    ASSERT_FALSE(index_files("vector-1-").empty());
    const std::uint64_t before = collection->stats()->disk_bytes;
    ASSERT_TRUE(collection->reembed(pipeline("two")).ok());
    EXPECT_TRUE(index_files("vector-1-").empty());
    EXPECT_FALSE(index_files("vector-2-").empty());
    const std::uint64_t after = collection->stats()->disk_bytes;
    // In the store and in the index: 4 bytes a component.
    const std::uint64_t old_vectors = 2ULL * count * 512 * sizeof(float);
    const std::uint64_t new_vectors = 2ULL * count * 32 * sizeof(float);
    // At once and whole: nothing that the collection itself keeps open holds the old ones on disk.
    constexpr std::uint64_t small_files = 512U << 10;  // RocksDB's log of its doings, and such
    EXPECT_LT(after, before - old_vectors + new_vectors + small_files);
}

TEST_F(ReembedTest, FromWordVectorsToBertAndALongChunkIsRefusedOrCut) {
    write_pipeline("bert-search", "tokens: {plugin: wordpiece, options: {model: all-MiniLM-L6-v2}}",
                   "vectors: {plugin: bert, options: {model: all-MiniLM-L6-v2}}");
    auto collection = open("collection", "one");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    std::string novel;
    for (int i = 0; i < 700; ++i) novel += "The lighthouse keeper counted ships. ";
    ingest(*collection,
           {{.id = "tides",
             .title = "",
             .text = "The moon raises the tides of the sea.",
             .metadata = ""},
            {.id = "bread", .title = "", .text = "Yeast makes the dough rise.", .metadata = ""},
            {.id = "novel", .title = "", .text = novel, .metadata = ""}});
    const auto refused = collection->reembed(pipeline("bert-search"));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.status().code(), Code::invalid_argument);
    EXPECT_NE(refused.status().message().find("document 'novel'"), std::string::npos)
        << refused.status().message();
    EXPECT_NE(refused.status().message().find("--truncate"), std::string::npos);
    EXPECT_EQ(collection->stats()->pipeline, "one");
    lectern::ReembedOptions options;
    options.truncate = true;
    const auto report = collection->reembed(pipeline("bert-search"), options);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_GE(report->truncated, 1U);
    EXPECT_EQ(collection->stats()->dimension, 384U);
    EXPECT_EQ(collection->search("ocean waters and lunar pull", {.k = 1})->hits.at(0).document,
              "tides");
    EXPECT_EQ(collection->search("baking a loaf", {.k = 1})->hits.at(0).document, "bread");
    // And back.
    ASSERT_TRUE(collection->reembed(pipeline("one")).ok());
    EXPECT_EQ(collection->stats()->dimension, 96U);
}

TEST_F(ReembedTest, OneAtATimeAndAMissingPipelineChangesNothing) {
    auto collection = open("collection", "one");
    ASSERT_TRUE(collection.ok()) << collection.status().message();
    ingest(*collection, documents(0, 10));
    Code second = Code::ok;
    lectern::ReembedOptions options;
    options.progress = [&](const lectern::ReembedProgress&) {
        second = std::async(std::launch::async, [&] {
                     return collection->reembed(pipeline("two")).status().code();
                 }).get();
    };
    ASSERT_TRUE(collection->reembed(pipeline("two"), options).ok());
    EXPECT_EQ(second, Code::unavailable);
    EXPECT_FALSE(collection->reembed(pipeline("none")).ok());
    EXPECT_EQ(collection->stats()->pipeline, "two");
    EXPECT_EQ(search(*collection, 1).size(), 5U);
}

}  // namespace
