#include "storage/store/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <limits>
#include <thread>

#include "storage/store/database.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::unique_ptr<Store> open(const fs::path& folder, OpenOptions options = {}) {
    options.create_if_missing = true;
    auto store = Store::open(folder, options);
    EXPECT_TRUE(store.ok()) << store.status().message();
    return store.ok() ? std::move(store).value() : nullptr;
}

// "one two three" with a chunk a word, and a vector a chunk where a dimension is given.
PutDocument words(const std::string& id, const std::string& text, std::uint32_t dimension = 0,
                  float value = 1) {
    PutDocument document;
    document.id = id;
    document.title = "title of " + id;
    document.metadata = R"({"k":1})";
    document.text = text;
    document.source_bytes = text.size() + 3;
    document.content_hash.bytes[0] = static_cast<std::uint8_t>(text.size());
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        document.chunks.push_back({begin, end, 1});
        begin = end + 1;
    }
    if (dimension > 0)
        document.vectors.push_back(
            {1, std::vector<float>(document.chunks.size() * dimension, value)});
    return document;
}

CommitResult commit(Store& store, WriteGroup group) {
    auto result = store.commit(group);
    EXPECT_TRUE(result.ok()) << result.status().message();
    return result.ok() ? std::move(result).value() : CommitResult{};
}

std::vector<std::string> ids(const Store& store) {
    std::vector<std::string> result;
    const Status status = store.reader().for_each_document([&](const DocumentHeader& header) {
        result.push_back(header.id);
        return true;
    });
    EXPECT_TRUE(status.ok()) << status.message();
    return result;
}

TEST(Store, GivesBackWhatWasCommitted) {
    const TestFolder folder;
    auto store = open(folder.path() / "c");
    const CommitResult done =
        commit(*store, {.puts = {words("a", "one two three"), words("b", "four")}});
    EXPECT_EQ(done.change.sequence, 1u);
    EXPECT_THAT(done.change.added, ElementsAre(ChunkRange{1, 4}));
    EXPECT_TRUE(done.change.removed.empty());
    ASSERT_EQ(done.documents.size(), 2u);
    EXPECT_EQ(done.documents[0].chunks, (ChunkRange{1, 3}));
    EXPECT_EQ(done.documents[1].chunks, (ChunkRange{4, 1}));

    for (const bool reopened : {false, true}) {
        if (reopened) {
            store.reset();
            store = open(folder.path() / "c");
        }
        const Reader reader = store->reader();
        const auto document = reader.document("a");
        ASSERT_TRUE(document.ok()) << document.status().message();
        EXPECT_EQ(document->text, "one two three");
        EXPECT_EQ(document->header.title, "title of a");
        EXPECT_EQ(document->header.metadata, R"({"k":1})");
        EXPECT_EQ(document->header.content_hash.bytes[0], 13);
        EXPECT_EQ(document->header.tokens, 3u);
        EXPECT_EQ(document->header.source_bytes, 16u);
        EXPECT_GT(document->header.committed_at, 1700000000000);
        const auto chunks = reader.chunks(document->header);
        ASSERT_TRUE(chunks.ok());
        EXPECT_THAT(*chunks,
                    ElementsAre(Chunk{1, 1, 0, 3, 1}, Chunk{2, 1, 4, 7, 1}, Chunk{3, 1, 8, 13, 1}));
        EXPECT_EQ(*reader.chunk(2), (Chunk{2, 1, 4, 7, 1}));
        EXPECT_EQ(reader.header(Ordinal{2})->id, "b");
        EXPECT_EQ(*reader.text(document->header, 4, 7), "two");
        EXPECT_EQ(reader.counters(), (Counters{2, 4, 4, 17}));
        EXPECT_EQ(reader.sequence(), 1u);
        EXPECT_THAT(ids(*store), ElementsAre("a", "b"));
    }
}

TEST(Store, WhatIsNotThereIsNamed) {
    const TestFolder folder;
    const auto store = open(folder.path());
    commit(*store, {.puts = {words("a", "one")}});
    const Reader reader = store->reader();
    const auto document = reader.document("nix");
    EXPECT_EQ(document.status().code(), Code::not_found);
    EXPECT_THAT(document.status().message(), HasSubstr("\"nix\""));
    EXPECT_EQ(reader.header(Ordinal{7}).status().code(), Code::not_found);
    EXPECT_EQ(reader.chunk(7).status().code(), Code::not_found);
    const auto header = reader.header("a");
    EXPECT_EQ(reader.text(*header, 2, 4).status().code(), Code::invalid_argument);
    EXPECT_EQ(reader.text(*header, 2, 1).status().code(), Code::invalid_argument);
    EXPECT_EQ(*reader.text(*header, 3, 3), "");
}

