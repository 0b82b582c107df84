// Damage of every kind, what `verify` says of it and what `repair` saves: every document whose
// bytes are all there, with exactly those bytes, and a named loss for every other one.
#include "storage/maintenance/repair.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "storage/store/batch.hpp"
#include "storage/store/database.hpp"
#include "storage/store/encoding.hpp"
#include "storage/store/keys.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint32_t dimension = 4;

PutDocument document(int name, int version) {
    std::mt19937_64 random(static_cast<std::uint64_t>(name * 1000 + version));
    PutDocument result;
    result.id = "d" + std::to_string(name);
    result.title = "version " + std::to_string(version);
    for (int i = 0; i < 6; ++i) {
        const std::size_t begin = result.text.size();
        for (std::uint64_t left = 200 + random() % 3000; left > 0; --left)
            result.text += static_cast<char>('a' + random() % 26);
        result.chunks.push_back({begin, result.text.size(), 10});
    }
    PutVectors vectors{1, {}};
    for (std::size_t i = 0; i < result.chunks.size() * dimension; ++i)
        vectors.values.push_back(static_cast<float>(random() % 100));
    result.vectors.push_back(std::move(vectors));
    return result;
}

class RepairTest : public ::testing::Test {
 protected:
    static constexpr int names = 60;

    void SetUp() override {
        auto store = Store::open(collection, {.create_if_missing = true});
        ASSERT_TRUE(store.ok()) << store.status().message();
        ASSERT_TRUE((*store)->set_pipeline("bert", "stages\n", "/p").ok());
        ASSERT_TRUE((*store)->add_generation({.fingerprint = "f", .dimension = dimension}).ok());
        id = (*store)->meta().id;
        for (int name = 0; name < names; ++name) put(**store, name, 1);
        ASSERT_TRUE((*store)->flush().ok());
        for (int name = 0; name < names; name += 3) put(**store, name, 2);
        for (int name = 1; name < names; name += 10) {
            const std::string gone = "d" + std::to_string(name);
            ASSERT_TRUE((*store)->commit({.deletes = {gone}}).ok());
            expected.erase(gone);
            deleted.insert(gone);
        }
        if (!leave_in_log) {
            ASSERT_TRUE((*store)->flush().ok());
        }
    }
    void put(Store& store, int name, int version) {
        PutDocument made = document(name, version);
        ASSERT_TRUE(store.commit({.puts = {made}}).ok());
        expected[made.id] = std::move(made);
    }
    std::vector<fs::path> files(const std::string& extension) const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(collection / "store"))
            if (entry.path().extension() == extension && entry.file_size() > 0)
                found.push_back(entry.path());
        std::sort(found.begin(), found.end());
        return found;
    }
    static void flip(const fs::path& path, std::uint64_t at) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(at));
        const char byte = static_cast<char>(file.get() ^ 1);
        file.seekp(static_cast<std::streamoff>(at));
        file.put(byte);
    }
    // Every document is the expected one, whole; those that are missing are named as lost.
    void expect_saved(const StoreRepair& report) const {
        const auto store = Store::open(collection);
        ASSERT_TRUE(store.ok()) << store.status().message();
        const Reader reader = (*store)->reader();
        std::set<std::string> there;
        ASSERT_TRUE(reader
                        .for_each_document([&](const DocumentHeader& header) {
                            there.insert(header.id);
                            return true;
                        })
                        .ok());
        EXPECT_EQ(there.size(), reader.counters().documents);
        EXPECT_EQ(report.saved, reader.counters());
        for (const std::string& name : there) {
            const auto found = reader.document(name);
            ASSERT_TRUE(found.ok()) << found.status().message();
            const auto wanted = expected.find(name);
            ASSERT_NE(wanted, expected.end()) << name << " was deleted";
            EXPECT_EQ(found->text, wanted->second.text) << name;
            EXPECT_EQ(found->header.title, wanted->second.title);
            const auto vectors = reader.vectors(1, found->header.chunks);
            ASSERT_TRUE(vectors.ok()) << vectors.status().message();
            EXPECT_EQ(vectors->values, wanted->second.vectors[0].values);
        }
        std::string lost;
        for (const Finding& finding : report.lost) lost += finding.where + "\n";
        for (const auto& [name, unused] : expected)
            if (!there.contains(name)) {
                EXPECT_THAT(lost, HasSubstr("document \"" + name + "\"")) << "lost in silence";
            }
        EXPECT_EQ((*store)->meta().id, id);
        EXPECT_EQ((*store)->meta().pipeline_folder, "/p");
        EXPECT_EQ((*store)->meta().generations.size(), 1u);
        // What is given next is new.
        const auto next = (*store)->commit({.puts = {document(99, 1)}});
        ASSERT_TRUE(next.ok()) << next.status().message();
    }
    [[nodiscard]] std::string notes() const {
        const auto report = verify(collection);
        EXPECT_TRUE(report.ok()) << report.status().message();
        std::string all;
        for (const Finding& note : report->notes) all += note.where + ": " + note.what + "\n";
        return all;
    }
    void expect_clean() const {
        const auto report = verify(collection);
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_TRUE(report->clean())
            << report->findings.front().where << ": " << report->findings.front().what;
    }

    const TestFolder folder;
    const fs::path collection = folder.path() / "c";
    std::map<std::string, PutDocument> expected;
    std::set<std::string> deleted;
    Hash128 id;
    bool leave_in_log = false;
};

