#include <cmath>

#include <plugin_data.pb.h>

#include <suar/hyper_parameters.h>
#include <suar/utf8.h>

namespace suar {
namespace {

using Data = schema::HParamsPluginData;

void encode(const HyperParameter& parameter, schema::JsonValue& message) {
  const auto& value = parameter.value();
  if (const double* number = std::get_if<double>(&value)) {
    // JSON has no other numbers.
    if (std::isfinite(*number)) {
      message.set_number_value(*number);
    } else {
      message.set_string_value(std::isnan(*number) ? "nan" : *number > 0 ? "inf" : "-inf");
    }
  } else if (const bool* truth = std::get_if<bool>(&value)) {
    message.set_bool_value(*truth);
  } else {
    message.set_string_value(to_utf8(std::get<std::string>(value)));
  }
}

Data::Type type_of(const schema::JsonValue& message) {
  switch (message.kind_case()) {
    case schema::JsonValue::kNumberValue:
      return Data::FLOAT64;
    case schema::JsonValue::kBoolValue:
      return Data::BOOL;
    case schema::JsonValue::kStringValue:
      return Data::STRING;
    default:
      return Data::UNSET;
  }
}

Summary make_summary(const char* tag, const Data& data) {
  Summary summary{tag, OtherSummary{"hparams"}};
  // Without a class: TensorBoard then takes the missing value for one without elements.
  summary.plugin = {"hparams", data.SerializeAsString(), DataClass::unknown};
  return summary;
}

}  // namespace

Summary make_session_start(const HyperParameters& parameters, double start_time) {
  Data data;
  auto& start = *data.mutable_session_start_info();
  start.set_start_time_secs(start_time);
  for (const auto& [name, parameter] : parameters) {
    auto& entry = *start.add_hparams();
    entry.set_key(to_utf8(name));
    encode(parameter, *entry.mutable_value());
  }
  return make_summary("_hparams_/session_start_info", data);
}

Summary make_session_end(SessionStatus status, double end_time) {
  Data data;
  data.mutable_session_end_info()->set_status(static_cast<Data::SessionEnd::Status>(status));
  data.mutable_session_end_info()->set_end_time_secs(end_time);
  return make_summary("_hparams_/session_end_info", data);
}

Summary make_hyper_parameter_columns(const HyperParameters& parameters,
                                     const HyperParameterDomains& domains,
                                     const std::vector<std::string>& metrics, double time) {
  Data data;
  auto& experiment = *data.mutable_experiment();
  experiment.set_time_created_secs(time);
  for (const auto& [name, parameter] : parameters) {
    schema::JsonValue value;
    encode(parameter, value);
    auto& info = *experiment.add_hparam_infos();
    info.set_name(to_utf8(name));
    info.set_type(type_of(value));
    const auto domain = domains.find(name);
    if (domain == domains.end()) continue;
    for (const HyperParameter& choice : domain->second) {
      encode(choice, *info.mutable_domain_discrete()->add_values());
    }
  }
  for (const std::string& tag : metrics) {
    experiment.add_metric_infos()->mutable_name()->set_tag(to_utf8(tag));
  }
  return make_summary("_hparams_/experiment", data);
}

}  // namespace suar