TEST(Store, AReplacedDocumentLeavesNothingBehind) {
    const TestFolder folder;
    const auto store = open(folder.path());
    ASSERT_TRUE(store->add_generation({.fingerprint = "f", .dimension = 2}).ok());
    commit(*store, {.puts = {words("a", "one two three", 2), words("b", "four", 2)}});
    const CommitResult done = commit(*store, {.puts = {words("a", "five six", 2, 3)}});
    EXPECT_TRUE(done.documents[0].replaced);
    EXPECT_THAT(done.change.added, ElementsAre(ChunkRange{5, 2}));
    EXPECT_THAT(done.change.removed, ElementsAre(ChunkRange{1, 3}));

    const Reader reader = store->reader();
    EXPECT_EQ(reader.counters(), (Counters{2, 3, 3, 12}));
    EXPECT_EQ(reader.document("a")->text, "five six");
    EXPECT_FALSE(reader.header(Ordinal{1}).ok());
    EXPECT_FALSE(reader.chunk(1).ok());
    EXPECT_THAT(*reader.live_chunks(), ElementsAre(ChunkRange{4, 3}));
    const auto vectors = reader.vectors(1, {1, 10});
    ASSERT_TRUE(vectors.ok());
    EXPECT_THAT(vectors->found, ElementsAre(4, 5, 6));
    EXPECT_THAT(vectors->values, ElementsAre(1, 1, 3, 3, 3, 3));
}

TEST(Store, DeletesAreCountedAndUnknownIdsAreNoError) {
    const TestFolder folder;
    const auto store = open(folder.path());
    commit(*store, {.puts = {words("a", "one two"), words("b", "three")}});
    const CommitResult done = commit(*store, {.deletes = {"b", "nix", "b"}});
    EXPECT_EQ(done.deleted, (std::vector<bool>{true, false, false}));
    EXPECT_THAT(done.change.removed, ElementsAre(ChunkRange{3, 1}));
    EXPECT_EQ(store->counters(), (Counters{1, 2, 2, 7}));
    EXPECT_THAT(ids(*store), ElementsAre("a"));
}

TEST(Store, InOneGroupDeletesComeFirstAndTheLastPutCounts) {
    const TestFolder folder;
    const auto store = open(folder.path());
    commit(*store, {.puts = {words("a", "old")}});
    const CommitResult done =
        commit(*store, {.puts = {words("a", "first"), words("a", "second one")}, .deletes = {"a"}});
    EXPECT_EQ(done.documents[0].ordinal, 0u);
    EXPECT_EQ(done.documents[0].chunks.count, 0u);
    EXPECT_EQ(done.documents[1].chunks, (ChunkRange{2, 2}));
    EXPECT_THAT(done.change.removed, ElementsAre(ChunkRange{1, 1}));
    EXPECT_EQ(store->reader().document("a")->text, "second one");
    EXPECT_EQ(store->counters(), (Counters{1, 2, 2, 10}));
}

TEST(Store, IdsAndChunkNumbersAreNeverUsedAgain) {
    const TestFolder folder;
    auto store = open(folder.path());
    commit(*store, {.puts = {words("a", "one two")}});
    commit(*store, {.deletes = {"a"}});
    store.reset();
    store = open(folder.path());
    const CommitResult done = commit(*store, {.puts = {words("a", "one")}});
    EXPECT_EQ(done.change.sequence, 3u);
    EXPECT_EQ(done.documents[0].ordinal, 2u);
    EXPECT_EQ(done.documents[0].chunks, (ChunkRange{3, 1}));
}

TEST(Store, AnEmptyGroupChangesNothing) {
    const TestFolder folder;
    const auto store = open(folder.path());
    EXPECT_EQ(commit(*store, {}).change.sequence, 0u);
    EXPECT_EQ(store->sequence(), 0u);
}

TEST(Store, DocumentsWithoutTextOrChunksAreKept) {
    const TestFolder folder;
    const auto store = open(folder.path());
    const CommitResult done = commit(*store, {.puts = {words("empty", "")}});
    EXPECT_TRUE(done.change.added.empty());
    const auto document = store->reader().document("empty");
    ASSERT_TRUE(document.ok()) << document.status().message();
    EXPECT_EQ(document->text, "");
    EXPECT_TRUE(store->reader().chunks(document->header)->empty());
}

