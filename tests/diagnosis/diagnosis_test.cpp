#include <limits>

#include <gtest/gtest.h>

#include <suar/diagnosis.h>

namespace suar {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A model of three layers whose statistics are those of a healthy training until a test changes
/// them.
class DiagnosisTest : public ::testing::Test {
 protected:
  static StepStatistics healthy(int64_t step) {
    StepStatistics statistics;
    statistics.step = step;
    statistics.loss = 1.0 / (1 + static_cast<double>(step));
    statistics.has_loss = true;
    for (const double scale : {1.0, 0.8, 0.5, 0.4, 0.7, 0.6}) {
      ParameterStatistics parameter;
      parameter.gradient_norm = scale;
      parameter.gradient_mean_abs = 0.01 * scale;
      parameter.gradient_zeros = 0.6;  // in one batch, that is nothing
      parameter.dead_units = 0.55;     // wide layers reach this and learn well
      parameter.gradient_nonfinite = 0;
      parameter.weight_norm = 5;
      parameter.weight_nonfinite = 0;
      parameter.update_ratio = 1e-3;
      statistics.parameters.push_back(parameter);
    }
    return statistics;
  }

  /// Observes `count` steps from `first` on, ten apart, each changed by `change(statistics)`.
  template <class Change>
  void observe(int64_t first, int count, Change change) {
    for (int i = 0; i < count; ++i) {
      StepStatistics statistics = healthy(first + 10 * i);
      change(statistics);
      diagnosis_.observe(statistics);
    }
  }
  void observe(int64_t first, int count) {
    observe(first, count, [](StepStatistics&) {});
  }

  const std::vector<std::string> names_{"conv1.weight", "conv1.bias", "conv2.weight",
                                        "conv2.bias",   "fc.weight",  "fc.bias"};
  Diagnosis diagnosis_{std::vector<ModelParameters>{{"", names_}}};
};

TEST_F(DiagnosisTest, FindsNothingInAHealthyTraining) {
  observe(0, 100);
  EXPECT_TRUE(diagnosis_.findings().empty());
}

TEST_F(DiagnosisTest, FindsNothingWhereNothingWasMeasured) {
  diagnosis_.observe({});
  StepStatistics only_loss;
  only_loss.has_loss = true;
  only_loss.loss = 0.5;
  diagnosis_.observe(only_loss);
  EXPECT_TRUE(diagnosis_.findings().empty());
}

TEST_F(DiagnosisTest, NamesTheFirstParameterThatIsNotFiniteAndTheStep) {
  observe(0, 5);
  observe(50, 1, [](StepStatistics& s) { s.parameters[2].gradient_nonfinite = 3; });
  observe(60, 5, [](StepStatistics& s) {
    s.loss = kNaN;
    for (auto& parameter : s.parameters) parameter.weight_nonfinite = 1;
  });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "non-finite-values");
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].subject, "conv2.weight");
  EXPECT_EQ(findings[0].first_step, 50);
  EXPECT_EQ(findings[0].last_step, 100);
}

TEST_F(DiagnosisTest, NamesTheLossWhenOnlyItIsNotFinite) {
  observe(0, 1, [](StepStatistics& s) { s.loss = std::numeric_limits<double>::infinity(); });
  ASSERT_EQ(diagnosis_.findings().size(), 1u);
  EXPECT_EQ(diagnosis_.findings()[0].subject, "Loss/train");
}

TEST_F(DiagnosisTest, NamesTheFirstActivationThatIsNotFiniteAndTellsOfTheRestWithIt) {
  observe(0, 2, [](StepStatistics& s) { s.activations = {{"relu1", 0.5, 0}, {"relu2", 0.5, 0}}; });
  observe(20, 1, [](StepStatistics& s) {
    s.activations = {{"relu1", 0.5, 0}, {"relu2", 0.5, 3}, {"relu3", 0, 8}};
    s.loss = kNaN;
    for (auto& parameter : s.parameters) parameter.gradient_nonfinite = 1;
  });
  observe(30, 1, [](StepStatistics& s) { s.activations = {{"relu1", 0, 8}, {"relu2", 0, 8}}; });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "non-finite-values");
  EXPECT_EQ(findings[0].subject, "relu2");
  EXPECT_EQ(findings[0].first_step, 20);
  EXPECT_EQ(findings[0].last_step, 30);
  EXPECT_EQ(findings[0].message,
            "NaN or infinite values in what passes relu2 and in the loss and in the gradient of "
            "conv1.weight and 5 more parameters since step 20.");
}

