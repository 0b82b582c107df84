#include "text/headings.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lectern::text {
namespace {

// "1 Sea@0 / 2 Tides@12": level, name and begin of each.
std::string shown(std::string_view text, HashLines believed) {
    std::string out;
    for (const Heading& heading : headings(text, believed)) {
        if (!out.empty()) out += " / ";
        out += std::to_string(heading.level) + " " + heading.name + "@" +
               std::to_string(heading.range.begin);
    }
    return out;
}

TEST(Headings, OfEachKind) {
    struct {
        const char* what;
        const char* text;
        HashLines believed;
        const char* headings;
    } const cases[] = {
        {"none", "The sea.\n\nIt is wide", HashLines::anywhere, ""},
        {"empty", "", HashLines::anywhere, ""},
        {"Markdown", "# Sea\nIt is wide.\n## Tides ##\nText", HashLines::anywhere,
         "1 Sea@0 / 2 Tides@18"},
        {"what is no heading", "#Sea\n#\n####### Sea\n    # Sea\n\t# Sea", HashLines::anywhere, ""},
        {"CRLF", "# Sea\r\n\r\nText\r\n", HashLines::apart, "1 Sea@0"},
        {"not in code", "```sh\n# Sea\n```\n~~~~\n```\n# Sea\n~~~\n# Sea\n~~~~\n# Tides",
         HashLines::anywhere, "1 Tides@46"},
        {"code in a line", "```x``` is code\n\n# Sea", HashLines::anywhere, "1 Sea@17"},
        {"apart", "# Sea\n\n## Tides\n## Moon\n\nText\n# no\n\n# no\nText\n\n# Last",
         HashLines::apart, "1 Sea@0 / 2 Tides@7 / 2 Moon@16 / 1 Last@47"},
        {"front matter", "---\ntitle: x\n# no\n---\n# Sea", HashLines::anywhere, "1 Sea@22"},
        {"underlined", "Sea\n===\nText\n\nTides\n---\n# Moon", HashLines::anywhere,
         "1 Sea@0 / 2 Tides@14 / 1 Moon@24"},
        {"drawn under what is no heading", "- item\n---\n\nOne\ntwo\n---\n\n| a |\n---\n\n> a\n---",
         HashLines::anywhere, ""},
        {"reStructuredText",
         "~~~~~\nWaves\n~~~~~~\n\n****\nSea\n****\n\nTides\n-----\n\nMoon\n~~~~\n"
         "\nSun\n-----\n",
         HashLines::apart, "1 Sea@20 / 2 Tides@35 / 3 Moon@48 / 2 Sun@59"},
        {"in order of their marks", "Sea\n---\n\nTides\n=====\n\nMoon\n----\n", HashLines::apart,
         "1 Sea@0 / 2 Tides@9 / 1 Moon@22"},
    };
    for (const auto& c : cases) EXPECT_EQ(shown(c.text, c.believed), c.headings) << c.what;
}

TEST(Headings, Names) {
    struct {
        const char* written;
        const char* name;
    } const cases[] = {
        {"## The  sea", "The sea"},
        {"The sea", "The sea"},
        {"# [1.2.0](https://example.org/a_(b)) - 2024", "1.2.0 - 2024"},
        {"# [![build](x.svg)](y) Sea", "build Sea"},
        {"# [Unreleased]", "[Unreleased]"},
        {"# `std::vector<int>` of **tides** {#tides}", "std::vector<int> of tides"},
        {"# <a name=\"sea\"></a>Sea", "Sea"},
        {"# C#", "C#"},
        {"# __init__.py", "__init__.py"},
        {"# \\[a\\]", "[a]"},
        {"# ##", ""},
    };
    for (const auto& c : cases) EXPECT_EQ(heading_name(c.written), c.name) << c.written;
    const std::string long_name = heading_name("# " + std::string(150, 'a'));
    EXPECT_EQ(long_name, std::string(120, 'a') + "…");
}

}  // namespace
}  // namespace lectern::text
