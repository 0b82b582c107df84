#include "plugins/tasks/linear_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <system_error>

#include "plugins/shared/failure.hpp"
#include "plugins/shared/read_file.hpp"

namespace lectern::tasks {
namespace {

namespace json = boost::json;
using shared::fail;

constexpr std::string_view format = "lectern linear classifier 1";
constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30U;

}  // namespace

void write_linear(const std::filesystem::path& path, const LinearClassifier& classifier) {
    const LinearLayer& layer = classifier.layer;
    json::array weights;
    for (std::size_t k = 0; k < layer.classes; ++k) {
        json::array row;
        for (std::size_t i = 0; i < layer.dimension; ++i)
            // As many digits as the vectors have.
            row.emplace_back(double{static_cast<float>(layer.weights[k * layer.dimension + i])});
        weights.emplace_back(std::move(row));
    }
    const json::object all{{"format", format},
                           {"labels", json::value_from(classifier.labels)},
                           {"dimension", layer.dimension},
                           {"fingerprint", classifier.fingerprint},
                           {"strength", classifier.strength},
                           {"examples", classifier.examples},
                           {"weights", std::move(weights)},
                           {"biases", json::value_from(layer.biases)}};
    const std::filesystem::path temporary =
        path.string() + "." + std::to_string(::getpid()) + ".tmp";
    {
        std::ofstream out(temporary, std::ios::binary);
        out << json::serialize(all) << '\n';
        if (!out.flush())
            fail(LECTERN_INVALID_ARGUMENT, "cannot write " + temporary.string() +
                                               "; is the folder there, and is there room?");
    }
    std::error_code error;
    std::filesystem::rename(temporary, path, error);
    if (error)
        fail(LECTERN_INVALID_ARGUMENT, "cannot write " + path.string() + ": " + error.message());
}

LinearClassifier read_linear(const std::filesystem::path& path) {
    boost::system::error_code error;
    const json::value all = json::parse(shared::read_text_file(path, most_bytes), error);
    const auto broken = [&path](const std::string& what) {
        fail(LECTERN_CORRUPT, path.string() +
                                  " is no linear classifier of 'lectern train "
                                  "classifier': " +
                                  what);
    };
    if (error) broken(error.message());
    LinearClassifier out;
    try {
        if (std::string_view(all.at("format").as_string()) != format)
            broken("it has another format");
        out.labels = json::value_to<std::vector<std::string>>(all.at("labels"));
        out.fingerprint = json::value_to<std::string>(all.at("fingerprint"));
        out.strength = all.at("strength").to_number<double>();
        out.examples = all.at("examples").to_number<std::size_t>();
        out.layer.dimension = all.at("dimension").to_number<std::size_t>();
        out.layer.classes = out.labels.size();
        for (const json::value& row : all.at("weights").as_array()) {
            const auto values = json::value_to<std::vector<double>>(row);
            if (values.size() != out.layer.dimension) broken("a row has another length");
            out.layer.weights.insert(out.layer.weights.end(), values.begin(), values.end());
        }
        out.layer.biases = json::value_to<std::vector<double>>(all.at("biases"));
    } catch (const plugin::Failure&) {
        throw;
    } catch (const std::exception& problem) {
        broken(problem.what());
    }
    if (out.labels.empty() || out.layer.biases.size() != out.labels.size() ||
        out.layer.weights.size() != out.labels.size() * out.layer.dimension)
        broken("labels, weights and biases are not of one number");
    return out;
}

}  // namespace lectern::tasks
