#include <gtest/gtest.h>

#include "office/test_files.hpp"

namespace lectern::office {
namespace {

std::string para(const std::string& text, const std::string& properties = {}) {
    return "<a:p><a:pPr>" + properties + "</a:pPr><a:r><a:t>" + text + "</a:t></a:r></a:p>";
}
std::string shape(const std::string& placeholder, const std::string& paragraphs,
                  const std::string& about = {}) {
    return "<p:sp><p:nvSpPr><p:cNvPr id='1' " + about + "/><p:nvPr>" +
           (placeholder.empty() ? "" : "<p:ph type='" + placeholder + "'/>") +
           "</p:nvPr></p:nvSpPr><p:txBody>" + paragraphs + "</p:txBody></p:sp>";
}
std::string slide(const std::string& shapes, const std::string& attributes = {}) {
    return "<p:sld " + attributes + "><p:cSld><p:spTree>" + shapes + "</p:spTree></p:cSld></p:sld>";
}

std::string pptx(const std::vector<std::string>& slides, Parts more = {}) {
    std::string list;
    std::vector<std::array<std::string, 3>> links;
    Parts parts{{"_rels/.rels", relations({{"a", "officeDocument", "ppt/presentation.xml"}})}};
    for (std::size_t i = 0; i < slides.size(); ++i) {
        const std::string number = std::to_string(i + 1);
        list += "<p:sldId id='25" + number + "' r:id='r" + number + "'/>";
        // Their order in the presentation is not that of their names.
        const std::string name = "slides/slide" + std::to_string(slides.size() - i) + ".xml";
        links.push_back({"r" + number, "slide", name});
        parts.emplace_back("ppt/" + name, slides[i]);
    }
    parts.emplace_back("ppt/presentation.xml",
                       "<p:presentation><p:sldIdLst>" + list + "</p:sldIdLst></p:presentation>");
    parts.emplace_back("ppt/_rels/presentation.xml.rels", relations(links));
    for (auto& part : more) parts.push_back(std::move(part));
    return zipped(parts);
}

TEST(Pptx, SlidesInTheirOrder) {
    const std::string bytes =
        pptx({slide(shape("body", para("x") + para("y") + para("z", "<a:buNone/>")) +
                    shape("ctrTitle", para("Boats")) + shape("sldNum", para("1")) +
                    shape("", para("hidden"), "hidden='1'")),
              slide(shape("title", para("Not shown")), "show='0'"),
              slide("<p:grpSp>" + shape("", para("in a group")) + "</p:grpSp>" +
                    shape("", para("first", "<a:buAutoNum type='alphaLcParenR'/>") +
                                  para("second", "<a:buAutoNum type='alphaLcParenR'/>")))});
    const documents::Extracted found = read_office(bytes);
    EXPECT_EQ(
        found.text,
        "# Slide 1\n\n## Boats\n\n- x\n- y\n\nz\n\n# Slide 3\n\nin a group\n\na) first\nb) second");
    EXPECT_EQ(found.title, "Boats");
    EXPECT_EQ(documents::shown_places(found), "slide 1: # Slide / slide 3: # Slide");
}

TEST(Pptx, Tables) {
    const std::string table =
        "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr><a:tc gridSpan='2'><a:txBody>" +
        para("Boat") + "</a:txBody></a:tc><a:tc hMerge='1'><a:txBody>" + para("") +
        "</a:txBody></a:tc><a:tc><a:txBody>" + para("Price") +
        "</a:txBody></a:tc></a:tr><a:tr><a:tc>"
        "<a:txBody>" +
        para("Heron") + para("or Gull") + "</a:txBody></a:tc><a:tc><a:txBody>" + para("4 seats") +
        "</a:txBody></a:tc><a:tc><a:txBody>" + para("120") +
        "</a:txBody></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>";
    EXPECT_EQ(read_office(pptx({slide(table)})).text,
              "# Slide 1\n\nBoat | | Price\nHeron or Gull | 4 seats | 120");
}

TEST(Pptx, NotesCommentsAndDiagrams) {
    const std::string bytes = pptx(
        {slide(shape("title", para("Boats")) +
               "<p:graphicFrame><a:graphic><a:graphicData><dgm:relIds r:dm='d'/></a:graphicData>"
               "</a:graphic></p:graphicFrame>")},
        {{"ppt/slides/_rels/slide1.xml.rels",
          relations({{"n", "notesSlide", "../notesSlides/n.xml"},
                     {"c", "comments", "../comments/c.xml"},
                     {"d", "diagramData", "../diagrams/d.xml"}})},
         {"ppt/notesSlides/n.xml",
          slide(shape("sldNum", para("1")) + shape("body", para("Say this.") + para("And that.")))},
         {"ppt/comments/c.xml", "<p:cmLst><p:cm><p:text>Why?</p:text></p:cm></p:cmLst>"},
         {"ppt/diagrams/d.xml", "<dgm:dataModel><dgm:ptLst><dgm:pt><dgm:t>" + para("Dig") +
                                    "</dgm:t></dgm:pt><dgm:pt><dgm:t>" + para("Build") +
                                    "</dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>"}});
    EXPECT_EQ(
        read_office(bytes).text,
        "# Slide 1\n\n## Boats\n\n- Dig\n- Build\n\nNotes: Say this.\nAnd that.\n\nComment: Why?");
}

}  // namespace
}  // namespace lectern::office
