// What a query finds beside its own words, and what it demands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "index/lexical/lexical_index.hpp"
#include "index/lexical/lexical_query.hpp"
#include "index/lexical/synonyms.hpp"
#include "index/lexical/typos.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::index {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// One document of one chunk for each text; ids are their places.
class Texts {
 public:
    explicit Texts(const std::vector<std::string>& texts) {
        auto store = storage::Store::open(folder_.path() / "c", {.create_if_missing = true});
        EXPECT_TRUE(store.ok()) << store.status().message();
        store_ = std::move(*store);
        LexicalIndexOptions options;
        options.analysis = AnalysisOptions{text::Language::english, true};
        options.merge_in_background = false;
        auto index = LexicalIndex::open(*store_, options);
        EXPECT_TRUE(index.ok()) << index.status().message();
        index_ = std::move(*index);
        for (const std::string& text : texts) put(text);
    }
    void put(const std::string& text) {
        storage::PutDocument document;
        document.id = std::to_string(count_++);
        document.text = text;
        document.chunks.push_back({0, text.size(), 1});
        EXPECT_TRUE(index_->commit({{document}, {}}, false).ok());
    }
    [[nodiscard]] LexicalQuery read(std::string_view text, LexicalQueryOptions options = {}) const {
        auto query = index_->read(text, options);
        EXPECT_TRUE(query.ok()) << query.status().message();
        return std::move(*query);
    }
    [[nodiscard]] std::vector<std::string> find(const LexicalQuery& query) const {
        const auto found = index_->search(query, 10);
        EXPECT_TRUE(found.ok()) << found.status().message();
        std::vector<storage::ChunkId> ids;
        for (const Scored& hit : found->hits) ids.push_back(hit.chunk);
        return names(ids);
    }
    [[nodiscard]] std::vector<std::string> find(std::string_view text,
                                                LexicalQueryOptions options = {}) const {
        return find(read(text, options));
    }
    [[nodiscard]] std::vector<std::string> candidates(std::string_view text) const {
        const auto found = index_->candidates(read(text));
        EXPECT_TRUE(found.ok());
        return *found ? names(**found) : std::vector<std::string>{"all"};
    }
    [[nodiscard]] std::vector<std::string> names(const std::vector<storage::ChunkId>& ids) const {
        std::vector<std::string> out;
        const auto views = store_->reader().chunk_views(ids, false);
        for (const auto& view : *views) out.push_back(view->document);
        return out;
    }
    [[nodiscard]] const LexicalIndex& index() const { return *index_; }

 private:
    TestFolder folder_;
    std::unique_ptr<storage::Store> store_;
    std::unique_ptr<LexicalIndex> index_;
    std::size_t count_ = 0;
};

TEST(Exclusions, LeaveOutWhatTheWordAloneWouldFind) {
    const Texts texts({"a wing and its drag", "the wings of a bird", "wing, dragged along",
                       "a wing on a flat plate", "plate, flat, with a wing"});
    EXPECT_THAT(texts.find("wing -drag"), UnorderedElementsAre("1", "3", "4"));
    EXPECT_THAT(texts.find("wing -\"flat plate\""), UnorderedElementsAre("0", "1", "2", "4"));
    EXPECT_THAT(texts.find("wing -bir* -pla*"), UnorderedElementsAre("0", "2"));
    EXPECT_THAT(texts.find("-wing"), IsEmpty());
    EXPECT_THAT(texts.find("-nothing wing").size(), 5U);
}

TEST(Exclusions, OfHangulWithinALongerWord) {
    const Texts texts({"항만공사는 선박을 관리합니다", "항만은 크다"});
    EXPECT_THAT(texts.find("항만 -선박"), ElementsAre("1"));
}

