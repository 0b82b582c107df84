#include "engine/plugin_host/stage.hpp"

#include <utility>

#include "engine/plugin_host/active_calls.hpp"
#include "engine/plugin_host/enter.hpp"
#include "engine/plugin_host/loaded_plugin.hpp"

namespace lectern::host {

std::string_view name(StageKind kind) noexcept {
    switch (kind) {
        case StageKind::extractor: return "extractor";
        case StageKind::splitter: return "splitter";
        case StageKind::tokenizer: return "tokenizer";
        case StageKind::embedder: return "embedder";
        case StageKind::reranker: return "reranker";
        case StageKind::reader: return "reader";
        case StageKind::generator: return "generator";
        case StageKind::custom: return "custom";
        case StageKind::trainer: return "trainer";
        case StageKind::verifier: return "verifier";
    }
    return "unknown";
}

Stage::~Stage() = default;

Stage& Stage::operator=(Stage&& other) noexcept {
    if (this == &other) return *this;
    stage_ = std::move(other.stage_);  // ends the old stage while its plugin is still there
    plugin_ = std::move(other.plugin_);
    face_ = std::move(other.face_);
    name_ = std::move(other.name_);
    plugin_name_ = std::move(other.plugin_name_);
    type_name_ = std::move(other.type_name_);
    kind_ = other.kind_;
    abi_minor_ = other.abi_minor_;
    input_ = std::move(other.input_);
    output_ = std::move(other.output_);
    kind_table_id_ = other.kind_table_id_;
    kind_table_ = other.kind_table_;
    return *this;
}

std::string Stage::describe() const {
    return host::describe(plugin_name_, name_);
}

void Stage::Destroy::operator()(lectern_stage* ended) const noexcept {
    Status failure;
    const Interrupt none;
    contained<int>(plugin, stage, "destroy", none, failure, [ended] {
        ended->destroy(ended);
        return 0;
    });
    if (!failure.ok() && face != nullptr)
        face->services().log(LogLevel::error, plugin, failure.message());
}

const void* Stage::capability(const char* id) const noexcept {
    Status failure;
    const Interrupt none;
    return contained<const void*>(plugin_name_, name_, "get_capability", none, failure,
                                  [&] { return stage_->get_capability(stage_.get(), id); });
}

Status check_ports(const Stage& from, const Stage& to) {
    return check_ports(from.name(), from.output(), to.name(), to.input(),
                       to.kind() == StageKind::tokenizer ? Chunks::are_texts : Chunks::are_chunks);
}

}  // namespace lectern::host
