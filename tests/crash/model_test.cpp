// The crash harness's own judgement: a collection that is as it must be has no problems, and every
// kind of damage is seen.
#include "apps/crash/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

namespace lectern::crash {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The first step of the kind that touches at least `least` documents.
Step step_of(const Script& script, Kind kind, std::size_t least, Step from = 1) {
    while (script.operation(from).kind != kind || script.operation(from).documents.size() < least)
        ++from;
    return from;
}

// What a faithful collection shows: each document has two chunks.
class Faithful {
 public:
    void put(const Script& script, unsigned name, Step step) {
        const DocumentInput input = script.document(name, step);
        const std::uint64_t end = input.text.size();
        documents_[name] = {input.id,
                            input.title,
                            input.text,
                            input.metadata,
                            {{next_, 0, end / 2, 1}, {next_ + 1, end / 2, end, 1}}};
        next_ += 2;
        steps_[name] = step;
    }
    void remove(unsigned name) {
        documents_.erase(name);
        steps_.erase(name);
    }
    [[nodiscard]] Seen seen() const {
        Seen out;
        for (const auto& [name, document] : documents_) {
            out.documents.push_back(document);
            for (const ChunkRange& chunk : document.chunks) {
                Hit hit;
                hit.document = document.id;
                hit.chunk = chunk.chunk;
                hit.begin = chunk.begin;
                hit.end = chunk.end;
                hit.text = document.text.substr(chunk.begin, chunk.end - chunk.begin);
                out.hits.push_back(hit);
            }
        }
        for (const auto& [name, step] : steps_) out.by_word[{name, step}] = {Script::id(name)};
        out.documents_count = out.documents.size();
        out.chunks_count = out.hits.size();
        return out;
    }