class RepairLogTest : public RepairTest {
 protected:
    RepairLogTest() { leave_in_log = true; }
};

TEST_F(RepairTest, AnUndamagedCollectionIsCleanAndLeftAlone) {
    const auto checked = verify(collection);
    ASSERT_TRUE(checked.ok()) << checked.status().message();
    EXPECT_THAT(checked->findings, IsEmpty())
        << checked->findings.front().where << ": " << checked->findings.front().what;
    EXPECT_EQ(checked->counters.documents, expected.size());
    EXPECT_EQ(checked->vectors, expected.size() * 6);
    EXPECT_GT(checked->table_files, 0u);
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_FALSE(report->rebuilt);
    EXPECT_FALSE(fs::exists(collection / "damaged"));
}

TEST_F(RepairTest, ACollectionThatIsOpenIsNotTouched) {
    const auto store = Store::open(collection);
    EXPECT_EQ(verify(collection).status().code(), Code::unavailable);
    EXPECT_EQ(repair(collection).status().code(), Code::unavailable);
}

TEST_F(RepairTest, AFlippedBitInAnyTableIsFoundAndTheRestIsSaved) {
    const std::vector<fs::path> tables = files(".sst");
    ASSERT_GE(tables.size(), 6u);
    const fs::path original = folder.path() / "original";
    fs::copy(collection, original, fs::copy_options::recursive);
    std::size_t saved = 0;
    for (const fs::path& table : tables) {
        fs::remove_all(collection);
        fs::copy(original, collection, fs::copy_options::recursive);
        flip(table, 20);
        const auto checked = verify(collection);
        ASSERT_TRUE(checked.ok()) << checked.status().message();
        EXPECT_FALSE(checked->clean()) << table;
        const auto report = repair(collection);
        if (!report.ok()) {
            // The settings are in one small table; without it nothing has a meaning.
            ADD_FAILURE() << table << ": " << report.status().message();
            continue;
        }
        EXPECT_TRUE(report->rebuilt);
        EXPECT_TRUE(fs::exists(report->kept_aside / "store" / table.filename()));
        saved += report->saved.documents;
        expect_clean();
    }
    EXPECT_GT(saved, tables.size() * expected.size() / 3);
}

TEST_F(RepairTest, DocumentsInADamagedBlockAreNamedAndOnlyThoseAreLost) {
    // The text is the largest column: one damaged block hits a few documents.
    fs::path text;
    for (const fs::path& table : files(".sst"))
        if (text.empty() || fs::file_size(table) > fs::file_size(text)) text = table;
    flip(text, fs::file_size(text) / 2);
    const auto checked = verify(collection);
    ASSERT_TRUE(checked.ok()) << checked.status().message();
    EXPECT_THAT(checked->findings, Contains(Field(&Finding::where, HasSubstr("document \"d"))));
    EXPECT_THAT(checked->findings,
                Contains(Field(&Finding::where, HasSubstr(text.filename().string()))));
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_GT(report->saved.documents, expected.size() / 2);
    EXPECT_LT(report->saved.documents, expected.size());
    expect_saved(*report);
    expect_clean();
}

