// Any bytes as an event: protobuf's parser and ours take the same ones, and all ways of decoding
// agree.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <event.pb.h>

#include "event_decoder.h"
#include "record_writer.h"
#include "scalar_record.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  suar::schema::Event message;
  const bool taken = message.ParseFromArray(data, static_cast<int>(size));

  const auto event = suar::EventDecoder().decode(bytes);
  require(event.has_value() == taken);
  suar::EventBatch batch;
  suar::EventDecoder batches;
  require(batches.decode(bytes, 0, batch) == taken);
  suar::ScalarRecord scalar;
  if (suar::parse_scalar_record(bytes, scalar)) {
    require(taken && message.summary().value_size() == 1);
    require(message.step() == scalar.step && message.summary().value(0).tag() == scalar.tag);
  }
  if (!taken) {
    require(batch.scalars.empty() && batch.events.empty());
    return 0;
  }
  std::size_t scalars = 0;
  if (const auto* summaries = std::get_if<std::vector<suar::Summary>>(&event->what)) {
    require(static_cast<int>(summaries->size()) <= message.summary().value_size());
    for (const auto& summary : *summaries) scalars += std::holds_alternative<double>(summary.value);
  }
  require(batch.scalars.size() == scalars);
  batches.decode(bytes, 0, batch);  // now it is known that the tag follows itself
  require(batch.scalars.size() == 2 * scalars);
  std::string record;
  suar::append_record(record, bytes);
  const std::size_t taken_by_scan =
      batches.decode_scalars(record, suar::Checksums::verified, batch.scalars, 2);
  require(taken_by_scan == 0 || taken_by_scan == record.size());
  require(batch.scalars.size() == 2 * scalars + (taken_by_scan > 0 ? 1 : 0));
  if (taken_by_scan > 0) {
    const auto& points = batch.scalars.points(0);
    require(scalars == 1 && points.size() == 3);
    require(std::memcmp(&points[0], &points[2], sizeof points[0]) == 0);
  }
  return 0;
}
