// A verifier: a sentence does not follow from its evidence when it has a number that this lacks.
#pragma once

#include <string>

#include "lectern/plugin.hpp"

class SameNumbers : public lectern::plugin::Verifier {
 public:
    explicit SameNumbers(const lectern::plugin::Config&) {}

    void infer(const lectern::plugin::Call&, const lectern_text* premises,
               const lectern_text* hypotheses, std::uint64_t count, float* out) const override {
        for (std::uint64_t i = 0; i < count; ++i) {
            const bool follows = has_numbers(lectern::plugin::view(premises[i]),
                                             lectern::plugin::view(hypotheses[i]));
            // Entailment, neutral, contradiction: together 1.
            out[3 * i] = follows ? 1.0F : 0.0F;
            out[3 * i + 1] = 0;
            out[3 * i + 2] = follows ? 0.0F : 1.0F;
        }
    }

 private:
    static bool has_numbers(std::string_view premise, std::string_view hypothesis) {
        constexpr std::string_view digits = "0123456789";
        for (std::size_t at = hypothesis.find_first_of(digits); at != std::string_view::npos;) {
            const std::size_t end = hypothesis.find_first_not_of(digits, at);
            if (premise.find(hypothesis.substr(at, end - at)) == std::string_view::npos)
                return false;
            at = hypothesis.find_first_of(digits, end);
        }
        return true;
    }
};