TEST(Store, LongTextsAreReadByRange) {
    const TestFolder folder;
    const auto store = open(folder.path());
    PutDocument document;
    document.id = "long";
    for (int i = 0; document.text.size() < 5 * text_block_bytes + 17; ++i)
        document.text += std::to_string(i) + " ";
    const std::string text = document.text;
    document.chunks = {{text_block_bytes - 5, text_block_bytes + 5, 3}};
    commit(*store, {.puts = {document}});

    const Reader reader = store->reader();
    const auto header = reader.header("long");
    for (const auto& [begin, end] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
             {0, text.size()},
             {text_block_bytes - 1, text_block_bytes},
             {text_block_bytes, text_block_bytes + 1},
             {text_block_bytes - 1, 3 * text_block_bytes + 1},
             {text.size() - 1, text.size()},
             {0, 0}})
        EXPECT_EQ(*reader.text(*header, begin, end), text.substr(begin, end - begin))
            << begin << " to " << end;
    const std::vector<ChunkId> wanted{1};
    const auto views = reader.chunk_views(wanted);
    ASSERT_TRUE(views.ok() && (*views)[0]);
    EXPECT_EQ((*views)[0]->text, text.substr(text_block_bytes - 5, 10));
}

TEST(Store, ChunkViewsComeInTheOrderAskedForWithGapsWhereChunksAreGone) {
    const TestFolder folder;
    const auto store = open(folder.path());
    commit(*store, {.puts = {words("a", "one two"), words("b", "three")}});
    commit(*store, {.deletes = {"b"}});
    const std::vector<ChunkId> wanted{2, 3, 1, 99};
    const auto views = store->reader().chunk_views(wanted);
    ASSERT_TRUE(views.ok()) << views.status().message();
    ASSERT_TRUE((*views)[0] && (*views)[2]);
    EXPECT_EQ((*views)[0]->text, "two");
    EXPECT_EQ((*views)[0]->chunk.begin, 4u);
    EXPECT_EQ((*views)[2]->text, "one");
    EXPECT_EQ((*views)[2]->document, "a");
    EXPECT_EQ((*views)[2]->title, "title of a");
    EXPECT_EQ((*views)[2]->metadata, R"({"k":1})");
    EXPECT_FALSE((*views)[1]);
    EXPECT_FALSE((*views)[3]);
    const auto documents = store->reader().documents_of(wanted);
    ASSERT_TRUE(documents.ok()) << documents.status().message();
    EXPECT_EQ(*documents, (std::vector<Ordinal>{(*views)[0]->chunk.document, 0,
                                                (*views)[2]->chunk.document, 0}));
}

TEST(Store, AReaderSeesTheCollectionAsItWas) {
    const TestFolder folder;
    const auto store = open(folder.path());
    commit(*store, {.puts = {words("a", "one two"), words("b", "three")}});
    const Reader before = store->reader();
    commit(*store, {.puts = {words("a", "other"), words("c", "new")}, .deletes = {"b"}});
    ASSERT_TRUE(store->flush().ok());
    ASSERT_TRUE(store->compact().ok());
    EXPECT_EQ(before.document("a")->text, "one two");
    EXPECT_EQ(before.document("b")->text, "three");
    EXPECT_FALSE(before.document("c").ok());
    EXPECT_THAT(*before.live_chunks(), ElementsAre(ChunkRange{1, 3}));
    EXPECT_EQ(before.counters().documents, 2u);
    EXPECT_EQ(store->reader().document("a")->text, "other");
}

TEST(Store, ListsDocumentsInOrderFromAnywhere) {
    const TestFolder folder;
    const auto store = open(folder.path());
    commit(*store,
           {.puts = {words("b", "x"), words("a", "x"), words("c", "x"), words("b/1", "x")}});
    std::vector<std::string> seen;
    const Status status = store->reader().for_each_document(
        [&](const DocumentHeader& header) {
            seen.push_back(header.id);
            return seen.size() < 2;
        },
        "a");
    ASSERT_TRUE(status.ok());
    EXPECT_THAT(seen, ElementsAre("b", "b/1"));
}

