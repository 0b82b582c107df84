// The plugin through its C face, as the host sees it.
#include "lectern/plugin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

extern "C" const lectern_plugin lectern_plugin_entry;

namespace lectern::wordpiece {
namespace {

// What the plugin told the host in one call.
struct Heard {
    lectern_call call{};
    std::string error;
    bool cancelled = false;

    Heard() {
        call.struct_size = sizeof call;
        call.host_data = this;
        call.set_error = [](const lectern_call* c, lectern_text message) {
            static_cast<Heard*>(c->host_data)->error.assign(message.data, message.size);
        };
        call.is_cancelled = [](const lectern_call* c) -> std::int32_t {
            return static_cast<Heard*>(c->host_data)->cancelled ? 1 : 0;
        };
    }
};

struct Sink {
    lectern_token_sink sink{};
    std::map<std::uint64_t, std::vector<std::int32_t>> ids;
    std::map<std::uint64_t, std::size_t> ranges;

    Sink() {
        sink.struct_size = sizeof sink;
        sink.host_data = this;
        sink.tokens = [](const lectern_token_sink* s, std::uint64_t index,
                         const lectern_tokens* tokens) -> lectern_code {
            auto& self = *static_cast<Sink*>(s->host_data);
            self.ids[index].assign(tokens->ids, tokens->ids + tokens->count);
            self.ranges[index] = tokens->count;
            return LECTERN_OK;
        };
    }
};

class WordPiecePlugin : public ::testing::Test {
 protected:
    WordPiecePlugin()
        : folder_(std::filesystem::temp_directory_path() /
                  ("lectern-wordpiece-plugin-" + std::to_string(getpid()))) {
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "vocab.txt") << "[UNK]\n[CLS]\n[SEP]\nbert\nread\n##s\n";
        model_ = folder_.string();
        config_.struct_size = sizeof config_;
        config_.host_data = this;
        config_.stage = "tokens";
        config_.get_string = [](const lectern_stage_config* c, const char* path,
                                lectern_text* out) -> lectern_code {
            const std::string& model = static_cast<WordPiecePlugin*>(c->host_data)->model_;
            if (std::string_view(path) != "model" || model.empty()) return LECTERN_NOT_FOUND;
            *out = {model.data(), model.size()};
            return LECTERN_OK;
        };
        config_.resolve_path = [](const lectern_stage_config* c, lectern_text) {
            return static_cast<WordPiecePlugin*>(c->host_data)->model_.c_str();
        };
    }
    ~WordPiecePlugin() override {
        if (stage_ != nullptr) stage_->destroy(stage_);
        std::filesystem::remove_all(folder_);
    }
    lectern_code create() {
        return lectern_plugin_entry.stage_types[0]->create(&heard_.call, &config_, &stage_);
    }

    std::filesystem::path folder_;
    std::string model_;
    lectern_stage_config config_{};
    lectern_stage* stage_ = nullptr;
    Heard heard_;
};

TEST_F(WordPiecePlugin, OffersOneTokenizer) {
    EXPECT_STREQ(lectern_plugin_entry.name, "wordpiece");
    ASSERT_EQ(lectern_plugin_entry.stage_type_count, 1U);
    EXPECT_STREQ(lectern_plugin_entry.stage_types[0]->name, "wordpiece");
    EXPECT_EQ(lectern_plugin_entry.stage_types[0]->kind, std::uint32_t{LECTERN_TOKENIZER});
}

TEST_F(WordPiecePlugin, TokenizesABatch) {
    ASSERT_EQ(create(), LECTERN_OK) << heard_.error;
    lectern_port port{};
    port.struct_size = sizeof port;
    ASSERT_EQ(stage_->output(stage_, &port), LECTERN_OK);
    EXPECT_EQ(port.type, std::uint32_t{LECTERN_PORT_TOKENS});
    EXPECT_THAT(port.fingerprint, ::testing::StartsWith("wordpiece:"));

    const auto* table =
        static_cast<const lectern_tokenizer*>(stage_->get_capability(stage_, LECTERN_TOKENIZER_1));
    ASSERT_NE(table, nullptr);
    const lectern_text texts[] = {{"Bert reads", 10}, {nullptr, 0}, {"read\0s", 6}};
    Sink sink;
    ASSERT_EQ(table->tokenize(stage_, &heard_.call, texts, 3, LECTERN_ADD_SPECIAL, 4, &sink.sink),
              LECTERN_OK)
        << heard_.error;
    EXPECT_EQ(sink.ids[0], (std::vector<std::int32_t>{1, 3, 4, 2}));
    EXPECT_EQ(sink.ids[1], (std::vector<std::int32_t>{1, 2}));
    EXPECT_EQ(sink.ids[2], (std::vector<std::int32_t>{1, 4, 5, 2}));
    ASSERT_EQ(table->tokenize(stage_, &heard_.call, texts, 1, 0, 0, &sink.sink), LECTERN_OK);
    EXPECT_EQ(sink.ids[0], (std::vector<std::int32_t>{3, 4, 5}));

    heard_.cancelled = true;
    EXPECT_EQ(table->tokenize(stage_, &heard_.call, texts, 1, 0, 0, &sink.sink), LECTERN_CANCELLED);
}

TEST_F(WordPiecePlugin, SaysWhyItCannotBeMade) {
    model_ = "/no/such/folder";
    EXPECT_EQ(create(), LECTERN_NOT_FOUND);
    EXPECT_THAT(heard_.error, ::testing::HasSubstr("/no/such/folder does not exist"));
    model_.clear();
    EXPECT_EQ(create(), LECTERN_INVALID_ARGUMENT);
    EXPECT_THAT(heard_.error, ::testing::HasSubstr("'model' is required"));
}

}  // namespace
}  // namespace lectern::wordpiece
