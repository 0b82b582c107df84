#include <gtest/gtest.h>

#include "office/test_files.hpp"

namespace lectern::office {
namespace {

Parts book() {
    return {
        {"mimetype", "application/epub+zip"},
        {"META-INF/container.xml",
         "<container><rootfiles><rootfile full-path='OEBPS/book.opf'/></rootfiles></container>"},
        {"OEBPS/book.opf",
         "<package><metadata><dc:title>The harbour</dc:title><dc:creator>Ada</dc:creator>"
         "<dc:language>en</dc:language></metadata><manifest>"
         "<item id='c' href='cover.xhtml' media-type='application/xhtml+xml'/>"
         "<item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>"
         "<item id='two' href='text/two%20a.xhtml' media-type='application/xhtml+xml'/>"
         "<item id='one' href='text/one.xhtml' media-type='application/xhtml+xml'/>"
         "</manifest><spine><itemref idref='c'/><itemref idref='n'/><itemref idref='one'/>"
         "<itemref idref='two'/><itemref idref='none'/></spine></package>"},
        {"OEBPS/cover.xhtml", "<html><body><img src='x.png'/></body></html>"},
        {"OEBPS/nav.xhtml", "<html><body><ol><li>One</li></ol></body></html>"},
        {"OEBPS/text/one.xhtml", "<html><body><h1>One</h1><p>a</p></body></html>"},
        {"OEBPS/text/two a.xhtml",
         "<html><body><h1>Two</h1><table><tr><th>x</th><th>y</th></tr></table></body></html>"}};
}

TEST(Epub, ChaptersInReadingOrder) {
    const documents::Extracted found = read_office(zipped(book()));
    EXPECT_EQ(found.text, "# One\n\na\n\n# Two\n\nx | y");
    EXPECT_EQ(found.title, "The harbour");
    EXPECT_EQ(documents::shown_places(found), "chapter One 1: # One / chapter Two 2: # Two");
    EXPECT_EQ(found.metadata, R"("author":"Ada","language":"en")");
}

// A book of the second version, whose list of chapters is no page, without a title; in a folder of
// its own or beside the container.
TEST(Epub, BooksOfTheSecondVersion) {
    const Parts parts{
        {"mimetype", "application/epub+zip"},
        {"META-INF/container.xml",
         "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles>"
         "<rootfile full-path='book.opf'/></rootfiles></container>"},
        {"book.opf",
         "<opf:package xmlns:opf='http://www.idpf.org/2007/opf' version='2.0'><opf:metadata>"
         "<dc:language>de</dc:language></opf:metadata><opf:manifest>"
         "<opf:item id='ncx' href='toc.ncx' media-type='application/x-dtbncx+xml'/>"
         "<opf:item id='css' href='a.css' media-type='text/css'/>"
         "<opf:item id='a' href='a.html' media-type='text/html'/>"
         "<opf:item id='b' href='b.html' media-type='application/xhtml+xml'/>"
         "</opf:manifest><opf:spine toc='ncx'><opf:itemref idref='b'/><opf:itemref idref='css'/>"
         "<opf:itemref idref='a'/></opf:spine></opf:package>"},
        {"toc.ncx",
         "<ncx><navMap><navPoint><navLabel><text>No</text></navLabel></navPoint>"
         "</navMap></ncx>"},
        {"a.css", "p { color: red }"},
        {"a.html", "<html><body><p>No heading here.</p></body></html>"},
        {"b.html",
         "<html><body><h2>Die H\xC3\xA4"
         "fen</h2><ol start='3'><li>Kiel</li></ol>"
         "</body></html>"}};
    const documents::Extracted found = read_office(zipped(parts));
    EXPECT_EQ(found.text, "## Die Häfen\n\n3. Kiel\n\nNo heading here.");
    EXPECT_EQ(found.title, "Die Häfen");
    EXPECT_EQ(found.metadata, R"("language":"de")");
    EXPECT_EQ(documents::shown_places(found), "chapter Die Häfen 1: ## Die  / chapter 2: No head");
}

// Chapters of one page are those of the list of pages all the same; notes stand where they are.
TEST(Epub, NotesAndPagesThatAreLeftOut) {
    Parts parts = book();
    parts[4].second = "<html><body></body></html>";
    parts[5].second =
        "<html xmlns:epub='http://www.idpf.org/2007/ops'><body><section><h1>One</h1>"
        "<p>High water <a href='#n1' epub:type='noteref'>[1]</a>.</p>"
        "<p hidden='hidden'>no</p><pre>a\n  b</pre></section>"
        "<aside id='n1' epub:type='footnote'><p>Twice a day.</p></aside></body></html>";
    parts.pop_back();
    const documents::Extracted found = read_office(zipped(parts));
    EXPECT_EQ(found.text, "# One\n\nHigh water [1].\n\na\n  b\n\nTwice a day.");
    EXPECT_EQ(found.title, "The harbour");
    EXPECT_EQ(documents::shown_places(found), "chapter One 1: # One");
}

// A chapter of a hundred thousand elements in each other is read; a list of chapters is refused.
TEST(Epub, NothingIsNestedWithoutEnd) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "<div>";
    Parts parts = book();
    parts[5].second = "<html><body><h1>One</h1>" + deep + "Within.</body></html>";
    EXPECT_EQ(read_office(zipped(parts)).text, "# One\n\nWithin.\n\n# Two\n\nx | y");
    parts[2].second = "<package>" + deep;
    for (int i = 0; i < 100'000; ++i) parts[2].second += "</div>";
    parts[2].second += "</package>";
    EXPECT_EQ(refusal(zipped(parts)).first, LECTERN_RESOURCE_EXHAUSTED);
}

TEST(Epub, ProtectedBooksAreRefused) {
    Parts parts = book();
    parts.emplace_back("META-INF/encryption.xml",
                       "<encryption><CipherReference URI=\"OEBPS/text/one.xhtml\"/></encryption>");
    EXPECT_EQ(refusal(zipped(parts)).second, "the book is protected against copying (DRM)");
    parts.back().second = "<encryption><CipherReference URI=\"OEBPS/font.otf\"/></encryption>";
    EXPECT_EQ(refusal(zipped(parts)).first, LECTERN_OK);
}

TEST(Epub, WithoutItsPackage) {
    Parts parts = book();
    parts.erase(parts.begin() + 2);
    EXPECT_EQ(refusal(zipped(parts)).first, LECTERN_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace lectern::office
