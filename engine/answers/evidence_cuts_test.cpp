#include "engine/answers/evidence_cuts.hpp"

#include <gtest/gtest.h>

namespace lectern {
namespace {

using Sentences = std::vector<std::string>;

TEST(EvidenceCuts, TheEvidenceAndWhatEndsAtAMark) {
    struct {
        const char* question;
        const char* evidence;
        const char* answer;
        Sentences whole;
    } cases[] = {
        {"How many gates does a GRU have?",
         "A GRU has two gates, the reset gate and the update gate, and no separate memory cell.",
         "two",
         // What it denies behind the last mark would be lost.
         {"A GRU has two gates, the reset gate and the update gate, and no separate memory cell."}},
        {"How many gates does a GRU have?",
         "A GRU has two gates, the reset gate and the update gate, and a small state.",
         "two",
         {"A GRU has two gates, the reset gate and the update gate, and a small state.",
          "A GRU has two gates.", "A GRU has two gates, the reset gate and the update gate."}},
        // Behind a date a conjunction goes on with something else.
        {"Wann erschien BERT?",
         "BERT erschien im Oktober 2018 und behielt nur den Encoder.",
         "Oktober 2018",
         {"BERT erschien im Oktober 2018 und behielt nur den Encoder.",
          "BERT erschien im Oktober 2018."}},
        {"Who led the Orion project?",
         "The Orion project was led by Anna Veld and was closed in 1920.",
         "Anna Veld",
         {"The Orion project was led by Anna Veld and was closed in 1920.",
          "The Orion project was led by Anna Veld."}},
        {"Who led the Orion project?",
         "The Orion project was led by Anna Veld and Bo Lind.",
         "Anna Veld",
         {"The Orion project was led by Anna Veld and Bo Lind."}},
        {"When was the harbour closed?",
         "The harbour was closed in 1913 and in 1915.",
         "1913",
         {"The harbour was closed in 1913 and in 1915."}},
        {"When was the harbour closed?",
         "The harbour was closed in 1913 or a little later.",
         "1913",
         {"The harbour was closed in 1913 or a little later."}},
        {"When was the harbour closed?",
         "The harbour was closed between 1913 and the end of the war.",
         "1913",
         {"The harbour was closed between 1913 and the end of the war."}},
        {"Who led the project?",
         "The project that was led by Anna Veld and was closed was dear.",
         "Anna Veld",
         {"The project that was led by Anna Veld and was closed was dear."}},
        {"What was closed in 1913?",
         "In 1913 the harbour and the pier were closed.",
         "the harbour",
         {"In 1913 the harbour and the pier were closed."}},
        // At a semicolon a clause ends, whoever else stands before the first mark.
        {"Who is Anna Veld?",
         "Anna Veld, Bo Lind and Ida Ros built the mill at Sund; the plans date from 1874.",
         "built the mill at Sund",
         {"Anna Veld, Bo Lind and Ida Ros built the mill at Sund; the plans date from 1874.",
          "Anna Veld, Bo Lind and Ida Ros built the mill at Sund."}},
        // Languages need no rules.
        {"Was ist der Transformer?",
         "Der Transformer ist eine Architektur für neuronale Netze, die Texte verarbeitet.",
         "eine Architektur",
         {"Der Transformer ist eine Architektur für neuronale Netze, die Texte verarbeitet.",
          "Der Transformer ist eine Architektur für neuronale Netze."}},
        {"中文为什么需要分词？",
         "中文的词与词之间没有空格，所以需要分词。",
         "没有空格",
         {"中文的词与词之间没有空格，所以需要分词。"}},
        // Nothing ends at the mark behind what is said besides of the subject.
        {"How does nucleus sampling pick a token?",
         "Nucleus sampling, described by Holtzman in 2020, draws from the smallest set of tokens.",
         "draws from the smallest set of tokens",
         {"Nucleus sampling, described by Holtzman in 2020, draws from the smallest set of "
          "tokens."}},
        {"Since when is reciprocal rank fusion known?",
         "Reciprocal rank fusion, described in 2009, adds scores, and it is fast.",
         "2009",
         {"Reciprocal rank fusion, described in 2009, adds scores, and it is fast."}},
        // A colon says that what matters follows.
        {"What is an inverted index?",
         "Vectors are stored in an inverted index: for each word, it keeps a list.",
         "Vectors",
         {"Vectors are stored in an inverted index: for each word, it keeps a list."}},
        // What stands before the subject may go, but for a preposition ("of BERT").
        {"How many cases does a Finnish noun have?",
         "Word forms are rare: a Finnish noun has 15 cases.",
         "15",
         {"Word forms are rare: a Finnish noun has 15 cases.", "A Finnish noun has 15 cases."}},
        // The question's words stay: the answer may be another than the reader's.
        {"How much memory does a vector take with 8-bit integers?",
         "A vector needs 1,536 bytes in 32-bit floats, 384 bytes in 8-bit integers.",
         "1,536 bytes in 32-bit floats",
         {"A vector needs 1,536 bytes in 32-bit floats, 384 bytes in 8-bit integers."}},
        // An item of a list, over two lines; nothing is cut within brackets.
        {"How many cranes has the harbour?",
         "- The harbour\n  has 14 cranes (old, slow), and a pier",
         "14 cranes",
         {"The harbour has 14 cranes (old, slow), and a pier.",
          "The harbour has 14 cranes (old, slow)."}},
        {"What is the motto of Sund?",
         "The motto of Sund is “slow, and sure”, and it is old.",
         "slow",
         {"The motto of Sund is “slow, and sure”, and it is old.",
          "The motto of Sund is “slow, and sure”."}},
        {"Wie heißt der Wahlspruch von Sund?",
         "Der Wahlspruch von Sund heißt „langsam, aber sicher“, und er ist alt.",
         "langsam",
         {"Der Wahlspruch von Sund heißt „langsam, aber sicher“, und er ist alt.",
          "Der Wahlspruch von Sund heißt „langsam, aber sicher“."}},
        {"单元有什么门？",
         "单元（重置门，更新门）有两个门，没有单独的记忆。",
         "重置门",
         {"单元（重置门，更新门）有两个门，没有单独的记忆。", "单元（重置门，更新门）有两个门。"}},
        {"What did Veld say?",
         "Veld said it in one word: \"It is done.\"",
         "It is done",
         {"Veld said it in one word: \"It is done.\""}},
        {"Was sagte Veld?",
         "Veld sagte nur: „Es ist getan.“",
         "Es ist getan",
         {"Veld sagte nur: „Es ist getan.“"}},
    };
    for (const auto& one : cases)
        EXPECT_EQ(evidence_cuts(one.question, one.evidence, one.answer), one.whole) << one.evidence;
}

TEST(EvidenceCuts, NoneOfWhatIsNoSentenceOfPlainText) {
    for (const char* evidence :
         {"", "It is a [1] of many.", "It is a <b> of many.", "It is \x01 of many.",
          "It is \xFF of many.", "| It has | many, or a few |", "It | has many, and more",
          "It was new. It has many.", "It has \"many.", "Has it many?"}) {
        const Sentences cuts = evidence_cuts("What is it?", evidence, "many");
        EXPECT_TRUE(cuts.empty()) << evidence;
    }
    EXPECT_TRUE(evidence_cuts("What is it?", "It is a thing.", "many").empty());
    EXPECT_TRUE(evidence_cuts("What is it?", "It is a thing.", "").empty());
    std::string longer = "It has many";
    for (int i = 0; i < 100; ++i) longer += " parts";
    EXPECT_TRUE(evidence_cuts("What is it?", longer + ".", "many").empty());
}

}  // namespace
}  // namespace lectern
