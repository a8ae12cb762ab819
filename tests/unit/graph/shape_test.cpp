// Interned shapes.
#include "graph/shape.hpp"

#include "catch.hpp"
#include "graph/graph.hpp"

using trtreport::Dim;
using trtreport::Dims;
using trtreport::Graph;
using trtreport::Shape;

TEST_CASE("shape: equal dims share one shape", "[graph]") {
  Graph graph(std::make_unique<trtreport::onnx::Model>());
  const Dim batch = graph.dims().symbol("batch");
  const Shape a = graph.shape(Dims{batch, Dim(3)});
  CHECK(a == graph.shape(Dims{batch, Dim(3)}));
  CHECK_FALSE(a == graph.shape(Dims{Dim(3), batch}));
  CHECK_FALSE(a == Shape::unknown());
  CHECK(Shape::unknown() == Shape::unknown());
  CHECK(graph.shape(Dims{}) == graph.shape(Dims{}));
  CHECK_FALSE(a.is_static());
  CHECK(graph.shape(Dims{Dim(2), Dim(0)}).is_static());
  CHECK_FALSE(Shape::unknown().is_static());
  CHECK(graph.shape(Dims{}).elements().is(1));
}
