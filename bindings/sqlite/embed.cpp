// lectern_embed(text, table or pipeline, 'query' or 'passage'): a vector, as float32 numbers in the
// order of the machine's bytes, which is what sqlite-vec takes.
#include <map>
#include <mutex>

#include "bindings/sqlite/functions.hpp"
#include "bindings/sqlite/guard.hpp"
#include "bindings/sqlite/place.hpp"
#include "bindings/sqlite/table.hpp"

namespace lectern::sqlite {
namespace {

constexpr std::string_view usual_pipeline = "bert";

// The models of a pipeline, without a table: an empty collection among the temporary files.
Result<std::shared_ptr<Index>> models_of(Connection& connection, const std::string& pipeline) {
    static std::mutex mutex;
    static auto* const all =
        std::make_unique<std::map<std::string, std::weak_ptr<Index>>>().release();
    const std::lock_guard lock(mutex);
    auto index = (*all)[pipeline].lock();
    if (index == nullptr) {
        LECTERN_ASSIGN(const auto folder, temporary_folder());
        index = Index::of(folder, true);
        LECTERN_TRY(index->open({pipeline, ""}));
        (*all)[pipeline] = index;
    }
    connection.indexes[index->folder()] = index;  // as long as the connection
    return index;
}

Result<std::vector<float>> embed_text(Connection& connection, std::string_view text,
                                      const std::string& of, bool query) {
    if (!of.empty())
        if (const auto table = TableReference::find(connection, of); table) {
            LECTERN_TRY((*table)->open_index());
            return (*table)->index->embed(text, query);
        }
    LECTERN_ASSIGN(const auto models,
                   models_of(connection, of.empty() ? std::string(usual_pipeline) : of));
    return models->embed(text, query);
}

void embed(sqlite3_context* context, int count, sqlite3_value** values) {
    guarded(context, [&]() -> Status {
        auto& connection = **static_cast<ConnectionPtr*>(sqlite3_user_data(context));
        if (count < 1 || count > 3)
            return {Code::invalid_argument,
                    "lectern_embed takes a text, and may be a table or pipeline, and 'query' or "
                    "'passage'"};
        if (sqlite3_value_type(values[0]) == SQLITE_NULL) return {};
        const std::string of = count > 1 ? std::string(text_of(values[1])) : std::string();
        const std::string as = count > 2 ? std::string(text_of(values[2])) : "passage";
        if (as != "query" && as != "passage")
            return {Code::invalid_argument,
                    "lectern_embed: a text is embedded as 'query' or as 'passage', not as '" + as +
                        "'"};
        LECTERN_ASSIGN(const auto vector,
                       embed_text(connection, text_of(values[0]), of, as == "query"));
        sqlite3_result_blob64(context, vector.data(), vector.size() * sizeof(float),
                              SQLITE_TRANSIENT);
        return {};
    });
}

}  // namespace

Status register_embed(const ConnectionPtr& connection) {
    const int code = sqlite3_create_function_v2(
        connection->db, "lectern_embed", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
        std::make_unique<ConnectionPtr>(connection).release(), embed, nullptr, nullptr,
        forget_connection);
    return code == SQLITE_OK ? Status{} : failure(connection->db, code, "lectern_embed");
}

}  // namespace lectern::sqlite
