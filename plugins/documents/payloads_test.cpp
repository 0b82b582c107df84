#include "documents/payloads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace lectern::documents {
namespace {

// Base64 by its looks: both cases and digits.
std::string base64(std::size_t size) {
    constexpr std::string_view alphabet =
        "QUJDabc0defGHI1jklMNO2pqrSTU3vwxYZa4bcdEFG5hij+KLM6/nopQRS7tuvWXY8zABCdef9";
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out += alphabet[(i * 7) % alphabet.size()];
    return out;
}

std::string lines(std::size_t count, std::size_t width) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += base64(width) + "\n";
    return out + base64(width / 2) + "\n";
}

std::string joined(std::size_t count, std::size_t width, const char* between) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += base64(width) + between;
    return out + base64(width / 2);
}
std::string spaced(std::size_t count, std::size_t width) {
    return joined(count, width, " ");
}
std::string set_in(std::size_t count, std::size_t width) {
    return joined(count, width, "\n  ");
}

TEST(Payloads, WhatIsAFileWrittenAsTextIsTakenOut) {
    const std::string payload = base64(400);
    const std::string image = "data:image/png;base64," + payload;
    struct {
        const char* what;
        std::string text;
        std::string left;
    } const cases[] = {
        {"a picture", "x ![Chart](" + image + ") y", "x ![Chart](data:image/png) y"},
        {"a link", "[x](" + image + ")", "[x](data:image/png)"},
        {"a reference", "[image1]: <" + image + ">\nEnd.", "[image1]: <data:image/png>\nEnd."},
        {"a bare reference", "[image1]: " + image + "\nEnd.", "[image1]: data:image/png\nEnd."},
        {"an element", "<img src=\"" + image + "\" alt=x>", "<img src=\"data:image/png\" alt=x>"},
        {"no quotes", "<img src=" + image + " alt=x>", "<img src=data:image/png alt=x>"},
        {"large letters", "DATA:IMAGE/PNG;base64," + payload, "DATA:IMAGE/PNG"},
        {"a parameter", "data:text/plain;charset=utf-8;base64," + payload,
         "data:text/plain;charset=utf-8"},
        {"percent signs", "url(data:image/svg+xml,%3Csvg%20xmlns%3D%22http%3A%2F%2Fwww.w3.org)",
         "url(data:image/svg+xml)"},
        {"markup in quotes",
         "url('data:image/svg+xml;utf8,<svg xmlns=\"http://www.w3.org/2000/svg\">x</svg>')",
         "url('data:image/svg+xml;utf8')"},
        {"a short one", "<img src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">",
         "<img src=\"data:image/gif\">"},
        {"over lines", "(data:font/woff;base64," + payload + "\n" + payload + ") y",
         "(data:font/woff) y"},
        {"two", "(" + image + ") and (" + image + ")", "(data:image/png) and (data:image/png)"},
        {"lines of base64", "Key:\n" + lines(5, 64) + "End.", "Key:\n\nEnd."},
        {"lines that an element held", "pic: " + spaced(5, 64) + " sail", "pic:  sail"},
        {"a word behind them", spaced(4, 64) + "= and then", " and then"},
        {"lines in quotes", "key = \"\"\"\n" + joined(5, 64, "\n") + "\"\"\"",
         "key = \"\"\"\n\"\"\""},
        {"a last line before a quote", "'" + spaced(5, 64) + "' x", "'' x"},
        {"lines set in", "key: |\n  " + set_in(5, 64) + "\nEnd.", "key: |\n  \nEnd."},
        {"a long word", "a " + base64(600) + " b", "a  b"},
    };
    for (const auto& c : cases) {
        std::string storage;
        EXPECT_EQ(without_payloads(c.text, storage), c.left) << c.what;
    }
}

TEST(Payloads, WhatIsTextStays) {
    const std::string cases[] = {
        "The data: a list, of many things that are written behind a colon and a comma",
        "metadata:image/png;base64," + std::string(100, '1'),
        "Write data:image/png;base64,… in front of it",
        "data:image/png;base64,[payload]",
        "data:image/png;base64,",
        "data:image/png without a comma",
        std::string(2000, 'A') + " " + std::string(600, 'x'),
        "ACGTACGTACGT" + std::string(1000, 'G'),
        lines(2, 64),
        base64(64) + " and " + base64(64) + " and " + base64(64) + " and " + base64(64),
        base64(64) + "\n\n" + base64(64) + "\n\n" + base64(64) + "\n\n" + base64(64),
        "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e\n"
        "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e\n"
        "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e\n"
        "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e\n",
        "",
    };
    for (const auto& text : cases) {
        std::string storage;
        const std::string_view found = without_payloads(text, storage);
        EXPECT_EQ(found, text);
        EXPECT_EQ(found.data(), text.data()) << "a view, not a copy";
    }
}

TEST(Payloads, TheTimeGrowsWithTheText) {
    std::string text;
    for (int i = 0; i < 200000; ++i) text += std::string(64, 'a') + "\n";
    for (int i = 0; i < 200000; ++i) text += "data:data:data:";
    std::string storage;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(without_payloads(text, storage).size(), text.size());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace lectern::documents
