#include "plugins/tasks/linear_trainer.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "plugins/shared/failure.hpp"

namespace lectern::tasks {
namespace {

namespace json = boost::json;
using shared::fail;

constexpr std::size_t embed_at_once = 64;

std::string string_field(const json::object& row, const char* key, const std::string& where) {
    const json::value* const value = row.if_contains(key);
    if (value == nullptr || !value->is_string() || value->get_string().empty())
        fail(LECTERN_INVALID_ARGUMENT,
             where + " has no \"" + key + "\"; a row is {\"text\": \"...\", \"label\": \"...\"}");
    return std::string(value->get_string());
}

std::vector<float> embed_all(const std::vector<Example>& examples, const EmbedTexts& embed,
                             const std::function<void(double)>& progress) {
    std::vector<float> out;
    for (std::size_t at = 0; at < examples.size(); at += embed_at_once) {
        std::vector<std::string_view> texts;
        for (std::size_t i = at; i < std::min(at + embed_at_once, examples.size()); ++i)
            texts.push_back(examples[i].text);
        const std::vector<float> vectors = embed(texts);
        out.insert(out.end(), vectors.begin(), vectors.end());
        progress(static_cast<double>(std::min(at + embed_at_once, examples.size())) /
                 static_cast<double>(examples.size()));
    }
    return out;
}

}  // namespace

Example read_example(std::string_view text, const std::string& where) {
    boost::system::error_code error;
    const json::value row = json::parse({text.data(), text.size()}, error);
    if (error || !row.is_object()) fail(LECTERN_INVALID_ARGUMENT, where + " is not a JSON object");
    return {string_field(row.get_object(), "text", where),
            string_field(row.get_object(), "label", where)};
}

Example read_tsv_example(std::string_view line, const std::string& where) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || tab == 0 || tab + 1 == line.size())
        fail(LECTERN_INVALID_ARGUMENT, where + ": a line of a .tsv file is LABEL, a tab, TEXT");
    return {std::string(line.substr(tab + 1)), std::string(line.substr(0, tab))};
}

Trained train_linear(const std::vector<Example>& examples, const TrainerOptions& options,
                     const EmbedTexts& embed, const ShowProgress& progress,
                     const std::function<void()>& check) {
    std::map<std::string, std::size_t> counts;
    for (const Example& example : examples) ++counts[example.label];
    if (counts.size() < 2)
        fail(LECTERN_INVALID_ARGUMENT, "the examples have " + std::to_string(counts.size()) +
                                           " label(s); at least two are needed");
    const auto rarest =
        std::min_element(counts.begin(), counts.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (rarest->second < 2)
        fail(LECTERN_INVALID_ARGUMENT, "the label '" + rarest->first +
                                           "' has one example; give it another one, or leave it "
                                           "out");
    Trained out;
    LinearClassifier& classifier = out.classifier;
    std::map<std::string, std::size_t> classes;
    for (const auto& [label, count] : counts) {
        classes[label] = classifier.labels.size();
        classifier.labels.push_back(label);
    }
    LabelledVectors data;
    for (const Example& example : examples) data.classes.push_back(classes[example.label]);
    data.vectors =
        embed_all(examples, embed, [&](double fraction) { progress(fraction, "embedding"); });
    data.dimension = data.vectors.size() / examples.size();

    progress(0, "validating");
    out.folds = std::min(options.folds, rarest->second);
    out.cross_validated =
        cross_validate(data, classifier.labels.size(), out.folds, options.seed, options.fit, check);
    progress(0, "fitting");
    classifier.layer = fit(data, classifier.labels.size(), options.fit, check);
    classifier.strength = options.fit.strength;
    classifier.examples = examples.size();
    progress(1, "fitting");
    return out;
}

Evaluation evaluate_linear(const LinearClassifier& classifier, const std::vector<Example>& examples,
                           const EmbedTexts& embed) {
    if (examples.empty()) fail(LECTERN_INVALID_ARGUMENT, "there are no examples to measure with");
    LabelledVectors data;
    data.dimension = classifier.layer.dimension;
    std::vector<Example> known;
    for (const Example& example : examples) {
        const auto label =
            std::find(classifier.labels.begin(), classifier.labels.end(), example.label);
        if (label == classifier.labels.end()) continue;
        data.classes.push_back(static_cast<std::size_t>(label - classifier.labels.begin()));
        known.push_back(example);
    }
    data.vectors = embed_all(known, embed, [](double) {});
    Evaluation out = evaluate(classifier.layer, data);
    out.examples = examples.size();
    return out;
}

std::string report(const Evaluation& evaluation, const std::vector<std::string>& labels) {
    json::array classes;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const ClassScore& one = evaluation.classes[i];
        classes.push_back(json::object{{"label", labels[i]},
                                       {"examples", one.examples},
                                       {"precision", one.precision()},
                                       {"recall", one.recall()},
                                       {"f1", one.f1()}});
    }
    return json::serialize(json::object{{"accuracy", evaluation.accuracy()},
                                        {"macro_f1", evaluation.macro_f1()},
                                        {"examples", evaluation.examples},
                                        {"classes", std::move(classes)}});
}

}  // namespace lectern::tasks
