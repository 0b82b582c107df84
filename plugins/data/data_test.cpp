#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/read_data.hpp"
#include "documents/fits.hpp"
#include "documents/test_places.hpp"

namespace lectern::data {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;
using testing::Not;

std::string text_of(std::string_view name, std::string_view bytes) {
    return read_data(bytes, name, {}).text;
}

TEST(Data, Tables) {
    struct {
        const char* what;
        const char* name;
        std::string_view bytes;
        const char* text;
    } const cases[] = {
        {"a header", "a.csv", "Boat,Price\nHeron,120\nKestrel,95\n",
         "Boat: Heron | Price: 120\nBoat: Kestrel | Price: 95"},
        {"semicolons", "a.csv", "Boat;Price\nHeron;1,20\nGull;2,30\n",
         "Boat: Heron | Price: 1,20\nBoat: Gull | Price: 2,30"},
        {"tabs", "a.tsv", "Boat\tPrice\nHeron, the\t120\n", "Boat: Heron, the | Price: 120"},
        {"tabs and empty cells", "a.tsv", "Boat\tPrice\tSeats\r\nHeron\t\t4\r\nGull\t60\t\r\n",
         "Boat: Heron | Seats: 4\nBoat: Gull | Price: 60"},
        {"tabs and quotes", "a.tsv", "Boat\tNote\n\"Heron\tII\"\t\"at \"\"the\"\" quay\"\n",
         "Boat: Heron II | Note: at \"the\" quay"},
        {"bars", "a.csv", "Boat|Price\r\nHeron|120\r\n", "Boat: Heron | Price: 120"},
        {"quotes", "a.csv", "Boat,Note\n\"Heron, \"\"the\"\" one\",\"two\nlines\"\n",
         "Boat: Heron, \"the\" one | Note: two lines"},
        {"the other quotes", "a.csv", "'Boat';'Price'\n'Heron; ''the'' one';'1,20'\n",
         "Boat: Heron; 'the' one | Price: 1,20"},
        {"apostrophes", "a.csv", "Boat,Note\nHeron,'tis one\nGull,rock 'n' roll\n",
         "Boat: Heron | Note: 'tis one\nBoat: Gull | Note: rock 'n' roll"},
        {"years name columns", "a.csv", "Boat,2022,2023\nHeron,4,5\n",
         "Boat: Heron | 2022: 4 | 2023: 5"},
        {"a year alone does not", "a.csv", "Heron,2022\nGull,2023\n", "Heron | 2022\nGull | 2023"},
        {"empty cells", "a.csv", "a,b,c\n1,,3\n,,\n", "a: 1 | c: 3"},
        {"more cells than names", "a.csv", "a,b\n1,2,3\n", "a: 1 | b: 2 | 3"},
        {"no header", "a.csv", "2024,1\n2025,2\n", "2024 | 1\n2025 | 2"},
        {"one column", "a.csv", "Team\nMayors\nTigers\n", "- Team: Mayors\n- Team: Tigers"},
        {"what Excel writes", "a.csv", "sep=;\nBoat;Price\nHeron;120\n",
         "Boat: Heron | Price: 120"},
        {"UTF-16", "a.csv",
         "\xFF\xFE"
         "a\0,\0b\0\n\0"
         "1\0,\0\xE9\0\n\0"sv,
         "a: 1 | b: é"},
        {"cp1252", "a.csv", "Name,Ort\nJos\xE9,K\xF6ln\n", "Name: José | Ort: Köln"},
        {"a title above", "a.csv", "Boats for hire,,\nBoat,Price,Seats\nHeron,120,4\n",
         "Boats for hire\n\nBoat: Heron | Price: 120 | Seats: 4"},
        {"a title alone above", "a.csv", "Boats for hire\nBoat,Price\nHeron,120\nGull,90\n",
         "Boats for hire\n\nBoat: Heron | Price: 120\nBoat: Gull | Price: 90"},
        {"a quote that never ends", "a.csv", "a,b\n\"1,2\n", "- a: 1,2"},
    };
    for (const auto& c : cases) EXPECT_EQ(text_of(c.name, c.bytes), c.text) << c.what;
}

TEST(Data, PlacesOfRowsAndTimes) {
    EXPECT_EQ(documents::shown_places(
                  read_data("Boat,Price\nHeron,120\n\n\"Gull\nX\",60\nOwl,7\n", "a.csv", "")),
              "cells 2: Boat: H / cells 4: Boat: G / cells 5: Boat: O");
    const std::string words(420, 'w');
    EXPECT_EQ(documents::shown_places(read_data(
                  "1\n00:00:01,500 --> 00:00:04,000\nOne.\n\n2\n01:02:03.004 --> 01:02:05.000\n" +
                      words + ".\n\n3\n02:00:00,000 --> 02:00:01,000\nThree.\n",
                  "a.srt", "")),
              "time 1500: One. ww / time 7200000: Three.");
}

TEST(Data, Json) {
    struct {
        const char* what;
        const char* name;
        const char* bytes;
        const char* text;
    } const cases[] = {
        {"an object", "a.json",
         R"({"name": "H\u00e4fen", "size": {"berths": 3}, "open": true, "x": null})",
         "name: Häfen\nsize.berths: 3\nopen: true"},
        {"a list of objects", "a.json", R"([{"a": 1, "b": [1, 2]}, {"a": 2}])",
         "a: 1\nb: 1, 2\n\na: 2"},
        {"a list in an object", "a.json", R"({"t": "x", "rows": [{"a": 1}, {"a": 2}]})",
         "t: x\n\nrows.a: 1\n\nrows.a: 2"},
        {"lines", "a.ndjson", "{\"a\": 1}\n\n{\"a\": 2}\n", "a: 1\n\na: 2"},
        {"lines with a mark and other ends", "a.ndjson",
         "\xEF\xBB\xBF{\"boat\": {\"name\": \"Heron\"}}\r\n{\"boat\": {\"name\": \"Gull\", "
         "\"seats\": [1, 2]}}\r\n",
         "boat.name: Heron\n\nboat.name: Gull\nboat.seats: 1, 2"},
        {"lines of other values", "a.ndjson", "\"Heron\"\n[1, null, true]\nnull\n{\"a\": \"\"}\n",
         "Heron\n\n1, true"},
        {"lines of which one is broken", "a.ndjson", "{\"a\": 1}\n{\"a\": \n",
         "{\"a\": 1}\n{\"a\": \n"},
        {"broken", "a.json", "{\"a\": ", "{\"a\": "},
    };
    for (const auto& c : cases) EXPECT_EQ(text_of(c.name, c.bytes), c.text) << c.what;
    EXPECT_EQ(read_data(R"({"title": "Tides"})", "a.json", {}).title, "Tides");
    EXPECT_EQ(read_data("[1]", "x/a.json", {}).title, "a.json");
}

TEST(Data, Notebooks) {
    const std::string notebook =
        R"({"cells": [{"cell_type": "markdown", "source": ["# Tides\n", "Text."]},)"
        R"({"cell_type": "code", "source": "x = 1", "outputs": [{"text": ["one\n"]},)"
        R"({"data": {"image/png": "iVBORw0KGgo", "text/plain": ["<Figure>"]}}]}]})";
    const documents::Extracted found = read_data(notebook, "a.ipynb", {});
    EXPECT_EQ(found.text,
              "# Tides\nText.\n\n```\nx = 1\n```\n\n```\none\n\n```\n\n```\n<Figure>\n```");
    EXPECT_EQ(found.title, "Tides");
    EXPECT_THAT(found.text, Not(HasSubstr("iVBOR")));
    EXPECT_EQ(documents::shown_places(found), "cell 1: # Tides / cell 2: ```");
    // Cells without text count, as people count them.
    const std::string gaps =
        R"({"cells": [{"cell_type": "code", "source": ""}, 3, {"cell_type": "raw", "source": "a"},)"
        R"({"cell_type": "code", "source": " ", "outputs": []},)"
        R"({"cell_type": "code", "source": "", "outputs": [{"text": "b"}]}]})";
    EXPECT_EQ(documents::shown_places(read_data(gaps, "a.ipynb", {})), "cell 3: a / cell 5: ```");
}

TEST(Data, NotebooksOfOtherPrograms) {
    struct {
        const char* what;
        const char* notebook;
        const char* text;
        const char* title;
        const char* places;
    } const cases[] = {
        {"sources in one piece",
         R"({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "Boats\n\n- Heron"},
             {"cell_type": "code", "source": "x = 120", "outputs": [
               {"output_type": "stream", "name": "stdout", "text": "120\n"}]}]})",
         "Boats\n\n- Heron\n\n```\nx = 120\n```\n\n```\n120\n\n```", "Boats",
         "cell 1: Boats / cell 2: ```"},
        {"results as HTML and as text, and a picture in a text",
         R"({"cells": [{"cell_type": "markdown", "source": ["The quay"], "attachments": {
               "a.png": {"image/png": "iVBORw0KGgo"}}},
             {"cell_type": "code", "source": "table", "outputs": [{"output_type": "execute_result",
               "data": {"text/html": ["<b>no</b>"], "text/plain": ["Heron ", "4"]}}]}]})",
         "The quay\n\n```\ntable\n```\n\n```\nHeron 4\n```", "The quay",
         "cell 1: The qua / cell 2: ```"},
    };
    for (const auto& c : cases) {
        const documents::Extracted found = read_data(c.notebook, "a.ipynb", {});
        EXPECT_EQ(found.text, c.text) << c.what;
        EXPECT_EQ(found.title, c.title) << c.what;
        EXPECT_EQ(documents::shown_places(found), c.places) << c.what;
    }
}