TEST(Candidates, AreAllThatMayMeetTheConditions) {
    const Texts texts({"a boundary layer", "the layer at the boundary", "a boundary", "a layer",
                       "nothing of it"});
    EXPECT_THAT(texts.candidates("boundary layer"), ElementsAre("all"));
    EXPECT_THAT(texts.candidates("\"boundary layer\""), ElementsAre("0", "1"));
    EXPECT_THAT(texts.candidates("-boundary"), ElementsAre("3", "4"));
    EXPECT_THAT(texts.candidates("\"boundary layer\" -at"), ElementsAre("0"));
    EXPECT_THAT(texts.candidates("bound*"), ElementsAre("0", "1", "2"));
    EXPECT_TRUE(texts.read("\"boundary layer\"").must_read());
    EXPECT_FALSE(texts.read("-boundary").must_read());
}

TEST(Typos, AreForgivenWhereNothingHasTheWord) {
    const Texts texts({"The parameters of the model.", "A receipt for the goods.",
                       "Environment and government.", "Pressure in the vessel."});
    const struct {
        const char* query;
        std::vector<std::string> found;
    } cases[] = {
        {"paramters", {"0"}},                // a letter is missing
        {"parameterss", {"0"}},              // one too many
        {"paremeters", {"0"}},               // another one
        {"aprameters", {}},                  // the first one is not right
        {"reciept", {"1"}},                  // two have changed places
        {"enviromnet", {"2"}},               // two edits of ten letters
        {"presure", {"3"}},                  // one edit of seven
        {"presur", {"3"}},                   // ... and the stem hides another
        {"goads", {"1"}},                    // five letters
        {"gods", {}},                        // four
        {"p4rameters", {}},                  // no word of letters alone
        {"paramters pressure", {"3", "0"}},  // beside a word that is right, less
    };
    for (const auto& row : cases) EXPECT_EQ(texts.find(row.query), row.found) << row.query;
    EXPECT_THAT(texts.find("paramters", {.typos = false}), IsEmpty());
    EXPECT_EQ(texts.read("paramters").hints().size(), 1U);
    EXPECT_THAT(texts.read("parameters").hints(), IsEmpty());
}

TEST(Typos, AreForgivenInOtherScripts) {
    const Texts texts({"Параметры модели", "Οι παράμετροι του μοντέλου", "機械学習の論文"});
    EXPECT_THAT(texts.find("парамтры"), ElementsAre("0"));
    EXPECT_THAT(texts.find("παράμτροι"), ElementsAre("1"));
}

TEST(Typos, ArePlacesOfWhatIsMarked) {
    const Texts texts({"The parameters of the model."});
    const auto marks = texts.read("paramters").marks("The parameters of the model.");
    ASSERT_EQ(marks.size(), 1U);
    EXPECT_EQ(marks[0], (text::Range{4, 14}));
}

unsigned edits_between(const std::u32string& a, const std::u32string& b) {
    std::vector<std::vector<unsigned>> d(a.size() + 1, std::vector<unsigned>(b.size() + 1));
    for (unsigned i = 0; i <= a.size(); ++i)
        for (unsigned j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1,
                                d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.size()][b.size()];
}