TEST_F(DiagnosisTest, FindsAnActivationThatIsNotFiniteWhereNothingElseShows) {
  observe(0, 1, [](StepStatistics& s) { s.activations = {{"relu1", 0.5, 0}, {"mask", 0.5, 1}}; });
  ASSERT_EQ(diagnosis_.findings().size(), 1u);
  EXPECT_EQ(diagnosis_.findings()[0].message,
            "NaN or infinite values in what passes mask since step 0.");
}

TEST_F(DiagnosisTest, FindsGradientsThatAreHuge) {
  observe(0, 2, [](StepStatistics& s) {
    s.parameters[0].gradient_norm = 5e4;
    s.parameters[2].gradient_norm = 2e3;
  });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "exploding-gradients");
  EXPECT_EQ(findings[0].subject, "conv1.weight");
  EXPECT_EQ(findings[0].first_step, 0);
}

TEST_F(DiagnosisTest, FindsGradientsThatGrowFarBeyondWhatTheyWere) {
  observe(0, 10);
  observe(100, 3, [](StepStatistics& s) { s.parameters[4].gradient_norm = 200; });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "exploding-gradients");
  EXPECT_EQ(findings[0].subject, "fc.weight");
  EXPECT_EQ(findings[0].first_step, 100);
}

TEST_F(DiagnosisTest, TakesOneSpikeForNoExplosion) {
  for (int i = 0; i < 10; ++i) {
    observe(100 * i, 5);
    observe(100 * i + 50, 1, [](StepStatistics& s) { s.parameters[0].gradient_norm = 5e4; });
  }
  EXPECT_TRUE(diagnosis_.findings().empty());
}

TEST_F(DiagnosisTest, NamesTheDeepestParameterWhereGradientsVanish) {
  observe(0, 5);
  observe(50, 5, [](StepStatistics& s) {
    for (std::size_t i = 0; i < 3; ++i) s.parameters[i].gradient_mean_abs = 1e-9;
  });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "vanishing-gradients");
  EXPECT_EQ(findings[0].subject, "conv2.weight");
  EXPECT_EQ(findings[0].first_step, 50);
  EXPECT_EQ(findings[0].last_step, 90);
}

TEST_F(DiagnosisTest, JudgesVanishingGradientsByTheOtherLayersNotByTheScaleOfTheLoss) {
  observe(0, 20, [](StepStatistics& s) {
    for (auto& parameter : s.parameters) parameter.gradient_mean_abs *= 1e-9;
  });
  EXPECT_TRUE(diagnosis_.findings().empty());
}

TEST_F(DiagnosisTest, FindsLayersOfWhichMostUnitsGetNoGradient) {
  observe(0, 10);
  observe(100, 1, [](StepStatistics& s) { s.parameters[3].dead_units = 0.85; });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "dead-relu");
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_EQ(findings[0].subject, "conv2.bias");
  EXPECT_EQ(findings[0].first_step, 60) << "five observations tell that a unit is dead";
  EXPECT_EQ(findings[0].last_step, 100);
}

TEST_F(DiagnosisTest, SuspectsTheLoopAndNoReluWhereNoParameterAtAllGetsAGradient) {
  observe(0, 5, [](StepStatistics& s) {
    for (auto& parameter : s.parameters) parameter.dead_units = 1;
  });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].message,
            "100 % of the units of fc get no gradient since step 0, nor does any other parameter.");
  EXPECT_NE(findings[0].advice.find("on_after_backward()"), std::string::npos);
}

TEST_F(DiagnosisTest, NamesTheDeadLayerNearestToTheLossAndDoesNotCallItVanishing) {
  observe(0, 5, [](StepStatistics& s) {
    for (std::size_t i = 0; i < 5; ++i) {  // the next layer's weight gets no input, and no gradient
      s.parameters[i].dead_units = 1;
      s.parameters[i].gradient_mean_abs = 0;
      s.parameters[i].gradient_norm = 0;
    }
  });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "dead-relu");
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].subject, "conv2.bias");
}

TEST_F(DiagnosisTest, TakesALayerThatGetsNoGradientAtAllBesideOthersForUnusedNotForDead) {
  // What a dead layer is followed by gets no input, and its weight no gradient: here all do.
  observe(0, 5,
          [](StepStatistics& s) { s.parameters[4].dead_units = s.parameters[5].dead_units = 1; });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "unused-layer");
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_EQ(findings[0].subject, "fc.weight");
  EXPECT_EQ(findings[0].first_step, 0);
  EXPECT_EQ(findings[0].last_step, 40);
  EXPECT_EQ(findings[0].message,
            "fc got no gradient on the steps that were looked at since step 0, as others did: it "
            "was not used there, or all of its units are dead.");
}

