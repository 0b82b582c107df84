#include "engine/plugin_host/port.hpp"

#include <gtest/gtest.h>

namespace lectern::host {
namespace {

TEST(Ports, FitWhenTypesDimensionsAndFingerprintsDo) {
    const Port any_vectors{LECTERN_PORT_VECTORS, 0, ""};
    const Port vectors{LECTERN_PORT_VECTORS, 384, "bert:ab12"};
    EXPECT_TRUE(check_ports("a", vectors, "b", vectors).ok());
    EXPECT_TRUE(check_ports("a", vectors, "b", any_vectors).ok());
    EXPECT_TRUE(check_ports("a", any_vectors, "b", vectors).ok());
    const Port folded{LECTERN_PORT_TOKENS, 0, "words:1:folded"};
    EXPECT_TRUE(check_ports("a", folded, "b", {LECTERN_PORT_TOKENS, 0, "words:"}).ok());
    EXPECT_FALSE(check_ports("a", folded, "b", {LECTERN_PORT_TOKENS, 0, "words"}).ok());
    EXPECT_FALSE(check_ports("a", folded, "b", {LECTERN_PORT_TOKENS, 0, "word:"}).ok());
}

TEST(Ports, ThatDoNotFitAreBothNamed) {
    const struct {
        Port from;
        Port to;
        std::string message;
    } table[] = {
        {{LECTERN_PORT_TOKENS, 0, "wordpiece:ab12"},
         {LECTERN_PORT_TOKENS, 0, "words:1"},
         "'tokens' gives tokens of wordpiece:ab12, but 'vectors' takes tokens of words:1; use the "
         "tokenizer that belongs to the model (the same 'model' option)"},
        {{LECTERN_PORT_TOKENS, 0, "wordpiece:ab12"},
         {LECTERN_PORT_TOKENS, 0, "words:"},
         "'tokens' gives tokens of wordpiece:ab12, but 'vectors' takes tokens of words:; use a "
         "tokenizer of that family, such as the plugin 'words'"},
        {{LECTERN_PORT_VECTORS, 384, "a"},
         {LECTERN_PORT_VECTORS, 100, "a"},
         "'tokens' gives vectors of dimension 384 of a, but 'vectors' takes vectors of dimension "
         "100 of a; use stages of the same model"},
        {{LECTERN_PORT_TEXT, 0, ""},
         {LECTERN_PORT_TOKENS, 0, "words:1"},
         "'tokens' gives text, but 'vectors' takes tokens of words:1; put a stage that takes text "
         "and gives tokens between them, or change their order"},
        {{LECTERN_PORT_CHUNKS, 0, ""},
         {LECTERN_PORT_TEXT, 0, ""},
         "'tokens' gives chunks, but 'vectors' takes text; put a stage that takes chunks and gives "
         "text between them, or change their order"},
        {{17, 0, ""},
         {LECTERN_PORT_ANSWER, 0, ""},
         "'tokens' gives unknown (17), but 'vectors' takes an answer; put a stage that takes "
         "unknown (17) and gives an answer between them, or change their order"},
    };
    for (const auto& row : table) {
        const Status status = check_ports("tokens", row.from, "vectors", row.to);
        EXPECT_EQ(status.code(), Code::invalid_argument);
        EXPECT_EQ(status.message(), row.message);
    }
}

TEST(Ports, ATokenizerTakesChunksAsTexts) {
    EXPECT_TRUE(check_ports("chunks", {LECTERN_PORT_CHUNKS, 0, ""}, "tokens",
                            {LECTERN_PORT_TEXT, 0, ""}, Chunks::are_texts)
                    .ok());
    EXPECT_FALSE(check_ports("text", {LECTERN_PORT_TEXT, 0, ""}, "other",
                             {LECTERN_PORT_CHUNKS, 0, ""}, Chunks::are_texts)
                     .ok());
}

}  // namespace
}  // namespace lectern::host
