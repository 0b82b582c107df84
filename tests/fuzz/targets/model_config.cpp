// A model's config.json, and the other small JSON files beside it.
#include "plugins/bert/bert_config.hpp"
#include "plugins/bert/json_fields.hpp"
#include "tests/fuzz/refusal.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    may_refuse([&] {
        const bert::BertConfig config = bert::parse_bert_config(input, "config.json");
        must(config.heads > 0 && config.hidden % config.heads == 0, "the heads divide the vector");
        must(config.first_position < config.positions, "there is room for a token");
    });
    may_refuse([&] {
        const bert::JsonFields fields(input, "x.json");
        for (const char* key : {"a", "max_seq_length", "prompts"}) {
            may_refuse([&] { (void)fields.string(key); });
            may_refuse([&] { (void)fields.number(key); });
            may_refuse([&] { (void)fields.boolean(key); });
            may_refuse([&] { must(fields.natural(key, 512).value_or(0) <= 512, "a limit holds"); });
            may_refuse([&] { (void)fields.object(key); });
        }
    });
}

}  // namespace lectern::fuzz
