#include "engine/plugin_host/stage_check.hpp"

#include <cstring>

#include "engine/plugin_host/abi_sizes.hpp"
#include "engine/plugin_host/abi_v1_0.h"
#include "engine/plugin_host/call_context.hpp"
#include "engine/plugin_host/enter.hpp"

namespace lectern::host {
namespace {

constexpr std::size_t max_fingerprint_bytes = 4096;

Status defect(std::string what) {
    return {Code::internal, std::move(what) + "; report it to the plugin's author"};
}

struct Kind {
    const char* table;
    std::uint32_t table_bytes;  // as release 1.0 had it
    std::uint32_t input;        // LECTERN_PORT_*; 0: any
    std::uint32_t output;
};

Kind of(StageKind kind) {
    switch (kind) {
        case StageKind::extractor:
            return {LECTERN_EXTRACTOR_1, LECTERN_V1_0_SIZE_extractor, LECTERN_PORT_SOURCE,
                    LECTERN_PORT_TEXT};
        case StageKind::splitter:
            return {LECTERN_SPLITTER_1, LECTERN_V1_0_SIZE_splitter, LECTERN_PORT_TEXT,
                    LECTERN_PORT_CHUNKS};
        case StageKind::tokenizer:
            return {LECTERN_TOKENIZER_1, LECTERN_V1_0_SIZE_tokenizer, LECTERN_PORT_TEXT,
                    LECTERN_PORT_TOKENS};
        case StageKind::embedder:
            return {LECTERN_EMBEDDER_1, LECTERN_V1_0_SIZE_embedder, LECTERN_PORT_TOKENS,
                    LECTERN_PORT_VECTORS};
        case StageKind::reranker:
            return {LECTERN_RERANKER_1, LECTERN_V1_0_SIZE_reranker, LECTERN_PORT_HITS,
                    LECTERN_PORT_HITS};
        case StageKind::reader:
            return {LECTERN_READER_1, LECTERN_V1_0_SIZE_reader, LECTERN_PORT_HITS,
                    LECTERN_PORT_EVIDENCE};
        case StageKind::generator:
            return {LECTERN_GENERATOR_1, LECTERN_V1_0_SIZE_generator, LECTERN_PORT_EVIDENCE,
                    LECTERN_PORT_ANSWER};
        case StageKind::custom:
            return {LECTERN_CUSTOM_1, LECTERN_V1_0_SIZE_custom, LECTERN_PORT_TEXT,
                    LECTERN_PORT_TEXT};
        case StageKind::trainer: return {LECTERN_TRAINER_1, LECTERN_V1_0_SIZE_trainer, 0, 0};
        case StageKind::verifier:
            return {LECTERN_ENTAILMENT_1, LECTERN_V1_1_SIZE_entailment, LECTERN_PORT_ANSWER,
                    LECTERN_PORT_ANSWER};
    }
    return {"", 0, 0, 0};
}

template <typename Table>
const Table& as(const void* table) noexcept {
    return *static_cast<const Table*>(table);
}

// The first function of the table that is missing, or nullptr.
const char* missing_function(const void* table, StageKind kind) {
    const auto first = [](std::initializer_list<std::pair<bool, const char*>> functions) {
        for (const auto& [there, name] : functions)
            if (!there) return name;
        return static_cast<const char*>(nullptr);
    };
    switch (kind) {
        case StageKind::extractor: {
            const auto& t = as<lectern_extractor>(table);
            return first({{t.fits != nullptr, "fits"}, {t.extract != nullptr, "extract"}});
        }
        case StageKind::splitter:
            return first({{as<lectern_splitter>(table).split != nullptr, "split"}});
        case StageKind::tokenizer:
            return first({{as<lectern_tokenizer>(table).tokenize != nullptr, "tokenize"}});
        case StageKind::embedder: {
            const auto& t = as<lectern_embedder>(table);
            return first({{t.info != nullptr, "info"}, {t.embed != nullptr, "embed"}});
        }
        case StageKind::reranker:
            return first({{as<lectern_reranker>(table).rerank != nullptr, "rerank"}});
        case StageKind::reader: return first({{as<lectern_reader>(table).read != nullptr, "read"}});
        case StageKind::generator: {
            const auto& t = as<lectern_generator>(table);  // warm is optional
            return first({{t.info != nullptr, "info"},
                          {t.count_tokens != nullptr, "count_tokens"},
                          {t.generate != nullptr, "generate"}});
        }
        case StageKind::custom:
            return first({{as<lectern_custom>(table).process != nullptr, "process"}});
        case StageKind::trainer: {
            const auto& t = as<lectern_trainer>(table);
            return first({{t.train != nullptr, "train"}, {t.evaluate != nullptr, "evaluate"}});
        }
        case StageKind::verifier:
            return first({{as<lectern_entailment>(table).infer != nullptr, "infer"}});
    }
    return nullptr;
}

Result<Port> read_port(const lectern_stage& stage, const StageOrigin& origin,
                       lectern_code (*function)(const lectern_stage*, lectern_port*),
                       std::uint32_t wanted, const char* which) {
    Room<lectern_port> room(origin.abi_minor);
    Status failure;
    const Interrupt none;
    const auto code = contained<lectern_code>(origin.plugin, origin.stage, which, none, failure,
                                              [&] { return function(&stage, room.get()); });
    LECTERN_TRY(failure);
    const lectern_port& port = room.filled();
    if (code != LECTERN_OK)
        return defect("its " + std::string(which) + " function failed with code " +
                      std::to_string(code));
    if (wanted != 0 && port.type != wanted)
        return defect("its " + std::string(which) + " is " + port_type_name(port.type) +
                      ", and a stage of its kind has " + port_type_name(wanted));
    Port out{port.type, port.dimension, {}};
    if (port.fingerprint != nullptr)
        out.fingerprint =
            clean_text({port.fingerprint, ::strnlen(port.fingerprint, max_fingerprint_bytes)},
                       max_fingerprint_bytes);
    return out;
}

}  // namespace

Status check_functions(const lectern_stage* stage) {
    if (stage == nullptr) return defect("its create function gave no stage");
    if (stage->struct_size < LECTERN_V1_0_SIZE_stage)
        return defect("the struct_size of its stage is " + std::to_string(stage->struct_size) +
                      ", and ABI 1.0 has " + std::to_string(LECTERN_V1_0_SIZE_stage));
    for (const auto& [there, name] : {std::pair{stage->destroy != nullptr, "destroy"},
                                      {stage->input != nullptr, "input"},
                                      {stage->output != nullptr, "output"},
                                      {stage->get_capability != nullptr, "get_capability"}})
        if (!there) return defect("the " + std::string(name) + " function of its stage is NULL");
    return {};
}

Result<KindTable> find_table(const lectern_stage& stage, StageKind kind,
                             const StageOrigin& origin) {
    const Kind expected = of(kind);
    Status failure;
    const Interrupt none;
    const void* table =
        contained<const void*>(origin.plugin, origin.stage, "get_capability", none, failure,
                               [&] { return stage.get_capability(&stage, expected.table); });
    LECTERN_TRY(failure);
    if (table == nullptr)
        return defect("it is a " + std::string(name(kind)) + " without the table " +
                      expected.table);
    std::uint32_t bytes = 0;
    std::memcpy(&bytes, table, sizeof bytes);  // every table begins with struct_size
    if (bytes < expected.table_bytes)
        return defect("the struct_size of its table " + std::string(expected.table) + " is " +
                      std::to_string(bytes) + ", and ABI 1.0 has " +
                      std::to_string(expected.table_bytes));
    if (const char* missing = missing_function(table, kind); missing != nullptr)
        return defect("the function " + std::string(missing) + " of its table " + expected.table +
                      " is NULL");
    return KindTable{expected.table, table};
}

Ports ports_of(StageKind kind) {
    const Kind known = of(kind);
    return {{known.input, 0, {}}, {known.output, 0, {}}};
}

Result<Ports> read_ports(const lectern_stage& stage, StageKind kind, const StageOrigin& origin) {
    const Kind expected = of(kind);
    LECTERN_ASSIGN(Port input, read_port(stage, origin, stage.input, expected.input, "input"));
    LECTERN_ASSIGN(Port output, read_port(stage, origin, stage.output, expected.output, "output"));
    return Ports{std::move(input), std::move(output)};
}

}  // namespace lectern::host