TEST(Data, SubtitlesOfOtherPrograms) {
    struct {
        const char* what;
        const char* name;
        const char* bytes;
        const char* text;
    } const cases[] = {
        {"a mark, no counts, two lines", "a.srt",
         "\xEF\xBB\xBF"
         "00:00:01,000 --> 00:00:02,000\n- Who is there?\n- The pilot.\n\n"
         "00:00:03,000 --> 00:00:04,000 X1:40 X2:600\n<font color=\"#fff\">Come "
         "<b>in</b>.</font>\n",
         "- Who is there? - The pilot. Come in."},
        {"words that stay in the next picture", "a.srt",
         "1\n00:00:01,000 --> 00:00:02,000\nHigh water.\n\n"
         "2\n00:00:02,000 --> 00:00:03,000\nHigh water.\nLow water.\n",
         "High water. Low water."},
        {"styles, regions, hours and names of pictures", "a.vtt",
         "WEBVTT - The quay\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n1\n"
         "01:00:01.000 --> 01:00:02.000 region:a line:0\n<c.loud>High water!</c>\n",
         "High water!"},
        {"voices and times within the words", "a.vtt",
         "WEBVTT\n\n00:01.000 --> 00:02.000\n<v.first Ada Smith>Low <00:01.500>water.</v>\n\n"
         "00:03.000 --> 00:04.000\n<v Boris>Good.\n",
         "Ada Smith: Low water. Boris: Good."},
    };
    for (const auto& c : cases) EXPECT_EQ(text_of(c.name, c.bytes), c.text) << c.what;
}

