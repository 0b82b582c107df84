// docs/plugin-guide.md shows what plugins/examples holds, and that runs as the guide says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "config/pipeline.hpp"
#include "engine/plugin_host/plugin_host.hpp"
#include "test_folders.hpp"

namespace lectern::host {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}
const fs::path source = LECTERN_SOURCE_DIR;
std::string guide() {
    return read(source / "docs/plugin-guide.md");
}

// The fenced block behind the line `marker`.
std::string block(const std::string& page, const std::string& marker) {
    const std::size_t at = page.find(marker + "\n```");
    if (at == std::string::npos) return {};
    const std::size_t begin = page.find('\n', at + marker.size() + 1) + 1;
    return page.substr(begin, page.find("\n```", begin) + 1 - begin);
}

std::unique_ptr<PluginHost> open_examples() {
    HostOptions options;
    options.plugin_folders = {fs::path(LECTERN_EXAMPLES) / "shout",
                              fs::path(LECTERN_EXAMPLES) / "redact"};
    options.probe_program = LECTERN_PROBE_PROGRAM;
    auto host = PluginHost::open(std::move(options));
    EXPECT_TRUE(host) << host.status().message();
    return std::move(*host);
}

std::vector<std::string> run(const Stage& stage, std::string_view text) {
    std::vector<std::string> out;
    lectern_document record{};
    record.struct_size = sizeof record;
    record.id = {"notes.txt", 9};
    record.text = {text.data(), text.size()};
    const lectern_document_sink sink{
        sizeof(lectern_document_sink),
        0,
        &out,
        [](const lectern_document_sink* self, const lectern_document* document) -> lectern_code {
            EXPECT_EQ(std::string(document->id.data, document->id.size), "notes.txt");
            static_cast<std::vector<std::string>*>(self->host_data)
                ->emplace_back(document->text.data, document->text.size);
            return LECTERN_OK;
        },
        [](const lectern_document_sink*, lectern_text, lectern_code, lectern_text) {},
        nullptr};
    CallContext call;
    const Status status =
        call.status(stage.table<lectern_custom>()->process(stage.get(), call.get(), &record, &sink),
                    stage.describe());
    EXPECT_TRUE(status.ok()) << status.message();
    return out;
}

TEST(PluginGuide, ShowsTheExamplesAsTheyAre) {
    const std::string page = guide();
    const std::string begin = "<!-- file: ";
    const std::string end = " -->";
    int shown = 0;
    for (std::size_t at = page.find(begin); at != std::string::npos;
         at = page.find(begin, at + 1)) {
        const std::size_t name = at + begin.size();
        const std::string file = page.substr(name, page.find(end, name) - name);
        EXPECT_EQ(block(page, begin + file + end), read(source / file)) << file;
        ++shown;
    }
    EXPECT_EQ(shown, 13);
}

TEST(PluginGuide, TheExampleInCppHasAtMost60Lines) {
    const std::string text = read(source / "plugins/examples/shout/shout.cpp");
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 60);
}

TEST(PluginGuide, ItsPipelineReadsAndItsExamplesRun) {
    const auto pipeline =
        config::parse_pipeline(block(guide(), "<!-- pipeline -->"), "shouting.yaml");
    ASSERT_TRUE(pipeline) << pipeline.status().message();
    EXPECT_THAT(pipeline->warnings, ElementsAre());

    const auto host = open_examples();
    ASSERT_EQ(host->plugins().size(), 2u);
    const auto make = [&](const char* name) {
        const config::StageConfig& stage = *pipeline->find(name);
        return host->create({.plugin = stage.plugin,
                             .type = stage.stage,
                             .name = stage.name,
                             .options = stage.options,
                             .place = [&stage](std::string_view option) {
                                 return stage.option_place(option).text();
                             }});
    };
    const auto hide = make("private");
    ASSERT_TRUE(hide) << hide.status().message();
    const auto loud = make("loud");
    ASSERT_TRUE(loud) << loud.status().message();
    EXPECT_TRUE(check_ports(*hide, *loud).ok());
    EXPECT_THAT(run(*hide, "Call 01234567 or 1234567, word2vec."),
                ElementsAre("Call ######## or 1234567, word2vec."));
    EXPECT_THAT(run(*hide, ""), ElementsAre(""));
    EXPECT_THAT(run(*loud, "Why is BERT not GPT? Ünder"),
                ElementsAre("WHY IS BERT NOT GPT? ÜNDER!!"));
}

TEST(PluginGuide, ItsErrorMessageIsTheOneThatUsersGet) {
    const std::string page = guide();
    std::string text = block(page, "<!-- pipeline -->");
    text.replace(text.find("mark:"), 5, "makr:");
    const auto pipeline = config::parse_pipeline(text, "shouting.yaml");
    ASSERT_TRUE(pipeline);
    const config::StageConfig& stage = *pipeline->find("loud");
    const auto host = open_examples();
    const Status status = host->create({.plugin = "shout",
                                        .name = "loud",
                                        .options = stage.options,
                                        .place =
                                            [&](std::string_view option) {
                                                return stage.option_place(option).text();
                                            }})
                              .status();
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(page, HasSubstr("\n" + status.message() + "\n"));
}

TEST(PluginExamples, RefuseOptionsThatTheirSchemasCannot) {
    const auto host = open_examples();
    EXPECT_EQ(host->create({.plugin = "redact", .name = "r", .options = {{"mask", "**"}}})
                  .status()
                  .message(),
              "stage 'r' (plugin redact): the option 'mask' must be one ASCII character");
    EXPECT_EQ(host->create({.plugin = "shout", .name = "s", .options = {{"mark", "a\nb"}}})
                  .status()
                  .message(),
              "stage 's' (plugin shout): the option 'mark' must be a single line");
}

}  // namespace
}  // namespace lectern::host
