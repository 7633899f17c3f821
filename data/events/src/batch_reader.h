#pragma once

#include <suar/event_reader.h>

#include "event_decoder.h"
#include "record_reader.h"

namespace suar {

/// Why a record with right checksums is listed as damage.
constexpr char kNotAnEvent[] = "the record is not an event, or one of far too many values";

/// `EventReader::read`, of the records that `decoder` has decoded from the start.
bool read_batch(RecordReader& records, EventDecoder& decoder, EventBatch& batch,
                const BatchLimits& limits);

}  // namespace suar