// As it is where the list of files says another size than a table has: the bytes before its end are
// taken for the place and the kind of its blocks. RocksDB's assertions end the process at such a
// block when nothing looks at the kind first.
TEST_F(RepairTest, ATableThatEndsAsNoTableDoesIsSurvived) {
    constexpr std::uint64_t end_bytes = 53;
    // Where a table of RocksDB's format 5 has them.
    std::string end(end_bytes, '\0');
    end[0] = 1;               // checksums are CRC32C
    end[2] = 40;              // the list of its parts: 40 bytes from byte 0
    end[4] = 40;              // its index too
    end[end_bytes - 12] = 5;  // the format
    end.replace(end_bytes - 8, 8, "no table");
    // A block that says it has an index of 65,000 entries.
    std::string block(40, 'x');
    block.replace(34, 6, std::string("\xe8\xfd\x01\x00\x00\x80", 6));
    const fs::path original = folder.path() / "original";
    fs::copy(collection, original, fs::copy_options::recursive);
    for (const fs::path& table : files(".sst")) {
        SCOPED_TRACE(table);
        fs::remove_all(collection);
        fs::copy(original, collection, fs::copy_options::recursive);
        std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
        file << block;
        file.seekp(static_cast<std::streamoff>(fs::file_size(table) - end_bytes));
        file << end;
        file.close();
        ASSERT_TRUE(file);
        EXPECT_FALSE(Store::open(collection).ok());
        EXPECT_FALSE(verify(collection)->clean());
        const auto report = repair(collection);
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_TRUE(report->rebuilt);
        EXPECT_TRUE(fs::exists(report->kept_aside / "store" / table.filename()));
        expect_clean();
    }
}

TEST_F(RepairTest, MissingAndForeignFilesAreSurvived) {
    const fs::path original = folder.path() / "original";
    fs::copy(collection, original, fs::copy_options::recursive);
    fs::path manifest;
    for (const auto& entry : fs::directory_iterator(collection / "store"))
        if (entry.path().filename().string().starts_with("MANIFEST")) manifest = entry.path();
    ASSERT_FALSE(manifest.empty());
    const std::vector<std::pair<const char*, std::function<void()>>> cases{
        {"no CURRENT", [&] { fs::remove(collection / "store" / "CURRENT"); }},
        {"foreign CURRENT",
         [&] { std::ofstream(collection / "store" / "CURRENT") << "a letter to a friend\n"; }},
        {"no MANIFEST", [&] { fs::remove(manifest); }},
        {"cut MANIFEST", [&] { fs::resize_file(manifest, fs::file_size(manifest) / 2); }},
        {"flipped MANIFEST", [&] { flip(manifest, fs::file_size(manifest) / 2); }},
        {"foreign MANIFEST", [&] { std::ofstream(manifest) << std::string(5000, 'x'); }}};
    for (const auto& [name, damage] : cases) {
        SCOPED_TRACE(name);
        fs::remove_all(collection);
        fs::copy(original, collection, fs::copy_options::recursive);
        damage();
        const auto store = Store::open(collection);
        ASSERT_FALSE(store.ok());
        EXPECT_THAT(store.status().message(), HasSubstr("lectern repair"));
        const auto checked = verify(collection);
        ASSERT_TRUE(checked.ok()) << checked.status().message();
        EXPECT_FALSE(checked->clean());
        const auto report = repair(collection);
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_GT(report->saved.documents, 0u);
        expect_clean();
        const auto opened = Store::open(collection);
        ASSERT_TRUE(opened.ok());
        for (const auto& [document_id, wanted] : expected) {
            const auto found = (*opened)->reader().document(document_id);
            ASSERT_TRUE(found.ok()) << found.status().message();
            EXPECT_EQ(found->text, wanted.text);
        }
    }
}

