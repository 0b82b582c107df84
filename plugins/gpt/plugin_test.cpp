// The plugin through its C face, as a host sees it.
#include <gmock/gmock.h>

#include <map>
#include <memory>

#include "plugins/gpt/test_support.hpp"

extern "C" const lectern_plugin lectern_plugin_entry;

namespace lectern::gpt {
namespace {

// Options from two maps, and a budget of two threads.
class SmallHost {
 public:
    SmallHost() {
        host.struct_size = sizeof host;
        host.get_capability = [](const lectern_host*, const char* id) -> const void* {
            static const lectern_host_threads threads{
                sizeof(lectern_host_threads), 0,
                [](const lectern_host*) -> std::uint32_t { return 2; }};
            return std::string_view(id) == LECTERN_HOST_THREADS ? &threads : nullptr;
        };
        config.struct_size = sizeof config;
        config.host_data = this;
        config.host = &host;
        config.stage = "answer";
        config.get_string = [](const lectern_stage_config* c, const char* path, lectern_text* out) {
            const auto& strings = self(c).strings;
            const auto found = strings.find(path);
            if (found == strings.end()) return lectern_code{LECTERN_NOT_FOUND};
            *out = plugin::text(found->second);
            return lectern_code{LECTERN_OK};
        };
        config.get_integer = [](const lectern_stage_config* c, const char* path,
                                std::int64_t* out) {
            const auto& integers = self(c).integers;
            const auto found = integers.find(path);
            if (found == integers.end()) return lectern_code{LECTERN_NOT_FOUND};
            *out = found->second;
            return lectern_code{LECTERN_OK};
        };
        config.resolve_path = [](const lectern_stage_config* c, lectern_text path) {
            auto& resolved = self(c).resolved_;
            resolved = plugin::view(path);
            return resolved.c_str();
        };
        call.struct_size = sizeof call;
        call.host_data = this;
        call.set_error = [](const lectern_call* c, lectern_text message) {
            self(c).error = plugin::view(message);
        };
        call.is_cancelled = [](const lectern_call*) { return 0; };
    }
    SmallHost(const SmallHost&) = delete;
    SmallHost& operator=(const SmallHost&) = delete;

    // Null on failure; `error` then says why.
    auto create() {
        lectern_stage* out = nullptr;
        code = lectern_plugin_entry.stage_types[0]->create(&call, &config, &out);
        const auto destroy = [](lectern_stage* stage) { stage->destroy(stage); };
        return std::unique_ptr<lectern_stage, decltype(destroy)>(out, destroy);
    }

    std::map<std::string, std::string> strings;
    std::map<std::string, std::int64_t> integers;
    lectern_host host{};
    lectern_stage_config config{};
    lectern_call call{};
    std::string error;
    lectern_code code = LECTERN_OK;

 private:
    template <typename Face>
    static SmallHost& self(const Face* face) {
        return *static_cast<SmallHost*>(face->host_data);
    }
    std::string resolved_;
};

TEST(GptPlugin, OffersOneGenerator) {
    ASSERT_EQ(lectern_plugin_entry.stage_type_count, 1U);
    const lectern_stage_type& type = *lectern_plugin_entry.stage_types[0];
    EXPECT_STREQ(type.name, "gpt");
    EXPECT_EQ(type.kind, static_cast<std::uint32_t>(LECTERN_GENERATOR));
}

TEST(GptPlugin, AnswersOnTwoThreads) {
    SmallHost host;
    host.strings["model"] = model_path();
    host.integers["context_tokens"] = 512;
    const auto stage = host.create();
    ASSERT_NE(stage, nullptr) << host.error;
    const auto& face = *static_cast<const lectern_generator*>(
        stage->get_capability(stage.get(), LECTERN_GENERATOR_1));

    lectern_generator_info info{};
    info.struct_size = sizeof info;
    ASSERT_EQ(face.info(stage.get(), &info), LECTERN_OK);
    EXPECT_EQ(info.context_tokens, 512U);

    const lectern_message question =
        message(LECTERN_ROLE_USER, "What is the capital of France? Answer in one word.");
    ASSERT_EQ(face.warm(stage.get(), &host.call, &question, 1), LECTERN_OK) << host.error;
    std::string answer;
    lectern_text_sink sink{};
    sink.struct_size = sizeof sink;
    sink.host_data = &answer;
    sink.text = [](const lectern_text_sink* self, lectern_text piece) -> lectern_code {
        static_cast<std::string*>(self->host_data)->append(plugin::view(piece));
        return LECTERN_OK;
    };
    lectern_generation request{};
    request.struct_size = sizeof request;
    request.max_tokens = 12;
    request.messages = &question;
    request.message_count = 1;
    ASSERT_EQ(face.generate(stage.get(), &host.call, &request, &sink, nullptr), LECTERN_OK);
    EXPECT_THAT(answer, testing::HasSubstr("Paris"));

    request.max_tokens = 600;
    EXPECT_EQ(face.generate(stage.get(), &host.call, &request, &sink, nullptr),
              LECTERN_RESOURCE_EXHAUSTED);
    EXPECT_THAT(host.error, testing::AllOf(testing::HasSubstr("600"), testing::HasSubstr("512")));
}

TEST(GptPlugin, NamesTheOptionThatIsWrong) {
    SmallHost host;
    EXPECT_EQ(host.create(), nullptr);
    EXPECT_EQ(host.code, LECTERN_INVALID_ARGUMENT);
    EXPECT_THAT(host.error, testing::HasSubstr("'model'"));
    host.strings["model"] = "/nowhere/model.gguf";
    EXPECT_EQ(host.create(), nullptr);
    EXPECT_EQ(host.code, LECTERN_NOT_FOUND);
    EXPECT_THAT(host.error, testing::HasSubstr("/nowhere/model.gguf"));
}

}  // namespace
}  // namespace lectern::gpt
