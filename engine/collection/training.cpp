#include <boost/json/parse.hpp>
#include <optional>
#include <string>
#include <utility>

#include "config/pipeline.hpp"
#include "engine/collection/engine_impl.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/plugin_host/calls.hpp"
#include "lectern/lectern.hpp"

namespace lectern {
namespace {

host::Progress progress_of(const TrainOptions& options) {
    return [&options](double fraction, std::string_view step, std::string_view detail) {
        if (options.progress) options.progress(std::string(step), fraction, std::string(detail));
    };
}

struct Trainer {
    std::shared_ptr<ModelRegistry> models;  // its host outlives the stages
    std::shared_ptr<Pipeline> pipeline;     // nullptr: none was asked for
    host::Stage stage;
};

Result<std::shared_ptr<Pipeline>> open_pipeline(const std::string& name, const Folders& folders,
                                                ModelRegistry& models) {
    if (name.empty()) return std::shared_ptr<Pipeline>();
    const std::vector<std::filesystem::path> shipped{folders.pipelines};
    LECTERN_ASSIGN(const std::filesystem::path file, config::find_pipeline(name, shipped));
    LECTERN_ASSIGN(auto config, config::load_pipeline(file));
    return models.pipeline(std::move(config));
}

Result<Trainer> make_trainer(const TrainOptions& options) {
    LECTERN_ASSIGN(const auto engine, Engine::Impl::make({.folders = options.folders,
                                                          .threads = options.threads,
                                                          .log = options.log}));
    LECTERN_ASSIGN(auto models, engine->models(0));
    LECTERN_ASSIGN(auto pipeline, open_pipeline(options.pipeline, engine->folders, *models));
    boost::system::error_code error;
    auto parsed = boost::json::parse(options.options, error);
    if (error || !parsed.is_object())
        return Status{Code::invalid_argument, "the training options are not a JSON object"};
    LECTERN_ASSIGN(auto stage,
                   models->host().create({.plugin = options.plugin,
                                          .type = options.stage,
                                          .name = "train",
                                          .options = std::move(parsed.as_object()),
                                          .pipeline = pipeline ? pipeline->face() : nullptr}));
    if (stage.table<lectern_trainer>() == nullptr)
        return Status{Code::invalid_argument, stage.describe() + " is not a trainer"};
    return Trainer{std::move(models), std::move(pipeline), std::move(stage)};
}

// The model's absolute path. Before the work: what is there and no file of a model, a folder or a
// device, is not written over.
Result<std::string> writable(const std::filesystem::path& model) {
    std::error_code error;
    const auto path = std::filesystem::absolute(model, error);
    if (error || !path.has_filename())
        return Status{Code::invalid_argument,
                      "'" + model.string() + "' is no name for the model's file"};
    const auto status = std::filesystem::status(path, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        return Status{Code::invalid_argument, "'" + model.string() +
                                                  "' is there already and is no model's file; name "
                                                  "another"};
    if (!std::filesystem::is_directory(path.parent_path(), error))
        return Status{Code::not_found, "cannot write '" + model.string() + "': the folder '" +
                                           path.parent_path().string() +
                                           "' does not exist; make it first"};
    return path.string();
}

// Of a file that is to be read; one that is not there is told by who reads it.
Result<std::string> readable(const std::filesystem::path& file, std::string_view what) {
    std::error_code error;
    const auto path = std::filesystem::absolute(file, error);
    if (error)
        return Status{Code::invalid_argument,
                      "'" + file.string() + "' is no name of a " + std::string(what)};
    return path.string();
}

}  // namespace

Result<std::string> train(const TextFeed& texts, const std::filesystem::path& model,
                          const TrainOptions& options) {
    LECTERN_ASSIGN(const std::string path, writable(model));
    LECTERN_ASSIGN(const Trainer trainer, make_trainer(options));
    std::optional<std::string> current;
    Status failure;
    const host::NextText next = [&]() -> Result<std::string_view> {
        auto text = texts();
        if (!text) {
            failure = text.status();
            // Not what says that the texts have ended.
            if (failure.code() == Code::not_found) return Status{Code::internal, failure.message()};
            return failure;
        }
        current = std::move(*text);
        if (!current) return Status{Code::not_found, "the end"};
        return std::string_view(*current);
    };
    auto report =
        host::train(trainer.stage, {.stop = options.stop}, next, path, progress_of(options));
    if (!failure.ok()) return failure;
    return report;
}

Result<std::string> evaluate(const std::filesystem::path& model, const std::filesystem::path& test,
                             const TrainOptions& options) {
    LECTERN_ASSIGN(const std::string model_path, readable(model, "model"));
    LECTERN_ASSIGN(const std::string test_path, readable(test, "test file"));
    LECTERN_ASSIGN(const Trainer trainer, make_trainer(options));
    return host::evaluate(trainer.stage, {.stop = options.stop}, model_path, test_path,
                          progress_of(options));
}

}  // namespace lectern
