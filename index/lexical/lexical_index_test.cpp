#include "index/lexical/lexical_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "index/lexical/check_store.hpp"
#include "index/lexical/keys.hpp"
#include "index/lexical/length_code.hpp"
#include "index/lexical/state.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::index {
namespace {

using storage::ChunkId;
using storage::PutDocument;
using storage::Store;
using storage::WriteGroup;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Words as they are: what a test writes is what is looked up.
constexpr AnalysisOptions plain{text::Language::none, true};

// One chunk for each text.
PutDocument document(std::string id, std::vector<std::string> chunks, std::string title = {}) {
    PutDocument out;
    out.id = std::move(id);
    out.title = std::move(title);
    for (const std::string& chunk : chunks) {
        const std::uint64_t begin = out.text.size();
        out.text += chunk + "\n";
        out.chunks.push_back({begin, begin + chunk.size(), 1});
    }
    return out;
}

struct Opened {
    std::unique_ptr<Store> store;
    std::unique_ptr<LexicalIndex> index;
    std::vector<std::string> said;

    void put(std::vector<PutDocument> documents, std::vector<std::string> deletes = {}) {
        const WriteGroup group{std::move(documents), std::move(deletes)};
        const auto done = index->commit(group, false);
        ASSERT_TRUE(done.ok()) << done.status().message();
    }
    // Ids of the chunks' documents, best first.
    std::vector<std::string> find(std::string_view text, std::size_t k = 10,
                                  const LexicalSearchOptions& options = {}) const {
        const auto found = index->search(text, k, options);
        EXPECT_TRUE(found.ok()) << found.status().message();
        std::vector<std::string> out;
        if (!found) return out;
        std::vector<ChunkId> ids;
        for (const Scored& hit : found->hits) ids.push_back(hit.chunk);
        const auto views = store->reader().chunk_views(ids, false);
        for (const auto& view : *views) out.push_back(view ? view->document : "gone");
        return out;
    }
    void verify() const {
        const auto check = index->verify();
        ASSERT_TRUE(check.ok()) << check.status().message();
        EXPECT_EQ(check->problems, 0U) << ::testing::PrintToString(check->messages);
        EXPECT_EQ(check->chunks, store->counters().chunks);
    }
};

std::unique_ptr<Opened> open(const TestFolder& folder,
                             std::optional<AnalysisOptions> analysis = plain,
                             bool background = false) {
    auto out = std::make_unique<Opened>();
    auto store = Store::open(folder.path() / "c", {.create_if_missing = true});
    EXPECT_TRUE(store.ok()) << store.status().message();
    out->store = std::move(*store);
    LexicalIndexOptions options;
    options.analysis = analysis;
    options.merge_in_background = background;
    options.log = [&said = out->said](std::string_view text) { said.emplace_back(text); };
    auto index = LexicalIndex::open(*out->store, options);
    EXPECT_TRUE(index.ok()) << index.status().message();
    out->index = std::move(*index);
    return out;
}

TEST(LexicalIndex, ScoresAreThoseOfBm25) {
    const TestFolder folder;
    const auto all = open(folder);
    all->put({document("a", {"wing wing lift"}), document("b", {"wing drag drag drag drag"}),
              document("c", {"plate"})});
    LexicalSearchOptions options;
    options.bm25 = {1.2, 0.75, 1, 0.75};
    const auto found = all->index->search("wing", 10, options);
    ASSERT_TRUE(found.ok());
    ASSERT_EQ(found->hits.size(), 2U);
    // By hand: 3 chunks, 2 have the word, lengths 3, 5, 1: average 3.
    const double idf = std::log(1 + (3 - 2 + 0.5) / (2 + 0.5));
    const double a = idf * 2 * 2.2 / (2 + 1.2 * (1 - 0.75 + 0.75 * 3 / 3));
    const double b = idf * 1 * 2.2 / (1 + 1.2 * (1 - 0.75 + 0.75 * 5 / 3));
    EXPECT_NEAR(found->hits[0].score, a, 1e-6);
    EXPECT_NEAR(found->hits[1].score, b, 1e-6);
    all->verify();
}

TEST(LexicalIndex, TitlesCountByTheirBoost) {
    const TestFolder folder;
    const auto all = open(folder);
    all->put({document("text", {"wing of the plane"}, "other"),
              document("title", {"of the plane"}, "wing")});
    LexicalSearchOptions options;
    options.bm25.title_boost = 0;
    EXPECT_THAT(all->find("wing", 10, options), ElementsAre("text"));
    options.bm25.title_boost = 5;
    EXPECT_THAT(all->find("wing", 10, options), ElementsAre("title", "text"));
}

TEST(LexicalIndex, PhrasesAndPrefixesAreDemands) {
    const TestFolder folder;
    const auto all = open(folder, AnalysisOptions{text::Language::english, true});
    all->put({document("row", {"a boundary layer on a plate"}),
              document("apart", {"the layer at the boundary of a plate"}),
              document("happy", {"happiness is a plate"})});
    EXPECT_THAT(all->find("\"boundary layer\" plate"), ElementsAre("row"));
    EXPECT_EQ(all->find("boundary layer plate").size(), 3U);
    EXPECT_THAT(all->find("happi*"), ElementsAre("happy"));
    EXPECT_THAT(all->find("boundar*").size(), 2U);
    EXPECT_THAT(all->find("plane*"), IsEmpty());
    EXPECT_THAT(all->find("\"boundary plate\""), IsEmpty());
}

TEST(LexicalIndex, StemsOfEveryLanguageOfTheCollectionAreLookedUp) {
    const TestFolder folder;
    const auto all = open(folder, AnalysisOptions{});
    all->put({document("en", {"The networks were trained on all of the sentences in it"}),
              document("de", {"Die Netzwerke wurden mit den Sätzen trainiert und das ist nicht "
                              "alles"})});
    EXPECT_THAT(all->find("network"), ElementsAre("en"));
    EXPECT_THAT(all->find("Netzwerk"), ElementsAre("de"));
    EXPECT_THAT(all->find("training sentence"), ElementsAre("en"));
}

TEST(LexicalIndex, StopWordsMayBeLeftOut) {
    const TestFolder folder;
    const auto all = open(folder, AnalysisOptions{text::Language::english, false});
    all->put({document("a", {"what is the wing"})});
    EXPECT_THAT(all->find("what is the"), IsEmpty());
    EXPECT_THAT(all->find("the wing"), ElementsAre("a"));
    all->verify();
}

TEST(LexicalIndex, WhatIsRemovedIsGoneAtOnceAndNoLongerCounts) {
    const TestFolder folder;
    const auto all = open(folder);
    all->put({document("a", {"wing lift", "wing"}), document("b", {"wing drag"})});
    const auto alone = [&] {
        const TestFolder other;
        const auto fresh = open(other);
        fresh->put({document("b", {"wing drag"}), document("c", {"drag"})});
        return fresh->index->search("wing drag", 10)->hits;
    }();
    all->put({document("c", {"drag"})}, {"a"});
    EXPECT_THAT(all->find("lift"), IsEmpty());
    const auto hits = all->index->search("wing drag", 10)->hits;
    ASSERT_EQ(hits.size(), alone.size());
    for (std::size_t i = 0; i < hits.size(); ++i) EXPECT_EQ(hits[i].score, alone[i].score);
    all->verify();
    all->put({document("b", {"tail"})});  // replaced
    EXPECT_THAT(all->find("wing"), IsEmpty());
    EXPECT_THAT(all->find("tail"), ElementsAre("b"));
    all->verify();
    ASSERT_TRUE(all->index->merge_all().ok());
    EXPECT_EQ(all->index->statistics().removed, 0U);
    EXPECT_THAT(all->find("tail"), ElementsAre("b"));
    all->verify();
}

TEST(LexicalIndex, OldCollectionsAndMissedCommitsAreBuiltAnew) {
    const TestFolder folder;
    {
        auto store = Store::open(folder.path() / "c", {.create_if_missing = true});
        ASSERT_TRUE((*store)->commit({{document("old", {"wing"}, "lift")}, {}}).ok());
    }
    {
        const auto all = open(folder);
        EXPECT_THAT(all->said, ElementsAre(::testing::HasSubstr("there are none yet")));
        EXPECT_THAT(all->find("wing"), ElementsAre("old"));
        all->verify();
        all->put({document("new", {"wing wing"})});
    }
    {
        const auto all = open(folder);
        EXPECT_THAT(all->said, IsEmpty());
        EXPECT_THAT(all->find("wing"), ElementsAre("new", "old"));
        ASSERT_TRUE(all->store->commit({{}, {"old"}}).ok());  // past the index
    }
    {
        const auto all = open(folder);
        EXPECT_THAT(all->said, ElementsAre(::testing::HasSubstr("written without them")));
        EXPECT_THAT(all->find("wing"), ElementsAre("new"));
        all->verify();
    }
    const auto all = open(folder, AnalysisOptions{text::Language::english, true});
    EXPECT_THAT(all->said, ElementsAre(::testing::HasSubstr("rules for words")));
    EXPECT_THAT(all->find("wings"), ElementsAre("new"));
    EXPECT_EQ(open(TestFolder(), std::nullopt)->index->analysis(), AnalysisOptions{});
}

TEST(LexicalIndex, TheCheckOfAStoreSaysWhyItDoesNotLookAtPostings) {
    const TestFolder folder;
    const auto check = [&] {
        const auto store = Store::open(folder.path() / "c", {.read_only = true});
        EXPECT_TRUE(store.ok()) << store.status().message();
        auto checked = check_postings(**store);
        EXPECT_TRUE(checked.ok()) << checked.status().message();
        EXPECT_EQ(checked->check.has_value(), checked->why_not.empty());
        return std::move(*checked);
    };
    const auto change = [&](const auto& with) {
        const auto store = Store::open(folder.path() / "c", {.create_if_missing = true});
        ASSERT_TRUE(store.ok()) << store.status().message();
        ASSERT_TRUE(with(**store).ok());
    };
    const auto stamped = [&](const std::string& value) {
        change([&](Store& store) {
            storage::DerivedRows rows;
            rows.puts.emplace_back(std::string(lexical::state_key), value);
            return store.write_derived(rows);
        });
    };
    change([](Store& store) {
        return store.commit({{document("old", {"wing"}, "lift")}, {}}).status();
    });
    EXPECT_THAT(check().why_not, ::testing::HasSubstr("no stamp"));
    (void)open(folder);
    EXPECT_EQ(check().check->problems, 0U);
    change([](Store& store) { return store.commit({{}, {"old"}}).status(); });
    EXPECT_THAT(check().why_not, ::testing::HasSubstr("go up to commit 1, the documents to 2"));
    stamped("x");
    EXPECT_THAT(check().why_not, ::testing::HasSubstr("cannot be understood"));
    lexical::Stamp other;
    other.sequence = 2;
    other.unicode = lexical::unicode_version() + 1;
    stamped(other.encode());
    EXPECT_THAT(check().why_not, ::testing::HasSubstr("ICU"));
    other.unicode = lexical::unicode_version();
    other.spelling = 0;
    stamped(other.encode());
    EXPECT_THAT(check().why_not, ::testing::HasSubstr("rules for spelling"));
    (void)open(folder);
    EXPECT_EQ(check().why_not, "");  // built again
}

TEST(LexicalIndex, WordsAreFoundWithoutTheirAccents) {
    const TestFolder folder;
    const auto all = open(folder, {});
    all->put({document("french", {"Les \u00E9l\u00E8ves \u00E9tudient \u00E0 l\u2019\u00E9cole."}),
              document("czech", {"Dvo\u0159\u00E1k wrote it in New York; it doesn\u2019t end."})});
    EXPECT_THAT(all->find("ecole"), ElementsAre("french"));
    EXPECT_THAT(all->find("\u00C9COLE"), ElementsAre("french"));
    EXPECT_THAT(all->find("\u00E9co*"), ElementsAre("french"));
    EXPECT_THAT(all->find("dvorak"), ElementsAre("czech"));
    EXPECT_THAT(all->find("doesn't"), ElementsAre("czech"));
    EXPECT_THAT(all->find("\"dvorak wrote\""), IsEmpty());  // demands are exact
}

TEST(LexicalIndex, FiltersAreAppliedBeforeTheBestAreTaken) {
    const TestFolder folder;
    const auto all = open(folder);
    std::vector<PutDocument> documents;
    for (int i = 0; i < 400; ++i)
        documents.push_back(document(std::to_string(i), {i % 3 == 0 ? "wing wing" : "wing lift"}));
    all->put(std::move(documents));
    Filter odd;
    odd.allows = [](ChunkId chunk) { return chunk % 100 == 7; };
    LexicalSearchOptions options;
    options.filter = &odd;
    EXPECT_EQ(all->find("wing", 10, options).size(), 4U);
    const std::vector<ChunkId> ids{7, 107, 207, 307};
    Filter listed;
    listed.allowed = &ids;
    LexicalSearchOptions by_list;
    by_list.filter = &listed;
    EXPECT_EQ(all->find("wing", 10, by_list), all->find("wing", 10, options));
    const std::vector<ChunkId> none;
    listed.allowed = &none;
    EXPECT_THAT(all->find("wing", 10, by_list), IsEmpty());
}

// A collection of random texts that changes all the time, and the same texts scored one by one.
class Changing : public ::testing::Test {
 protected:
    struct Text {
        std::string title;
        std::vector<std::string> chunks;
    };
    std::string words(std::size_t most) {
        std::string out;
        const std::size_t count = 1 + random_() % most;
        for (std::size_t i = 0; i < count; ++i) {
            // Few words are frequent and most are rare.
            const double uniform = static_cast<double>(random_() % 10'000 + 1) / 10'000;
            out += "w" + std::to_string(static_cast<int>(std::pow(uniform, 3) * 300)) + " ";
        }
        return out;
    }
    void change(Opened& all, std::size_t puts, std::size_t deletes) {
        WriteGroup group;
        for (std::size_t i = 0; i < puts; ++i) {
            const std::string id = std::to_string(random_() % 700);
            Text text{random_() % 2 == 0 ? words(4) : "", {}};
            for (std::size_t n = random_() % 3 + 1; n > 0; --n) text.chunks.push_back(words(30));
            group.puts.push_back(document(id, text.chunks, text.title));
        }
        for (std::size_t i = 0; i < deletes; ++i)
            group.deletes.push_back(std::to_string(random_() % 700));
        const auto done = all.index->commit(group, false);
        ASSERT_TRUE(done.ok()) << done.status().message();
    }
    // Every live chunk, scored by the formula.
    static std::vector<Scored> scored_one_by_one(const Opened& all, std::string_view query,
                                                 std::size_t k, const Bm25& bm25) {
        struct Chunk {
            ChunkId id;
            std::map<std::string, double> text, title;
            double text_length = 0, title_length = 0;
        };
        const auto counts = [](std::string_view text, double& length) {
            std::map<std::string, double> out;
            for (const auto& word : text::words(text)) out[word.folded] += 1, length += 1;
            return out;
        };
        std::vector<Chunk> chunks;
        const storage::Reader reader = all.store->reader();
        double texts = 0, titles = 0;
        const auto alive = reader.live_chunks();
        for (const auto& range : *alive)
            for (ChunkId id = range.first; id < range.end(); ++id) {
                const auto view = reader.chunk_views({&id, 1}).value();
                Chunk& chunk = chunks.emplace_back();
                chunk.id = id;
                chunk.text = counts(view[0]->text, chunk.text_length);
                chunk.title = counts(view[0]->title, chunk.title_length);
                texts += chunk.text_length;
                titles += chunk.title_length;
            }
        const auto count = static_cast<double>(chunks.size());
        const auto rounded = [](double length) {
            return lexical::length_of(lexical::length_code(static_cast<std::uint64_t>(length)));
        };
        std::vector<std::pair<double, ChunkId>> order;
        double ignored = 0;
        const auto wanted = counts(query, ignored);
        std::map<std::string, double> frequency;
        for (const Chunk& chunk : chunks)
            for (const auto& [word, times] : wanted)
                frequency[word] += chunk.text.contains(word) || chunk.title.contains(word) ? 1 : 0;
        for (const Chunk& chunk : chunks) {
            double score = 0;
            for (const auto& [word, times] : wanted) {
                const auto in_text = chunk.text.find(word);
                const auto in_title = chunk.title.find(word);
                double value = 0;
                if (in_text != chunk.text.end())
                    value += in_text->second /
                             (1 - bm25.b + bm25.b * rounded(chunk.text_length) / (texts / count));
                if (in_title != chunk.title.end())
                    value += bm25.title_boost * in_title->second /
                             (1 - bm25.title_b +
                              bm25.title_b * rounded(chunk.title_length) / (titles / count));
                const double idf =
                    std::log(1 + (count - frequency[word] + 0.5) / (frequency[word] + 0.5));
                score += times * idf * (bm25.k1 + 1) * value / (bm25.k1 + value);
            }
            if (score > 0) order.emplace_back(-score, chunk.id);
        }
        std::sort(order.begin(), order.end());
        if (order.size() > k) order.resize(k);
        std::vector<Scored> out;
        for (const auto& [score, id] : order) out.push_back({id, static_cast<float>(-score)});
        return out;
    }
    void compare(const Opened& all, std::size_t queries, std::uint64_t& skipped) {
        for (std::size_t i = 0; i < queries; ++i) {
            const std::string query = words(5);
            LexicalSearchOptions options;
            options.bm25 = {0.5 + random_() % 3 * 0.5, random_() % 5 * 0.25, random_() % 4 * 0.7,
                            random_() % 5 * 0.25};
            const std::size_t k = 1 + random_() % 20;
            const auto fast = all.index->search(query, k, options);
            ASSERT_TRUE(fast.ok()) << fast.status().message();
            options.skip_blocks = false;
            const auto slow = all.index->search(query, k, options);
            ASSERT_TRUE(slow.ok());
            EXPECT_EQ(fast->hits, slow->hits) << query;
            skipped += slow->scored - fast->scored;
            const auto expected = scored_one_by_one(all, query, k, options.bm25);
            ASSERT_EQ(fast->hits.size(), expected.size()) << query;
            for (std::size_t at = 0; at < expected.size(); ++at)
                EXPECT_NEAR(fast->hits[at].score, expected[at].score, 1e-4) << query;
        }
    }
    std::mt19937 random_{42};
};

TEST_F(Changing, EverySearchFindsWhatScoringAllChunksFinds) {
    const TestFolder folder;
    auto all = open(folder);
    std::uint64_t skipped = 0;
    change(*all, 600, 0);
    compare(*all, 20, skipped);
    for (int round = 0; round < 12; ++round) change(*all, 1 + random_() % 6, random_() % 4);
    compare(*all, 20, skipped);
    all->verify();
    ASSERT_GT(all->index->statistics().segments, 8U);
    ASSERT_TRUE(all->index->flush().ok());
    EXPECT_LT(all->index->statistics().segments, 8U);
    compare(*all, 20, skipped);
    all->verify();
    change(*all, 300, 40);
    all.reset();
    all = open(folder);  // marks of removed chunks come from the store
    EXPECT_THAT(all->said, IsEmpty());
    compare(*all, 20, skipped);
    ASSERT_TRUE(all->index->merge_all().ok());
    EXPECT_EQ(all->index->statistics().segments, 1U);
    EXPECT_EQ(all->index->statistics().removed, 0U);
    compare(*all, 20, skipped);
    all->verify();
    EXPECT_GT(skipped, 0U) << "no search skipped anything";
}

TEST_F(Changing, SearchesAndMergesRunWhileCommitsDo) {
    const TestFolder folder;
    const auto all = open(folder, plain, true);
    std::atomic<bool> done{false};
    std::atomic<int> failures{0};
    std::thread searcher([&] {
        std::mt19937 random(3);
        while (!done)
            if (!all->index->search("w1 w2 w" + std::to_string(random() % 300), 10).ok())
                ++failures;
    });
    for (int round = 0; round < 60; ++round) change(*all, 3, 1);
    ASSERT_TRUE(all->index->flush().ok());
    done = true;
    searcher.join();
    EXPECT_EQ(failures, 0);
    EXPECT_LT(all->index->statistics().segments, 16U);
    EXPECT_THAT(all->said, IsEmpty());
    all->verify();
}

TEST(LexicalIndex, VerifyNamesWhatIsWrong) {
    const TestFolder folder;
    const auto all = open(folder);
    all->put({document("a", {"wing lift"}), document("b", {"wing"})});
    ASSERT_TRUE(all->store->write_derived({{}, {lexical::head_key(1, "wing")}, {}}).ok());
    all->put({document("c", {"drag"})});  // whose state sees the damage
    const auto check = all->index->verify();
    ASSERT_TRUE(check.ok());
    EXPECT_GT(check->problems, 0U);
    EXPECT_THAT(check->messages, ::testing::Contains(::testing::HasSubstr("\"wing\"")));
}

}  // namespace
}  // namespace lectern::index
