// engine/plugin_host/stage.hpp: one live stage of a plugin.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/plugin_host/port.hpp"
#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern::host {

enum class StageKind : std::uint32_t {
    extractor = LECTERN_EXTRACTOR,
    splitter = LECTERN_SPLITTER,
    tokenizer = LECTERN_TOKENIZER,
    embedder = LECTERN_EMBEDDER,
    reranker = LECTERN_RERANKER,
    reader = LECTERN_READER,
    generator = LECTERN_GENERATOR,
    custom = LECTERN_CUSTOM,
    trainer = LECTERN_TRAINER,
    verifier = LECTERN_VERIFIER
};

[[nodiscard]] std::string_view name(StageKind kind) noexcept;

// The id under which a stage gives a table: table_id<lectern_embedder> is "lectern.embedder/1".
template <typename Table>
inline constexpr const char* table_id = nullptr;
template <>
inline constexpr const char* table_id<lectern_extractor> = LECTERN_EXTRACTOR_1;
template <>
inline constexpr const char* table_id<lectern_splitter> = LECTERN_SPLITTER_1;
template <>
inline constexpr const char* table_id<lectern_tokenizer> = LECTERN_TOKENIZER_1;
template <>
inline constexpr const char* table_id<lectern_embedder> = LECTERN_EMBEDDER_1;
template <>
inline constexpr const char* table_id<lectern_reranker> = LECTERN_RERANKER_1;
template <>
inline constexpr const char* table_id<lectern_reader> = LECTERN_READER_1;
template <>
inline constexpr const char* table_id<lectern_generator> = LECTERN_GENERATOR_1;
template <>
inline constexpr const char* table_id<lectern_custom> = LECTERN_CUSTOM_1;
template <>
inline constexpr const char* table_id<lectern_trainer> = LECTERN_TRAINER_1;
template <>
inline constexpr const char* table_id<lectern_entailment> = LECTERN_ENTAILMENT_1;

class LoadedPlugin;
class HostFace;

// Owns a lectern_stage and destroys it. Move-only. Keeps its plugin loaded and initialised, and
// may outlive the PluginHost that made it. Reading is safe from any thread; destroy it when no
// call into it is running. What PluginHost::create returns has been checked: the stage's own
// functions and every function of its kind's table that is not optional are there.
class Stage {
 public:
    Stage(Stage&&) noexcept = default;
    Stage& operator=(Stage&&) noexcept;
    ~Stage();

    [[nodiscard]] const std::string& name() const noexcept { return name_; }  // in the pipeline
    [[nodiscard]] const std::string& plugin() const noexcept { return plugin_name_; }
    [[nodiscard]] const std::string& type() const noexcept { return type_name_; }
    [[nodiscard]] StageKind kind() const noexcept { return kind_; }
    // The minor version of the header that its plugin was built with.
    [[nodiscard]] unsigned abi_minor() const noexcept { return abi_minor_; }
    [[nodiscard]] const Port& input() const noexcept { return input_; }
    [[nodiscard]] const Port& output() const noexcept { return output_; }

    // "stage 'vectors' (plugin bert)", for messages.
    [[nodiscard]] std::string describe() const;

    // For calls through a table, which calls.hpp has: the engine makes none of its own.
    [[nodiscard]] const lectern_stage* get() const noexcept { return stage_.get(); }

    // The table of this stage's kind, or nullptr when the stage is of another kind:
    //     stage.table<lectern_embedder>()->embed(stage.get(), call.get(), ...);
    template <typename Table>
    [[nodiscard]] const Table* table() const noexcept {
        static_assert(table_id<Table> != nullptr, "not a stage table of plugin.h");
        return std::string_view(table_id<Table>) == kind_table_id_
                   ? static_cast<const Table*>(kind_table_)
                   : nullptr;
    }

    // Any other table, as the plugin gives it (nullptr: it has none, or it threw). Not checked.
    [[nodiscard]] const void* capability(const char* id) const noexcept;

 private:
    friend class PluginHost;
    // What the plugin throws on the way is logged.
    struct Destroy {
        std::string plugin;
        std::string stage;
        std::shared_ptr<const HostFace> face;
        void operator()(lectern_stage* ended) const noexcept;
    };
    // Before stage_, so that they end after it: the code, and the lectern_host of its config.
    std::shared_ptr<const LoadedPlugin> plugin_;
    std::shared_ptr<const HostFace> face_;
    std::string name_;
    std::string plugin_name_;
    std::string type_name_;
    StageKind kind_ = StageKind::custom;
    unsigned abi_minor_ = 0;
    Port input_;
    Port output_;
    std::string_view kind_table_id_;
    const void* kind_table_ = nullptr;
    std::unique_ptr<lectern_stage, Destroy> stage_;

    Stage() = default;
};

// Whether what one stage gives is what the next one takes; a tokenizer takes chunks, too.
[[nodiscard]] Status check_ports(const Stage& from, const Stage& to);

}  // namespace lectern::host