// The walk that leaps against the edits of every term.
TEST(NearTerms, AreThoseOfACountOfEveryTerm) {
    std::mt19937 random(7);
    std::vector<std::string> words;
    for (int i = 0; i < 400; ++i) {
        std::string word = "a";
        const std::size_t length = 5 + random() % 5;
        while (word.size() < length) word += static_cast<char>('a' + random() % 3);
        words.push_back(word);
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    TestFolder folder;
    auto store = storage::Store::open(folder.path() / "c", {.create_if_missing = true});
    ASSERT_TRUE(store.ok());
    LexicalIndexOptions options;
    options.analysis = AnalysisOptions{text::Language::none, true};
    options.merge_in_background = false;
    auto index = LexicalIndex::open(**store, options);
    ASSERT_TRUE(index.ok());
    for (int half = 0; half < 2; ++half) {  // two segments
        storage::PutDocument document;
        document.id = std::to_string(half);
        for (std::size_t i = static_cast<std::size_t>(half); i < words.size(); i += 2)
            document.text += words[i] + " ";
        document.chunks.push_back({0, document.text.size(), 1});
        ASSERT_TRUE((*index)->commit({{document}, {}}, false).ok());
    }
    const auto query = (*index)->read("a");
    ASSERT_TRUE(query.ok());
    const auto wide = [](const std::string& word) {
        return std::u32string(word.begin(), word.end());
    };
    for (const std::string wanted : {"abcabca", "aabbccab", "acccccc"})
        for (const unsigned edits : {1U, 2U}) {
            const auto near =
                lexical::near_terms(*query->impl()->state, wanted, edits, words.size());
            ASSERT_TRUE(near.ok());
            std::vector<std::string> found;
            for (const lexical::NearTerm& one : *near) {
                found.push_back(one.term);
                EXPECT_EQ(one.edits, edits_between(wide(wanted), wide(one.term)));
            }
            std::sort(found.begin(), found.end());
            std::vector<std::string> expected;
            for (const std::string& word : words) {
                const unsigned away = edits_between(wide(wanted), wide(word));
                if (away > 0 && away <= edits) expected.push_back(word);
            }
            EXPECT_EQ(found, expected) << wanted << " " << edits;
        }
}

TEST(TypedOn, TheLastWordMayBeABeginning) {
    const Texts texts({"The parameters of the model.", "a parade", "the model"});
    EXPECT_THAT(texts.find("model para", {.prefix = true}), UnorderedElementsAre("0", "1", "2"));
    EXPECT_EQ(texts.find("model para", {.prefix = true}).front(), "0");
    EXPECT_THAT(texts.find("para", {.prefix = true}), UnorderedElementsAre("0", "1"));
    EXPECT_THAT(texts.find("para"), IsEmpty());
    EXPECT_THAT(texts.find("para ", {.prefix = true}), IsEmpty());
    EXPECT_EQ(texts.read("para", {.prefix = true}).marks("a parade of parameters").size(), 2U);
}

TEST(Synonyms, FindWhatIsSaidOtherwise) {
    const auto synonyms = Synonyms::parse("car, automobile\nml => machine learning");
    ASSERT_TRUE(synonyms.ok());
    const LexicalQueryOptions with{.synonyms = &*synonyms};
    const Texts texts({"an automobile", "a car", "machine learning", "the machine", "ml"});
    EXPECT_THAT(texts.find("car", with), ElementsAre("1", "0"));
    EXPECT_THAT(texts.find("ml", with), ElementsAre("4", "2", "3"));
    EXPECT_THAT(texts.find("machine learning", with), ElementsAre("2", "3"));
    EXPECT_THAT(texts.find("car"), ElementsAre("1"));
    EXPECT_EQ(texts.read("car", with).marks("an automobile").size(), 1U);
}

TEST(ReadQuery, IsLookedUpAnewAfterACommit) {
    Texts texts({"a wing"});
    const LexicalQuery query = texts.read("wing -drag");
    EXPECT_THAT(texts.find(query), ElementsAre("0"));
    texts.put("another wing");
    texts.put("wing and drag");
    EXPECT_THAT(texts.find(query), UnorderedElementsAre("0", "1"));
}

TEST(Matches, SayHowRareTheWordsOfAHitAre) {
    const Texts texts({"part 97 weighs", "part 98 weighs", "part 99", "part"});
    const auto found = texts.index().search(texts.read("weight of part 97"), 10);
    ASSERT_TRUE(found.ok());
    ASSERT_EQ(found->matches.size(), found->hits.size());
    ASSERT_EQ(texts.names({found->hits[0].chunk}), std::vector<std::string>{"0"});
    EXPECT_FLOAT_EQ(found->matches[0].rarest, static_cast<float>(found->rarest));
    EXPECT_LT(found->matches[1].rarest, found->matches[0].rarest);
    EXPECT_GT(found->matches[0].sum, found->matches[1].sum);
}

TEST(ReadLike, TakesTheWordsThatSetADocumentApartAndOthersHave) {
    Texts texts({"the ferry of the harbour carries cars", "cars and roads", "roads and bridges",
                 "the harbour ferry sails at noon"});
    const auto like = texts.index().read_like("", "the ferry of the harbour carries cars", 1, 3);
    ASSERT_TRUE(like.ok());
    EXPECT_EQ(texts.find(*like)[1], "3");
    EXPECT_EQ(like->plain(), "");
}

}  // namespace
}  // namespace lectern::index
