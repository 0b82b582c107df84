#include <gtest/gtest.h>

#include "office/test_files.hpp"

namespace lectern::office {
namespace {

std::string docx(const std::string& body, Parts more = {},
                 std::vector<std::array<std::string, 3>> links = {}) {
    links.push_back({"s", "styles", "styles.xml"});
    links.push_back({"n", "numbering", "numbering.xml"});
    Parts parts{
        {"[Content_Types].xml", "<Types/>"},
        {"_rels/.rels", relations({{"a", "officeDocument", "word/document.xml"},
                                   {"b", "core-properties", "docProps/core.xml"}})},
        {"word/document.xml", "<w:document><w:body>" + body + "</w:body></w:document>"},
        {"word/_rels/document.xml.rels", relations(links)},
        {"word/styles.xml",
         "<w:styles><w:style w:styleId='H1'><w:name w:val='heading 1'/></w:style>"
         "<w:style w:styleId='Own'><w:name w:val='Chapter'/><w:basedOn w:val='H1'/></w:style>"
         "<w:style w:styleId='H3'><w:name w:val='x'/><w:pPr><w:outlineLvl "
         "w:val='2'/></w:pPr></w:style>"
         "<w:style w:styleId='T'><w:name w:val='Title'/></w:style>"
         "<w:style w:styleId='C'><w:name w:val='toc 1'/></w:style>"
         "<w:style w:styleId='L'><w:name w:val='List Number'/><w:pPr><w:numPr><w:numId w:val='1'/>"
         "</w:numPr></w:pPr></w:style>"
         "<w:style w:styleId='V'><w:name "
         "w:val='v'/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"},
        {"word/numbering.xml",
         "<w:numbering><w:abstractNum w:abstractNumId='7'>"
         "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText "
         "w:val='%1.'/></w:lvl>"
         "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='lowerLetter'/><w:lvlText "
         "w:val='%1.%2)'/>"
         "</w:lvl></w:abstractNum><w:abstractNum w:abstractNumId='8'><w:lvl w:ilvl='0'><w:numFmt "
         "w:val='bullet'/><w:lvlText w:val='x'/></w:lvl></w:abstractNum>"
         "<w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num>"
         "<w:num w:numId='2'><w:abstractNumId w:val='8'/></w:num>"
         "<w:num w:numId='3'><w:abstractNumId w:val='7'/><w:lvlOverride "
         "w:ilvl='0'><w:startOverride "
         "w:val='5'/></w:lvlOverride></w:num></w:numbering>"}};
    for (auto& part : more) parts.push_back(std::move(part));
    return zipped(parts);
}

std::string run(const std::string& text) {
    return "<w:r><w:t>" + text + "</w:t></w:r>";
}
std::string p(const std::string& text, const std::string& style = {}) {
    return "<w:p>" + (style.empty() ? "" : "<w:pPr><w:pStyle w:val='" + style + "'/></w:pPr>") +
           run(text) + "</w:p>";
}
std::string item(const std::string& text, int list, int level = 0) {
    return "<w:p><w:pPr><w:numPr><w:ilvl w:val='" + std::to_string(level) + "'/><w:numId w:val='" +
           std::to_string(list) + "'/></w:numPr></w:pPr>" + run(text) + "</w:p>";
}
std::string tc(const std::string& blocks, const std::string& properties = {}) {
    return "<w:tc><w:tcPr>" + properties + "</w:tcPr>" + blocks + "</w:tc>";
}
std::string tr(const std::string& cells, const std::string& properties = {}) {
    return "<w:tr><w:trPr>" + properties + "</w:trPr>" + cells + "</w:tr>";
}
std::string tbl(const std::string& rows) {
    return "<w:tbl>" + rows + "</w:tbl>";
}

TEST(Docx, Structure) {
    struct {
        const char* what;
        std::string body;
        const char* text;
    } const cases[] = {
        {"headings", p("A", "T") + p("B", "H1") + p("C", "Own") + p("D", "H3") + p("e"),
         "# A\n\n# B\n\n# C\n\n### D\n\ne"},
        {"runs and breaks",
         "<w:p>" + run("a") +
             "<w:r><w:t xml:space='preserve'> b</w:t><w:tab/><w:t>c</w:t><w:br/>"
             "<w:t>d</w:t><w:noBreakHyphen/><w:t>e</w:t></w:r></w:p>",
         "a b c\nd-e"},
        {"numbered lists",
         item("a", 1) + item("b", 1, 1) + item("c", 1, 1) + item("d", 1) + item("e", 1, 1),
         "1. a\n1.a) b\n1.b) c\n2. d\n2.a) e"},
        {"a list by its style", p("a", "L") + p("b", "L"), "1. a\n2. b"},
        {"a list that begins anew", item("a", 1) + p("x") + item("b", 3), "1. a\n\nx\n\n5. b"},
        {"bullets", item("a", 2) + item("b", 2), "- a\n- b"},
        {"tables",
         tbl(tr(tc(p("Boat")) + tc(p("Price"))) + tr(tc(p("Heron") + p("or Gull")) + tc(p("120")))),
         "Boat | Price\nHeron or Gull | 120"},
        {"merged cells",
         tbl(tr(tc(p("a"), "<w:gridSpan w:val='2'/>") + tc(p("b"))) +
             tr(tc(p("c"), "<w:vMerge w:val='restart'/>") + tc(p("d")) + tc(p("e"))) +
             tr(tc(p("hidden"), "<w:vMerge/>") + tc(p("f")) + tc(p("g")))),
         "a | | b\nc | d | e\n| f | g"},
        {"a table in a cell",
         tbl(tr(tc(p("a")) + tc(p("b") + tbl(tr(tc(p("c")) + tc(p("d"))))))) + p("e"),
         "a | b\n\nc | d\n\ne"},
        {"a box of one cell", tbl(tr(tc(p("a", "H1") + p("b")))), "# a\n\nb"},
        {"revisions",
         "<w:p><w:ins>" + run("a") +
             "</w:ins><w:del><w:r><w:delText>b</w:delText></w:r></w:del>"
             "<w:moveFrom>" +
             run("c") + "</w:moveFrom>" + run("d") + "</w:p>" +
             tbl(tr(tc(p("e")) + tc(p("f")), "<w:del/>") + tr(tc(p("g")) + tc(p("h")))),
         "ad\n\ng | h"},
        {"a deleted end of a paragraph",
         "<w:p><w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr>" + run("a ") + "</w:p>" +
             "<w:bookmarkStart/>" + p("b", "H1") +
             "<w:p><w:pPr><w:rPr><w:del w:id='2'/></w:rPr></w:pPr>" + run("c") + "</w:p>" +
             tbl(tr(tc(p("d")) +
                    tc("<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + run("e") + "</w:p>"))) +
             p("f"),
         "# a b\n\nc\n\nd | e\n\nf"},
        {"hidden text",
         p("a") +
             "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>b</w:t></w:r><w:r><w:rPr><w:vanish "
             "w:val='0'/></w:rPr><w:t>c</w:t></w:r></w:p>" +
             p("d", "V"),
         "a\n\nc"},
        {"fields and links",
         "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:hyperlink>" + run("a") +
             "</w:hyperlink><w:fldSimple>" + run("b") + "</w:fldSimple></w:p>",
         "ab"},
        {"contents", p("A ... 3", "C") + p("A", "H1") + p("b"), "# A\n\nb"},
        {"a text box, once",
         "<w:p>" + run("a") +
             "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>"
             "<w:txbxContent>" +
             p("b") +
             "</w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
             "<mc:Fallback><w:pict><w:txbxContent>" +
             p("b") + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>" +
             p("c"),
         "a\n\nb\n\nc"},
        {"content controls", "<w:sdt><w:sdtContent>" + p("a") + "</w:sdtContent></w:sdt>", "a"},
    };
    for (const auto& c : cases) EXPECT_EQ(read_office(docx(c.body)).text, c.text) << c.what;
}

TEST(Docx, NotesCommentsAndRunningHeads) {
    const std::string body = "<w:p>" + run("a") + "<w:r><w:footnoteReference w:id='2'/></w:r>" +
                             run(" b") + "<w:r><w:commentReference w:id='1'/></w:r></w:p>" + p("c");
    const std::string bytes =
        docx(body,
             {{"word/footnotes.xml", "<w:footnotes><w:footnote w:id='0' w:type='separator'>" +
                                         p("x") + "</w:footnote><w:footnote w:id='2'>" +
                                         p("Note.") + "</w:footnote></w:footnotes>"},
              {"word/comments.xml", "<w:comments><w:comment w:id='1' w:author='Ada'>" + p("Why?") +
                                        "</w:comment></w:comments>"},
              {"word/header1.xml", "<w:hdr>" + p("Harbour of Visby") + "</w:hdr>"},
              {"word/header2.xml", "<w:hdr>" + p("Harbour of Visby") + "</w:hdr>"},
              {"word/footer1.xml", "<w:ftr>" + p("17") + "</w:ftr>"}},
             {{"f", "footnotes", "footnotes.xml"},
              {"c", "comments", "comments.xml"},
              {"h", "header", "header1.xml"},
              {"i", "header", "header2.xml"},
              {"j", "footer", "footer1.xml"}});
    EXPECT_EQ(read_office(bytes).text,
              "a b\n\nFootnote: Note.\n\nComment by Ada: Why?\n\nc\n\nHarbour of Visby");
}

TEST(Docx, TitleAndMetadata) {
    const std::string core =
        "<cp:coreProperties><dc:title>Tides</dc:title><dc:creator>Ada</dc:creator>"
        "<dcterms:modified>2024-03-01T10:00:00Z</dcterms:modified></cp:coreProperties>";
    const documents::Extracted found =
        read_office(docx(p("A", "H1") + p("b"), {{"docProps/core.xml", core}}));
    EXPECT_EQ(found.title, "Tides");
    EXPECT_EQ(found.metadata, R"("author":"Ada","modified":"2024-03-01T10:00:00Z")");
    EXPECT_EQ(read_office(docx(p("x") + p("A", "H1"))).title, "A");
    EXPECT_EQ(read_office(docx(p("First line") + p("b"))).title, "First line");
}

// A paragraph that begins a page, as Word tells it.
std::string laid_out(const std::string& text) {
    return "<w:p><w:r><w:lastRenderedPageBreak/><w:t>" + text + "</w:t></w:r></w:p>";
}

TEST(Docx, Pages) {
    const std::string asked = "<w:r><w:br w:type='page'/></w:r>";
    const std::string section = "<w:p><w:pPr><w:sectPr/></w:pPr>" + run("b") + "</w:p>";
    struct {
        const char* what;
        std::string body;
        const char* places;
        int pages = 0;  // as docProps/app.xml says
    } const cases[] = {
        {"none is told", p("a") + p("b"), "", 7},
        {"laid out", p("a") + laid_out("b") + p("c") + laid_out("d"),
         "page 1: a / page 2: b / page 3: d", 9},
        {"within a paragraph, which stays where it began",
         p("a") + "<w:p>" + run("b") + "<w:r><w:lastRenderedPageBreak/><w:t>c</w:t></w:r></w:p>" +
             p("d"),
         "page 1: a / page 2: d"},
        {"asked for and laid out is one break",
         "<w:p>" + run("a") + asked + "</w:p>" + laid_out("b") + "<w:p>" + asked + "</w:p>" +
             laid_out("c"),
         "page 1: a / page 2: b / page 3: c"},
        {"asked for alone", "<w:p>" + run("a") + asked + "</w:p>" + p("b"), "page 1: a / page 2: b",
         1},
        {"asked for, and there are more pages than that",
         "<w:p>" + run("a") + asked + "</w:p>" + p("b"), "", 3},
        {"a line break is none", "<w:p>" + run("a") + "<w:r><w:br/><w:t>b</w:t></w:r></w:p>", ""},
        {"before a paragraph, by itself and by its style",
         p("a") + "<w:p><w:pPr><w:pageBreakBefore/></w:pPr>" + run("b") + "</w:p>" + p("c", "N") +
             "<w:p><w:pPr><w:pStyle w:val='N'/><w:pageBreakBefore w:val='0'/></w:pPr>" + run("d") +
             "</w:p>",
         "page 1: a / page 2: b / page 3: c"},
        {"the first paragraph begins no second page", p("a", "N") + p("b", "N"),
         "page 1: a / page 2: b"},
        {"sections", section + p("c"), "page 1: b / page 2: c"},
        {"a section on the same page",
         "<w:p><w:pPr><w:sectPr><w:type w:val='continuous'/></w:sectPr></w:pPr>" + run("b") +
             "</w:p>" + p("c"),
         ""},
        {"rows", p("a") + tbl(tr(tc(p("b")) + tc(p("c"))) + tr(tc(laid_out("d")) + tc(p("e")))),
         "page 1: a / page 2: d | e"},
    };
    for (const auto& c : cases) {
        Parts more{{"docProps/app.xml",
                    "<Properties><Pages>" + std::to_string(c.pages) + "</Pages></Properties>"}};
        const std::string styles =
            "<w:styles><w:style w:styleId='N'><w:name w:val='n'/><w:pPr><w:pageBreakBefore/>"
            "</w:pPr></w:style></w:styles>";
        more.emplace_back("word/more.xml", styles);
        EXPECT_EQ(
            documents::shown_places(read_office(docx(c.body, more, {{"m", "styles", "more.xml"}}))),
            c.places)
            << c.what;
    }
    // What stands on every page is on none.
    const Parts head{{"word/header1.xml", "<w:hdr>" + p("Running") + "</w:hdr>"}};
    EXPECT_EQ(documents::shown_places(read_office(
                  docx(p("a") + laid_out("b"), head, {{"h", "header", "header1.xml"}}))),
              "page 1: a / page 2: b / none: Running");
}

}  // namespace
}  // namespace lectern::office
