#include "script_error.h"

#include <string>

#include <gtest/gtest.h>

using suar::graph_export::explain_script_error;

namespace {

const std::string kBegin = "The following operation failed in the TorchScript interpreter.\n";
const std::string kSerialized =
    "Traceback of TorchScript, serialized code (most recent call last):\n"
    "  File \"code/__torch__.py\", line 10, in forward\n"
    "    b = self.b\n"
    "    return (b).forward(x, )\n"
    "            ~~~~~~~~~~ <--- HERE\n"
    "class Other(Module):\n";
const std::string kOriginal =
    "Traceback of TorchScript, original code (most recent call last):\n"
    "  File \"net.py\", line 4, in forward\n"
    "def forward(self, x: Tensor):\n"
    "    return self.b(x)\n"
    "           ~~~~~~ <--- HERE";

}  // namespace

TEST(ScriptError, TellsTheCauseFirstAndThenWhereInTheUsersCode) {
  EXPECT_EQ(explain_script_error(kBegin + kSerialized + "\n" + kOriginal +
                                 "\nRuntimeError: got 1 channel\nexpected: 3\n"),
            "got 1 channel\nexpected: 3\n" + kOriginal);
}

TEST(ScriptError, TellsWhereInTheFileWhenTheUsersCodeIsNotKnown) {
  EXPECT_EQ(explain_script_error(kBegin + kSerialized + "builtins.ValueError: too small\n"),
            "builtins.ValueError: too small\n" + kSerialized.substr(0, kSerialized.size() - 1));
}

TEST(ScriptError, LeavesOtherMessagesAsTheyAre) {
  for (const std::string& message : {std::string(), std::string("RuntimeError: no memory"),
                                     kBegin + kSerialized, kSerialized + "RuntimeError: why\n"}) {
    EXPECT_EQ(explain_script_error(message), message);
  }
}

TEST(ScriptError, SaysWhatToDoWhereACpuCannotComputeWithSoFewBits) {
  const std::string why = "\"addmm_impl_cpu_\" not implemented for 'Half'";
  const std::string text =
      explain_script_error(kBegin + kSerialized + "RuntimeError: " + why + "\n");
  EXPECT_EQ(text.find(why + ". "), 0u) << text;
  EXPECT_LT(text.find("model.float()"), text.find("Traceback")) << text;
  EXPECT_EQ(explain_script_error("not implemented for 'Long'"), "not implemented for 'Long'");
}
