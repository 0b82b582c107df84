#include "plugins/word2vec/passages.hpp"

#include "plugins/word2vec/test_files.hpp"

namespace lectern::word2vec {
namespace {

using Outcome = PassageVectors::Outcome;

// Without counts, p is 1/H, 1/(2H), 1/(3H) with H = 11/6: 6/11, 3/11, 2/11.
WordVectors three_axes(const Scratch& scratch) {
    return WordVectors::open(scratch.write(
        "m.vec", word2vec_text({{"the", {1, 0, 0}}, {"old", {0, 1, 0}}, {"cat", {0, 0, 1}}})));
}

std::vector<float> embedded(const PassageVectors& passages,
                            const std::vector<std::string_view>& words) {
    std::vector<float> out(3);
    EXPECT_EQ(passages.embed(words, out), Outcome::embedded);
    return out;
}

TEST(SifWeight, IsAOverAPlusP) {
    EXPECT_DOUBLE_EQ(sif_weight(1e-3, 0), 1);
    EXPECT_DOUBLE_EQ(sif_weight(1e-3, 1e-3), 0.5);
    EXPECT_DOUBLE_EQ(sif_weight(1e-3, 0.999), 1e-3);
}

TEST(PassageVectors, WeightWordsByRarity) {
    const Scratch scratch;
    const auto model = three_axes(scratch);
    const PassageVectors passages(model, Weighting::sif, 0.1);
    const double the = 0.1 / (0.1 + 6.0 / 11);
    const double cat = 0.1 / (0.1 + 2.0 / 11);
    const double length = std::sqrt(the * the + 4 * cat * cat);
    const auto vector = embedded(passages, {"the", "cat", "cat", "unheard"});
    EXPECT_NEAR(vector[0], the / length, 1e-6);
    EXPECT_NEAR(vector[1], 0, 1e-6);
    EXPECT_NEAR(vector[2], 2 * cat / length, 1e-6);

    std::vector<float> sum(3);
    EXPECT_EQ(passages.sum(std::vector<std::string_view>{"the", "cat", "unheard"}, sum), 2U);
    EXPECT_NEAR(sum[0], the / 2, 1e-6);
}

TEST(PassageVectors, MeanWeighsAllWordsAlike) {
    const Scratch scratch;
    const auto model = three_axes(scratch);
    const auto vector =
        embedded(PassageVectors(model, Weighting::mean, 1e-3), {"the", "old", "old"});
    EXPECT_NEAR(vector[0], 1 / std::sqrt(5.0), 1e-6);
    EXPECT_NEAR(vector[1], 2 / std::sqrt(5.0), 1e-6);
}

TEST(PassageVectors, TakeOutTheCommonComponent) {
    const Scratch scratch;
    const auto model = three_axes(scratch);
    const PassageVectors passages(model, Weighting::sif, 0.1, {1, 0, 0});
    const auto vector = embedded(passages, {"the", "the", "cat"});
    EXPECT_NEAR(vector[0], 0, 1e-6);
    EXPECT_NEAR(vector[2], 1, 1e-6);
}

TEST(PassageVectors, SayWhenThereIsNothingToEmbed) {
    const Scratch scratch;
    const auto model = three_axes(scratch);
    const PassageVectors passages(model, Weighting::sif, 0.1, {1, 0, 0});
    std::vector<float> out(3, 9);
    EXPECT_EQ(passages.embed(std::vector<std::string_view>{"dog"}, out), Outcome::no_known_word);
    EXPECT_EQ(out, std::vector<float>(3));
    EXPECT_EQ(passages.embed({}, out), Outcome::no_known_word);
    EXPECT_EQ(passages.embed(std::vector<std::string_view>{"the"}, out), Outcome::no_direction);
    EXPECT_EQ(out, std::vector<float>(3));
}

}  // namespace
}  // namespace lectern::word2vec