TEST_F(RepairTest, ATruncatedOrMissingTableIsSurvived) {
    const fs::path original = folder.path() / "original";
    fs::copy(collection, original, fs::copy_options::recursive);
    const std::vector<fs::path> tables = files(".sst");
    for (std::size_t i = 0; i < tables.size(); i += 3) {
        fs::remove_all(collection);
        fs::copy(original, collection, fs::copy_options::recursive);
        if (i % 2 == 0)
            fs::resize_file(tables[i], fs::file_size(tables[i]) / 2);
        else
            fs::remove(tables[i]);
        EXPECT_FALSE(Store::open(collection).ok()) << tables[i];
        EXPECT_FALSE(verify(collection)->clean());
        const auto report = repair(collection);
        ASSERT_TRUE(report.ok()) << tables[i] << ": " << report.status().message();
        expect_clean();
    }
}

TEST_F(RepairLogTest, ADamagedLogLosesTheDamagedCommitAndNoOther) {
    const std::vector<fs::path> logs = files(".log");
    ASSERT_EQ(logs.size(), 1u);
    flip(logs[0], 30000);  // in the commit of one of the replaced documents
    const auto refused = Store::open(collection);
    EXPECT_EQ(refused.status().code(), Code::corrupt);
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_THAT(report->found, Contains(Field(&Finding::what, HasSubstr(".log is damaged"))));
    EXPECT_TRUE(fs::exists(report->kept_aside / "store" / logs[0].filename()));
    expect_clean();
    const auto store = Store::open(collection);
    ASSERT_TRUE(store.ok()) << store.status().message();
    int older = 0;
    for (const auto& [name, wanted] : expected) {
        const auto found = (*store)->reader().document(name);
        ASSERT_TRUE(found.ok()) << found.status().message();
        if (found->text != wanted.text) ++older;
    }
    EXPECT_LE(older, 3);  // the commits in the damaged block
    EXPECT_GE(older, 1);
}

// ------------------------------------------------------------------ rows that do not agree

using Edit = std::function<void(Batch&)>;

void edit(const fs::path& collection, const Edit& change) {
    const auto database = Database::open(collection, {});
    ASSERT_TRUE(database.ok()) << database.status().message();
    Batch batch(**database);
    change(batch);
    ASSERT_TRUE((*database)->write(batch.rocks(), true, "damaging").ok());
}

