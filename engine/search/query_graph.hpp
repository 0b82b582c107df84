// engine/search/query_graph.hpp: the steps of one request as a oneTBB flow graph. Internal to
// engine/search.
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include <deque>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/search/request.hpp"

namespace lectern {

// A step runs when all it stands behind have ended, and is skipped once one has failed.
class QueryGraph {
 public:
    using Node = oneapi::tbb::flow::continue_node<oneapi::tbb::flow::continue_msg>;
    using Body = std::function<Status(StageCounter&)>;

    // Behind the step that was added last.
    Node* add(Request& request, std::string_view stage, Body body) {
        return add(request, stage, std::move(body),
                   nodes_.empty() ? std::vector<Node*>{} : std::vector<Node*>{&nodes_.back()});
    }
    // Behind these; behind nothing when there are none.
    Node* add(Request& request, std::string_view stage, Body body,
              const std::vector<Node*>& behind) {
        StageCounter& counter = request.counters.get(stage);
        return add_node(
            request,
            [&counter, body = std::move(body)] {
                const Busy busy(counter);
                return body(counter);
            },
            behind);
    }
    // A step that counts for itself, behind the one that was added last.
    Node* add_uncounted(Request& request, std::function<Status()> body) {
        return add_node(request, std::move(body), {&nodes_.back()});
    }
    // The step that was added last; nullptr when there is none.
    [[nodiscard]] Node* last() noexcept { return nodes_.empty() ? nullptr : &nodes_.back(); }

    void run() {
        for (Node* node : first_) node->try_put(oneapi::tbb::flow::continue_msg());
        graph_.wait_for_all();
    }

 private:
    Node* add_node(Request& request, std::function<Status()> body,
                   const std::vector<Node*>& behind) {
        Node& node = nodes_.emplace_back(
            graph_, [&request, body = std::move(body)](const oneapi::tbb::flow::continue_msg&) {
                if (!request.status().ok()) return;
                if (request.interrupt.stopped())
                    request.end_step({Code::cancelled, "cancelled"});
                else if (request.interrupt.late())
                    request.end_step({Code::deadline_exceeded, "the deadline has passed"});
                else
                    request.end_step(body());
            });
        for (Node* before : behind) oneapi::tbb::flow::make_edge(*before, node);
        if (behind.empty()) first_.push_back(&node);
        return &node;
    }

    oneapi::tbb::flow::graph graph_;
    std::deque<Node> nodes_;  // nodes are not moved
    std::vector<Node*> first_;
};

}  // namespace lectern
