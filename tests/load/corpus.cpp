#include "tests/load/corpus.hpp"

#include <array>
#include <boost/json.hpp>
#include <random>
#include <string_view>

namespace lectern::load {
namespace {

constexpr std::array<std::string_view, 12> things{
    "The lighthouse", "The harbour bridge", "A river barge", "The observatory",
    "The grain mill", "A mountain hut",     "The old press", "The tide gauge",
    "A wind pump",    "The signal tower",   "The bakery",    "The glass furnace"};
constexpr std::array<std::string_view, 8> deeds{"was built for",       "warns the people of",
                                                "is kept in order by", "was once painted for",
                                                "has been closed to",  "is lit at night by",
                                                "was paid for by",     "is measured every year by"};
constexpr std::array<std::string_view, 10> others{
    "the fishermen of the coast", "two engineers from the north", "ships that pass the rocks",
    "a school of forty children", "the council of the town",      "travellers in winter",
    "the keeper and his dog",     "a company of weavers",         "the masters of the guild",
    "everybody who asks"};

template <std::size_t size>
std::string_view pick(const std::array<std::string_view, size>& from, std::mt19937_64& random) {
    return from[random() % size];  // std's distributions differ between libraries
}

}  // namespace

DocumentInput document_of(const std::string& prefix, std::uint64_t number) {
    std::mt19937_64 random(number + 1);
    DocumentInput out;
    out.id = prefix + std::to_string(number);
    out.title = "Report " + std::to_string(number);
    const std::uint64_t sentences = 2 + random() % 8;
    for (std::uint64_t i = 0; i < sentences; ++i) {
        out.text.append(pick(things, random)).append(" ").append(pick(deeds, random));
        out.text.append(" ").append(pick(others, random));
        out.text += " since the year " + std::to_string(1700 + random() % 300) + ". ";
    }
    return out;
}

std::string line_of(const DocumentInput& document) {
    return boost::json::serialize(boost::json::object{
               {"id", document.id}, {"title", document.title}, {"text", document.text}}) +
           "\n";
}

std::string question_of(std::uint64_t number) {
    std::mt19937_64 random(number * 7 + 3);
    std::string out = "Who knows what ";
    out.append(pick(things, random)).append(" ").append(pick(deeds, random)).append("?");
    return out;
}

}  // namespace lectern::load