TEST_F(RepairTest, RowsThatDoNotAgreeAreFoundAndSettled) {
    const auto header_of = [&](const std::string& name) {
        const auto store = Store::open(collection);
        return (*store)->reader().header(name).value();
    };
    const DocumentHeader header = header_of("d5");
    const ChunkId chunk = header.chunks.first + 2;
    const fs::path original = folder.path() / "original";
    fs::copy(collection, original, fs::copy_options::recursive);

    enum class Left { nothing, vectors, document };
    struct Case {
        const char* finding;
        Left out;  // what of the document could not be kept
        Edit change;
    };
    const std::string nan("\0\0\0\xc0\x7f\0\0\0\0\0\0\0\0\0\0\0\0", 17);
    const std::vector<Case> cases{
        {"blocks", Left::document,
         [&](Batch& batch) { batch.put(Column::text, text_key(header.ordinal, 7).bytes(), "x"); }},
        {"bytes of its text are missing", Left::document,
         [&](Batch& batch) { batch.remove(Column::text, text_key(header.ordinal, 0).bytes()); }},
        {"it has 5 of its 6 chunks", Left::document,
         [&](Batch& batch) { batch.remove(Column::chunks, number_key(chunk).bytes()); }},
        {"of a text of", Left::document,
         [&](Batch& batch) {
             batch.put(Column::chunks, number_key(chunk).bytes(),
                       encode(Chunk{0, header.ordinal, 5, header.text_bytes + 1, 10}));
         }},
        {"is another document's", Left::document,
         [&](Batch& batch) {
             batch.put(Column::chunks, number_key(chunk).bytes(), encode(Chunk{0, 1, 0, 5, 10}));
         }},
        {"not in order", Left::document,
         [&](Batch& batch) {
             batch.put(Column::chunks, number_key(chunk).bytes(),
                       encode(Chunk{0, header.ordinal, 0, 5, 10}));
         }},
        {"it has 5 of its 6 vectors", Left::vectors,
         [&](Batch& batch) { batch.remove(Column::vectors, vector_key(1, chunk).bytes()); }},
        {"not of its dimension", Left::vectors,
         [&](Batch& batch) { batch.put(Column::vectors, vector_key(1, chunk).bytes(), "x"); }},
        {"not finite", Left::vectors,
         [&](Batch& batch) { batch.put(Column::vectors, vector_key(1, chunk).bytes(), nan); }},
        {"cannot be understood", Left::document,
         [&](Batch& batch) {
             batch.put(Column::documents, number_key(header.ordinal).bytes(), "x");
         }},
        {"its record is missing", Left::document,
         [&](Batch& batch) {
             batch.remove(Column::documents, number_key(header.ordinal).bytes());
         }},
        {"its id does not lead to it", Left::nothing,
         [&](Batch& batch) { batch.remove(Column::ids, "d5"); }},
        {"the counter says 7", Left::nothing,
         [&](Batch& batch) {
             batch.put(Column::meta, meta_key::state, encode(State{90, 900, 9000, {7, 7, 7, 7}}));
         }},
        {"rows belong to no document", Left::nothing,
         [&](Batch& batch) {
             batch.put(Column::chunks, number_key(5000).bytes(), encode(Chunk{0, 900, 0, 1, 1}));
         }},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.finding);
        fs::remove_all(collection);
        fs::copy(original, collection, fs::copy_options::recursive);
        edit(collection, each.change);
        const auto checked = verify(collection);
        ASSERT_TRUE(checked.ok()) << checked.status().message();
        if (std::string_view(each.finding) != "blocks") {
            EXPECT_THAT(checked->findings,
                        Contains(Field(&Finding::what, HasSubstr(each.finding))));
        }
        EXPECT_FALSE(checked->clean());
        const auto report = repair(collection);
        ASSERT_TRUE(report.ok()) << report.status().message();
        if (each.out != Left::nothing) {
            EXPECT_THAT(report->lost, Contains(Field(&Finding::where, "document \"d5\"")));
        }
        if (each.out == Left::vectors) {
            EXPECT_EQ(report->saved.documents, expected.size());
            const auto store = Store::open(collection);
            const auto found = (*store)->reader().document("d5");
            ASSERT_TRUE(found.ok()) << found.status().message();
            EXPECT_EQ(found->text, expected.at("d5").text);
            EXPECT_THAT((*store)->reader().vectors(1, found->header.chunks)->found, IsEmpty());
        } else if (each.out == Left::document) {
            expect_saved(*report);
        }
        expect_clean();
        EXPECT_EQ(notes().find("6 of " + std::to_string(expected.size() * 6) +
                               " chunks have no vector") != std::string::npos,
                  each.out == Left::vectors);
    }
}

// ------------------------------------------------------------------ vectors that no search uses

class RepairDuringReembedTest : public RepairTest {
 protected:
    static constexpr std::uint32_t new_dimension = 3;

    // A change of model that has made the vectors of half the chunks of one document.
    void SetUp() override {
        RepairTest::SetUp();
        const auto store = Store::open(collection);
        ASSERT_TRUE(store.ok()) << store.status().message();
        const auto added = (*store)->add_generation(
            {.fingerprint = "g", .dimension = new_dimension, .note = "words, of 'two'"});
        ASSERT_TRUE(added.ok()) << added.status().message();
        ASSERT_EQ(added->number, 2U);
        begun = (*store)->reader().header("d5")->chunks;
        add(**store, {begun.first, begun.count / 2});
    }
    static void add(Store& store, ChunkRange range) {
        std::vector<ChunkId> ids;
        for (ChunkId id = range.first; id < range.end(); ++id) ids.push_back(id);
        const std::vector<float> rows(ids.size() * new_dimension, 0.5F);
        const auto written = store.add_vectors(2, ids, rows);
        ASSERT_TRUE(written.ok()) << written.status().message();
        EXPECT_EQ(*written, ids.size());
    }
    [[nodiscard]] std::size_t new_vectors() const {
        const auto store = Store::open(collection);
        EXPECT_TRUE(store.ok()) << store.status().message();
        return (*store)->reader().vectors(2, begun)->found.size();
    }
    ChunkRange begun;
};

