#include "documents/html_nesting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
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

// Gumbo compares each attribute with all before it: a hundred thousand took half a minute, and were
// refused then.
TEST(HtmlNesting, NoNumberOfAttributesCostsAPage) {
    constexpr int attributes = 100'000;
    std::string all;
    std::string roots;
    for (int i = 0; i < attributes; ++i) {
        const std::string one = "a" + std::to_string(i) + "='>'";
        all += " " + one;
        roots += (i % 2 == 0 ? "<html " : "<body ") + one + ">";
    }
    const std::string before = "<h1>First</h1><p>One.</p>";
    const std::string after = "<h2>Second</h2><p>Two.</p>";
    struct {
        const char* name;
        std::string middle;
        const char* text;
    } const cases[] = {
        {"a start tag", "<p" + all + ">Within.</p>", "Within."},
        {"one that says something first", "<ol start=7" + all + "><li>Within.</ol>", "7. Within."},
        {"an element without an end", "Within<br" + all + "/>it.", "Within\nit."},
        {"an end tag", "<p>Within.</p" + all + ">", "Within."},
        {"a script", "<script" + all + ">no</script>Within.", "Within."},
        {"the root, again and again", roots + "<p>Within.</p>", "Within."},
    };
    HtmlLimits limits;
    limits.time = std::chrono::seconds(10);
    for (const auto& each : cases) {
        const std::string text = html_text(before + each.middle + after, {}, limits).text;
        EXPECT_EQ(text, "# First\n\nOne.\n\n" + std::string(each.text) + "\n\n## Second\n\nTwo.")
            << each.name;
    }
    EXPECT_EQ(html_text(before + "<p" + all, {}, limits).text, "# First\n\nOne.") << "no end";
}

TEST(HtmlNesting, AttributesUpToTheirNumberStay) {
    const std::string tag = "<p" + times(static_cast<int>(most_attributes) - 1, " a=\"x\"");
    std::string storage;
    const std::string enough = tag + " b=/>x</p>" + tag + " c='>' />y";
    EXPECT_EQ(within_depth(enough, storage).data(), enough.data());
    EXPECT_EQ(within_depth(tag + " b c=d e>x" + tag + " b c/>", storage),
              tag + " b >x" + tag + " b />");
}

TEST(HtmlNesting, ElementsThatXhtmlClosesInTheirOwnTag) {
    const std::string xhtml = "<html xmlns=\"http://www.w3.org/1999/xhtml\">";
    struct {
        std::string page;
        const char* text;
    } const cases[] = {
        {xhtml + "<head><title/></head><body><p>No wind.</p></body></html>", "No wind."},
        {"<?xml version='1.0'?>\n<html><head><script src=\"a.js\"/><style type='x' /></head>"
         "<body><p>No wind.</p></body></html>",
         "No wind."},
        {xhtml + "<p>a<span class='hidden' hidden=''/>b</p><div style='display:none'/><p>c</p>",
         "ab\n\nc"},
        {xhtml + "<p>one<br/>two</p><textarea/><iframe src='x'/><p>three</p>", "one\ntwo\n\nthree"},
        {xhtml + "<svg><title/><path d='M0'/></svg><p>a</p>", "a"},
        // HTML has a value with a slash there.
        {xhtml + "<p><a href=/x/>b</a></p>", "b"},
    };
    for (const auto& each : cases) EXPECT_EQ(html_text(each.page).text, each.text) << each.page;
    EXPECT_EQ(html_text("<p>a<b/>c</p>").text, "ac");
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
