// Real training on a small corpus with structure: seconds in all.
#include "plugins/word2vec/training.hpp"

#include <atomic>

#include "plugins/word2vec/analogies.hpp"
#include "plugins/word2vec/common_component.hpp"
#include "plugins/word2vec/model_hash.hpp"
#include "plugins/word2vec/passages.hpp"
#include "plugins/word2vec/test_files.hpp"
#include "text/text.hpp"

namespace lectern::word2vec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

TrainingReport train_on(const Scratch& scratch, const std::vector<std::string>& documents,
                        const TrainingOptions& options, const std::string& model,
                        const TrainingHooks& hooks = {}) {
    TrainingText text(scratch.path(model + ".text"));
    for (const auto& document : documents) text.add(document);
    text.finish();
    return train(text, options, scratch.path(model), hooks);
}

TrainingOptions small(Mode mode, std::string_view ngrams = "0") {
    TrainingOptions out;
    out.mode = mode;
    out.ngrams = parse_ngrams(ngrams);
    out.dimension = 24;
    out.epochs = 10;
    out.seed = 3;
    return out;
}

// Every "capital is to country as capital is to country" of the corpus.
std::vector<AnalogySection> capital_questions() {
    std::vector<AnalogySection> out{{"capitals", {}}};
    for (const auto& from : countries)
        for (const auto& to : countries)
            if (from != to) out[0].questions.push_back({from[1], from[0], to[1], to[0]});
    return out;
}

struct Training {
    const char* name;
    Mode mode;
    const char* ngrams;
};
class EachMode : public ::testing::TestWithParam<Training> {};

TEST_P(EachMode, LearnsWhatBelongsTogether) {
    const Scratch scratch;
    const auto report = train_on(scratch, country_documents(600),
                                 small(GetParam().mode, GetParam().ngrams), "m.bin");
    EXPECT_GT(report.words, 20000U);
    EXPECT_GT(report.words_per_second, 0);
    EXPECT_GT(report.loss, 0);
    EXPECT_TRUE(report.common_component);
    EXPECT_THAT(scratch.names(), UnorderedElementsAre("m.bin", "m.bin.sif"));

    const auto model = WordVectors::open(scratch.path("m.bin"));
    EXPECT_EQ(model.vocabulary().size(), report.vocabulary + 1);
    EXPECT_EQ(model.has_ngrams(), std::string_view(GetParam().ngrams) != "0");
    // Chance is 1 in the vocabulary of about 90 words.
    const auto analogies = evaluate(model, capital_questions(), {});
    EXPECT_EQ(analogies.total.answered, 132U);
    EXPECT_GT(analogies.total.accuracy(), 0.9);
    // A country's own river is nearer than another's, for each.
    for (std::size_t i = 0; i < countries.size(); ++i) {
        const auto country = model.vector(countries[i][0]).value();
        const auto& other = countries[(i + 1) % countries.size()];
        EXPECT_GT(cosine(country, model.vector(countries[i][3]).value()),
                  cosine(country, model.vector(other[3]).value()))
            << countries[i][0];
    }
}

