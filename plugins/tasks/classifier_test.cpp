// A small LSTM and a small recurrent network in ONNX (testdata/make_golden.py), computed again here
// in plain loops; BERT classifiers; labels to metadata.
#include "plugins/tasks/classifier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "plugins/tasks/metadata.hpp"
#include "plugins/tasks/test_support.hpp"

namespace lectern::tasks {
namespace {

using Matrix = std::vector<std::vector<double>>;
using Row = std::vector<double>;

struct Weights {
    Matrix table, w, r, out_w;
    Row b, out_b;
    std::vector<std::string> labels;

    explicit Weights(const char* name) {
        const auto file = read_json(testdata() / name / "weights.json");
        const auto take = [&](const char* key, auto& to) {
            to = boost::json::value_to<std::decay_t<decltype(to)>>(file.at(key));
        };
        take("table", table);
        take("w", w);
        take("r", r);
        take("out_w", out_w);
        take("b", b);
        take("out_b", out_b);
        take("labels", labels);
    }
};

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

// W x + R h + both biases, of one row.
double gate(const Weights& m, std::size_t row, const Row& x, const Row& h) {
    double sum = m.b[row] + m.b[m.w.size() + row];
    for (std::size_t i = 0; i < x.size(); ++i) sum += m.w[row][i] * x[i];
    for (std::size_t i = 0; i < h.size(); ++i) sum += m.r[row][i] * h[i];
    return sum;
}

Row output(const Weights& m, const Row& h) {
    Row out = m.out_b;
    for (std::size_t k = 0; k < out.size(); ++k)
        for (std::size_t i = 0; i < h.size(); ++i) out[k] += h[i] * m.out_w[i][k];
    return out;
}

// Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997), with the forget gate of Gers et al.
// (2000); gates in ONNX's order: input, output, forget, cell.
Row lstm_logits(const Weights& m, const bert::Ids& ids) {
    const std::size_t size = m.r[0].size();
    Row h(size);
    Row c(size);
    for (const std::int32_t id : ids) {
        Row next(size);
        for (std::size_t u = 0; u < size; ++u) {
            const auto& x = m.table[static_cast<std::size_t>(id)];
            const double in = sigmoid(gate(m, u, x, h));
            const double out = sigmoid(gate(m, size + u, x, h));
            const double keep = sigmoid(gate(m, 2 * size + u, x, h));
            c[u] = keep * c[u] + in * std::tanh(gate(m, 3 * size + u, x, h));
            next[u] = out * std::tanh(c[u]);
        }
        h = next;
    }
    return output(m, h);
}

// Elman, "Finding Structure in Time" (1990): the logits of every step, one behind the other.
Row rnn_logits(const Weights& m, const bert::Ids& ids) {
    Row h(m.w.size());
    Row all;
    for (const std::int32_t id : ids) {
        Row next(h.size());
        for (std::size_t u = 0; u < h.size(); ++u)
            next[u] = std::tanh(gate(m, u, m.table[static_cast<std::size_t>(id)], h));
        h = next;
        const Row step = output(m, h);
        all.insert(all.end(), step.begin(), step.end());
    }
    return all;
}

ClassifierOptions recurrent(const char* name) {
    ClassifierOptions out;
    out.model = options_for(testdata() / name / "model.onnx");
    out.vocabulary = testdata() / name / "words.txt";
    out.labels = Weights(name).labels;
    return out;
}

Classification classify(const Classifier& classifier, std::string_view text) {
    return classifier.classify(text, [] {});
}

TEST(RecurrentNetworks, EqualPlainLoops) {
    const std::vector<bert::Ids> texts{
        {2}, {2, 6, 4}, {11, 6, 12, 3}, {5, 5, 2, 13, 9}, {7, 8, 9, 10}, {1, 1, 7, 1, 9}, {3}};
    const std::pair<const char*, Row (*)(const Weights&, const bert::Ids&)> networks[] = {
        {"lstm", &lstm_logits}, {"rnn", &rnn_logits}};
    for (const auto& [name, reference] : networks) {
        const Weights weights(name);
        const TaskModel model(options_for(testdata() / name / "model.onnx"), Task::either);
        EXPECT_EQ(model.per_token(), std::string(name) == "rnn");
        std::vector<Sequence> sequences;
        for (const auto& ids : texts) sequences.push_back({ids, {}});
        std::size_t taken = 0;
        model.run(
            sequences,
            [&, &name = name, &reference = reference](std::size_t item,
                                                      std::span<const float> logits) {
                const Row expected = reference(weights, texts[item]);
                ASSERT_EQ(logits.size(), expected.size()) << name << " " << item;
                for (std::size_t i = 0; i < expected.size(); ++i)
                    EXPECT_NEAR(logits[i], expected[i], 1e-5) << name << " " << item;
                ++taken;
            },
            [] {});
        EXPECT_EQ(taken, texts.size());
    }
}

TEST(RecurrentNetworks, AnLstmNamesTheClassOfAText) {
    const Classifier classifier(recurrent("lstm"));
    for (const auto& [text, label] : {std::pair{"The bread is good.", "positive"},
                                      {"The bread is bad!", "negative"},
                                      {"Good, fine, good.", "positive"},
                                      {"awful", "negative"}}) {
        const auto found = classify(classifier, text);
        ASSERT_EQ(found.labels.size(), 1U);
        EXPECT_EQ(found.labels[0].label, label) << text;
        EXPECT_GT(found.labels[0].score, 0.5F);
    }
    EXPECT_TRUE(classify(classifier, " ... ").labels.empty());
}

TEST(RecurrentNetworks, ARecurrentNetworkFindsNames) {
    const Classifier classifier(recurrent("rnn"));
    const std::string text = "Ada Grace is in London. The bread is good in Paris, Ada.";
    const auto found = classify(classifier, text);
    std::vector<std::string> names;
    for (const Entity& one : found.entities)
        names.push_back(one.type + " " + text.substr(one.begin, one.end - one.begin));
    EXPECT_THAT(names, testing::ElementsAre("PER Ada Grace", "LOC London", "LOC Paris", "PER Ada"));
    const auto fields =
        boost::json::parse(with_fields(R"({"year": 1843})", "names", classifier, found, text));
    EXPECT_EQ(fields, boost::json::parse(R"({"year": 1843,
        "names": ["Ada Grace", "London", "Paris", "Ada"],
        "names_per": ["Ada Grace", "Ada"], "names_loc": ["London", "Paris"]})"));
}

TEST(RecurrentNetworks, ALongTextIsReadInPieces) {
    ClassifierOptions options = recurrent("lstm");
    options.model.max_tokens = 8;
    options.windows = 2;
    const Classifier classifier(options);
    std::string text;
    for (int i = 0; i < 8; ++i) text += "good ";
    const float good = classify(classifier, text).labels[0].score;
    for (int i = 0; i < 8; ++i) text += "bread ";
    const float both = classify(classifier, text).labels[0].score;
    EXPECT_LT(both, good);
    for (int i = 0; i < 80; ++i) text += "awful ";  // behind the second piece: not read
    EXPECT_FLOAT_EQ(classify(classifier, text).labels[0].score, both);
}

TEST(BertClassifier, NamesComeFromConfigJsonAndMinScoreHoldsBack) {
    ClassifierOptions options;
    options.model = options_for(testdata() / "inference");
    const Classifier classifier(options);
    EXPECT_EQ(classify(classifier, "not in london").labels.at(0).label, "contradiction");
    EXPECT_EQ(classify(classifier, "maybe in london").labels.at(0).label, "neutral");
    EXPECT_EQ(classify(classifier, "in london").labels.at(0).label, "entailment");
    EXPECT_EQ(boost::json::parse(with_label("", "kind", {"neutral", 0.98763F})),
              boost::json::parse(R"({"kind": "neutral", "kind_score": 0.9876})"));
    options.min_score = 1.0;
    EXPECT_TRUE(classify(Classifier(options), "maybe").labels.empty());
}

TEST(BertClassifier, SeveralLabelsAreEachAboveTheLeastScore) {
    ClassifierOptions options;
    options.model = options_for(testdata() / "inference");
    options.multiple = true;
    options.min_score = 0.6;
    const Classifier classifier(options);
    const auto found = classify(classifier, "maybe not");
    ASSERT_EQ(found.labels.size(), 2U);
    EXPECT_EQ(found.labels[0].label, "contradiction");
    EXPECT_EQ(found.labels[1].label, "neutral");
    EXPECT_EQ(boost::json::parse(with_fields("", "says", classifier, found, "")),
              boost::json::parse(R"({"says": ["contradiction", "neutral"]})"));
}

TEST(BertClassifier, OneLogitHasTwoLabels) {
    ClassifierOptions options;
    options.model = options_for(testdata() / "reranker");
    EXPECT_NE(std::string(failure_of([&] { Classifier{options}; }).what())
                  .find("what a small and a large value mean"),
              std::string::npos);
    options.labels = {"no", "yes"};
    const auto found = classify(Classifier(options), "the moon");
    ASSERT_EQ(found.labels.size(), 1U);
    EXPECT_GE(found.labels[0].score, 0.5F);
}

TEST(Entities, PrefixesAndPiecesOfWords) {
    const std::string text = "Ann Marie van Beek-Roth in Utrecht";
    const std::vector<std::string> labels{"O", "B-PER", "I-PER", "B-LOC"};
    //                               Ann     Mar     ie      van      Be        ek       -
    const std::vector<lectern_range> ranges{{0, 3},   {4, 7},   {7, 9},   {10, 13}, {14, 16},
                                            {16, 18}, {18, 19}, {19, 23}, {24, 26}, {27, 34}};
    const std::vector<TokenLabel> tokens{{1, 0.9F}, {1, 0.8F}, {0, 0.9F}, {2, 0.7F}, {2, 0.9F},
                                         {0, 0.9F}, {2, 0.9F}, {2, 0.9F}, {0, 0.9F}, {3, 0.6F}};
    std::vector<std::string> names;
    for (const Entity& one : entities(text, ranges, tokens, labels))
        names.push_back(one.type + " " + text.substr(one.begin, one.end - one.begin));
    EXPECT_THAT(names, testing::ElementsAre("PER Ann", "PER Marie van Beek-Roth", "LOC Utrecht"));
}

TEST(WordIds, ReadsBothFormsAndPointsAtErrors) {
    const TestFolder folder;
    const auto file = folder.path() / "words.txt";
    bert::write_file(file, "<unk>\t7\nThe\t3\r\nmoon\t5\n");
    const WordIds words(file);
    EXPECT_EQ(words.size(), 8U);
    EXPECT_THAT(words.tokens("The the MOON").ids, testing::ElementsAre(3, 7, 5));
    for (const auto& [content, message] :
         {std::pair{"a\nb\na\n", "words.txt:3: this word is listed twice"},
          {"a\tx\n", "words.txt:1: what follows the tab is not an id"},
          {"<unk>\n", "lists no words"}}) {
        bert::write_file(file, content);
        EXPECT_NE(std::string(failure_of([&] { WordIds{file}; }).what()).find(message),
                  std::string::npos);
    }
}

}  // namespace
}  // namespace lectern::tasks
