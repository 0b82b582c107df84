// Wrong, cut and hostile files: each ends in a shared::Failure that names the file and says what it
// is.
#include <cstring>

#include "plugins/translate/model_file.hpp"
#include "plugins/translate/model_folder.hpp"
#include "plugins/translate/settings.hpp"
#include "plugins/translate/test_support.hpp"
#include "plugins/translate/translator.hpp"

namespace lectern::translate {
namespace {

using testing::Test;

// A copy of the model of random weights, to be spoilt.
class SpoiltModel : public Test {
 protected:
    void SetUp() override {
        for (const auto& entry : std::filesystem::directory_iterator(testdata() / "tiny-shared"))
            std::filesystem::copy(entry.path(), folder());
    }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    [[nodiscard]] std::string refusal() const {
        return failure_of([this] { const Translator made({.model = folder()}); });
    }
    template <typename Number>
    void put(const char* file, std::size_t at, Number value) const {
        std::string bytes = text_of(folder() / file);
        std::memcpy(bytes.data() + at, &value, sizeof value);
        write_file(folder() / file, bytes);
    }
    void replace(const char* file, const std::string& from, const std::string& to) const {
        std::string bytes = text_of(folder() / file);
        ASSERT_NE(bytes.find(from), std::string::npos);
        bytes.replace(bytes.find(from), from.size(), to);
        write_file(folder() / file, bytes);
    }

