// Pipeline files (YAML) and sizes.
#include "config/pipeline.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    (void)config::parse_size(input);
    const auto pipeline = config::parse_pipeline(input, "p.yaml", "/nowhere");
    if (!pipeline) {
        must(!pipeline.status().message().empty(), "a refusal says why");
        return;
    }
    must(pipeline->text == input, "the text is kept byte for byte");
    for (const auto* steps : {&pipeline->ingest, &pipeline->query})
        for (const config::Step& step : *steps)
            for (const std::string& stage : step.stages)
                must(pipeline->find(stage) != nullptr, "every name in a step has a stage");
}

}  // namespace lectern::fuzz
