#include "png.h"

#include <cstdlib>

#include <zlib.h>

#include <suar/error.h>

namespace {

/// The compressor that stb_image_write calls: zlib at its fastest, smaller and quicker than stb's
/// own.
unsigned char* compress_with_zlib(unsigned char* data, int size, int* compressed_size, int) {
  uLongf bound = compressBound(static_cast<uLong>(size));
  auto* compressed = static_cast<unsigned char*>(std::malloc(bound));
  if (compressed == nullptr) return nullptr;
  if (compress2(compressed, &bound, data, static_cast<uLong>(size), Z_BEST_SPEED) != Z_OK) {
    std::free(compressed);
    return nullptr;
  }
  *compressed_size = static_cast<int>(bound);
  return compressed;
}

}  // namespace

#define STBIW_ZLIB_COMPRESS compress_with_zlib
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include <stb_image_write.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace suar {

std::string encode_png(const Pixels& pixels) {
  std::string png;
  const auto append = [](void* context, void* data, int size) {
    static_cast<std::string*>(context)->append(static_cast<const char*>(data),
                                               static_cast<std::size_t>(size));
  };
  const int stride = pixels.width * pixels.channels;
  if (pixels.width <= 0 || pixels.height <= 0 ||
      stbi_write_png_to_func(append, &png, pixels.width, pixels.height, pixels.channels,
                             pixels.bytes.data(), stride) == 0) {
    throw Error("expected a picture with 1 to 4 channels and at least one pixel, found " +
                std::to_string(pixels.width) + " x " + std::to_string(pixels.height) + " x " +
                std::to_string(pixels.channels));
  }
  return png;
}

}  // namespace suar
