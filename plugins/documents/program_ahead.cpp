#include "documents/program_ahead.hpp"

#include <utility>

#include "documents/extracted.hpp"

namespace lectern::documents {

ProcessOutput ProgramAhead::run(const std::vector<std::string>& arguments, std::string_view input,
                                const ProcessLimits& limits) {
    std::optional<StartedProgram> program = take(arguments);
    if (!program) program.emplace(arguments, limits);
    bool one_of_many = false;
    {
        const std::lock_guard held(lock_);
        one_of_many = last_ && is_fresh(*last_);
        last_ = Clock::now();
    }
    return program->run(input, limits, [&] {
        if (one_of_many) start_next(arguments, limits);
    });
}

std::optional<StartedProgram> ProgramAhead::take(const std::vector<std::string>& arguments) {
    std::optional<Waiting> found;
    {
        const std::lock_guard held(lock_);
        found = std::exchange(waiting_, std::nullopt);
    }
    if (!found || found->arguments != arguments || !is_fresh(found->since) ||
        found->program.ended())
        return std::nullopt;
    return std::move(found->program);
}

void ProgramAhead::start_next(const std::vector<std::string>& arguments,
                              const ProcessLimits& limits) {
    // Held while it starts: who wants one now gets this one.
    const std::lock_guard held(lock_);
    if (waiting_) return;
    try {
        const auto now = Clock::now();
        waiting_.emplace(Waiting{StartedProgram(arguments, limits, patience_), arguments, now});
    } catch (const Failure&) {
        // The next run starts it itself, or says why it cannot.
    }
}

}  // namespace lectern::documents