 private:
    std::map<unsigned, Document> documents_;
    std::map<unsigned, Step> steps_;
    std::uint64_t next_ = 1;
};

class CrashModel : public testing::Test {
 protected:
    // One ingest of several documents, acknowledged.
    void SetUp() override {
        written = step_of(script, Kind::ingest, 3);
        model.begin(written);
        model.acknowledge();
        for (const unsigned name : script.operation(written).documents)
            collection.put(script, name, written);
    }
    const Script script{42};
    Model model{script};
    Faithful collection;
    Step written = 0;
};

TEST_F(CrashModel, AFaithfulCollectionHasNoProblems) {
    EXPECT_THAT(model.check(collection.seen()), IsEmpty());
    EXPECT_EQ(model.size(), script.operation(written).documents.size());
}

TEST_F(CrashModel, TheStepInFlightMayBeDoneOrNotForEachDocument) {
    const Step next = step_of(script, Kind::ingest, 2, written + 1);
    const std::vector<unsigned> names = script.operation(next).documents;
    model.begin(next);
    EXPECT_THAT(model.check(collection.seen()), IsEmpty()) << "none of it";
    model.begin(next);
    collection.put(script, names.front(), next);
    EXPECT_THAT(model.check(collection.seen()), IsEmpty()) << "the first of them";
    EXPECT_EQ(model.version(names.front()), next);
    // It was seen, so it may not disappear again.
    collection.remove(names.front());
    EXPECT_THAT(model.check(collection.seen()), testing::Contains(HasSubstr("lost")));
}

TEST_F(CrashModel, AnAcknowledgedRemovalIsFinal) {
    const unsigned name = script.operation(written).documents.front();
    Step removal = written + 1;
    const auto removes = [&](Step step) {
        const Operation operation = script.operation(step);
        const auto& all = operation.documents;
        return operation.kind == Kind::remove &&
               std::find(all.begin(), all.end(), name) != all.end();
    };
    while (!removes(removal)) ++removal;
    model.begin(removal);
    model.acknowledge();
    EXPECT_THAT(model.check(collection.seen()),
                testing::Contains(HasSubstr("returned: " + Script::id(name))));
}

// Searched for: what may be there, and of each document what was there before.
TEST_F(CrashModel, KnowsTheVersionsWhoseWordsMustBeSearchedFor) {
    using ::testing::Contains;
    const unsigned name = script.operation(written).documents.front();
    Step replacement = written + 1;
    const auto replaces = [&](Step step) {
        const Operation operation = script.operation(step);
        const auto& all = operation.documents;
        return operation.kind == Kind::ingest &&
               std::find(all.begin(), all.end(), name) != all.end();
    };
    while (!replaces(replacement)) ++replacement;
    model.begin(replacement);
    EXPECT_THAT(model.versions(), Contains(Version(name, written)));
    EXPECT_THAT(model.versions(), Contains(Version(name, replacement)));
    model.acknowledge();
    EXPECT_THAT(model.versions(), Contains(Version(name, replacement)));
    for (const unsigned changed : script.operation(replacement).documents)
        collection.put(script, changed, replacement);
    Seen seen = collection.seen();
    EXPECT_THAT(model.check(seen), IsEmpty());
    seen.by_word[{name, written}] = {Script::id(name)};
    EXPECT_THAT(model.check(seen), Contains(HasSubstr("should find none")));
}

TEST_F(CrashModel, EveryKindOfDamageIsSeen) {
    struct Case {
        const char* what;
        std::function<void(Seen&)> damage;
        const char* problem;
    };
    const std::vector<Case> cases{
        {"a document is gone", [](Seen& seen) { seen.documents.erase(seen.documents.begin()); },
         "lost: "},
        {"a document is there twice",
         [](Seen& seen) { seen.documents.push_back(seen.documents.front()); }, "listed twice"},
        {"a byte is changed", [](Seen& seen) { seen.documents.front().text[0] ^= 1; },
         "other bytes"},
        {"the text is cut", [](Seen& seen) { seen.documents.front().text.pop_back(); },
         "other bytes"},
        {"the title is another one", [](Seen& seen) { seen.documents.front().title += "0"; },
         "its title"},
        {"the metadata is lost", [](Seen& seen) { seen.documents.front().metadata = "{}"; },
         "its metadata"},
        {"the chunks are lost", [](Seen& seen) { seen.documents.front().chunks.clear(); },
         "no chunks"},
        {"a chunk reaches beyond the text",
         [](Seen& seen) { seen.documents.front().chunks.back().end += 1; }, "no range"},
        {"a document nobody wrote",
         [](Seen& seen) {
             seen.documents.push_back(seen.documents.front());
             seen.documents.back().id = "other";
         },
         "foreign: other"},
        {"search misses a chunk", [](Seen& seen) { seen.hits.pop_back(); }, "does not find"},
        {"search finds a chunk twice", [](Seen& seen) { seen.hits.push_back(seen.hits.front()); },
         "the store has not"},
        {"search finds a removed chunk", [](Seen& seen) { seen.hits.front().chunk = 999'999; },
         "the store has not"},
        {"search shows other bytes", [](Seen& seen) { seen.hits.front().text[0] ^= 1; },
         "shows other bytes"},
        {"a word finds nothing", [](Seen& seen) { seen.by_word.begin()->second.clear(); },
         "does not find"},
        {"a word finds another document",
         [](Seen& seen) { seen.by_word.begin()->second = {"document-x"}; }, "should find one of"},
        {"a replaced version is found by its word",
         [](Seen& seen) {
             seen.by_word[{1, 999}] = {Script::id(1)};
         },
         "should find none"},
        {"a word was not searched for",
         [](Seen& seen) { seen.by_word.erase(seen.by_word.begin()); }, "nobody searched"},
        {"the documents are miscounted", [](Seen& seen) { ++seen.documents_count; }, "counts"},
        {"the chunks are miscounted", [](Seen& seen) { --seen.chunks_count; }, "counts"},
    };
    for (const Case& item : cases) {
        Seen seen = collection.seen();
        item.damage(seen);
        Model judge = model;
        EXPECT_THAT(judge.check(seen), testing::Contains(HasSubstr(item.problem))) << item.what;
    }
}

TEST(CrashScript, IsTheSameForTheSameSeedAndNoTwoVersionsAreAlike) {
    const Script script(7);
    const Script again(7);
    const Script other(8);
    unsigned different = 0;
    for (Step step = 1; step < 50; ++step) {
        EXPECT_EQ(script.operation(step).documents, again.operation(step).documents);
        EXPECT_EQ(script.document(3, step).text, again.document(3, step).text);
        EXPECT_NE(script.document(3, step).text, script.document(3, step + 1).text);
        different += script.operation(step).documents != other.operation(step).documents ? 1 : 0;
    }
    EXPECT_GT(different, 10U);
}

// Two that write to one collection at once: neither writes what the other does, and each judges its
// own documents alone.
TEST(CrashLanes, KeepApart) {
    const Script even(7, Lane::even);
    const Script odd(7, Lane::odd);
    for (Step step = 1; step < 200; ++step) {
        for (const unsigned name : even.operation(step).documents) EXPECT_EQ(name % 2, 0U);
        for (const unsigned name : odd.operation(step).documents) EXPECT_EQ(name % 2, 1U);
        EXPECT_NE(even.operation(step).kind, Kind::backup);
    }
    Faithful collection;
    Model of_even(even);
    Model of_odd(odd);
    const Step written = step_of(even, Kind::ingest, 2);
    of_even.begin(written);
    of_even.acknowledge();
    for (const unsigned name : even.operation(written).documents)
        collection.put(even, name, written);
    const Step other = step_of(odd, Kind::ingest, 2);
    of_odd.begin(other);
    of_odd.acknowledge();
    for (const unsigned name : odd.operation(other).documents) collection.put(odd, name, other);
    const auto seen_by = [&](const Script& script) {
        Seen seen = collection.seen();
        std::erase_if(seen.by_word,
                      [&](const auto& one) { return !script.writes(one.first.first); });
        return seen;
    };
    EXPECT_THAT(of_even.check(seen_by(even)), IsEmpty());
    EXPECT_THAT(of_odd.check(seen_by(odd)), IsEmpty());
    collection.remove(odd.operation(other).documents.front());
    EXPECT_THAT(of_even.check(seen_by(even)), IsEmpty());
    EXPECT_THAT(of_odd.check(seen_by(odd)), ::testing::Contains(HasSubstr("lost: document-")));
}

// A search that is approximate may miss a chunk, and may not make one up.
TEST(CrashLanes, AnApproximateSearchMayMiss) {
    const Script script(7);
    Faithful collection;
    Model model(script);
    const Step written = step_of(script, Kind::ingest, 2);
    model.begin(written);
    model.acknowledge();
    for (const unsigned name : script.operation(written).documents)
        collection.put(script, name, written);
    Seen seen = collection.seen();
    const Hit last = seen.hits.back();
    seen.hits.pop_back();
    EXPECT_THAT(Model(model).check(seen), ::testing::Contains(HasSubstr("does not find chunk")));
    seen.all_hits = false;
    EXPECT_THAT(Model(model).check(seen), IsEmpty());
    seen.hits.push_back(last);
    seen.hits.back().chunk += 1000;
    EXPECT_THAT(Model(model).check(seen),
                ::testing::Contains(HasSubstr("which the store has not")));
}

}  // namespace
}  // namespace lectern::crash