TEST_F(RepairDuringReembedTest, AnUnfinishedChangeOfModelIsNotedAndNotDamage) {
    expect_clean();
    const std::uint64_t chunks = expected.size() * 6;
    EXPECT_THAT(notes(), HasSubstr("generation 2: a change of model to words, of 'two' (g) is not "
                                   "finished: 3 of " +
                                   std::to_string(chunks)));
    EXPECT_THAT(notes(), HasSubstr("the present one (\"bert\") drops it"));
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_FALSE(report->rebuilt);
}

TEST_F(RepairDuringReembedTest, ARepairKeepsItsDocumentsAndWhatItHasMade) {
    const auto other = Store::open(collection).value()->reader().header("d7").value();
    edit(collection,
         [&](Batch& batch) { batch.remove(Column::text, text_key(other.ordinal, 0).bytes()); });
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    ASSERT_EQ(report->lost.size(), 1U);
    EXPECT_EQ(report->lost.front().where, "document \"d7\"");
    EXPECT_EQ(new_vectors(), 3U);
    expect_clean();
    EXPECT_THAT(notes(), HasSubstr("is not finished: 3 of"));
    EXPECT_THAT(notes(), HasSubstr("folder damaged: "));
    const auto store = Store::open(collection);
    EXPECT_EQ((*store)->meta().serving, 1U);
    EXPECT_EQ((*store)->counters().documents, expected.size() - 1);
}

TEST_F(RepairDuringReembedTest, AWrongVectorOfItIsAFindingAndCostsNoDocument) {
    edit(collection, [&](Batch& batch) {
        batch.put(Column::vectors, vector_key(2, begun.first).bytes(), "x");
    });
    const auto checked = verify(collection);
    ASSERT_TRUE(checked.ok()) << checked.status().message();
    ASSERT_EQ(checked->findings.size(), 1U);
    EXPECT_EQ(checked->findings.front().where, "document \"d5\"");
    EXPECT_THAT(checked->findings.front().what, HasSubstr("no search uses it"));
    EXPECT_EQ(checked->counters.documents, expected.size());
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_TRUE(report->rebuilt);
    EXPECT_THAT(report->lost, IsEmpty());
    EXPECT_EQ(new_vectors(), 2U);
    expect_clean();
}

TEST_F(RepairDuringReembedTest, WithoutSettingsTheGenerationThatIsWholeServes) {
    edit(collection, [](Batch& batch) { batch.put(Column::meta, meta_key::settings, "x"); });
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(report->saved.documents, expected.size());
    expect_clean();
    const auto store = Store::open(collection);
    ASSERT_TRUE(store.ok()) << store.status().message();
    EXPECT_EQ((*store)->meta().serving, 1U);
    // The next one is new.
    EXPECT_EQ((*store)->add_generation({.fingerprint = "h", .dimension = 2})->number, 3U);
}

TEST_F(RepairDuringReembedTest, TheModelBeforeIsNotedAfterTheCutOver) {
    {
        const auto store = Store::open(collection);
        ASSERT_TRUE(store.ok()) << store.status().message();
        const auto live = (*store)->reader().live_chunks();
        for (const ChunkRange& range : *live) add(**store, range);
        ASSERT_TRUE((*store)->cut_over(2, "two", "stages\n", "/p").ok());
    }
    // And some of them are gone.
    edit(collection,
         [&](Batch& batch) { batch.remove(Column::vectors, vector_key(1, begun.first).bytes()); });
    expect_clean();
    EXPECT_THAT(notes(), HasSubstr("generation 1: " + std::to_string(expected.size() * 6 - 1) +
                                   " vectors of the model before, a model (f),"));
}

// What two collections of the same making have under the same names.
class RepairForeignTest : public RepairLogTest {
 protected:
    void SetUp() override {
        RepairLogTest::SetUp();
        other = folder.path() / "other";
        fs::copy(collection, other, fs::copy_options::recursive);
        fs::remove_all(collection);
        RepairLogTest::SetUp();  // with another id
    }
    static fs::path one(const fs::path& of, const std::string& start, const std::string& end) {
        for (const auto& entry : fs::directory_iterator(of / "store")) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with(start) && name.ends_with(end) && entry.file_size() > 0)
                return entry.path();
        }
        return {};
    }
    fs::path other;
};