TEST(Data, DrawingsHaveWords) {
    struct {
        const char* what;
        const char* bytes;
        const char* text;
        const char* title;
    } const cases[] = {
        {"groups", "<svg><g><text>Bow</text><g><text>Stern</text></g></g></svg>", "Bow\n\nStern",
         "a.svg"},
        {"a namespace of its own, and what is said for who cannot see",
         "<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:desc>A lock with two gates</s:desc>"
         "<s:text>Gate</s:text></s:svg>",
         "A lock with two gates\n\nGate", "a.svg"},
    };
    for (const auto& c : cases) {
        const documents::Extracted found = read_data(c.bytes, "a.svg", {});
        EXPECT_EQ(found.text, c.text) << c.what;
        EXPECT_EQ(found.title, c.title) << c.what;
    }
}

TEST(Data, NothingIsNestedWithoutEnd) {
    constexpr int deep = 100'000;
    const auto times = [](std::string_view piece) {
        std::string out;
        for (int i = 0; i < deep; ++i) out += piece;
        return out;
    };
    const auto refused = [](std::string_view name, std::string_view bytes) -> std::string {
        try {
            static_cast<void>(read_data(bytes, name, {}));
        } catch (const documents::Failure& failure) {
            return failure.code() == LECTERN_RESOURCE_EXHAUSTED ? failure.what() : "";
        }
        return "";
    };
    struct {
        const char* name;
        std::string bytes;
        const char* says;
    } const cases[] = {
        {"a.json", times("[") + "1" + times("]"), "nested deeper than 64 levels"},
        {"a.json", times("{\"a\":\n") + "1" + times("}"), "nested deeper than 64 levels"},
        {"a.ndjson", "{\"a\": 1}\n" + times("[") + "\n", "nested deeper than 64 levels"},
        {"a.ipynb", "{\"cells\": " + times("[") + times("]") + "}", "nested deeper than 64 levels"},
        {"a.xml", times("<a>") + "x" + times("</a>"), "nested deeper than 256 elements"},
        {"a.svg", "<svg>" + times("<g>") + "<text>x</text>" + times("</g>") + "</svg>",
         "nested deeper than 256 elements"},
    };
    for (const auto& c : cases)
        EXPECT_THAT(refused(c.name, c.bytes), HasSubstr(c.says)) << c.bytes.substr(0, 20);
}

// A name of a megabyte that stands before each of many values.
TEST(Data, LongNamesAreCut) {
    std::string bytes = "{\"" + std::string(1'000'000, 'n') + "\": {";
    for (int i = 0; i < 1000; ++i) bytes += "\"" + std::to_string(i) + "\": 1,";
    const std::string text = text_of("a.json", bytes + "\"last\": 2}}");
    EXPECT_LT(text.size(), 2'000'000U);
    EXPECT_TRUE(text.ends_with(": 2"));
}

