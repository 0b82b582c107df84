// A child commits groups in a loop and is killed at random; what it was told is on disk must be.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "storage/store/encoding.hpp"
#include "storage/store/store.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::storage {
namespace {

constexpr std::uint32_t dimension = 8;
constexpr int names = 12;

std::string id_of(int name) {
    return "document " + std::to_string(name);
}

// The version of a document that step `step` writes: everything follows from the two numbers, so
// that a reader can tell a whole one from a partial one.
PutDocument version(int name, std::uint64_t step) {
    PutDocument document;
    document.id = id_of(name);
    document.title = std::to_string(step);
    std::mt19937_64 random(step * 100 + static_cast<std::uint64_t>(name));
    const std::uint64_t pieces = random() % 40;
    for (std::uint64_t i = 0; i < pieces; ++i) {
        const std::size_t begin = document.text.size();
        document.text += std::string(random() % 6000, static_cast<char>('a' + random() % 26));
        document.chunks.push_back(
            {begin, document.text.size(), static_cast<std::uint32_t>(random() % 300)});
    }
    document.source_bytes = document.text.size();
    PutVectors vectors{1, {}};
    for (std::uint64_t i = 0; i < pieces * dimension; ++i)
        vectors.values.push_back(static_cast<float>(random() % 1000));
    document.vectors.push_back(std::move(vectors));
    return document;
}

// What step `step` does: a few puts and deletes, following from the seed and the step alone.
WriteGroup group_of(std::uint64_t seed, std::uint64_t step) {
    std::mt19937_64 random(seed * 1000003 + step);
    WriteGroup group;
    std::set<int> used;
    for (std::uint64_t i = 0, count = 1 + random() % 4; i < count; ++i) {
        const int name = static_cast<int>(random() % names);
        if (!used.insert(name).second) continue;
        if (random() % 4 == 0)
            group.deletes.push_back(id_of(name));
        else
            group.puts.push_back(version(name, step));
    }
    return group;
}

// The expected collection: id to the step that wrote it.
using Model = std::map<std::string, std::uint64_t>;

void apply(Model& model, const WriteGroup& group, std::uint64_t step) {
    for (const std::string& id : group.deletes) model.erase(id);
    for (const PutDocument& document : group.puts) model[document.id] = step;
}

// FOLDER SEED DESCRIPTOR: commits one step after the other, and writes the number of each that is
// acknowledged to the descriptor.
int commit_steps(const test::Words& arguments) {
    const std::filesystem::path folder = arguments.at(0);
    const std::uint64_t seed = std::stoull(arguments.at(1));
    const int acknowledge = std::stoi(arguments.at(2));
    auto store = Store::open(folder, {.create_if_missing = true, .write_buffer_bytes = 1u << 20});
    if (!store.ok()) return 1;
    if ((*store)->meta().serving == 0 &&
        !(*store)->add_generation({.fingerprint = "f", .dimension = dimension}).ok())
        return 2;
    for (std::uint64_t step = (*store)->sequence() + 1;; ++step) {
        const auto done = (*store)->commit(group_of(seed, step));
        if (!done.ok() || done->change.sequence != step) return 3;
        if (::write(acknowledge, &step, sizeof step) != sizeof step) return 4;
        if (step % 50 == 0 && !(*store)->flush().ok()) return 5;
    }
}
const test::Role committer{"commit steps", commit_steps};

void expect_whole(const Reader& reader, const std::string& id, std::uint64_t step) {
    const auto document = reader.document(id);
    ASSERT_TRUE(document.ok()) << document.status().message();
    const int name = std::atoi(id.c_str() + std::string("document ").size());
    const PutDocument expected = version(name, step);
    ASSERT_EQ(document->header.title, expected.title);
    ASSERT_TRUE(document->text == expected.text) << id;
    const auto chunks = reader.chunks(document->header);
    ASSERT_TRUE(chunks.ok()) << chunks.status().message();
    ASSERT_EQ(chunks->size(), expected.chunks.size());
    for (std::size_t i = 0; i < chunks->size(); ++i) {
        ASSERT_EQ((*chunks)[i].begin, expected.chunks[i].begin);
        ASSERT_EQ((*chunks)[i].end, expected.chunks[i].end);
        ASSERT_EQ((*chunks)[i].document, document->header.ordinal);
    }
    const auto vectors = reader.vectors(1, document->header.chunks);
    ASSERT_TRUE(vectors.ok()) << vectors.status().message();
    ASSERT_EQ(vectors->values, expected.vectors[0].values);
}

// The counters against the rows themselves.
void expect_counters_match(const Reader& reader) {
    Counters rows;
    std::uint64_t chunks_of_documents = 0;
    const Status listed = reader.for_each_document([&](const DocumentHeader& header) {
        rows.documents += 1;
        rows.tokens += header.tokens;
        rows.text_bytes += header.text_bytes;
        chunks_of_documents += header.chunks.count;
        return true;
    });
    ASSERT_TRUE(listed.ok()) << listed.message();
    const auto live = reader.live_chunks();
    ASSERT_TRUE(live.ok());
    for (const ChunkRange& range : *live) rows.chunks += range.count;
    EXPECT_EQ(reader.counters(), rows);
    EXPECT_EQ(chunks_of_documents, rows.chunks);
    std::uint64_t vectors = 0;
    const Status scanned = reader.scan_vectors(1, 0, [&](auto found, auto) {
        vectors += found.size();
        return true;
    });
    ASSERT_TRUE(scanned.ok()) << scanned.message();
    EXPECT_EQ(vectors, rows.chunks);
}

TEST(StoreCrash, NothingAcknowledgedIsLostAndNothingIsPartial) {
    const TestFolder folder;
    const char* given = std::getenv("LECTERN_CRASH_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::printf("seed: %llu (LECTERN_CRASH_SEED replays the writes)\n",
                static_cast<unsigned long long>(seed));
    std::mt19937_64 random(seed);
    Model model;
    std::uint64_t applied = 0;  // steps in the model
    for (int round = 0; round < 10; ++round) {
        int acknowledge[2];
        ASSERT_EQ(::pipe(acknowledge), 0);
        // A while after so many acknowledged commits, so that some are made on a slow disk too; at
        // the latest after two seconds, for a child that waits. In one round of four at once, so
        // that opening is killed.
        const std::uint64_t commits = round % 4 == 3 ? 0 : 1 + random() % 12;
        const auto patience = std::chrono::microseconds(random() % (commits == 0 ? 40000 : 8000));
        const pid_t process = test::start_role(
            "commit steps",
            {folder.path().string(), std::to_string(seed), std::to_string(acknowledge[1])},
            acknowledge[0]);
        ASSERT_GT(process, 0);
        ::close(acknowledge[1]);
        // The kill falls at a moment of its own, whatever the child is doing then.
        std::promise<void> enough;
        if (commits == 0) enough.set_value();
        std::thread killer([&] {
            (void)enough.get_future().wait_for(std::chrono::seconds(2));
            std::this_thread::sleep_for(patience);
            ::kill(process, SIGKILL);
        });
        std::uint64_t acknowledged = applied;
        std::uint64_t step = 0;
        for (std::uint64_t told = 1; ::read(acknowledge[0], &step, sizeof step) == sizeof step;
             ++told) {
            acknowledged = step;
            if (told == commits) enough.set_value();
        }
        killer.join();
        ::close(acknowledge[0]);
        int state = 0;
        ASSERT_EQ(::waitpid(process, &state, 0), process);
        ASSERT_TRUE(WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL)
            << "the child ended by itself, code " << WEXITSTATUS(state);

        auto store = Store::open(folder.path(), {.create_if_missing = true});
        ASSERT_TRUE(store.ok()) << "round " << round << ": " << store.status().message();
        if ((*store)->meta().serving == 0) continue;  // killed before the first write
        const Reader reader = (*store)->reader();
        const std::uint64_t sequence = reader.sequence();
        // The write in flight may be there or not; nothing else may be in doubt.
        ASSERT_GE(sequence, acknowledged) << "an acknowledged write is lost";
        ASSERT_LE(sequence, acknowledged + 1);
        for (; applied < sequence; ++applied)
            apply(model, group_of(seed, applied + 1), applied + 1);
        Model found;
        const Status listed = reader.for_each_document([&](const DocumentHeader& header) {
            found[header.id] = std::strtoull(header.title.c_str(), nullptr, 10);
            return true;
        });
        ASSERT_TRUE(listed.ok()) << listed.message();
        ASSERT_EQ(found, model) << "round " << round;
        for (const auto& [id, written] : model) expect_whole(reader, id, written);
        expect_counters_match(reader);
        if (::testing::Test::HasFatalFailure()) return;
    }
    EXPECT_GT(applied, 10u) << "the rounds were too short to test anything";
}

}  // namespace
}  // namespace lectern::storage
