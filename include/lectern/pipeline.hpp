// lectern/pipeline.hpp: what a pipeline file makes, without a collection: the steps of its two
// flows with what they take and give, and what is wrong with them or missing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lectern/engine.hpp"
#include "lectern/status.hpp"

namespace lectern {

struct PipelineStep {
    std::string flow;          // "ingest" or "query"
    std::size_t position = 0;  // in the flow or its branch; of a choice, all have the same
    std::size_t branch = 0;    // of several searches, from 1; 0: outside of them
    // Those whose output it takes, by their places in PipelineGraph::steps.
    std::vector<std::size_t> after;
    std::string name;    // as the file calls it, or a built-in step: "source", "search"
    std::string kind;    // "extractor"; "" for a built-in step
    std::string plugin;  // "" for a built-in step
    std::string stage;   // the plugin's stage type
    std::string model;   // its option `model`; "": none
    // Of a search in a branch, and of `fuse`: "lexical, share 0.5", "rrf". "": as the file's
    // sections say.
    std::string settings;
    // "tokens of wordpiece:ab12", "vectors of dimension 384 of bert:cd34"; of a stage that could
    // not be made the type alone. "": nothing.
    std::string takes;
    std::string gives;
};

struct PipelineGraph {
    std::string name;
    std::string file;
    std::vector<PipelineStep> steps;    // ingest, then query, in the file's order
    std::vector<std::string> problems;  // why it cannot be used; empty: it can
    std::vector<std::string> notes;     // what it will not do: answers, without a reader
};

// Makes all stages of a pipeline (a file, or the name of one that ships), as opening a collection
// with it would, and lets them go. A failure for a file that is not there or is not a pipeline
// file; what is wrong with its stages is in `problems`. Loads the models.
[[nodiscard]] LECTERN_API Result<PipelineGraph> describe_pipeline(const std::string& pipeline,
                                                                  const Folders& folders = {},
                                                                  const Log& log = {});

}  // namespace lectern
