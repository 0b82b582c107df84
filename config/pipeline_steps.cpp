// The steps of a pipeline file: what may stand in ingest, in query and in its branches, and where.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "config/pipeline_fields.hpp"
#include "config/pipeline_reader.hpp"
#include "text/suggest.hpp"

namespace lectern::config {
namespace {

struct BuiltIn {
    std::string_view name;
    StepKind kind;
    bool ingest;  // else it stands in query
    // A stage may be called so, and is meant then: files are older than the step.
    bool yields = false;
};
constexpr std::array<BuiltIn, 7> built_ins{{{"source", StepKind::source, true},
                                            {"commit", StepKind::commit, true},
                                            {"query", StepKind::query, false},
                                            {"search", StepKind::search, false},
                                            {"fuse", StepKind::fuse, false, true},
                                            {"quote", StepKind::quote, false, true},
                                            {"verify", StepKind::verify, false}}};

const BuiltIn* built_in(std::string_view name) {
    for (const BuiltIn& step : built_ins)
        if (step.name == name) return &step;
    return nullptr;
}

}  // namespace

bool PipelineReader::is_reserved(std::string_view name) {
    const BuiltIn* step = built_in(name);
    return step != nullptr && !step->yields;
}

bool PipelineReader::is_built_in(const std::string& name) const {
    const BuiltIn* step = built_in(name);
    return step != nullptr && !(step->yields && config_.find(name) != nullptr);
}

void PipelineReader::check_stage_exists(const std::string& name, YamlMark mark) {
    // Without a list of stages, every name would be wrong.
    if (config_.stages.empty() || config_.find(name) != nullptr) return;
    Names known;
    for (const StageConfig& stage : config_.stages) known.push_back(stage.name);
    fail(mark, in_quotes(name) + " is not in stages" +
                   text::did_you_mean(name, known, "; define it there, or remove it here"));
}

std::string PipelineReader::read_choice_item(const YamlNode& node) {
    if (node.kind != YamlKind::scalar) {
        fail(node.mark, "a choice holds names of stages, and this is " + describe(node) +
                            "; write [text, html]");
        return {};
    }
    if (is_built_in(node.text)) {
        fail(node.mark, in_quotes(node.text) +
                            " is a built-in step and cannot stand in a choice; move it out");
        return {};
    }
    check_stage_exists(node.text, node.mark);
    return node.text;
}

bool PipelineReader::read_choice(const YamlNode& node, Step& step) {
    step.kind = StepKind::choice;
    if (node.items.empty()) {
        fail(node.mark, "an empty choice; name the stages to choose from");
        return false;
    }
    for (const YamlNode& item : node.items)
        if (std::string name = read_choice_item(item); !name.empty())
            step.stages.push_back(std::move(name));
    return true;
}

// A list of lists is read once more for each of them; there it is refused.
// NOLINTNEXTLINE(misc-no-recursion)
bool PipelineReader::read_branches(const YamlNode& node, Step& step) {
    step.kind = StepKind::branches;
    const bool lists =
        !node.items.empty() && std::all_of(node.items.begin(), node.items.end(),
                                           [](auto& item) { return item.kind == YamlKind::list; });
    if (!lists) {
        fail(
            node.mark,
            "a choice is for extractors, in ingest; name one stage here, or write several "
            "searches as lists of steps: [[tokens, vectors, search], [{search: {mode: lexical}}]]");
        return false;
    }
    if (node.items.size() < 2 || node.items.size() > most_branches) {
        fail(node.mark, "the branches are " + std::to_string(node.items.size()) + "; write 2 to " +
                            std::to_string(most_branches) +
                            ", or the steps of one search without a list");
        return false;
    }
    for (const YamlNode& item : node.items) {
        const std::size_t before = errors_.size();
        std::vector<Step>& branch = step.branches.emplace_back();
        for (const YamlNode& inner : item.items) read_step(inner, Line::branch, branch);
        if (errors_.size() != before) continue;
        if (branch.empty() || branch.back().kind != StepKind::search)
            fail(item.mark,
                 "a branch ends with 'search'; put it last, and what reads the hits behind 'fuse'");
    }
    return true;
}

bool PipelineReader::read_built_in(const YamlNode& node, const std::string& name, Line line,
                                   Step& step) {
    const BuiltIn* known = built_in(name);
    if (known->ingest != (line == Line::ingest)) {
        fail(node.mark, in_quotes(name) + " stands in " + (known->ingest ? "ingest" : "query") +
                            ", not in " + (line == Line::ingest ? "ingest" : "query") +
                            "; remove it");
        return false;
    }
    if (line == Line::branch && known->kind != StepKind::search) {
        fail(node.mark, in_quotes(name) + " has no place in a branch; put it " +
                            (known->kind == StepKind::query ? "before the branches"
                                                            : "behind them and 'fuse'"));
        return false;
    }
    step.kind = known->kind;
    return true;
}

// `{search: {mode: lexical}}` in a branch, `{fuse: {fusion: convex}}`.
bool PipelineReader::read_settings(const YamlNode& node, Line line, Step& step) {
    const auto is = [&](std::string_view name) {
        return node.items.size() == 1 && node.items.front().key == name &&
               is_built_in(std::string(name));
    };
    const std::string first = node.items.empty() ? std::string() : node.items.front().key;
    if (line != Line::ingest && node.items.size() > 1 && (first == "search" || first == "fuse") &&
        is_built_in(first)) {
        fail(node.mark, "other keys stand beside " + in_quotes(first) +
                            "; indent its settings more than it, or write {" + first +
                            (first == "fuse" ? ": {fusion: convex}}" : ": {mode: lexical}}"));
        return false;
    }
    if (line == Line::ingest || (!is("search") && !is("fuse"))) {
        fail(node.mark, "a step is the name of a stage or a list of names, and this is " +
                            describe(node) + "; write for example 'chunks'");
        return false;
    }
    const YamlNode& item = node.items.front();
    if (line == Line::query && is("search")) {
        fail(node.mark,
             "a 'search' outside of branches is told how by the section 'search'; write the "
             "settings there, and 'search' here");
        return false;
    }
    if (!read_built_in(node, item.key, line, step)) return false;
    if (!is_map(item, item.key)) return false;
    if (step.kind == StepKind::search)
        read_described(fields(item, names_of(branch_keys()), item.key), branch_keys(), item.key,
                       step.search);
    else
        read_described(fields(item, names_of(fuse_keys()), item.key), fuse_keys(), item.key,
                       step.fuse);
    return true;
}

// NOLINTNEXTLINE(misc-no-recursion)
void PipelineReader::read_step(const YamlNode& node, Line line, std::vector<Step>& out) {
    Step step;
    step.place = place(node.mark);
    bool read = true;
    if (node.kind == YamlKind::list) {
        if (line == Line::branch) {
            fail(node.mark,
                 "branches within a branch; write each of them as a branch beside the others");
            return;
        }
        read = line == Line::ingest ? read_choice(node, step) : read_branches(node, step);
    } else if (node.kind == YamlKind::map) {
        read = read_settings(node, line, step);
    } else if (node.kind == YamlKind::scalar) {
        if (is_built_in(node.text)) {
            read = read_built_in(node, node.text, line, step);
        } else {
            check_stage_exists(node.text, node.mark);
            step.stages.push_back(node.text);
        }
    } else {
        fail(node.mark, "a step is the name of a stage or a list of names, and this is " +
                            describe(node) + "; write for example 'chunks'");
        return;
    }
    if (read) out.push_back(std::move(step));
}

void PipelineReader::read_steps(const YamlNode& node, Line line, std::vector<Step>& out) {
    const std::string_view here = line == Line::ingest ? "ingest" : "query";
    if (node.kind != YamlKind::list) {
        fail(node.mark,
             in_quotes(here) + " is " + describe(node) + "; give it a list of steps, " +
                 (line == Line::ingest ? "[source, ..., commit]" : "[query, ..., search, ...]"));
        return;
    }
    const std::size_t before = errors_.size();
    for (const YamlNode& item : node.items) read_step(item, line, out);
    // A list with wrong steps would only be wrong again.
    if (errors_.size() != before) return;
    check_line(node, line, out);
    std::set<std::string> seen;
    check_repeats(line, out, seen);
}

void PipelineReader::check_line(const YamlNode& node, Line line, const std::vector<Step>& steps) {
    const auto count = [&](StepKind kind) {
        return std::count_if(steps.begin(), steps.end(),
                             [&](const Step& step) { return step.kind == kind; });
    };
    const auto is_at = [&](StepKind kind, std::size_t at) {
        return at < steps.size() && steps[at].kind == kind;
    };
    if (line == Line::ingest) {
        if (!is_at(StepKind::source, 0))
            fail(node.mark, "ingest begins with 'source'; put it first");
        if (steps.empty() || steps.back().kind != StepKind::commit)
            fail(node.mark, "ingest ends with 'commit'; put it last");
        if (steps.size() == 2 && is_at(StepKind::source, 0) && is_at(StepKind::commit, 1))
            fail(node.mark,
                 "ingest has no stages between 'source' and 'commit'; name at least an extractor");
        return;
    }
    if (!is_at(StepKind::query, 0)) fail(node.mark, "query begins with 'query'; put it first");
    check_fused(steps);
    if (count(StepKind::search) + count(StepKind::branches) == 0)
        fail(node.mark, "query has no 'search'; put it behind the stage that gives vectors");
    if (count(StepKind::verify) > 0 && steps.back().kind != StepKind::verify)
        fail(node.mark, "'verify' checks the whole answer; put it last");
}

void PipelineReader::check_fused(const std::vector<Step>& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const YamlMark mark{steps[i].place.line, steps[i].place.column};
        const bool is_fused = i + 1 < steps.size() && steps[i + 1].kind == StepKind::fuse;
        const bool has_branches = i > 0 && steps[i - 1].kind == StepKind::branches;
        if (steps[i].kind == StepKind::branches && !is_fused)
            fail(mark,
                 "what branches find is made one list before it goes on; put 'fuse' behind them" +
                     std::string(is_built_in("fuse") ? ""
                                                     : ", and give the stage that is called so "
                                                       "another name"));
        if (steps[i].kind == StepKind::fuse && !has_branches)
            fail(mark,
                 "'fuse' makes one list of what branches find, and there are none before it; "
                 "write them as [[tokens, vectors, search], [{search: {mode: lexical}}]], or "
                 "remove 'fuse'");
    }
}

// Branches may have the same steps: each is a way of its own from the query to hits.
// NOLINTNEXTLINE(misc-no-recursion)
void PipelineReader::check_repeats(Line line, const std::vector<Step>& steps,
                                   std::set<std::string>& seen) {
    const std::string here = line == Line::ingest ? "ingest" : "query";
    for (const Step& step : steps) {
        std::set<std::string> of_branches;
        for (const std::vector<Step>& branch : step.branches) {
            std::set<std::string> way = seen;
            check_repeats(line, branch, way);
            of_branches.merge(way);
        }
        seen.merge(of_branches);
        if (step.kind == StepKind::branches) continue;  // nothing in a file is called so
        std::vector<std::string> names = step.stages;
        if (names.empty()) names.emplace_back(name(step.kind));
        for (const std::string& one : names) {
            if (seen.insert(one).second) continue;
            fail({step.place.line, step.place.column},
                 in_quotes(one) + " stands twice in " + here +
                     (step.stages.empty()
                          ? "; remove one"
                          : "; remove one, or give the second its own name in stages"));
        }
    }
}

}  // namespace lectern::config