TEST(Store, ScansVectorsInSpans) {
    const TestFolder folder;
    const auto store = open(folder.path());
    ASSERT_TRUE(store->add_generation({.fingerprint = "f", .dimension = 3}).ok());
    for (int i = 0; i < 10; ++i)
        commit(*store, {.puts = {words("d" + std::to_string(i), "x", 3, static_cast<float>(i))}});
    std::vector<std::size_t> spans;
    std::vector<ChunkId> found;
    std::vector<float> firsts;
    const Status status = store->reader().scan_vectors(
        1, 3,
        [&](std::span<const ChunkId> rows, std::span<const float> values) {
            spans.push_back(rows.size());
            EXPECT_EQ(values.size(), rows.size() * 3);
            found.insert(found.end(), rows.begin(), rows.end());
            for (std::size_t i = 0; i < rows.size(); ++i) firsts.push_back(values[i * 3]);
            return true;
        },
        3);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_THAT(spans, ElementsAre(3, 3, 2));
    EXPECT_THAT(found, ElementsAre(3, 4, 5, 6, 7, 8, 9, 10));
    EXPECT_THAT(firsts, ElementsAre(2, 3, 4, 5, 6, 7, 8, 9));
    const auto none = [](auto, auto) { return true; };
    EXPECT_EQ(store->reader().scan_vectors(2, 0, none).code(), Code::not_found);
}

