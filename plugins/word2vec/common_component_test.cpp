#include "plugins/word2vec/common_component.hpp"

#include "plugins/word2vec/test_files.hpp"

namespace lectern::word2vec {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(PrincipalDirection, IsTheFirstSingularVector) {
    // Rows (3,0) and (0,1): singular values 3 and 1, share 9/10.
    PrincipalDirection axis(2);
    axis.add(std::vector<float>{3, 0});
    axis.add(std::vector<float>{0, 1});
    const auto found = axis.direction();
    ASSERT_TRUE(found);
    EXPECT_NEAR(std::abs(found->direction[0]), 1, 1e-6);
    EXPECT_NEAR(found->direction[1], 0, 1e-6);
    EXPECT_NEAR(found->share, 0.9, 1e-9);
    EXPECT_EQ(found->passages, 2U);

    // [[2,1],[1,2]]: eigenvalues 3 and 1 with (1,1)/sqrt(2) first; as rows, 9 and 1 of energy 10.
    PrincipalDirection diagonal(2);
    diagonal.add(std::vector<float>{2, 1});
    diagonal.add(std::vector<float>{1, 2});
    const auto second = diagonal.direction();
    ASSERT_TRUE(second);
    EXPECT_NEAR(second->direction[0], second->direction[1], 1e-6);
    EXPECT_NEAR(std::abs(second->direction[0]), std::sqrt(0.5), 1e-6);
    EXPECT_NEAR(second->share, 0.9, 1e-9);
}

TEST(PrincipalDirection, OfNothingIsNothing) {
    PrincipalDirection principal(3);
    EXPECT_FALSE(principal.direction());
    principal.add(std::vector<float>{0, 0, 0});
    EXPECT_FALSE(principal.direction());
}

CommonComponent example() {
    return {{0.6F, -0.8F}, 0x1122334455667788, 42, 1e-3, 0.25};
}

TEST(CommonComponentFile, ComesBackAsWritten) {
    const CommonComponent back = decode(encode(example()), "m.sif");
    EXPECT_EQ(back.direction, example().direction);
    EXPECT_EQ(back.model_hash, example().model_hash);
    EXPECT_EQ(back.passages, example().passages);
    EXPECT_EQ(back.sif_a, example().sif_a);
    EXPECT_EQ(back.share, example().share);
}

TEST(CommonComponentFile, AnyChangedOrMissingByteIsCorrupt) {
    const std::string whole = encode(example());
    ASSERT_EQ(whole.size(), 48U + 2 * 4 + 4);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        EXPECT_THAT(failure([&] { (void)decode(changed, "m.sif"); }),
                    AllOf(StartsWith(code(LECTERN_CORRUPT)), HasSubstr("m.sif")))
            << at;
        EXPECT_THAT(failure([&] { (void)decode(whole.substr(0, at), "m.sif"); }),
                    StartsWith(code(LECTERN_CORRUPT)))
            << at;
    }
}

TEST(CommonComponentFile, BelongsToOneModel) {
    const Scratch scratch;
    const std::string model = scratch.path("m.bin");
    EXPECT_EQ(load_component(model, 1, 2), std::nullopt);
    ASSERT_EQ(component_path(model), scratch.write("m.bin.sif", encode(example())));
    EXPECT_TRUE(load_component(model, example().model_hash, 2));
    EXPECT_THAT(failure([&] { (void)load_component(model, 1, 2); }),
                AllOf(StartsWith(code(LECTERN_CORRUPT)), HasSubstr("another model")));
    EXPECT_THAT(failure([&] { (void)load_component(model, example().model_hash, 3); }),
                HasSubstr("another model"));
}

}  // namespace
}  // namespace lectern::word2vec
