#include <algorithm>

#include <ATen/ATen.h>

#include <suar/fashion_mnist.h>

#include "idx_file.h"

namespace suar {
namespace {

constexpr int64_t kTrainCount = 60000;
constexpr int64_t kTestCount = 10000;
constexpr int64_t kSide = 28;  // pixels
constexpr int64_t kClasses = 10;

at::Tensor make_tensor(const IdxArray& array) {
  // The bytes are copied: the conversion that follows needs them only until then.
  return at::from_blob(const_cast<uint8_t*>(array.bytes.data()), array.sizes, at::kByte);
}

}  // namespace

FashionMnist::FashionMnist(const std::filesystem::path& directory, Split split) {
  const std::string prefix = split == Split::train ? "train" : "t10k";
  const int64_t count = split == Split::train ? kTrainCount : kTestCount;
  const IdxArray images =
      read_idx_file(directory / (prefix + "-images-idx3-ubyte.gz"), {count, kSide, kSide});
  const auto labels_path = directory / (prefix + "-labels-idx1-ubyte.gz");
  const IdxArray labels = read_idx_file(labels_path, {count});
  if (*std::max_element(labels.bytes.begin(), labels.bytes.end()) >= kClasses) {
    throw Error(labels_path.string() + ": expected labels from 0 to 9, found greater ones");
  }
  images_ = make_tensor(images).to(at::kFloat).div_(255).unsqueeze_(1);
  labels_ = make_tensor(labels).to(at::kLong);
}

torch::data::Example<> FashionMnist::get_batch(torch::ArrayRef<std::size_t> indices) {
  at::Tensor index = at::empty({static_cast<int64_t>(indices.size())}, at::kLong);
  std::copy(indices.begin(), indices.end(), index.data_ptr<int64_t>());
  return {images_.index_select(0, index), labels_.index_select(0, index)};
}

torch::optional<std::size_t> FashionMnist::size() const {
  return static_cast<std::size_t>(labels_.size(0));
}

FashionMnist& FashionMnist::keep_first(int64_t count) {
  count = std::clamp<int64_t>(count, 0, labels_.size(0));
  images_ = images_.narrow(0, 0, count);
  labels_ = labels_.narrow(0, 0, count);
  return *this;
}

const std::vector<std::string>& FashionMnist::class_names() {
  static const std::vector<std::string> names = {"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                                 "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                                 "Bag",         "Ankle boot"};
  return names;
}

std::filesystem::path FashionMnist::default_directory() {
  return "/usr/share/datasets/fashion-mnist";
}

}  // namespace suar
