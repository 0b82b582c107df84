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
