// The template language against what mustache's specification says of the same texts.
#include "report/template.hpp"

#include "catch.hpp"

namespace trtreport {
namespace {

Fields people() {
  Fields ada, bob, fields;
  ada.set("name", std::string("Ada"));
  bob.set("name", std::string("Bob"));
  bob.set("roles", std::vector<Fields>{Fields("x"), Fields("y")});
  fields.set("title", std::string("<all>"));
  fields.set("people", std::vector<Fields>{ada, bob});
  fields.set("none", std::vector<Fields>{});
  fields.set("empty", std::string());
  return fields;
}

}  // namespace

TEST_CASE("values go in as they are, unknown ones are empty", "[report]") {
  CHECK(fill_template("a {{title}} {{{ title }}} {{missing}}.", people()) == "a <all> <all> .");
  CHECK(fill_template("", people()).empty());
}

TEST_CASE("sections repeat for items and see what is around them", "[report]") {
  CHECK(fill_template("{{#people}}{{name}} of {{title}};{{/people}}", people()) ==
        "Ada of <all>;Bob of <all>;");
  CHECK(fill_template("{{#people}}{{name}}{{#roles}}-{{.}}{{/roles}} {{/people}}", people()) ==
        "Ada Bob-x-y ");
  CHECK(fill_template("{{#none}}a{{/none}}{{#empty}}b{{/empty}}{{#missing}}c{{/missing}}", people())
            .empty());
  CHECK(fill_template("{{#title}}{{.}}!{{/title}}", people()) == "<all>!");
}

TEST_CASE("a section's tag alone on its line leaves no line", "[report]") {
  CHECK(fill_template("a\n{{#people}}\n- {{name}}\n{{/people}}\nb\n", people()) ==
        "a\n- Ada\n- Bob\nb\n");
  CHECK(fill_template("|{{#people}} {{name}} |{{/people}}\n", people()) == "| Ada | Bob |\n");
}

TEST_CASE("what is no tag stays, a section without an end takes the rest", "[report]") {
  CHECK(fill_template("a {{title", people()) == "a {{title");
  CHECK(fill_template("a {{#people}}b", people()) == "a ");
  CHECK(fill_template("{{/people}}a", people()) == "a");
}

}  // namespace trtreport