 private:
    TestFolder folder_;
};

TEST_F(SpoiltModel, IsUsedWhenItIsWhole) {
    EXPECT_EQ(refusal(), "");
}

TEST_F(SpoiltModel, CutAnywhereIsRefused) {
    for (const char* file : {"model.aabb.bin", "lex.aabb.bin"}) {
        const std::string whole = text_of(folder() / file);
        std::vector<std::size_t> lengths{0, 1, 7, 8, 15, 16, 17, 47, 48, 100};
        for (std::size_t length = 128; length < whole.size() - 256; length = length * 5 / 4)
            lengths.push_back(length);
        for (const std::size_t length : lengths) {
            write_file(folder() / file, whole.substr(0, length));
            EXPECT_NE(refusal().find(file), std::string::npos) << file << " of " << length;
        }
        write_file(folder() / file, whole);
    }
}

TEST_F(SpoiltModel, NumbersThatAreNotTrueAreRefused) {
    struct Case {
        std::size_t at;
        std::uint64_t value;
        const char* says;
    };
    const std::string whole = text_of(folder() / "model.aabb.bin");
    for (const Case& one : std::vector<Case>{
             {0, 2, "no model file of Marian"},
             {8, 0, "0 items"},
             {8, ~std::uint64_t{0}, "items"},
             {16, ~std::uint64_t{0}, "name of item 0"},
             {24, 0x4201, "type 0x4201"},
             {32, 9, "9 dimensions"},
             {40, ~std::uint64_t{0}, "ends within"},
             {40, 100, "takes"},
         }) {
        put("model.aabb.bin", one.at, one.value);
        EXPECT_NE(refusal().find(one.says), std::string::npos) << refusal();
        write_file(folder() / "model.aabb.bin", whole);
    }
}

TEST_F(SpoiltModel, ShortlistOfAnotherModelIsRefused) {
    put("lex.aabb.bin", 32, std::uint64_t{32'001});
    EXPECT_NE(refusal().find("another model"), std::string::npos) << refusal();
    put("lex.aabb.bin", 32, std::uint64_t{121});
    put("lex.aabb.bin", 40, ~std::uint64_t{0});
    EXPECT_NE(refusal().find("do not fit"), std::string::npos) << refusal();
    put("lex.aabb.bin", 40, std::uint64_t{1440});
    put("lex.aabb.bin", 48 + 8, ~std::uint64_t{0});
    EXPECT_NE(refusal().find("out of order"), std::string::npos) << refusal();
    put("lex.aabb.bin", 48 + 8, std::uint64_t{12});
    EXPECT_EQ(refusal(), "");
    put("lex.aabb.bin", 48 + 8 * 121, std::uint32_t{120});
    EXPECT_NE(refusal().find("the word 120"), std::string::npos) << refusal();
}

TEST_F(SpoiltModel, AnotherArchitectureIsNamed) {
    replace("model.aabb.bin", "dec-cell: ssru", "dec-cell: lstm");
    EXPECT_NE(refusal().find("'dec-cell' is 'lstm'"), std::string::npos) << refusal();
    replace("model.aabb.bin", "dec-cell: lstm", "dec-cell: ssru");
    replace("model.aabb.bin", "dim-emb: 24", "dim-emb: 48");
    EXPECT_NE(refusal().find("fits its settings"), std::string::npos) << refusal();
    replace("model.aabb.bin", "dim-emb: 48", "dim-emb: 23");
    EXPECT_NE(refusal().find("heads cannot share"), std::string::npos) << refusal();
    replace("model.aabb.bin", "dim-emb: 23", "dim-emb: 24");
    replace("model.aabb.bin", "enc-depth: 2", "enc-depth: 3");
    EXPECT_NE(refusal().find("it has no 'encoder_l3"), std::string::npos) << refusal();
}

TEST_F(SpoiltModel, VocabularyThatIsNoneIsRefused) {
    for (const std::string wrong : {"", "no protocol buffer", "\x0a\xff\xff\xff\xff\x0f"}) {
        write_file(folder() / "vocab.aabb.spm", wrong);
        EXPECT_NE(refusal().find("vocab.aabb.spm"), std::string::npos) << refusal();
    }
}

TEST_F(SpoiltModel, MissingFilesAreNamed) {
    std::filesystem::remove(folder() / "vocab.aabb.spm");
    EXPECT_NE(refusal().find("has no vocab*.spm"), std::string::npos) << refusal();
    std::filesystem::rename(folder() / "model.aabb.bin", folder() / "model.aabb.bin.gz");
    EXPECT_NE(refusal().find("unpack model.aabb.bin.gz first"), std::string::npos) << refusal();
    const std::string none = failure_of([] { const Translator made({.model = "/nowhere"}); });
    EXPECT_NE(none.find("there is no model '/nowhere'"), std::string::npos) << none;
}

TEST_F(SpoiltModel, SettingsForDecodingAreRead) {
    write_file(folder() / "config.yml",
               "relative-paths: true\r\nmodels:\r\n  - model.aabb.bin\r\nvocabs:\r\n"
               "  - vocab.aabb.spm\r\n  - vocab.aabb.spm\r\nshortlist:\r\n    - lex.aabb.bin\r\n"
               "    - false\r\nbeam-size: 3\r\nnormalize: 0.6\r\nmax-length-factor: 1.5\r\n");
    const ModelFolder found = find_model(folder());
    EXPECT_EQ(found.model, folder() / "model.aabb.bin");
    EXPECT_EQ(found.shortlist, folder() / "lex.aabb.bin");
    EXPECT_EQ(found.beam, 3U);
    EXPECT_FLOAT_EQ(found.normalise, 0.6F);
    EXPECT_FLOAT_EQ(found.length_factor, 1.5F);
    EXPECT_EQ(found.from + found.to, "aabb");

    // What lies outside of the folder is not read.
    write_file(folder() / "config.yml",
               "models: [../../secret.bin]\nmodels:\n  - ../../secret.bin");
    EXPECT_NE(refusal().find("'secret.bin', which is not there"), std::string::npos) << refusal();
    write_file(folder() / "config.yml", "models:\n  - model.aabb.bin\nbeam-size: many");
    EXPECT_NE(refusal().find("'beam-size' is 'many'"), std::string::npos) << refusal();
}

TEST(ModelSettings, AreTheOutermostKeys) {
    const Settings found = parse_settings(
        "a: 1\nlist:\n  - x\n  - \"y\"\nnested:\n  b: 2\n# c: 3\n"
        "empty: \"\"\nno colon\n- stray\nd: 'q'\n");
    EXPECT_EQ(setting(found, "a"), "1");
    EXPECT_EQ(found.at("list"), (std::vector<std::string>{"x", "y"}));
    EXPECT_FALSE(found.contains("b"));
    EXPECT_FALSE(found.contains("c"));
    EXPECT_EQ(setting(found, "empty", "other"), "");
    EXPECT_EQ(setting(found, "d"), "q");
    EXPECT_EQ(setting(found, "nested", "none"), "none");
}

}  // namespace
}  // namespace lectern::translate
