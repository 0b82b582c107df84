#include "documents/places.hpp"

#include <gtest/gtest.h>

#include <string>

#include "documents/markup.hpp"

namespace lectern::documents {
namespace {

Place page(std::uint64_t number) {
    return {.kind = LECTERN_PLACE_PAGE, .number = number};
}

// What each place begins with.
std::string beginnings(const std::string& text, const std::vector<Place>& places) {
    std::string out;
    for (const Place& place : places)
        out += std::to_string(place.number) + "=" + text.substr(place.begin, 3) + " ";
    return out;
}

TEST(Places, BeginWithWhatIsWrittenNext) {
    Markup out;
    out.paragraph("one");
    out.place(page(1));
    out.heading(1, "two");
    out.place(page(2));
    out.paragraph("");  // nothing is written
    out.place(page(3));
    out.item("-", "six");
    Markup inner;
    inner.place(page(4));
    inner.row({"ten", "x"});
    inner.paragraph("ace");
    inner.place(page(5));
    inner.paragraph("end");
    out.append(std::move(inner));
    out.place(page(6));  // nothing comes behind
    const auto places = out.take_places();
    const std::string text = out.take();
    EXPECT_EQ(text, "one\n\n# two\n\n- six\n\nten | x\n\nace\n\nend");
    EXPECT_EQ(beginnings(text, places), "1=# t 3=- s 4=ten 5=end ");
}

TEST(Places, StayWithTheirTextWhenItIsCleaned) {
    std::string payload;
    for (int i = 0; i < 60; ++i) payload += "iVBORw0KGgo1";
    Extracted found;
    const auto add = [&](std::uint64_t number, const std::string& text) {
        found.places.push_back(page(number));
        found.places.back().begin = found.text.size();
        found.text += text + "\n\n";
    };
    add(1, "aaa \xFF\xFE broken");
    add(2, "bbb data:image/png;base64," + payload);
    add(3, payload);
    add(4, "ddd");
    clean_text(found);
    EXPECT_EQ(found.text,
              "aaa \xEF\xBF\xBD\xEF\xBF\xBD broken\n\nbbb data:image/png\n\n\n\nddd\n\n");
    EXPECT_EQ(beginnings(found.text, found.places), "1=aaa 2=bbb 3=\n\nd 4=ddd ");
}

}  // namespace
}  // namespace lectern::documents
