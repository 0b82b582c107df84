#include "engine/plugin_host/stage_config.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <fstream>

namespace lectern::host {
namespace {

TEST(StageConfig, AnswersByPath) {
    const StageConfigFace face(
        nullptr, nullptr, "vectors",
        boost::json::parse(R"({"model":"m","window":{"size":3},"stop":["a",{"b":1.5}],"on":true,
                               "none":null})")
            .as_object(),
        "", "/models");
    const lectern_stage_config* config = face.get();
    EXPECT_STREQ(config->stage, "vectors");

    lectern_text text{};
    EXPECT_EQ(config->get_string(config, "model", &text), LECTERN_OK);
    EXPECT_EQ(std::string(text.data, text.size), "m");
    EXPECT_EQ(config->get_string(config, "stop/0", &text), LECTERN_OK);
    EXPECT_EQ(std::string(text.data, text.size), "a");
    std::int64_t integer = 0;
    EXPECT_EQ(config->get_integer(config, "window/size", &integer), LECTERN_OK);
    EXPECT_EQ(integer, 3);
    double number = 0;
    EXPECT_EQ(config->get_number(config, "window/size", &number), LECTERN_OK);
    EXPECT_EQ(number, 3.0);
    EXPECT_EQ(config->get_number(config, "stop/1/b", &number), LECTERN_OK);
    EXPECT_EQ(number, 1.5);
    std::int32_t boolean = 0;
    EXPECT_EQ(config->get_boolean(config, "on", &boolean), LECTERN_OK);
    EXPECT_EQ(boolean, 1);
    std::uint64_t count = 0;
    EXPECT_EQ(config->get_count(config, "stop", &count), LECTERN_OK);
    EXPECT_EQ(count, 2u);

    for (const char* path : {"", "x", "none", "window/x", "stop/2", "stop/-1", "stop/x", "model/0",
                             "window/size/0", "stop/", "/", "stop/0x"})
        EXPECT_EQ(config->get_string(config, path, &text), LECTERN_NOT_FOUND) << path;
    EXPECT_EQ(config->get_string(config, nullptr, &text), LECTERN_NOT_FOUND);

    EXPECT_EQ(config->get_string(config, "on", &text), LECTERN_INVALID_ARGUMENT);
    EXPECT_EQ(config->get_integer(config, "stop/1/b", &integer), LECTERN_INVALID_ARGUMENT);
    EXPECT_EQ(config->get_number(config, "model", &number), LECTERN_INVALID_ARGUMENT);
    EXPECT_EQ(config->get_boolean(config, "model", &boolean), LECTERN_INVALID_ARGUMENT);
    EXPECT_EQ(config->get_count(config, "window", &count), LECTERN_INVALID_ARGUMENT);
}

TEST(StageConfig, APipelineThatIsNotThereSaysSo) {
    const StageConfigFace face(nullptr, nullptr, "x", {}, "", "");
    const lectern_pipeline* pipeline = face.get()->pipeline;
    std::uint32_t out = 0;
    std::uint64_t count = 0;
    EXPECT_EQ(pipeline->max_tokens(pipeline, &out), LECTERN_UNAVAILABLE);
    EXPECT_EQ(pipeline->dimension(pipeline, &out), LECTERN_UNAVAILABLE);
    EXPECT_EQ(pipeline->count_tokens(pipeline, {nullptr, 0}, nullptr, 0, &count),
              LECTERN_UNAVAILABLE);
    EXPECT_EQ(pipeline->embed(pipeline, nullptr, nullptr, 0, 0, nullptr), LECTERN_UNAVAILABLE);
}

TEST(ResolvePath, LooksBesideThePipelineThenInTheModels) {
    const auto base = std::filesystem::temp_directory_path() /
                      ("lectern-resolve-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(base / "mine");
    EXPECT_EQ(resolve_path("/abs/model", base, "/models"), "/abs/model");
    EXPECT_EQ(resolve_path("mine", base, "/models"), base / "mine");
    EXPECT_EQ(resolve_path("other", base, "/models"), "/models/other");
    EXPECT_EQ(resolve_path("mine", "", "/models"), "/models/mine");

    const StageConfigFace face(nullptr, nullptr, "x", {}, base, "/models");
    const lectern_stage_config* config = face.get();
    const std::string relative = "./mine/../mine";
    const char* first = config->resolve_path(config, {relative.data(), relative.size()});
    EXPECT_EQ(first, (base / "mine").string());
    for (int i = 0; i < 100; ++i) EXPECT_NE(config->resolve_path(config, {"m", 1}), nullptr);
    EXPECT_EQ(first, (base / "mine").string());  // still valid
    std::filesystem::remove_all(base);
}

}  // namespace
}  // namespace lectern::host
