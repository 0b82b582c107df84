#include "documents/html_text.hpp"
#include "test_folders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace lectern::documents {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

lectern_code code_of(std::string_view bytes, const HtmlLimits& limits = {}) {
    try {
        static_cast<void>(html_text(bytes, {}, limits));
    } catch (const Failure& failure) {
        return failure.code();
    }
    return LECTERN_OK;
}

TEST(HtmlText, WhatIsReadable) {
    struct {
        const char* what;
        std::string_view html;
        std::string_view text;
    } const cases[] = {
        {"paragraphs", "<p>One\n  two</p><p>three", "One two\n\nthree"},
        {"inline elements", "<p>a <b>b</b>c <i> d</i></p>", "a bc d"},
        {"headings", "<h1>A</h1><p>x<h3>B <em>c</em></h3>y", "# A\n\nx\n\n### B c\n\ny"},
        {"an empty heading", "<h2></h2><p>x", "x"},
        {"lists", "x<ul><li>a<li><p>b</p></ul>y", "x\n\n- a\n\n- b\n\ny"},
        {"nested lists", "<ul><li>a<ul><li>b</ul><li>c</ul>", "- a\n\n- b\n\n- c"},
        {"tables", "<table><tr><th>k<th>v<tr><td>1<td>2</table>", "k | v\n1 | 2"},
        {"line breaks", "a<br>b<br/>c", "a\nb\nc"},
        {"preformatted", "<pre>\nint  x;\n  y\n</pre>z", "int  x;\n  y\n\nz"},
        {"entities", "<p>&lt;wh &amp; a&nbsp;b caf&eacute; &#x4e2d; co&shy;op</p>",
         "<wh & a b café 中 coop"},
        {"not readable",
         "a<script>b</script><style>c</style><noscript>d</noscript><template>e</template>"
         "<!-- f --><p hidden>g</p><p style='display: NONE'>h</p><nav>i</nav><svg><text>j</text>"
         "</svg><select><option>k</select>l",
         "al"},
        {"what leads elsewhere",
         "<div class='navheader'>Prev</div><ul role=navigation><li>a</ul>b<div id=TOC>c</div>"
         "<p class='my toc x'>d<p class=canal>e",
         "b\n\ne"},
        {"links to where they stand", "<h2>Joins<a class=headerlink href='#joins'>¶</a></h2><p>x",
         "## Joins\n\nx"},
        {"nothing but that", "<body class=nav><div class=toc>1. Joins<br>2. Views</div>",
         "1. Joins\n2. Views"},
        {"terms", "<dl><dt>port (integer)<dd>The port.<dt>host<dd><p>The host.</dl>x",
         "###### port (integer)\n\nThe port.\n\n###### host\n\nThe host.\n\nx"},
        {"blocks of all kinds",
         "<p>a</p><center>b</center><fieldset><legend>c</legend>d</fieldset><dialog open>e</dialog>"
         "<dialog open>f</dialog><search>g</search><address>h</address><hgroup>i</hgroup>"
         "<optgroup>j</optgroup><option>k</option><listing>l\nm</listing><xmp>n\n<b></xmp>"
         "<menu><li>o</menu><dir><li>p</dir>q",
         "a\n\nb\n\nc\n\nd\n\ne\n\nf\n\ng\n\nh\n\ni\n\nj\n\nk\n\nl\nm\n\nn\n<b>\n\n- o\n\n- "
         "p\n\nq"},
        {"deleted words, and how words are read aloud",
         "<p>It costs <del>120</del> <ins>140</ins> in <ruby>港<rp>(</rp><rt>みなと</rt>"
         "<rp>)</rp>町<rt>まち</rt></ruby>.",
         "It costs 140 in 港町."},
        {"plaintext", "a<plaintext>b\n<c>", "a\n\nb\n<c>"},
        {"not shown",
         "a<noframes><p>b</p></noframes><dialog>c</dialog><noembed><i>d</i></noembed>e", "ae"},
        {"numbered lists", "<ol><li>Open.</li><li>Prime.</li></ol><p>x",
         "1. Open.\n2. Prime.\n\nx"},
        {"numbers that begin elsewhere", "<ol start=5><li>a<li value=9>b<li>c</ol>",
         "5. a\n9. b\n10. c"},
        {"numbers that go back", "<ol reversed><li>a<li>b<li>c</ol>", "3. a\n2. b\n1. c"},
        {"letters", "<ol type=a start=26><li>x<li>y</ol>", "z. x\naa. y"},
        {"large letters stand apart", "<ol type=A><li>x<li>y</ol>", "A. x\n\nB. y"},
        {"Roman numbers", "<ol type=i start=3><li>x<li>y<li type=1>z</ol>", "iii. x\niv. y\n5. z"},
        {"lists in lists", "<ol><li>a<ul><li>b</ul><li>c<ol><li>d</ol></ol>",
         "1. a\n\n- b\n\n2. c\n\n1. d"},
        {"an empty item", "<ul><li>a<li></ul><p>b", "- a\n\nb"},
        {"a heading in an item", "<ol><li><h3>a</h3><p>b</ol>", "### 1. a\n\nb"},
        {"never closed", "<div><p>a<b>b<i>c", "abc"},
        {"not HTML at all", "just text > here & there", "just text > here & there"},
    };
    for (const auto& c : cases) EXPECT_EQ(html_text(c.html).text, c.text) << c.what;
}

