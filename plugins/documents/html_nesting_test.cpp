#include "documents/html_nesting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "documents/html_text.hpp"

namespace lectern::documents {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int many = 2000;  // more than the depth

std::string times(int count, std::string_view piece) {
    std::string out;
    for (int i = 0; i < count; ++i) out += piece;
    return out;
}

TEST(HtmlNesting, PagesThatLeaveOutEndTagsStayAsTheyAre) {
    struct {
        const char* name;
        std::string html;
    } const cases[] = {
        {"paragraphs", times(many, "<p>x ")},
        {"paragraphs with words in bold type", times(many, "<p><b>x<p>")},
        {"items", "<ul>" + times(many, "<li><div>x") + "</ul>"},
        {"items with an end", "<ul>" + times(many, "<li><div><span>x</li>") + "</ul>"},
        {"terms", "<dl>" + times(many, "<dt><span>x<dd><span>y")},
        {"cells", "<table>" + times(many, "<tr><td><span>x<td><div>y") + "</table>"},
        {"cells with an end", "<table>" + times(many, "<tr><td><font>x</td></tr>") + "</table>"},
        {"headings", times(many, "<h2>x<h3>y")},
        {"anchors", times(many, "<a name=x>y ")},
        {"what is empty", times(many, "<br><img src=x><hr><input><wbr>")},
        {"drawings", times(many, "<svg><path d='M'/><g/></svg>") + "<svg>" +
                         times(many, "<path/>") + "</svg>" + times(many, "<svg/>")},
        {"blocks that end", times(many, "<div><span><b>x</div>")},
        {"words that end elsewhere", times(many, "<b><div></b>x</div>")},
        {"elements of the page's own", times(many, "<my-box><X-A>x</x-a></MY-BOX>")},
        {"comments", "<!--" + times(many, "<div>") + "-->x"},
        {"scripts", "<script>" + times(many, "'<div>'") + "</SCRIPT>x"},
        {"attributes", times(many, "<img alt='<div>' title = \"<div>\">")},
        {"signs that are no tags", times(many, "1 < 2 <3 <> </> <! > ")},
        {"tags without an end", times(many, "<p>x ") + "<div title=\"" + times(many, "<div>")},
        {"as deep as it may be", times(static_cast<int>(deepest_html), "<div>")},
    };
    for (const auto& each : cases) {
        std::string storage;
        EXPECT_EQ(within_depth(each.html, storage).data(), each.html.data()) << each.name;
    }
}

TEST(HtmlNesting, WhatIsDeeperGoesOnBesideTheInnermost) {
    const std::string deep = times(static_cast<int>(deepest_html), "<div>");
    std::string storage;
    EXPECT_EQ(within_depth(deep + "a<div>b<Section id=c>d", storage),
              deep + "a</div><div>b</div><Section id=c>d");
    EXPECT_EQ(within_depth(deep + "</div><div>x<b>y</b><i>z", storage),
              deep + "</div><div>x</div><b>y</b><i>z");
}

// In time that does not grow with the square of the depth: the first of these alone took minutes.
TEST(HtmlNesting, NoDepthCostsAPage) {
    constexpr int deep = 100'000;
    struct {
        const char* open;
        const char* close;
    } const cases[] = {
        {"<div>", "</div>"},
        {"<span>", "</span>"},
        {"<section><b>", "</b></section>"},
        {"<blockquote><p>", "</blockquote>"},
        {"<x-y>", "</x-y>"},
        {"<DIV CLASS='a>b'>", "</DIV >"},
    };
    for (const auto& each : cases) {
        const std::string page = "<h1>First</h1><p>One.</p>" + times(deep, each.open) + "Within." +
                                 times(deep, each.close) + "<h2>Second</h2><p>Two.</p>";
        const std::string text = html_text(page).text;
        EXPECT_THAT(text, StartsWith("# First\n\nOne.\n\n")) << each.open;
        EXPECT_THAT(text, HasSubstr("Within.")) << each.open;
        EXPECT_TRUE(text.ends_with("## Second\n\nTwo."))
            << each.open << text.substr(text.size() - 40);
    }
}

}  // namespace
}  // namespace lectern::documents