TEST(Store, FiguresFollowWhatIsWritten) {
    const TestFolder folder;
    const auto store = open(folder.path(), {.block_cache_bytes = 1U << 20U});
    const Figures fresh = store->figures();
    EXPECT_EQ(fresh.block_cache_capacity, 1U << 20U);
    EXPECT_FALSE(fresh.writes_stopped);
    EXPECT_EQ(fresh.slowed_writes + fresh.stopped_writes, 0U);

    std::string text(100'000, 'x');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i * i % 23);
    commit(*store, {.puts = {words("a", text)}});
    const Figures written = store->figures();
    EXPECT_GT(written.memtable_bytes, fresh.memtable_bytes);
    ASSERT_TRUE(store->flush().ok());
    const Figures flushed = store->figures();
    EXPECT_LT(flushed.memtable_bytes, written.memtable_bytes);
    EXPECT_GT(flushed.table_bytes, fresh.table_bytes);
    ASSERT_TRUE(store->reader().document("a").ok());
    EXPECT_GT(store->figures().block_cache_bytes, flushed.block_cache_bytes);
}

TEST(Store, RemembersChangesForIndexes) {
    const TestFolder folder;
    const auto store = open(folder.path());
    commit(*store, {.puts = {words("a", "one two")}});
    const CommitResult second = commit(*store, {.puts = {words("a", "three")}});
    const CommitResult third = commit(*store, {.deletes = {"a"}});
    const auto changes = store->reader().changes(1);
    ASSERT_TRUE(changes.ok()) << changes.status().message();
    EXPECT_THAT(*changes, ElementsAre(second.change, third.change));
    EXPECT_TRUE(store->reader().changes(3)->empty());
    EXPECT_TRUE(store->reader().changes(99)->empty());
}

TEST(Store, MetaIsKeptAndGenerationsAreNumbered) {
    const TestFolder folder;
    auto store = open(folder.path());
    const Hash128 id = store->meta().id;
    ASSERT_TRUE(store->set_pipeline("bert", "stages: []\n", "/models").ok());
    const auto first =
        store->add_generation({.fingerprint = "f1", .dimension = 2, .note = "MiniLM, bf16"});
    const auto second = store->add_generation({.fingerprint = "f2", .dimension = 3});
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_EQ(first->number, 1u);
    EXPECT_EQ(second->number, 2u);
    EXPECT_EQ(store->meta().serving, 1u);

    PutDocument both = words("a", "one two", 2, 5);
    both.vectors.push_back({2, std::vector<float>(6, 7)});
    commit(*store, {.puts = {both}});
    EXPECT_EQ(store->drop_generation(1).code(), Code::invalid_argument);
    EXPECT_EQ(store->serve_generation(9).code(), Code::not_found);
    ASSERT_TRUE(store->serve_generation(2).ok());
    ASSERT_TRUE(store->drop_generation(1).ok());
    const auto third = store->add_generation({.fingerprint = "f3", .dimension = 4});
    EXPECT_EQ(third->number, 3u);

    store.reset();
    store = open(folder.path());
    const CollectionMeta meta = store->meta();
    EXPECT_EQ(meta.id, id);
    EXPECT_EQ(meta.format, format_version);
    EXPECT_EQ(meta.pipeline_name, "bert");
    EXPECT_EQ(meta.pipeline_yaml, "stages: []\n");
    EXPECT_EQ(meta.pipeline_folder, "/models");
    EXPECT_THAT(meta.generations, ElementsAre(*second, *third));
    EXPECT_EQ(meta.serving, 2u);
    EXPECT_TRUE(store->reader().vectors(1, {1, 10})->found.empty());
    EXPECT_EQ(store->reader().vectors(2, {1, 10})->found.size(), 2u);
    EXPECT_EQ(store->add_generation({.dimension = 0}).status().code(), Code::invalid_argument);
    EXPECT_EQ(
        store->add_generation({.dimension = 2, .encoding = VectorEncoding::int8}).status().code(),
        Code::unsupported);
}

TEST(Store, VectorsOfAnotherGenerationAreAddedForChunksThatAreThere) {
    const TestFolder folder;
    auto store = open(folder.path());
    ASSERT_TRUE(store->add_generation({.fingerprint = "f1", .dimension = 2}).ok());
    ASSERT_TRUE(store->add_generation({.fingerprint = "f2", .dimension = 1}).ok());
    commit(*store, {.puts = {words("a", "one two", 2), words("b", "three", 2)}});
    commit(*store, {.deletes = {"b"}});
    const Sequence before = store->sequence();

    const std::vector<ChunkId> chunks{1, 2, 3};
    const auto added = store->add_vectors(2, chunks, std::vector<float>{10, 20, 30});
    ASSERT_TRUE(added.ok()) << added.status().message();
    EXPECT_EQ(*added, 2u);
    EXPECT_EQ(store->sequence(), before);
    EXPECT_THAT(store->reader().vectors(2, {1, 9})->found, ElementsAre(1, 2));
    EXPECT_THAT(store->reader().vectors(2, {1, 9})->values, ElementsAre(10, 20));

    const float infinite = std::numeric_limits<float>::infinity();
    EXPECT_EQ(store->add_vectors(7, chunks, {}).status().code(), Code::not_found);
    EXPECT_EQ(store->add_vectors(2, chunks, std::vector<float>(2)).status().code(),
              Code::invalid_argument);
    EXPECT_THAT(
        store->add_vectors(2, chunks, std::vector<float>{1, infinite, 1}).status().message(),
        HasSubstr("chunk 2 has a component that is not a finite number"));

    EXPECT_EQ(store->cut_over(7, "new", "").code(), Code::not_found);
    ASSERT_TRUE(store->cut_over(2, "new", "stages: [new]\n").ok());
    commit(*store, {.deletes = {"a"}});  // takes its vectors of both along
    store.reset();
    store = open(folder.path());
    EXPECT_EQ(store->meta().serving, 2u);
    EXPECT_EQ(store->meta().pipeline_name, "new");
    EXPECT_EQ(store->meta().pipeline_yaml, "stages: [new]\n");
    EXPECT_TRUE(store->reader().vectors(2, {1, 9})->found.empty());
}

TEST(Store, GroupsThatDoNotFitAreRefusedWholeAndNamed) {
    const TestFolder folder;
    const auto store = open(folder.path());
    ASSERT_TRUE(store->add_generation({.fingerprint = "f", .dimension = 2}).ok());
    const PutDocument good = words("good", "one");
    PutDocument no_id = words("", "one");
    PutDocument long_id = words(std::string(5000, 'x'), "one");
    PutDocument beyond = words("beyond", "one");
    beyond.chunks.push_back({1, 4, 1});
    PutDocument backwards = words("backwards", "one");
    backwards.chunks.push_back({2, 1, 1});
    PutDocument short_vectors = words("short", "one two", 2);
    short_vectors.vectors[0].values.pop_back();
    PutDocument stranger = words("stranger", "one", 2);
    stranger.vectors[0].generation = 5;
    PutDocument not_a_number = words("nan", "one two", 2);
    not_a_number.vectors[0].values[3] = std::numeric_limits<float>::quiet_NaN();
    const std::vector<std::pair<PutDocument, std::string>> cases{
        {no_id, "the id is empty"},
        {long_id, "the id has 5000 bytes"},
        {beyond, "\"beyond\": chunk 1 is [1, 4)"},
        {backwards, "chunk 1 is [2, 1)"},
        {short_vectors, "have 3 components; 2 chunks of dimension 2 need 4"},
        {stranger, "generation 5: the collection has no such generation"},
        {not_a_number, "chunk 1 has a component that is not a finite number"}};
    for (const auto& [bad, message] : cases) {
        const auto result = store->commit({.puts = {good, bad}});
        EXPECT_EQ(result.status().code(), Code::invalid_argument) << message;
        EXPECT_THAT(result.status().message(), HasSubstr(message));
    }
    EXPECT_EQ(store->sequence(), 0u);
    EXPECT_TRUE(ids(*store).empty());
    EXPECT_TRUE(store->writable().ok());
}

TEST(Store, WritersAndReadersAtTheSameTimeAgree) {
    const TestFolder folder;
    const auto store = open(folder.path());
    constexpr int writers = 3;
    constexpr int rounds = 40;
    std::atomic<int> running = writers;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer)
        threads.emplace_back([&, writer] {
            for (int round = 0; round < rounds; ++round) {
                // Two documents that always have the same text.
                const std::string text = "text " + std::to_string(writer * 1000 + round);
                EXPECT_TRUE(
                    store->commit({.puts = {words("left", text), words("right", text)}}, false)
                        .ok());
            }
            --running;
        });
    int compared = 0;
    while (running > 0 || compared == 0) {
        const Reader reader = store->reader();
        if (reader.sequence() == 0) continue;
        const auto left = reader.document("left");
        const auto right = reader.document("right");
        ASSERT_TRUE(left.ok() && right.ok());
        EXPECT_EQ(left->text, right->text);
        EXPECT_EQ(reader.counters().documents, 2u);
        ++compared;
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(store->sequence(), static_cast<Sequence>(writers * rounds));
    EXPECT_EQ(store->counters().chunks, 4u);
}

// ------------------------------------------------------------------ opening

TEST(StoreOpen, ASecondStoreInThisProcessIsRefused) {
    const TestFolder folder;
    auto store = open(folder.path());
    const auto second = Store::open(folder.path());
    EXPECT_EQ(second.status().code(), Code::unavailable);
    EXPECT_THAT(second.status().message(), HasSubstr("already open in this process"));
    store.reset();
    EXPECT_TRUE(Store::open(folder.path()).ok());
}

// FOLDER DESCRIPTOR: opens a store, says so and keeps it.
int hold_a_store(const test::Words& arguments) {
    const auto store = Store::open(arguments.at(0), {.create_if_missing = true});
    const char said = store.ok() ? 'y' : 'n';
    if (::write(std::stoi(arguments.at(1)), &said, 1) != 1) return 1;
    for (;;) ::pause();
}
const test::Role holder{"hold a store", hold_a_store};

TEST(StoreOpen, AnotherProcessIsNamed) {
    const TestFolder folder;
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child =
        test::start_role("hold a store", {folder.path().string(), std::to_string(ready[1])});
    ASSERT_GT(child, 0);
    char said = 0;
    ASSERT_EQ(::read(ready[0], &said, 1), 1);
    EXPECT_EQ(said, 'y');
    const auto second = Store::open(folder.path());
    EXPECT_EQ(second.status().code(), Code::unavailable);
    EXPECT_THAT(second.status().message(), HasSubstr("open in another process"));
    EXPECT_THAT(second.status().message(), HasSubstr("pid " + std::to_string(child)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_TRUE(Store::open(folder.path()).ok());
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST(StoreOpen, FoldersThatAreNoCollectionAreNamed) {
    const TestFolder folder;
    const auto missing = Store::open(folder.path() / "nix");
    EXPECT_EQ(missing.status().code(), Code::not_found);
    EXPECT_THAT(missing.status().message(), HasSubstr("does not exist"));
    EXPECT_FALSE(fs::exists(folder.path() / "nix"));

    const auto empty = Store::open(folder.path());
    EXPECT_EQ(empty.status().code(), Code::not_found);
    EXPECT_THAT(empty.status().message(), HasSubstr("no collection"));

    std::ofstream(folder.path() / "letter.txt") << "dear";
    const auto in_use = Store::open(folder.path(), {.create_if_missing = true});
    EXPECT_EQ(in_use.status().code(), Code::invalid_argument);
    EXPECT_THAT(in_use.status().message(), HasSubstr("letter.txt"));

    const auto file = Store::open(folder.path() / "letter.txt", {.create_if_missing = true});
    EXPECT_EQ(file.status().code(), Code::invalid_argument);
    EXPECT_THAT(file.status().message(), HasSubstr("is a file"));

    { const auto store = open(folder.path() / "c"); }
    const auto exists =
        Store::open(folder.path() / "c", {.create_if_missing = true, .error_if_exists = true});
    EXPECT_EQ(exists.status().code(), Code::invalid_argument);
    EXPECT_THAT(exists.status().message(), HasSubstr("already"));
}

TEST(StoreOpen, AnInterruptedCreationIsTakenUpAgain) {
    const TestFolder folder;
    // Killed before RocksDB wrote anything, and after it did but before our first write.
    fs::create_directories(folder.path() / "early" / "store");
    EXPECT_TRUE(Store::open(folder.path() / "early", {.create_if_missing = true}).ok());
    fs::create_directories(folder.path() / "late" / "store");
    {
        rocksdb::Options options;
        options.create_if_missing = true;
        rocksdb::DB* database = nullptr;
        ASSERT_TRUE(rocksdb::DB::Open(options, folder.path() / "late" / "store", &database).ok());
        const std::unique_ptr<rocksdb::DB> owner(database);
    }
    const auto refused = Store::open(folder.path() / "late");
    EXPECT_EQ(refused.status().code(), Code::not_found);
    EXPECT_THAT(refused.status().message(), HasSubstr("interrupted"));
    EXPECT_TRUE(Store::open(folder.path() / "late", {.create_if_missing = true}).ok());
}

TEST(StoreOpen, ANewerFormatIsRefusedWithBothVersions) {
    const TestFolder folder;
    { const auto store = open(folder.path()); }
    {
        // As a later version might leave it: another number, and a column family more.
        rocksdb::DBOptions options;
        options.create_missing_column_families = true;
        std::vector<rocksdb::ColumnFamilyDescriptor> columns;
        for (std::size_t i = 0; i < column_count; ++i)
            columns.emplace_back(name(static_cast<Column>(i)), rocksdb::ColumnFamilyOptions());
        columns.emplace_back("postings", rocksdb::ColumnFamilyOptions());
        std::vector<rocksdb::ColumnFamilyHandle*> handles;
        rocksdb::DB* database = nullptr;
        ASSERT_TRUE(
            rocksdb::DB::Open(options, folder.path() / "store", columns, &handles, &database).ok());
        const std::unique_ptr<rocksdb::DB> owner(database);
        ASSERT_TRUE(database
                        ->Put(rocksdb::WriteOptions(), slice(meta_key::format),
                              rocksdb::Slice("\x63\0\0\0", 4))
                        .ok());
        for (auto* handle : handles) ASSERT_TRUE(database->DestroyColumnFamilyHandle(handle).ok());
    }
    const auto refused = Store::open(folder.path());
    EXPECT_EQ(refused.status().code(), Code::unsupported);
    EXPECT_THAT(refused.status().message(), HasSubstr("format 99"));
    EXPECT_THAT(refused.status().message(), HasSubstr("up to 3"));
}

std::vector<fs::path> table_files(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder / "store"))
        if (entry.path().extension() == ".sst") files.push_back(entry.path());
    return files;
}

TEST(StoreOpen, DamageIsReportedAndNeverReadAsData) {
    const TestFolder folder;
    {
        const auto store = open(folder.path());
        for (int i = 0; i < 20; ++i)
            commit(*store, {.puts = {words("d" + std::to_string(i), std::string(3000, 'a'))}});
        ASSERT_TRUE(store->flush().ok());
        EXPECT_TRUE(store->verify_checksums().ok());
    }
    // One bit in the first block of every table file.
    ASSERT_FALSE(table_files(folder.path()).empty());
    for (const fs::path& path : table_files(folder.path())) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(20);
        const char byte = static_cast<char>(file.get() ^ 1);
        file.seekp(20);
        file.put(byte);
    }
    const auto store = Store::open(folder.path());
    if (!store.ok()) {
        EXPECT_EQ(store.status().code(), Code::corrupt) << store.status().message();
        return;
    }
    EXPECT_EQ((*store)->verify_checksums().code(), Code::corrupt);
    EXPECT_EQ((*store)->reader().document("d1").status().code(), Code::corrupt);
}

TEST(StoreOpen, AMissingTableFileIsReported) {
    const TestFolder folder;
    {
        const auto store = open(folder.path());
        commit(*store, {.puts = {words("a", "one")}});
        ASSERT_TRUE(store->flush().ok());
    }
    ASSERT_FALSE(table_files(folder.path()).empty());
    fs::remove(table_files(folder.path()).front());
    const auto store = Store::open(folder.path());
    EXPECT_EQ(store.status().code(), Code::corrupt) << store.status().message();
}

TEST(StoreOpen, ALostCurrentFileIsNotTakenForAnEmptyFolder) {
    const TestFolder folder;
    {
        const auto store = open(folder.path());
        commit(*store, {.puts = {words("a", "one")}});
        ASSERT_TRUE(store->flush().ok());
    }
    fs::remove(folder.path() / "store" / "CURRENT");
    const auto refused = Store::open(folder.path(), {.create_if_missing = true});
    EXPECT_EQ(refused.status().code(), Code::corrupt);
    EXPECT_THAT(refused.status().message(), HasSubstr("CURRENT"));
    EXPECT_FALSE(table_files(folder.path()).empty());
}

// ------------------------------------------------------------------ failing writes

// FOLDER: commits until the log cannot grow any more, as on a full disk. 100 and the number of
// acknowledged commits; another number is a check that failed. In a process of its own, because a
// limit on file sizes cannot be taken back.
int fill_the_disk(const test::Words& arguments) {
    ::signal(SIGXFSZ, SIG_IGN);
    auto store = Store::open(arguments.at(0));
    if (!store.ok()) return 10;
    const rlimit limit{200 * 1024, 200 * 1024};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 11;
    Status failed;
    int acknowledged = 0;
    for (int i = 0; i < 50 && failed.ok(); ++i) {
        const auto done =
            (*store)->commit({.puts = {words("d" + std::to_string(i), std::string(20000, 'x'))}});
        failed = done.status();
        if (done.ok()) ++acknowledged;
    }
    if (failed.ok() || acknowledged == 0) return 12;
    const Status refused = (*store)->commit({.puts = {words("later", "x")}}).status();
    if (refused.ok() || (*store)->writable().ok()) return 13;
    if (refused.message().find("no further writes") == std::string::npos) return 14;
    if (!(*store)->reader().document("kept").ok()) return 15;
    if ((*store)->counters().documents != static_cast<std::uint64_t>(acknowledged) + 1) return 16;
    return 100 + acknowledged;
}
const test::Role filler{"fill the disk", fill_the_disk};

// FOLDER BYTES: opens where no file can grow beyond so many bytes. 0: opened, 1: refused.
int open_on_a_full_disk(const test::Words& arguments) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{std::stoul(arguments.at(1)), RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 9;
    const auto store = Store::open(arguments.at(0));
    if (store.ok()) return 0;
    return store.status().code() == Code::resource_exhausted ||
                   store.status().code() == Code::internal
               ? 1
               : 8;
}
const test::Role full_opener{"open on a full disk", open_on_a_full_disk};

// RocksDB's own log of events ended the process.
TEST(StoreFailure, OnAFullDiskAnOpenIsRefusedOrSucceeds) {
    const TestFolder folder;
    {
        const auto store = open(folder.path());
        commit(*store, {.puts = {words("kept", std::string(50000, 'x'))}});
    }
    for (const char* bytes : {"0", "1", "100", "1000", "5000", "20000", "60000", "200000"}) {
        const pid_t child =
            test::start_role("open on a full disk", {folder.path().string(), bytes});
        ASSERT_GT(child, 0);
        int state = 0;
        ASSERT_EQ(::waitpid(child, &state, 0), child);
        ASSERT_TRUE(WIFEXITED(state)) << bytes << ": signal " << WTERMSIG(state);
        EXPECT_LE(WEXITSTATUS(state), 1) << bytes;
    }
    const auto store = open(folder.path());
    EXPECT_TRUE(store->reader().document("kept").ok());
}

TEST(StoreFailure, AfterAFailedWriteItReadsAndRefusesFurtherWrites) {
    const TestFolder folder;
    {
        const auto store = open(folder.path());
        commit(*store, {.puts = {words("kept", "one two")}});
    }
    const pid_t child = test::start_role("fill the disk", {folder.path().string()});
    ASSERT_GT(child, 0);
    int state = 0;
    ASSERT_EQ(::waitpid(child, &state, 0), child);
    ASSERT_TRUE(WIFEXITED(state)) << "signal " << WTERMSIG(state);
    ASSERT_GE(WEXITSTATUS(state), 100) << "the child's check " << WEXITSTATUS(state) << " failed";
    const int acknowledged = WEXITSTATUS(state) - 100;

    const auto store = open(folder.path());
    EXPECT_TRUE(store->reader().document("kept").ok());
    for (int i = 0; i < acknowledged; ++i) {
        const auto document = store->reader().document("d" + std::to_string(i));
        ASSERT_TRUE(document.ok()) << document.status().message();
        EXPECT_EQ(document->text, std::string(20000, 'x'));
    }
    EXPECT_EQ(ids(*store).size(), store->counters().documents);
    EXPECT_TRUE(store->commit({.puts = {words("later", "x")}}).ok());
}

}  // namespace
}  // namespace lectern::storage