TEST_F(DiagnosisTest, TellsHowManyLayersAreUnused) {
  observe(0, 5, [](StepStatistics& s) {
    for (std::size_t i = 2; i < 6; ++i) s.parameters[i].dead_units = 1;
  });
  ASSERT_EQ(diagnosis_.findings().size(), 1u);
  EXPECT_EQ(diagnosis_.findings()[0].message,
            "conv2 and 1 more layer got no gradient on the steps that were looked at since step "
            "0, as others did: they were not used there, or all of their units are dead.");
}

TEST_F(DiagnosisTest, TellsOfADeadLayerBesideAnUnusedOne) {
  Diagnosis diagnosis(
      {{"", {"trunk.weight", "trunk.bias", "a.weight", "a.bias", "b.weight", "b.bias"}}});
  for (int64_t step = 0; step < 5; ++step) {
    StepStatistics statistics = healthy(step);
    for (const std::size_t i : {0, 1, 2, 4, 5}) statistics.parameters[i].dead_units = 1;
    diagnosis.observe(statistics);
  }
  const auto findings = diagnosis.findings();
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].rule, "dead-relu");
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].subject, "trunk.bias");
  EXPECT_EQ(findings[1].rule, "unused-layer");
  EXPECT_EQ(findings[1].subject, "b.weight");
}

TEST_F(DiagnosisTest, JudgesALayerWithoutTheParametersOfWhichNothingWasMeasured) {
  observe(0, 5, [](StepStatistics& s) {  // fc is frozen but for its bias
    s.parameters[4].dead_units = kNaN;
    s.parameters[5].dead_units = 1;
  });
  ASSERT_EQ(diagnosis_.findings().size(), 1u);
  EXPECT_EQ(diagnosis_.findings()[0].rule, "unused-layer");
  EXPECT_EQ(diagnosis_.findings()[0].subject, "fc.bias");
}

TEST_F(DiagnosisTest, FindsADeadLayerWithoutBias) {
  observe(0, 1, [](StepStatistics& s) { s.parameters[2].dead_units = 1; });
  ASSERT_EQ(diagnosis_.findings().size(), 1u);
  EXPECT_EQ(diagnosis_.findings()[0].subject, "conv2.weight");
}

TEST_F(DiagnosisTest, TakesZerosInTheGradientOfASparseWeightForNoDeadUnits) {
  observe(0, 20, [](StepStatistics& s) { s.parameters[0].gradient_zeros = 0.95; });
  EXPECT_TRUE(diagnosis_.findings().empty());
}

TEST_F(DiagnosisTest, FindsAnActivationThatStaysZero) {
  observe(0, 3, [](StepStatistics& s) { s.activations = {{"relu1", 0.6}, {"relu2", 1}}; });
  observe(30, 1, [](StepStatistics& s) { s.activations = {{"relu1", 0.6}, {"relu2", 0.9}}; });
  observe(40, 4, [](StepStatistics& s) { s.activations = {{"relu1", 0.6}, {"relu2", 1}}; });
  EXPECT_TRUE(diagnosis_.findings().empty()) << "four observations are no proof";
  observe(80, 1, [](StepStatistics& s) { s.activations = {{"relu1", 0.6}, {"relu2", 1}}; });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "dead-relu");
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].subject, "relu2");
  EXPECT_EQ(findings[0].first_step, 40);
  EXPECT_EQ(findings[0].last_step, 80);
  EXPECT_EQ(findings[0].message,
            "All of what passes relu2 is zero since step 40: its units are never active.");
}

TEST_F(DiagnosisTest, TakesASparseActivationForNoSilentOne) {
  observe(0, 20, [](StepStatistics& s) { s.activations = {{"relu1", 0.98}}; });
  EXPECT_TRUE(diagnosis_.findings().empty());
  observe(200, 5, [](StepStatistics& s) { s.activations = {{"relu1", 0.995}}; });
  ASSERT_EQ(diagnosis_.findings().size(), 1u);
  EXPECT_EQ(diagnosis_.findings()[0].severity, Severity::warning);
}

TEST_F(DiagnosisTest, TellsOfADeadLayerOnceThoughItShowsInActivationAndGradient) {
  observe(0, 5, [](StepStatistics& s) {
    s.activations = {{"relu2", 1}, {"relu3", 1}};
    if (s.step == 40) s.parameters[3].dead_units = 0.875;
  });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[0].subject, "conv2.bias");
  EXPECT_EQ(
      findings[0].message,
      "All of what passes relu2 is zero since step 0: its units are never active, and 88 % of "
      "the units of conv2 get no gradient.");
}

