#include "record_writer.h"

#include "crc32c.h"
#include "record_format.h"

namespace suar {

void append_record(std::string& buffer, std::string_view data) {
  char header[kRecordHeaderSize];
  store_little_endian<uint64_t>(header, data.size());
  store_little_endian<uint32_t>(header + 8, mask_crc(crc32c(header, 8)));
  char footer[kRecordFooterSize];
  store_little_endian<uint32_t>(footer, mask_crc(crc32c(data.data(), data.size())));
  buffer.append(header, sizeof header).append(data).append(footer, sizeof footer);
}

}  // namespace suar
