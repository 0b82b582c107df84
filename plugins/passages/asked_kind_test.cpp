#include "passages/asked_kind.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lectern::passages {
namespace {

// The last sentence of the passage.
Candidate last_of(std::string_view passage) {
    const std::vector<Passage> passages{{"", passage, 1}};
    return candidates("", passages).back();
}

double number(std::string_view question, std::string_view passage) {
    return AskedKind(question).number(last_of(passage), passage);
}

double name(std::string_view question, std::string_view passage) {
    return AskedKind(question).name(last_of(passage), passage);
}

double definition(std::string_view question, std::string_view passage) {
    return AskedKind(question).definition(last_of(passage), "");
}

TEST(AskedKind, DatesAreYearsMonthsAndCenturies) {
    for (const char* passage :
         {"It came out in 1997.", "It was made in the 1990s.", "It was lost in May, or in June.",
          "It is of the 9th century.", "Es erschien im Oktober."})
        EXPECT_EQ(number("When was it?", passage), 1) << passage;
    for (const char* passage : {"It has 12 layers.", "It may have 12345 rows.", "Nobody knows it."})
        EXPECT_EQ(number("When was it?", passage), -1) << passage;
}

TEST(AskedKind, NumbersAreFiguresOrWords) {
    EXPECT_EQ(number("How many layers has it?", "It has 12 layers."), 1);
    EXPECT_EQ(number("How many layers has it?", "It has twelve layers."), 1);
    EXPECT_EQ(number("How many layers has it?", "It has many layers."), -1);
    EXPECT_EQ(number("How many parts has BERT 2?", "BERT 2 has parts."), -1) << "the asker knew it";
    EXPECT_EQ(number("What is it?", "It has 12 layers."), 0);
}

TEST(AskedKind, NamesThatTheQuestionHasNot) {
    EXPECT_EQ(name("Who wrote BERT?", "It was written by Devlin."), 1);
    EXPECT_EQ(name("Who wrote BERT?", "Jacob Devlin is its author."), 1);
    EXPECT_EQ(name("Who wrote BERT?", "Nobody knows who wrote BERT."), -1);
    EXPECT_EQ(name("Where was it made?", "They made it in Zürich."), 1);
    EXPECT_EQ(name("Where was it made?", "They made it in a garden."), -1);
    EXPECT_EQ(name("How does it work?", "It was written by Devlin."), 0);
    EXPECT_EQ(name("Who wrote it and when?", "It was written by Devlin."), 0)
        << "one kind is enough";
}

TEST(AskedKind, AnotherOfTheSameKind) {
    struct Case {
        const char* question;
        const char* sentence;
        bool another;
    };
    for (const Case& one : {
             Case{"What is the budget of the Orion project?",
                  "The budget of the Vega project is 4.", true},
             Case{"What is the budget of the Orion project?", "The Orion project costs 4.", false},
             Case{"What is the budget of the Orion project?",
                  "Orion is dear, the Vega project not.", false},
             Case{"What is the budget of the Orion project?", "The budget of the project is 4.",
                  false},
             Case{"How many layers has BERT Tiny?", "BERT Large has 24 layers.", true},
             Case{"How many layers has BERT Tiny?", "BERT has 12 layers.", false},
             Case{"How many layers has BERT Tiny?", "BERT Base has 12 layers, Tiny has 2.", false},
             Case{"Who won Super Bowl 50?", "Super Bowl 49 was won by others.", true},
             Case{"Who won Super Bowl 50?", "The winner of Super Bowl 50 was Denver.", false},
             Case{"Was geschah im Jahr 1990?", "Im Jahr 1985 geschah es.", true},
             Case{"which port does it use", "Port 8000 is used.", false},
             Case{"Which Orion projects are there?", "The Vega projects are two.", true},
             // Not in a row, of another kind, or perhaps a title.
             Case{"When was Barack Obama born?", "In Hawaii, Obama was born in 1961.", false},
             Case{"When was Barack Obama born?", "In 1961 Obama was born.", false},
             Case{"When was Barack Obama born?", "President Obama was born in 1961.", false},
             Case{"Who pays for the Orion project?", "In 2019 project money came.", false},
             Case{"How much memory has an Orion core?", "All Orions have a Vega core.", false},
             // German writes all nouns so.
             Case{"Wann wurde das alte Rathaus von Sund gebaut?",
                  "Das alte Gebäude wurde 1876 gebaut.", false},
         })
        EXPECT_EQ(AskedKind(one.question).of_another(one.sentence), one.another)
            << one.question << " | " << one.sentence;
}

TEST(AskedKind, AnAnswerHasWhatIsAskedFor) {
    const auto in = [](std::string_view question, std::string_view answer) {
        return AskedKind(question).in(answer, {0, answer.size()});
    };
    EXPECT_EQ(in("When did the Vega project start?", "March 2019"), 1);
    EXPECT_EQ(in("When did the Vega project start?", "4 million euros"), -1);
    EXPECT_EQ(in("When is a document refused?", "when it is too large"), 0);
    EXPECT_EQ(in("How many users has it?", "two hundred"), 1);
    EXPECT_EQ(in("How many users has it?", "many"), -1);
    EXPECT_EQ(in("Who maintains it?", "Junio C Hamano"), 1);
    EXPECT_EQ(in("Who maintains it?", "lists@example.org"), -1);
    EXPECT_EQ(in("Who wrote BERT?", "BERT"), -1) << "the asker knew it";
    EXPECT_EQ(in("Who can delete a key?", "an administrator"), 0);
    EXPECT_EQ(in("Whose goals were they?", "states and governments"), 0);
    EXPECT_EQ(in("Who wrote it, and when was it?", "1997"), 1) << "one of them is enough";
    EXPECT_EQ(in("谁发明了LSTM？", "施密德胡伯"), in("谁发明了LSTM？", "Schmidhuber"));
    EXPECT_EQ(in("What is it?", "a model"), 0);
    // A date, where no time is asked for.
    for (const char* question :
         {"What is the budget of the Vega project?", "Where did the Vega project start?",
          "How many have started it?", "Who started the Vega project?", "Warum begann es?"})
        for (const char* date : {"March 2019", "3 June", "the 9th century"})
            EXPECT_EQ(in(question, date), -1) << question << " | " << date;
    for (const char* question :
         {"What is the date of it?", "On which day was it?", "Which year and month was it?",
          "What happens when it ends?", "Em que ano começou?", "Name the start of it."})
        EXPECT_GE(in(question, "March 2019"), 0) << question;
    for (const char* other : {"since March 2019", "2019", "the March of Progress"})
        EXPECT_EQ(in("What is the budget of it?", other), 0) << other;
    const std::string_view passage = "It began on 3 June 2019 with 14 people.";
    for (const char* part : {"3 June", "2019", "14"}) {
        const std::size_t at = passage.find(part);
        EXPECT_EQ(AskedKind("What is the budget of it?")
                      .in(passage, {at, at + std::string_view(part).size()}),
                  std::string_view(part) == "14" ? 0 : -1)
            << part;
    }
}

TEST(AskedKind, WhatItLeansOnCounts) {
    EXPECT_EQ(name("Who was it?", "It is by Jacob Devlin, they say. He wrote it at night."), 1);
    EXPECT_EQ(name("Who was it?", "It is by Jacob Devlin, they say. Nobody saw that."), -1);
    EXPECT_EQ(number("When was it?", "The year was 2018. It was a good year."), 1);
}

TEST(AskedKind, Definitions) {
    EXPECT_EQ(definition("What is an encoder?", "An encoder is a model that reads."), 1);
    EXPECT_EQ(
        definition("What is an encoder?", "Encoders, even large ones, are the models that read."),
        1);
    EXPECT_EQ(definition("What does GRU mean?", "GRU stands for gated recurrent unit."), 1);
    EXPECT_EQ(definition("What is BERT?", "BERT was published in 2018."), 0.5);
    EXPECT_EQ(definition("What is perplexity?", "This measure is called perplexity."), 0.5);
    EXPECT_EQ(definition("Is BERT a decoder?", "BERT is an encoder."), 1);
    EXPECT_EQ(definition("What is an encoder?", "It has an encoder that is a model."), -1);
    EXPECT_EQ(definition("What is an encoder?", "Encoders read all texts."), 0.25);
    EXPECT_EQ(definition("What does the LISTEN command do?", "LISTEN waits for all."), 0.25);
    EXPECT_EQ(definition("What is vacuum?", "Vacuumdb is a program for all."), -1);
    EXPECT_EQ(definition("What is MVCC?", "It is done by MVCC, a model of versions."), 0.5);
    EXPECT_EQ(definition("What is the size of the encoder?", "It is a large one."), 0)
        << "no word or two";
    EXPECT_EQ(definition("How does an encoder work?", "An encoder is a model that reads."), 0);
}

TEST(AskedKind, WhatStandsFirstUnderTheNameOfAThingSaysWhatItIs) {
    const auto under = [](std::string_view question, std::string_view title,
                          std::string_view passage) {
        return AskedKind(question).definition(last_of(passage), title);
    };
    const char* question = "What does the LISTEN command do?";
    EXPECT_EQ(under(question, "", "## LISTEN\n\nWaits for notifications."), 1);
    EXPECT_EQ(under(question, "", "## 4.2 listen (name)\n\nWaits for notifications."), 1);
    EXPECT_EQ(under(question, "LISTEN", "## Description\n\nWaits for notifications."), 1);
    EXPECT_EQ(under(question, "NOTIFY", "## Description\n\nWaits for notifications."), -1);
    EXPECT_EQ(under(question, "", "## LISTEN\n\nSee also NOTIFY.\n\nWaits for all."), 1);
    EXPECT_EQ(under(question, "", "## LISTEN\n\nWaits for all. Nobody knows why."), 0);
    EXPECT_EQ(under(question, "", "## LISTEN\n\nlisten = all (of, them)"), -1) << "code";
    EXPECT_EQ(under(question, "", "## LISTEN and NOTIFY\n\nWait for all."), -1);
}

TEST(AskedKind, WhatIsToBeDefinedMustBeThereInARow) {
    const auto lacks = [](std::string_view question, const Passage& passage) {
        return AskedKind(question).lacks_term(candidates("", {passage}).back(), passage);
    };
    const Passage passage{"Networks", "A network without convolution reads the whole text.", 1};
    EXPECT_TRUE(lacks("What is a convolutional network?", passage));
    EXPECT_TRUE(lacks("What is a decoder?", passage));
    EXPECT_FALSE(lacks("What are networks?", passage));
    EXPECT_FALSE(lacks("What is a convolutional network?",
                       {"Convolutional networks", "They read images very well.", 1}));
    EXPECT_FALSE(lacks("What is a convolutional network?",
                       {"", "A convolutional network is old. It reads images.", 1}));
    EXPECT_FALSE(lacks("What is the role of titles?", passage)) << "may be said in other words";
    EXPECT_FALSE(lacks("How does a decoder work?", passage));
}

}  // namespace
}  // namespace lectern::passages
