#include "engine/ingest/places_of_chunks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lectern {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

storage::Place place(std::uint64_t begin, std::uint32_t kind, std::uint64_t number) {
    return {begin, kind, number, 0, 0, ""};
}

TEST(PlacesOfChunks, WhatHoldsInEach) {
    const std::vector<storage::Place> places{
        place(5, LECTERN_PLACE_PART, 0), place(10, LECTERN_PLACE_PAGE, 1),
        place(20, LECTERN_PLACE_PAGE, 2), place(30, LECTERN_PLACE_NONE, 0),
        place(40, LECTERN_PLACE_PAGE, 3)};
    PlacesOfChunks of(places);
    EXPECT_THAT(of.of(0, 5), IsEmpty());
    EXPECT_THAT(of.of(2, 12),
                ElementsAre(place(3, LECTERN_PLACE_PART, 0), place(8, LECTERN_PLACE_PAGE, 1)));
    EXPECT_THAT(of.of(10, 20),
                ElementsAre(place(0, LECTERN_PLACE_PART, 0), place(0, LECTERN_PLACE_PAGE, 1)));
    EXPECT_THAT(of.of(18, 21),
                ElementsAre(place(0, LECTERN_PLACE_PART, 0), place(0, LECTERN_PLACE_PAGE, 1),
                            place(2, LECTERN_PLACE_PAGE, 2)));
    EXPECT_THAT(of.of(31, 35), ElementsAre(place(0, LECTERN_PLACE_PART, 0)));
    EXPECT_THAT(of.of(50, 60),
                ElementsAre(place(0, LECTERN_PLACE_PART, 0), place(0, LECTERN_PLACE_PAGE, 3)));
}

TEST(PlacesOfChunks, SectionsHoldBesidePages) {
    const std::vector<storage::Place> places{{5, LECTERN_PLACE_SECTION, 0, 0, 0, "Sea"},
                                             place(10, LECTERN_PLACE_PAGE, 1),
                                             {20, LECTERN_PLACE_SECTION, 0, 0, 0, ""}};
    PlacesOfChunks of(places);
    EXPECT_THAT(of.of(12, 18), ElementsAre(storage::Place{0, LECTERN_PLACE_SECTION, 0, 0, 0, "Sea"},
                                           place(0, LECTERN_PLACE_PAGE, 1)));
    EXPECT_THAT(of.of(25, 30), ElementsAre(place(0, LECTERN_PLACE_PAGE, 1)));
}

}  // namespace
}  // namespace lectern
