#include "documents/fits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace lectern::documents {
namespace {

using namespace std::string_view_literals;

std::string best(std::string_view name, std::string_view head) {
    const std::array<std::pair<unsigned, const char*>, 4> all{{{text_fits(name, head), "text"},
                                                               {html_fits(name, head), "html"},
                                                               {pdf_fits(name, head), "pdf"},
                                                               {jsonl_fits(name, head), "jsonl"}}};
    return std::max_element(all.begin(), all.end())->second;
}

TEST(Fits, ByExtensionThenByContent) {
    struct {
        std::string_view name;
        std::string_view head;
        const char* extractor;
    } const cases[] = {
        {"a/notes.TXT", "<html>", "text"},
        {"notes.md", "%PDF-1.4", "text"},
        {"page.HTM", "plain", "html"},
        {"paper.Pdf", "", "pdf"},
        {"rows.jsonl", "x", "jsonl"},
        {"rows.ndjson", "{}", "jsonl"},
        {"-", "%PDF-1.7\n", "pdf"},
        {"-", "\n <!DOCTYPE HTML>", "html"},
        {"page.php", "<html lang=de>", "html"},
        {"-", "{\"_id\": 1, \"text\": \"x\"}\n{", "jsonl"},
        {"data.json", "{\"text\": 1}", "text"},
        {"README", "Hello", "text"},
        {"main.cpp", "int main() {}", "text"},
        {"picture.png", "\x89PNG\r\n\0"sv, "text"},
        {".html", "x", "text"},
    };
    for (const auto& c : cases) EXPECT_EQ(best(c.name, c.head), c.extractor) << c.name;
}

TEST(Fits, OtherPluginsWinEasilyOverTheLastResort) {
    EXPECT_EQ(text_fits("picture.png", "\x89PNG\r\n\0"sv), 1U);
    EXPECT_EQ(text_fits("README", "Hello"), 10U);
    EXPECT_EQ(text_fits("page.html", "Hello"), 0U);
}

TEST(Fits, AHeadThatEndsWithinACharacterIsText) {
    const std::string head = std::string(4095, 'x') + "\xC3";
    EXPECT_EQ(text_fits("README", head), 10U);
}

}  // namespace
}  // namespace lectern::documents
