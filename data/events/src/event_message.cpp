#include "event_message.h"

#include "wire_reader.h"

namespace suar {
namespace {

constexpr uint32_t varint(uint32_t field) {
  return wire_key(field, WireType::varint);
}
constexpr uint32_t fixed32(uint32_t field) {
  return wire_key(field, WireType::fixed32);
}
constexpr uint32_t fixed64(uint32_t field) {
  return wire_key(field, WireType::fixed64);
}
constexpr uint32_t bytes(uint32_t field) {
  return wire_key(field, WireType::bytes);
}

/// The message that the `oneof` holds: the one that is there goes on, any other one gives way.
template <class Message, class Oneof>
Message& choose(Oneof& oneof) {
  if (auto* held = std::get_if<Message>(&oneof)) return *held;
  return oneof.template emplace<Message>();
}

bool parse(WireReader wire, TensorMessage::Dim& dim) {
  while (wire.next()) {
    switch (wire.key()) {
      case varint(1):
        dim.size = wire.int64();
        break;
      case bytes(2):
        dim.name = wire.bytes();
        break;
    }
  }
  return wire.ok();
}

bool parse_shape(WireReader wire, TensorMessage& tensor) {
  while (wire.next()) {
    switch (wire.key()) {
      case bytes(2):
        wire.nested(parse(wire.message(), tensor.dims.emplace_back()));
        break;
      case varint(3):
        tensor.unknown_rank = wire.boolean();
        break;
    }
  }
  return wire.ok();
}

bool parse(WireReader wire, TensorMessage& tensor) {
  while (wire.next()) {
    switch (wire.key()) {
      case varint(1):
        tensor.dtype = wire.int32();
        break;
      case bytes(2):
        wire.nested(parse_shape(wire.message(), tensor));
        break;
      case varint(3):
        tensor.version_number = wire.int32();
        break;
      case bytes(4):
        tensor.content = wire.bytes();
        break;
      case fixed32(5):
        tensor.floats.push_back(wire.float32());
        break;
      case bytes(5):
        wire.append_floats(tensor.floats);
        break;
      case fixed64(6):
        tensor.doubles.push_back(wire.float64());
        break;
      case bytes(6):
        wire.append_doubles(tensor.doubles);
        break;
      case varint(7):
        tensor.ints.push_back(wire.int32());
        break;
      case bytes(7):
        wire.append_varints(tensor.ints);
        break;
      case bytes(8):
        tensor.strings.push_back(wire.bytes());
        break;
      case fixed32(9):
        tensor.complex_floats.push_back(wire.float32());
        break;
      case bytes(9):
        wire.append_floats(tensor.complex_floats);
        break;
      case varint(10):
        tensor.int64s.push_back(wire.int64());
        break;
      case bytes(10):
        wire.append_varints(tensor.int64s);
        break;
      case varint(11):
        tensor.bools.push_back(wire.boolean());
        break;
      case bytes(11):
        wire.append_varints(tensor.bools);
        break;
      case fixed64(12):
        tensor.complex_doubles.push_back(wire.float64());
        break;
      case bytes(12):
        wire.append_doubles(tensor.complex_doubles);
        break;
      case varint(13):
        tensor.halves.push_back(wire.int32());
        break;
      case bytes(13):
        wire.append_varints(tensor.halves);
        break;
      case varint(16):
        tensor.uint32s.push_back(static_cast<uint32_t>(wire.int64()));
        break;
      case bytes(16):
        wire.append_varints(tensor.uint32s);
        break;
      case varint(17):
        tensor.uint64s.push_back(static_cast<uint64_t>(wire.int64()));
        break;
      case bytes(17):
        wire.append_varints(tensor.uint64s);
        break;
    }
  }
  return wire.ok();
}

bool parse_plugin_data(WireReader wire, MetadataMessage& metadata) {
  while (wire.next()) {
    switch (wire.key()) {
      case bytes(1):
        metadata.plugin_name = wire.bytes();
        break;
      case bytes(2):
        metadata.plugin_content = wire.bytes();
        break;
    }
  }
  return wire.ok();
}

bool parse(WireReader wire, MetadataMessage& metadata) {
  while (wire.next()) {
    switch (wire.key()) {
      case bytes(1):
        wire.nested(parse_plugin_data(wire.message(), metadata));
        break;
      case bytes(2):
        metadata.display_name = wire.bytes();
        break;
      case bytes(3):
        metadata.description = wire.bytes();
        break;
      case varint(4):
        metadata.data_class = wire.int32();
        break;
    }
  }
  return wire.ok();
}

bool parse(WireReader wire, HistogramMessage& histogram) {
  while (wire.next()) {
    switch (wire.key()) {
      case fixed64(1):
        histogram.min = wire.float64();
        break;
      case fixed64(2):
        histogram.max = wire.float64();
        break;
      case fixed64(3):
        histogram.num = wire.float64();
        break;
      case fixed64(4):
        histogram.sum = wire.float64();
        break;
      case fixed64(5):
        histogram.sum_squares = wire.float64();
        break;
      case fixed64(6):
        histogram.bucket_limits.push_back(wire.float64());
        break;
      case bytes(6):
        wire.append_doubles(histogram.bucket_limits);
        break;
      case fixed64(7):
        histogram.buckets.push_back(wire.float64());
        break;
      case bytes(7):
        wire.append_doubles(histogram.buckets);
        break;
    }
  }
  return wire.ok();
}

bool parse(WireReader wire, ImageMessage& image) {
  while (wire.next()) {
    switch (wire.key()) {
      case varint(1):
        image.height = wire.int32();
        break;
      case varint(2):
        image.width = wire.int32();
        break;
      case varint(3):
        image.colorspace = wire.int32();
        break;
      case bytes(4):
        image.encoded = wire.bytes();
        break;
    }
  }
  return wire.ok();
}

bool parse(WireReader wire, AudioMessage& audio) {
  while (wire.next()) {
    switch (wire.key()) {
      case fixed32(1):
        audio.sample_rate = wire.float32();
        break;
      case varint(2):
        audio.num_channels = wire.int64();
        break;
      case varint(3):
        audio.length_frames = wire.int64();
        break;
      case bytes(4):
        audio.encoded = wire.bytes();
        break;
      case bytes(5):
        audio.content_type = wire.bytes();
        break;
    }
  }
  return wire.ok();
}

bool parse(WireReader wire, ValueMessage& value) {
  while (wire.next()) {
    switch (wire.key()) {
      case bytes(1):
        value.tag = wire.bytes();
        break;
      case fixed32(2):
        value.value = wire.float32();
        break;
      case bytes(4):
        wire.nested(parse(wire.message(), choose<ImageMessage>(value.value)));
        break;
      case bytes(5):
        wire.nested(parse(wire.message(), choose<HistogramMessage>(value.value)));
        break;
      case bytes(6):
        wire.nested(parse(wire.message(), choose<AudioMessage>(value.value)));
        break;
      case bytes(8):
        wire.nested(parse(wire.message(), choose<TensorMessage>(value.value)));
        break;
      case bytes(9):
        wire.nested(parse(wire.message(), value.metadata));
        break;
    }
  }
  return wire.ok();
}

bool says_nothing(const ValueMessage& value) {
  const MetadataMessage& metadata = value.metadata;
  return value.tag.empty() && std::holds_alternative<std::monostate>(value.value) &&
         metadata.plugin_name.empty() && metadata.plugin_content.empty() &&
         metadata.display_name.empty() && metadata.description.empty() && metadata.data_class == 0;
}

bool parse(WireReader wire, SummaryMessage& summary) {
  auto& values = summary.values;
  while (wire.next()) {
    if (wire.key() != bytes(1)) continue;
    wire.nested(values.size() < kMostValues && parse(wire.message(), values.emplace_back()));
    if (says_nothing(values.back())) values.pop_back();
  }
  return wire.ok();
}

bool parse(WireReader wire, SessionLogMessage& log) {
  while (wire.next()) {
    switch (wire.key()) {
      case varint(1):
        log.status = wire.int32();
        break;
      case bytes(2):
        log.checkpoint_path = wire.bytes();
        break;
      case bytes(3):
        log.message = wire.bytes();
        break;
    }
  }
  return wire.ok();
}

bool parse(WireReader wire, TaggedRunMetadataMessage& metadata) {
  while (wire.next()) {
    switch (wire.key()) {
      case bytes(1):
        metadata.tag = wire.bytes();
        break;
      case bytes(2):
        metadata.run_metadata = wire.bytes();
        break;
    }
  }
  return wire.ok();
}

bool parse_source(WireReader wire, EventMessage& event) {
  while (wire.next()) {
    if (wire.key() == bytes(1)) event.source_writer = wire.bytes();
  }
  return wire.ok();
}

}  // namespace

bool parse_event_message(std::string_view serialized, EventMessage& event) {
  event = {};
  WireReader wire(serialized);
  while (wire.next()) {
    switch (wire.key()) {
      case fixed64(1):
        event.wall_time = wire.float64();
        break;
      case varint(2):
        event.step = wire.int64();
        break;
      case bytes(3):
        event.what = FileVersionMessage{wire.bytes()};
        break;
      case bytes(4):
        event.what = GraphDefMessage{wire.bytes()};
        break;
      case bytes(5):
        wire.nested(parse(wire.message(), choose<SummaryMessage>(event.what)));
        break;
      case bytes(7):
        wire.nested(parse(wire.message(), choose<SessionLogMessage>(event.what)));
        break;
      case bytes(8):
        wire.nested(parse(wire.message(), choose<TaggedRunMetadataMessage>(event.what)));
        break;
      case bytes(9):
        event.what = MetaGraphDefMessage{wire.bytes()};
        break;
      case bytes(10):
        wire.nested(parse_source(wire.message(), event));
        break;
    }
  }
  return wire.ok();
}

}  // namespace suar
