// The plugin through its C face, as the host sees it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "lectern/plugin.h"

extern "C" const lectern_plugin lectern_plugin_entry;

namespace lectern::words {
namespace {

using ::testing::ElementsAre;

// One stage of the plugin, made with boolean options.
class Stage {
 public:
    explicit Stage(std::map<std::string, bool> options = {}) : options_(std::move(options)) {
        call_.struct_size = sizeof call_;
        call_.host_data = this;
        call_.set_error = [](const lectern_call*, lectern_text message) {
            ADD_FAILURE() << std::string(message.data, message.size);
        };
        call_.is_cancelled = [](const lectern_call*) -> std::int32_t { return 0; };
        lectern_stage_config config{};
        config.struct_size = sizeof config;
        config.host_data = this;
        config.stage = "tokens";
        config.get_boolean = [](const lectern_stage_config* c, const char* path,
                                std::int32_t* out) -> lectern_code {
            const auto& options = static_cast<Stage*>(c->host_data)->options_;
            const auto found = options.find(path);
            if (found == options.end()) return LECTERN_NOT_FOUND;
            *out = found->second ? 1 : 0;
            return LECTERN_OK;
        };
        EXPECT_EQ(lectern_plugin_entry.stage_types[0]->create(&call_, &config, &stage_),
                  LECTERN_OK);
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    ~Stage() { stage_->destroy(stage_); }

    std::string fingerprint() const {
        lectern_port port{};
        port.struct_size = sizeof port;
        EXPECT_EQ(stage_->output(stage_, &port), LECTERN_OK);
        EXPECT_EQ(port.type, std::uint32_t{LECTERN_PORT_TOKENS});
        return port.fingerprint;
    }

    // The words of a text, each with the bytes it came from: "word=bytes".
    std::vector<std::string> words(std::string_view text, std::uint32_t most = 0) {
        struct Sink {
            lectern_token_sink sink{};
            std::string_view text;
            std::vector<std::string> words;
        } out;
        out.text = text;
        out.sink.struct_size = sizeof out.sink;
        out.sink.host_data = &out;
        out.sink.tokens = [](const lectern_token_sink* s, std::uint64_t index,
                             const lectern_tokens* tokens) -> lectern_code {
            auto& self = *static_cast<Sink*>(s->host_data);
            EXPECT_EQ(index, 0U);
            EXPECT_EQ(tokens->ids, nullptr);
            for (std::uint64_t i = 0; i < tokens->count; ++i) {
                const auto [begin, end] = tokens->ranges[i];
                self.words.push_back(std::string(tokens->words[i].data, tokens->words[i].size) +
                                     "=" + std::string(self.text.substr(begin, end - begin)));
            }
            return LECTERN_OK;
        };
        const auto* table = static_cast<const lectern_tokenizer*>(
            stage_->get_capability(stage_, LECTERN_TOKENIZER_1));
        const lectern_text one{text.data(), text.size()};
        EXPECT_EQ(table->tokenize(stage_, &call_, &one, 1, LECTERN_ADD_SPECIAL, most, &out.sink),
                  LECTERN_OK);
        return out.words;
    }

 private:
    std::map<std::string, bool> options_;
    lectern_call call_{};
    lectern_stage* stage_ = nullptr;
};

TEST(WordsPlugin, OfSeveralScripts) {
    Stage stage;
    EXPECT_THAT(stage.words("Why is BERT, not GPT?"),
                ElementsAre("why=Why", "is=is", "bert=BERT", "not=not", "gpt=GPT"));
    EXPECT_THAT(stage.words("Die STRASSE, die Straße"),
                ElementsAre("die=Die", "strasse=STRASSE", "die=die", "strasse=Straße"));
    EXPECT_THAT(stage.words("我爱自然语言。"),
                ElementsAre("我=我", "爱=爱", "自然=自然", "语言=语言"));
    EXPECT_THAT(stage.words("自然言語処理"), ElementsAre("自然=自然", "言語=言語", "処理=処理"));
    EXPECT_THAT(stage.words("Ελλάς Россия ﬁn"),
                ElementsAre("ελλάσ=Ελλάς", "россия=Россия", "fin=ﬁn"));
    EXPECT_THAT(stage.words(""), ElementsAre());
    EXPECT_THAT(stage.words("... !"), ElementsAre());
}

TEST(WordsPlugin, AreCutAtTheMostThatIsAsked) {
    EXPECT_THAT(Stage().words("one two three", 2), ElementsAre("one=one", "two=two"));
}

TEST(WordsPlugin, FollowTheOptions) {
    EXPECT_THAT(Stage({{"fold", false}}).words("BERT of 2018"),
                ElementsAre("BERT=BERT", "of=of", "2018=2018"));
    EXPECT_THAT(Stage({{"numbers", false}}).words("BERT of 2018, B2"),
                ElementsAre("bert=BERT", "of=of", "b2=B2"));
}

TEST(WordsPlugin, HaveAFingerprintOfTheirOptions) {
    EXPECT_EQ(Stage().fingerprint(), "words:1:folded");
    EXPECT_EQ(Stage({{"fold", true}, {"numbers", true}}).fingerprint(), "words:1:folded");
    EXPECT_EQ(Stage({{"fold", false}}).fingerprint(), "words:1:exact");
    EXPECT_EQ(Stage({{"numbers", false}}).fingerprint(), "words:1:folded,no-numbers");
}

}  // namespace
}  // namespace lectern::words