TEST_F(RepairForeignTest, TheLogOfAnotherCollectionIsNotReplayed) {
    const fs::path log = one(collection, "", ".log");
    fs::copy_file(one(other, "", ".log"), log, fs::copy_options::overwrite_existing);
    const auto refused = Store::open(collection);
    EXPECT_EQ(refused.status().code(), Code::corrupt);
    EXPECT_THAT(refused.status().message(), HasSubstr(log.filename().string()));
    EXPECT_THAT(refused.status().message(), HasSubstr("its writes are of the collection"));
    EXPECT_THAT(verify(collection)->findings,
                Contains(Field(&Finding::what, HasSubstr("its writes are of the collection"))));
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_THAT(report->lost, Contains(Field(&Finding::what, HasSubstr("were acknowledged"))));
    EXPECT_TRUE(fs::exists(report->kept_aside / log.filename()));
    expect_clean();
    const auto store = Store::open(collection);
    ASSERT_TRUE(store.ok()) << store.status().message();
    EXPECT_EQ((*store)->meta().id, id);
    EXPECT_EQ((*store)->counters().documents, static_cast<std::uint64_t>(names));
    for (const auto& [name, wanted] : expected)
        EXPECT_EQ((*store)->reader().document(name)->header.title, "version 1");
}

TEST_F(RepairForeignTest, TheListOfAnotherCollectionIsMadeAnew) {
    {
        const auto store = Store::open(collection);
        ASSERT_TRUE((*store)->flush().ok());
        const auto bigger = Store::open(other);
        PutDocument more = document(7, 9);
        more.text += std::string(100'000, 'x');
        ASSERT_TRUE((*bigger)->commit({.puts = {more}}).ok());
        ASSERT_TRUE((*bigger)->flush().ok());
    }
    const fs::path list = one(collection, "MANIFEST", "");
    fs::copy_file(one(other, "MANIFEST", ""), list, fs::copy_options::overwrite_existing);
    EXPECT_FALSE(Store::open(collection).ok());
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    expect_clean();
    const auto store = Store::open(collection);
    ASSERT_TRUE(store.ok()) << store.status().message();
    EXPECT_EQ((*store)->meta().id, id);
    for (const auto& [name, wanted] : expected) {
        const auto found = (*store)->reader().document(name);
        ASSERT_TRUE(found.ok()) << found.status().message();
        EXPECT_EQ(found->text, wanted.text);
    }
}

// Which model made them is not known: they are left out, and the documents stay.
TEST_F(RepairTest, VectorsWhoseGenerationIsLostAreMadeAgain) {
    edit(collection, [](Batch& batch) {
        Key<4> number;
        number.put(0, GenerationNumber{1});
        batch.remove(Column::meta, std::string(meta_key::generation) + std::string(number.bytes()));
    });
    EXPECT_THAT(verify(collection)->findings,
                Contains(Field(&Finding::what, HasSubstr("that searches use is missing"))));
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(report->saved.documents, expected.size());
    EXPECT_THAT(report->lost, Contains(Field(&Finding::what, HasSubstr("lectern reembed"))));
    expect_clean();
    EXPECT_THAT(notes(), HasSubstr("no chunk has a vector since a repair"));
    const auto store = Store::open(collection);
    ASSERT_TRUE(store.ok()) << store.status().message();
    EXPECT_EQ((*store)->meta().serving, 0U);
    EXPECT_EQ((*store)->meta().pipeline_name, "bert");
    EXPECT_EQ((*store)->add_generation({.fingerprint = "f", .dimension = dimension})->number, 2U);
}

TEST_F(RepairTest, WhereDocumentsCameFromIsKept) {
    const SourceFolder source{"/notes", "notes", {"*.md"}, {}, 5};
    SourceRows rows;
    rows.put_sources = {source};
    rows.put_files = {{"/notes/a", {{1}}, 2}};
    rows.origins = {{"d5", {"/notes/a", true}}, {"d7", {"/notes/a", true}}};
    Ordinal lost = 0;
    {
        const auto store = Store::open(collection);
        ASSERT_TRUE((*store)->write_sources(rows).ok());
        lost = (*store)->reader().header("d5")->ordinal;
    }
    edit(collection, [&](Batch& batch) { batch.remove(Column::text, text_key(lost, 0).bytes()); });
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    ASSERT_TRUE(report->rebuilt);
    EXPECT_EQ(report->saved.documents, expected.size() - 1);
    const auto store = Store::open(collection);
    ASSERT_TRUE(store.ok()) << store.status().message();
    const Reader reader = (*store)->reader();
    EXPECT_THAT(*reader.sources(), ElementsAre(source));
    // The file says two documents and has one now: a sync stores it again.
    std::vector<SyncedFile> files;
    std::vector<std::string> ids;
    ASSERT_TRUE(reader.for_each_synced_file([&](const auto& file) { files.push_back(file); }).ok());
    ASSERT_TRUE(reader
                    .for_each_origin([&](Ordinal document, const Origin& origin) {
                        EXPECT_EQ(origin.file, "/notes/a");
                        ids.push_back(reader.header(document)->id);
                    })
                    .ok());
    EXPECT_EQ(files, rows.put_files);
    EXPECT_THAT(ids, ElementsAre("d7"));
}

TEST_F(RepairTest, OriginalsAreKeptButThoseThatAreDamaged) {
    const std::string large(3 * text_block_bytes, 'x');
    SourceRows rows;
    rows.keep_originals = true;
    rows.originals = {{"d5", large}, {"d6", "of d6"}, {"d7", large}};
    Ordinal lost = 0;
    Ordinal damaged = 0;
    {
        const auto store = Store::open(collection);
        ASSERT_TRUE((*store)->write_sources(rows).ok());
        lost = (*store)->reader().header("d6")->ordinal;
        damaged = (*store)->reader().header("d7")->ordinal;
    }
    edit(collection, [&](Batch& batch) {
        batch.remove(Column::text, text_key(lost, 0).bytes());
        batch.remove(Column::meta, original_key(damaged, 1));
    });
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    ASSERT_TRUE(report->rebuilt);
    EXPECT_THAT(report->lost, Contains(AllOf(Field(&Finding::where, HasSubstr("d7")),
                                             Field(&Finding::what, HasSubstr("original file")))));
    const auto store = Store::open(collection);
    ASSERT_TRUE(store.ok()) << store.status().message();
    const Reader reader = (*store)->reader();
    EXPECT_TRUE(*reader.keeps_originals());
    EXPECT_EQ(*reader.original(reader.header("d5")->ordinal), large);
    EXPECT_EQ(*reader.original(reader.header("d7")->ordinal), std::nullopt);
    EXPECT_EQ(*reader.original(lost), std::nullopt);
}

TEST_F(RepairTest, AKilledRepairIsTakenUpAgain) {
    // Between the two moves: the old store is away, the new one not yet in its place.
    fs::create_directories(collection / "repaired");
    fs::rename(collection / "store", collection / "repaired" / "store");
    const auto refused = Store::open(collection, {.create_if_missing = true});
    EXPECT_FALSE(refused.ok()) << "an empty collection in place of the repaired one";
    EXPECT_THAT(refused.status().message(), HasSubstr("a repair of it was cut off"));
    EXPECT_THAT(verify(collection)->findings,
                Contains(Field(&Finding::what, HasSubstr("a repair of it was cut off"))));
    const auto report = repair(collection);
    ASSERT_TRUE(report.ok()) << report.status().message();
    EXPECT_EQ(report->saved.documents, expected.size());
    EXPECT_FALSE(fs::exists(collection / "repaired"));
    // Before it: both are there, and the unfinished one goes, whatever it has.
    fs::create_directories(collection / "repairing");
    fs::copy(collection / "store", collection / "repairing" / "store", fs::copy_options::recursive);
    edit(collection, [&](Batch& batch) {
        batch.put(Column::chunks, number_key(5'000'000).bytes(), encode(Chunk{0, 9, 0, 1, 1}));
    });
    ASSERT_TRUE(repair(collection)->rebuilt);
    EXPECT_FALSE(fs::exists(collection / "repairing"));
    expect_saved(*report);
}

}  // namespace
}  // namespace lectern::storage
