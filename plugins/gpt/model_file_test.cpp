#include "plugins/gpt/model_file.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "plugins/gpt/generator.hpp"
#include "plugins/gpt/test_support.hpp"

namespace lectern::gpt {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class ModelFileTest : public testing::Test {
 protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(testing::TempDir()) /
                  ("lectern-gpt-" + std::to_string(getpid()) + test->name());
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& content) const {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return (folder_ / name).string();
    }
    // The first `bytes` of the small model.
    [[nodiscard]] std::string cut_model(std::uint64_t bytes) const {
        std::string path = (folder_ / "cut.gguf").string();
        fs::copy_file(model_path(), path);
        fs::resize_file(path, bytes);
        return path;
    }

    fs::path folder_;
};

Outcome load(const std::string& path) {
    return outcome_of([&] {
        GeneratorOptions options;
        options.model = path;
        const LlamaGenerator generator(options, plugin::Host());
    });
}

TEST_F(ModelFileTest, TakesAFileOrTheFolderAroundIt) {
    const ModelFile file = check_model_file(model_path());
    EXPECT_EQ(file.path, model_path());
    EXPECT_EQ(file.bytes, fs::file_size(model_path()));
    const ModelFile folder = check_model_file(fs::path(model_path()).parent_path().string());
    EXPECT_EQ(folder.path, file.path);
    EXPECT_EQ(folder.fingerprint, file.fingerprint);
}

TEST_F(ModelFileTest, FingerprintTellsWeightsAndSizeApart) {
    EXPECT_THAT(fingerprint_of(model_path()), testing::MatchesRegex("gpt:[0-9a-f]{16}"));
    const std::string weights(3U << 20U, 'w');
    const std::string a = write("a", weights);
    std::string changed = weights;
    changed[changed.size() - 100] = 'x';  // in the last sample
    EXPECT_EQ(fingerprint_of(a), fingerprint_of(write("same", weights)));
    EXPECT_NE(fingerprint_of(a), fingerprint_of(write("changed", changed)));
    EXPECT_NE(fingerprint_of(a), fingerprint_of(write("longer", weights + "w")));
    EXPECT_NE(fingerprint_of(write("empty", "")), fingerprint_of(write("one", "w")));
}

TEST_F(ModelFileTest, AMissingFileIsNamed) {
    const Outcome outcome = load((folder_ / "none.gguf").string());
    EXPECT_EQ(outcome.code, LECTERN_NOT_FOUND);
    EXPECT_THAT(outcome.message, AllOf(HasSubstr("none.gguf"), HasSubstr("option 'model'")));
}

TEST_F(ModelFileTest, AFolderNeedsExactlyOneGguf) {
    EXPECT_EQ(load(folder_.string()).code, LECTERN_NOT_FOUND);
    write("a.gguf", "GGUF");
    write("b.gguf", "GGUF");
    const Outcome outcome = load(folder_.string());
    EXPECT_EQ(outcome.code, LECTERN_INVALID_ARGUMENT);
    EXPECT_THAT(outcome.message, HasSubstr("several .gguf files"));
}

TEST_F(ModelFileTest, AnotherFormatIsRefusedByItsFirstBytes) {
    const Outcome outcome = load(write("model.safetensors", std::string(100, '\x01')));
    EXPECT_EQ(outcome.code, LECTERN_INVALID_ARGUMENT);
    EXPECT_THAT(outcome.message, HasSubstr("is not a GGUF file"));
    EXPECT_THAT(load(write("empty.gguf", "")).message, HasSubstr("is empty"));
}

TEST_F(ModelFileTest, ACutFileIsCorruptWhereverItIsCut) {
    const std::uint64_t whole = fs::file_size(model_path());
    for (const std::uint64_t bytes : {std::uint64_t{5}, std::uint64_t{24}, std::uint64_t{1000},
                                      std::uint64_t{1} << 20U, whole / 2, whole - 1}) {
        const std::string path = cut_model(bytes);
        const Outcome outcome = load(path);
        EXPECT_EQ(outcome.code, LECTERN_CORRUPT) << bytes << ": " << outcome.message;
        EXPECT_THAT(outcome.message, AllOf(HasSubstr(path), HasSubstr("cut off"))) << bytes;
        fs::remove(path);
    }
}

TEST_F(ModelFileTest, ADamagedHeaderIsAnErrorWithTheReason) {
    const std::string path = cut_model(fs::file_size(model_path()));
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8);  // the count of tensors
    file.write("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 8);
    file.close();
    const Outcome outcome = load(path);
    EXPECT_EQ(outcome.code, LECTERN_CORRUPT);
    EXPECT_THAT(outcome.message, HasSubstr("tensors"));
}

TEST_F(ModelFileTest, OptionsOutOfRangeAreNamed) {
    const auto with = [](auto change) {
        GeneratorOptions options;
        options.model = model_path();
        change(options);
        return outcome_of([&] { const LlamaGenerator generator(options, plugin::Host()); });
    };
    EXPECT_THAT(with([](auto& o) { o.context_tokens = 1; }).message, HasSubstr("context_tokens"));
    EXPECT_THAT(with([](auto& o) { o.batch_tokens = 0; }).message, HasSubstr("batch_tokens"));
    EXPECT_THAT(with([](auto& o) { o.flash_attention = "maybe"; }).message,
                HasSubstr("auto, on, off"));
    EXPECT_THAT(with([](auto& o) { o.cache_precision = "q1"; }).message, HasSubstr("q8_0"));
    EXPECT_THAT(with([](auto& o) {
                    o.cache_precision = "q8_0";
                    o.flash_attention = "off";
                }).message,
                HasSubstr("flash_attention"));
}

}  // namespace
}  // namespace lectern::gpt
