// One opened model and what the host asks of it. Answers are JSON objects; an error is
// {"error":{"code","message"}}, with "offset" where it is a byte of the file.
#pragma once

#include "report/document.hpp"
#include "report/json_writer.hpp"
#include "trtreport.hpp"
#include "wasm/files.hpp"
#include "wasm/host.hpp"
#include "wasm/request.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trtreport::wasm {

class Session {
 public:
  explicit Session(Host& host) : host_(host) {}
  virtual ~Session() = default;

  // Reads and analyses a model, or its skeleton file, and closes the one before. Answer:
  // {"file","bytes","nodes"}.
  std::string open(std::string_view request);
  // Writes the analysis document to the host, piece by piece, whose length is the answer:
  // {"bytes"}. Error codes besides those of the facade: not_open, cancelled.
  std::string analyse(std::string_view request);
  // The figures of the first device and precision asked for, with nodes at precisions of their own
  // if wanted. Answer: write_recomputed's members, "columns" (see Column) and "same_nodes": whether
  // ids still are those of the last document. Figures that precisions do not touch are among the
  // columns only when the binding is another than that of the figures last given.
  std::string recompute(std::string_view request);
  // Writes the opened model's skeleton file to the host: {"bytes"}. Error codes: not_open,
  // cancelled, unreadable.
  std::string skeleton() const;
  // Without a request the built-in devices, {"version","default_device","devices"}; else those that
  // it holds as text, {"devices"}: what the core makes of them, each with its precisions.
  std::string devices(std::string_view request) const;
  void close();

 protected:
  // What the document holds beside the analysis: nothing here.
  virtual std::vector<const DocumentSection*> sections() const { return {}; }
  // The model closes: what was found of it goes before it does.
  virtual void forget() {}
  // The analysis has other options now.
  virtual void changed() {}

  Host& host_;
  std::unique_ptr<HostSource> source_;
  std::unique_ptr<ExternalFiles> files_;
  ByteSource* model_ = nullptr;  // source_, or the model within its skeleton
  std::unique_ptr<Analysis> analysis_;

 private:
  // Arrays by node that stay in place until the next recompute. In the answer:
  // {"NAME":{"pointer":…,"length":…,"type":"float64|uint8"}}. Unknown is NaN.
  struct Column {
    std::string_view name;
    std::vector<double> numbers;
  };

  std::vector<NodeId> listed() const;
  void fill_figures();
  void write_columns(JsonWriter& json) const;

  // What the host has: the nodes of the last document, and the binding of the last figures.
  std::vector<NodeId> shown_nodes_;
  ops::Binding shown_binding_;
  Roofline roofline_;
  std::vector<Column> figures_;
};

// An error as an answer.
std::string error_text(const Error& error);
std::string not_open_text();

// The session of this module: analysis alone, or with weights (weight_session.hpp).
std::unique_ptr<Session> make_session(Host& host);

// Makes an answer: `fill` writes the members of its object.
template <class Fill>
std::string answer_text(Fill fill) {
  StringSink sink;
  JsonWriter json(sink);
  json.begin_object();
  fill(json);
  json.end_object();
  json.finish();
  return sink.take();
}

// Hands text on to the host and counts it.
class HostSink : public Sink {
 public:
  explicit HostSink(Host& host) : host_(host) {}
  bool write(std::string_view text) override {
    bytes_ += text.size();
    return host_.write(text);
  }
  uint64_t bytes() const { return bytes_; }

 private:
  Host& host_;
  uint64_t bytes_ = 0;
};

}  // namespace trtreport::wasm