INSTANTIATE_TEST_SUITE_P(Training, EachMode,
                         ::testing::Values(Training{"skipgram", Mode::skipgram, "0"},
                                           Training{"cbow", Mode::cbow, "0"},
                                           Training{"skipgram_ngrams", Mode::skipgram, "3-5"},
                                           Training{"cbow_ngrams", Mode::cbow, "3-5"}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Training, NgramsGiveMisspeltWordsAVectorNearTheWord) {
    const Scratch scratch;
    auto options = small(Mode::skipgram, "3-5");
    (void)train_on(scratch, country_documents(600), options, "m.bin");
    const auto model = WordVectors::open(scratch.path("m.bin"));
    for (const auto& [right, wrong] : {std::pair{"government", "goverment"},
                                       {"museums", "musems"},
                                       {"portuguese", "portugese"}}) {
        ASSERT_EQ(model.vocabulary().find(wrong), std::nullopt);
        const auto misspelt = model.vector(wrong);
        ASSERT_TRUE(misspelt) << wrong;
        const double near = cosine(*misspelt, *model.vector(right));
        std::size_t nearer = 0;
        for (std::uint32_t id = 0; id < model.vocabulary().size(); ++id)
            if (cosine(*misspelt, *model.vector(model.vocabulary().word(id))) > near) ++nearer;
        EXPECT_LE(nearer, 2U) << wrong;
        EXPECT_GT(near, 0.5) << wrong;
    }
}

TEST(Training, WithOneThreadAndOneSeedIsTheSameAgain) {
    const Scratch scratch;
    auto options = small(Mode::skipgram, "3-4");
    options.epochs = 2;
    const auto documents = country_documents(100);
    (void)train_on(scratch, documents, options, "a.bin");
    (void)train_on(scratch, documents, options, "b.bin");
    options.seed = 4;
    (void)train_on(scratch, documents, options, "c.bin");
    EXPECT_EQ(read_file(scratch.path("a.bin")), read_file(scratch.path("b.bin")));
    EXPECT_EQ(read_file(scratch.path("a.bin.sif")), read_file(scratch.path("b.bin.sif")));
    EXPECT_NE(read_file(scratch.path("a.bin")), read_file(scratch.path("c.bin")));
}

TEST(Training, TakingOutTheCommonComponentSpreadsPassages) {
    const Scratch scratch;
    const auto documents = country_documents(300);
    auto options = small(Mode::skipgram);
    (void)train_on(scratch, documents, options, "m.bin");
    const std::string path = scratch.path("m.bin");
    const auto model = WordVectors::open(path);
    const auto component = load_component(path, hash_file(path), model.dimension());
    ASSERT_TRUE(component);
    EXPECT_EQ(component->passages, 300U);
    EXPECT_GT(component->share, 0);

    const auto mean_cosine = [&](const PassageVectors& passages) {
        std::vector<std::vector<float>> vectors;
        for (std::size_t i = 0; i < 60; ++i) {
            const auto words = text::words(documents[i]);
            std::vector<std::string_view> folded;
            for (const auto& word : words) folded.push_back(word.folded);
            vectors.emplace_back(model.dimension());
            EXPECT_EQ(passages.embed(folded, vectors.back()), PassageVectors::Outcome::embedded);
        }
        double sum = 0;
        int pairs = 0;
        for (std::size_t i = 0; i < vectors.size(); ++i)
            for (std::size_t j = 0; j < i; ++j, ++pairs) sum += cosine(vectors[i], vectors[j]);
        return sum / pairs;
    };
    const double with = mean_cosine(PassageVectors(model, Weighting::sif, 1e-3));
    const double without =
        mean_cosine(PassageVectors(model, Weighting::sif, 1e-3, component->direction));
    EXPECT_GT(with, 0.3);
    EXPECT_LT(without, with - 0.2);
}

TEST(Training, TooLittleTextIsSaid) {
    const Scratch scratch;
    const auto message = [&](const std::vector<std::string>& documents,
                             const TrainingOptions& options) {
        return failure([&] { (void)train_on(scratch, documents, options, "m.bin"); });
    };
    const auto options = small(Mode::skipgram);
    EXPECT_THAT(message({}, options), AllOf(StartsWith(code(LECTERN_INVALID_ARGUMENT)),
                                            HasSubstr("no word to train on")));
    EXPECT_THAT(message({"", " .,!? "}, options), HasSubstr("no word to train on"));
    EXPECT_THAT(message({"just a few words"}, options),
                AllOf(HasSubstr("4 words"), HasSubstr("at least 50")));
    std::string different;
    for (int i = 0; i < 200; ++i) different += " w" + std::to_string(i);
    auto strict = options;
    strict.min_count = 5;
    EXPECT_THAT(message({different}, strict), HasSubstr("'min_count'"));
    EXPECT_THAT(scratch.names(), ::testing::IsEmpty());
    EXPECT_THAT(failure([&] { TrainingText("/no/such/folder/m.text"); }),
                HasSubstr("/no/such/folder"));
}

TEST(Training, AnOldModelStaysUntilTheNewOneIsWhole) {
    const Scratch scratch;
    (void)scratch.write("m.bin", "old");
    EXPECT_NE(failure([&] { (void)train_on(scratch, {}, small(Mode::cbow), "m.bin"); }), "");
    EXPECT_EQ(read_file(scratch.path("m.bin")), "old");

    // Too few lines for a common component: the old model's must not stay either.
    (void)scratch.write("m.bin.sif", "old");
    auto options = small(Mode::cbow);
    options.epochs = 1;
    const auto report = train_on(scratch, country_documents(5), options, "m.bin");
    EXPECT_FALSE(report.common_component);
    EXPECT_THAT(scratch.names(), UnorderedElementsAre("m.bin"));
}

TEST(Training, IsCancelledAndReportsProgress) {
    for (const int threads : {1, 2}) {
        const Scratch scratch;
        auto options = small(Mode::skipgram);
        options.threads = threads;
        options.epochs = 10000;  // minutes
        std::atomic<int> reports{0};
        TrainingHooks hooks;
        hooks.progress = [&](double fraction, std::string_view step, std::string_view detail) {
            EXPECT_GE(fraction, 0);
            EXPECT_LT(fraction, 1);
            EXPECT_EQ(step, "training");
            EXPECT_THAT(std::string(detail), HasSubstr("words/s"));
            ++reports;
        };
        hooks.cancelled = [&] { return reports >= 2; };
        EXPECT_THAT(failure([&] {
                        (void)train_on(scratch, country_documents(300), options, "m.bin", hooks);
                    }),
                    StartsWith(code(LECTERN_CANCELLED)))
            << threads;
        EXPECT_EQ(reports, 2);
        EXPECT_THAT(scratch.names(), ::testing::IsEmpty());
    }
}

TEST(Training, ChoosesByTheAmountOfText) {
    const Scratch scratch;
    TrainingText text(scratch.path("text"));
    for (int i = 0; i < 100; ++i) text.add("ten words for one line of the text to count");
    EXPECT_EQ(text.words(), 1000U);
    TrainingOptions options;
    options.ngrams = parse_ngrams("3-6");
    const auto little = chosen(options, text);
    EXPECT_EQ(little.epochs, 100);
    EXPECT_EQ(little.min_count, 1);
    EXPECT_EQ(little.buckets, 10000);
    EXPECT_DOUBLE_EQ(little.subsample, 1e-3);
    options.epochs = 7;
    options.min_count = 9;
    options.buckets = 11;
    options.subsample = 0.5;
    const auto told = chosen(options, text);
    EXPECT_EQ(told.epochs, 7);
    EXPECT_EQ(told.min_count, 9);
    EXPECT_EQ(told.buckets, 11);
    EXPECT_DOUBLE_EQ(told.subsample, 0.5);
}

TEST(TrainingText, HoldsFoldedWordsInLinesOfBoundedLength) {
    const Scratch scratch;
    std::string several;
    for (int i = 0; i < 450; ++i) several += "Word ";
    TrainingText text(scratch.path("text"));
    text.add("The CAFÉ, \xEF\xAC\x81ne!");  // with the ligature fi
    text.add(several);
    text.add("...");
    text.finish();
    EXPECT_EQ(text.documents(), 3U);
    EXPECT_EQ(text.lines(), 4U);  // 1 + 200 + 200 + 50 words
    EXPECT_EQ(text.words(), 453U);
    EXPECT_EQ(text.distinct_words(), 4U);
    EXPECT_EQ(text.distinct_words_from(2), 1U);
    EXPECT_THAT(read_file(text.path()), StartsWith("the café fine\nword word "));
}

TEST(Ngrams, AreZeroOrARange) {
    EXPECT_EQ(parse_ngrams("0").longest, 0);
    EXPECT_EQ(parse_ngrams("3-6").shortest, 3);
    EXPECT_EQ(parse_ngrams("3-6").longest, 6);
    for (const char* bad : {"", "3", "6-3", "0-3", "3-", "-3", "3-6x", "a-b", "3-99", "3–6"})
        EXPECT_THAT(failure([&] { (void)parse_ngrams(bad); }),
                    AllOf(StartsWith(code(LECTERN_INVALID_ARGUMENT)), HasSubstr("'ngrams'")))
            << bad;
}

}  // namespace
}  // namespace lectern::word2vec