TEST(HtmlText, TitleElementThenFirstHeading) {
    EXPECT_EQ(html_text("<title> A\n b </title><h1>C</h1>").title, "A b");
    EXPECT_EQ(html_text("<p>x<h1>C <i>d</i></h1><h1>E</h1>").title, "C d");
    EXPECT_EQ(html_text("<h1>A<a class=headerlink href='#a'>¶</a></h1>x").title, "A");
    EXPECT_EQ(html_text("<p>x").title, "");
}

TEST(HtmlText, CharacterSets) {
    struct {
        const char* what;
        std::string_view html;
        std::string_view charset;
        std::string_view text;
    } const cases[] = {
        {"declared", "<meta charset=\"ISO-8859-1\">caf\xE9 \x93x\x94", "", "café “x”"},
        {"declared the old way",
         "<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>\xD0\xD2", "", "пр"},
        {"of the transport", "<meta charset=utf-8>\x82\xA0", "Shift_JIS", "あ"},
        {"UTF-8 that declares something else", "<meta charset=latin1>café", "", "café"},
        {"declared by XML", "<?xml version='1.0' encoding='koi8-r'?><p>\xD0\xD2", "", "пр"},
        {"declared in a comment", "<!-- <meta charset=koi8-r> --><p>caf\xE9", "", "café"},
        {"a label of Western Europe",
         "<meta charset=iso8859-1><p>caf\xE9 \x96 \x80 \x93quoted\x94</p>", "",
         "café – € “quoted”"},
        {"an unknown label", "<meta charset=none><p>plain", "", "plain"},
        {"one broken byte", "<p>Grüße\xFF", "", "Grüße�"},
        {"UTF-16 without a mark", "<\0p\0>\0\xE9\0"sv, "", "é"},
        {"UTF-16", "\xFF\xFE<\0p\0>\0\xE9\0"sv, "", "é"},
    };
    for (const auto& c : cases) EXPECT_EQ(html_text(c.html, c.charset).text, c.text) << c.what;
}

TEST(HtmlText, BrokenFiles) {
    EXPECT_EQ(code_of("<p>\0x"sv), LECTERN_UNSUPPORTED);
    EXPECT_EQ(code_of(""), LECTERN_INVALID_ARGUMENT);
    EXPECT_EQ(code_of("<script>x</script>"), LECTERN_INVALID_ARGUMENT);
}

std::string repeated(std::string_view piece, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += piece;
    return out;
}

TEST(HtmlText, PayloadsAreNoText) {
    std::string payload;
    for (int i = 0; i < 100; ++i) payload += "iVBORw0KGgo1";
    EXPECT_EQ(html_text("<p>See <code>data:image/png;base64," + payload + "</code> here").text,
              "See data:image/png here");
}

TEST(HtmlText, DeepNestingIsWalkedWithoutRecursion) {
    EXPECT_EQ(html_text(repeated("<div>", 20000) + "x").text, "x");
    EXPECT_THAT(html_text(repeated("<ul><li>", 3000) + "x").text, StartsWith("- x"));
}

TEST(HtmlText, BombsEndAtTheirLimits) {
    HtmlLimits quick;
    quick.time = std::chrono::milliseconds(50);
    EXPECT_EQ(code_of(repeated("<div>", 1000000), quick), LECTERN_DEADLINE_EXCEEDED);

    HtmlLimits small;
    small.tree_bytes = std::size_t{8} << 20;
    std::string fonts;
    for (int i = 0; i < 2000; ++i) fonts += "<p><font size=" + std::to_string(i) + ">x";
    EXPECT_EQ(code_of(fonts, small), LECTERN_RESOURCE_EXHAUSTED);

    HtmlLimits unwanted;
    unwanted.cancelled = [] { return true; };
    EXPECT_EQ(code_of(repeated("<p>x", 10000), unwanted), LECTERN_CANCELLED);
}

TEST(HtmlText, ASample) {
    std::ifstream file(LECTERN_SOURCE_DIR "/samples/fasttext.html");
    std::stringstream bytes;
    bytes << file.rdbuf();
    const Extracted page = html_text(bytes.str());
    EXPECT_EQ(page.title, "fastText and character n-grams");
    EXPECT_THAT(page.text, StartsWith("# fastText and character n-grams\n\nfastText is a method"));
    EXPECT_THAT(page.text, HasSubstr("\n\n## The problem\n\nword2vec treats each word form"));
    EXPECT_THAT(page.text, HasSubstr("gives the n-grams <wh, whe, her, ere and re>"));
    EXPECT_THAT(page.text, HasSubstr("\n- A. Joulin"));
    EXPECT_THAT(page.text, Not(HasSubstr("&")));
}

}  // namespace
}  // namespace lectern::documents
