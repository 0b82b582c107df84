// bert/quantise.hpp: 8-bit weights for the matrix products of an encoder.
#pragma once

#include <cstddef>
#include <memory>
#include <openvino/core/model.hpp>

namespace lectern::bert {

// Replaces the f32 weights of every matrix product by 8-bit whole numbers with one scale for each
// output (symmetric, round to nearest), in the form that OpenVINO multiplies without widening them.
// Returns how many were replaced. Embedding tables and everything else stay as they are.
std::size_t quantise_weights(ov::Model& model);

}  // namespace lectern::bert