TEST_F(DiagnosisTest, JudgesTheLossOfEachModelThatHasOne) {
  Diagnosis both({{"a", names_}, {"b", names_}});
  StepStatistics statistics;
  statistics.step = 3;
  statistics.losses = {{"a", 0.5}, {"b", kNaN}};
  both.observe(statistics);
  const auto findings = both.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].model, "b");
  EXPECT_EQ(findings[0].subject, "Loss/train/b");
  EXPECT_EQ(findings[0].message, "NaN or infinite values in Loss/train/b since step 3.");
}

TEST_F(DiagnosisTest, TellsOfALossOfAllModelsBesideTheirOwn) {
  Diagnosis both({{"a", names_}, {"b", names_}});
  StepStatistics statistics;
  statistics.loss = kNaN;
  statistics.has_loss = true;
  statistics.losses = {{"a", 0.5}};
  both.observe(statistics);
  ASSERT_EQ(both.findings().size(), 1u);
  EXPECT_EQ(both.findings()[0].subject, "Loss/train");
}

TEST_F(DiagnosisTest, JudgesEachOfSeveralModelsByItself) {
  Diagnosis both({{"a", names_}, {"b", names_}});
  for (int64_t step = 0; step < 10; ++step) {
    StepStatistics statistics = healthy(step);
    // Between the two lie five orders of magnitude, which is nothing; within b, too.
    for (auto& parameter : healthy(step).parameters) {
      parameter.gradient_mean_abs *= 1e-5;
      statistics.parameters.push_back(parameter);
    }
    statistics.parameters[6].gradient_mean_abs *= 1e-5;
    both.observe(statistics);
  }
  const auto findings = both.findings();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "vanishing-gradients");
  EXPECT_EQ(findings[0].model, "b");
  EXPECT_EQ(findings[0].subject, "conv1.weight");
}

TEST_F(DiagnosisTest, GivesActivationsToTheModelWhoseNameTheyBear) {
  Diagnosis both({{"a", {}}, {"a.b", {}}});
  for (int64_t step = 0; step < 5; ++step) {
    StepStatistics statistics;
    statistics.step = step;
    statistics.activations = {{"a.b.relu", 1}, {"a.relu", 1}, {"relu", 1}};
    both.observe(statistics);
  }
  std::vector<std::pair<std::string, std::string>> found;
  for (const Finding& finding : both.findings()) found.emplace_back(finding.model, finding.subject);
  EXPECT_EQ(found, (std::vector<std::pair<std::string, std::string>>{
                       {"a", "a.relu"}, {"a.b", "a.b.relu"}, {"", "relu"}}));
}

TEST_F(DiagnosisTest, TellsOfALossThatIsNotFiniteOnceForAllModels) {
  Diagnosis both({{"a", names_}, {"b", names_}});
  StepStatistics statistics;
  statistics.has_loss = true;
  statistics.loss = kNaN;
  both.observe(statistics);
  ASSERT_EQ(both.findings().size(), 1u);
  EXPECT_EQ(both.findings()[0].subject, "Loss/train");
  EXPECT_EQ(both.findings()[0].model, "");

  Diagnosis one_sick({{"a", names_}, {"b", names_}});
  statistics.parameters.resize(12);
  statistics.parameters[6].weight_nonfinite = 1;
  one_sick.observe(statistics);
  ASSERT_EQ(one_sick.findings().size(), 1u);
  EXPECT_EQ(one_sick.findings()[0].model, "b");
  EXPECT_EQ(one_sick.findings()[0].subject, "conv1.weight");
}

TEST_F(DiagnosisTest, PutsErrorsBeforeWarnings) {
  observe(0, 5, [](StepStatistics& s) {
    s.parameters[3].dead_units = 0.85;
    s.parameters[0].gradient_mean_abs = 1e-9;
  });
  const auto findings = diagnosis_.findings();
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].severity, Severity::error);
  EXPECT_EQ(findings[1].severity, Severity::warning);
}

TEST(StatisticTags, AreAllDifferent) {
  for (const auto& a : statistic_tags()) {
    for (const auto& b : statistic_tags()) {
      EXPECT_EQ(std::string(a.prefix) == b.prefix, &a == &b);
    }
  }
}

}  // namespace
}  // namespace suar
