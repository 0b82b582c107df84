// static/principal.hpp: principal components of rows of numbers.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace lectern::static_vectors {

struct Symmetric {
    std::vector<double> values;   // of a matrix, largest first
    std::vector<double> vectors;  // one a row, of length 1, in the order of the values
};
// Eigenvalues and eigenvectors of a symmetric matrix of n x n, by cyclic Jacobi rotations (C. G. J.
// Jacobi 1846; G. Golub and C. Van Loan, "Matrix Computations", 8.5). `stopped` is asked now and
// then; true ends it early, with what there is.
[[nodiscard]] Symmetric eigen(std::vector<double> matrix, std::size_t n,
                              const std::function<bool()>& stopped = {});

struct Components {
    std::size_t dimension = 0;
    std::vector<double> mean;
    std::vector<double> axes;  // kept x dimension, by how much the rows spread along them
    double kept = 0;           // share of the spread that lies along them, 0 to 1
    [[nodiscard]] std::size_t size() const noexcept {
        return dimension == 0 ? 0 : axes.size() / dimension;
    }
    // Where a row lies on the axes, from the mean.
    void project(std::span<const float> row, std::span<float> out) const;
};
// Of rows x dimension numbers; `keep` axes at most.
[[nodiscard]] Components principal_components(std::span<const float> rows, std::size_t dimension,
                                              std::size_t keep,
                                              const std::function<bool()>& stopped = {});

// Takes half of the differences in spread away that columns have (each is divided by the root of
// its standard deviation), so that a few do not decide alone how near two rows are.
void even_out(std::span<float> rows, std::size_t dimension);

}  // namespace lectern::static_vectors