TEST(Data, Subtitles) {
    EXPECT_EQ(
        text_of(
            "a.srt",
            "1\r\n00:00:01,000 --> 00:00:02,000\r\n<i>The harbour</i>\r\nis {\\an8}open.\r\n\r\n"
            "2\r\n00:00:03,000 --> 00:00:04,000\r\n1984 it was.\r\n"),
        "The harbour is open. 1984 it was.");
    EXPECT_EQ(
        text_of("a.vtt",
                "WEBVTT\n\nNOTE no\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v Ada>Hello.\n\n"
                "00:03.000 --> 00:04.000\nHello.\n"),
        "Ada: Hello. Hello.");
    EXPECT_EQ(
        text_of("a.vtt",
                "WEBVTT\n\n00:01.000 --> 00:02.000\n- Fish &amp; chips &lt;&nbsp;5&gt; &amp;lt;\n"),
        "- Fish & chips < 5> &lt;");
}

TEST(Data, Xml) {
    struct {
        const char* what;
        std::string_view bytes;
        const char* text;
    } const cases[] = {
        {"records",
         "<boats><boat "
         "id='7'><name>Heron</name><price>120</price></boat><boat><name>Gull</name></boat>"
         "</boats>",
         "id: 7\nname: Heron\nprice: 120\n\nname: Gull"},
        {"a text",
         "<article><title>Tides</title><para>The <em>high</em> "
         "tide.</para><para>Low.</para></article>",
         "title: Tides\n\nThe high tide.\n\nLow."},
        {"words beside values and paragraphs",
         "<r>One<name>Caf\xC3\xA9</name><city>Kiel</city><p>Some <b>mi</b><i>xed</i> text.</p>"
         "<![CDATA[<end>]]></r>",
         "OneCaf\xC3\xA9 Kiel Some mixed text. <end>"},
        {"another charset", "<?xml version='1.0' encoding='windows-1252'?><a><b>caf\xE9</b></a>",
         "b: café"},
        {"entities", "<!DOCTYPE a [<!ENTITY e 'x'>]><a><b>&e;&lt;</b></a>", "b: &e;<"},
        {"broken", "<a><b>x</a>", "<a><b>x</a>"},
    };
    for (const auto& c : cases) EXPECT_EQ(text_of("a.xml", c.bytes), c.text) << c.what;
    const documents::Extracted drawing = read_data(
        "<svg xmlns='x' width='5'><title>Harbour</title><style>.a{}</style><path d='M0 0L5 5'/>"
        "<text x='1'>Quay <tspan>on</tspan><tspan>e</tspan><tspan x='1' dy='9'>open</tspan></text>"
        "</svg>",
        "a.svg", {});
    EXPECT_EQ(drawing.text, "Harbour\n\nQuay one open");
    EXPECT_EQ(drawing.title, "Harbour");
}

TEST(Data, Refusals) {
    const auto code = [](std::string_view name, std::string_view bytes) -> lectern_code {
        try {
            static_cast<void>(read_data(bytes, name, {}));
        } catch (const documents::Failure& failure) {
            return failure.code();
        }
        return LECTERN_OK;
    };
    EXPECT_EQ(code("a.csv", ""), LECTERN_INVALID_ARGUMENT);
    EXPECT_EQ(code("a.svg", "<svg><path d='M0 0'/></svg>"), LECTERN_INVALID_ARGUMENT);
    EXPECT_EQ(code("a.ipynb", "{}"), LECTERN_INVALID_ARGUMENT);
    EXPECT_EQ(code("a.srt", "no times"), LECTERN_INVALID_ARGUMENT);
    EXPECT_EQ(code("a.xml", std::string(2000000, '<')), LECTERN_RESOURCE_EXHAUSTED);
    EXPECT_EQ(code("a.csv", std::string(6000000, ',')), LECTERN_RESOURCE_EXHAUSTED);
}

TEST(Data, ByName) {
    EXPECT_EQ(data_fits("a.CSV", ""), 100U);
    EXPECT_EQ(data_fits("a.txt", "a,b"), 0U);
    // Rows with "text" are documents, and the extractor of rows takes them.
    EXPECT_GT(data_fits("a.ndjson", "{\"a\": 1}\n"),
              documents::jsonl_fits("a.ndjson", "{\"a\": 1}\n"));
    EXPECT_LT(data_fits("a.ndjson", "{\"text\": 1}\n"),
              documents::jsonl_fits("a.ndjson", "{\"text\": 1}\n"));
}

}  // namespace
}  // namespace lectern::data
