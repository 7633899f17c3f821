#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <torch/data/datasets/base.h>
#include <torch/data/example.h>
#include <torch/types.h>

#include <suar/error.h>

namespace suar {

/// Fashion-MNIST (Zalando): 60 000 training and 10 000 test pictures of clothes, 28 x 28, in ten
/// classes.
///
/// A data set for `torch::data::make_data_loader`, which gives whole batches: `data` is `[B, 1, 28,
/// 28]` float32 in [0, 1], `target` `[B]` int64. It lies in memory (180 MB for training); reading
/// it blocks for about half a second. Copies share their tensors; `get_batch` may be called from
/// several threads.
class FashionMnist
    : public torch::data::datasets::BatchDataset<FashionMnist, torch::data::Example<>> {
 public:
  enum class Split { train, test };

  /// Reads `train-images-idx3-ubyte.gz` and so on from `directory`. Throws `suar::Error`, which
  /// says how to get the data, when a file is missing, cut short, damaged or another one.
  FashionMnist(const std::filesystem::path& directory, Split split);

  torch::data::Example<> get_batch(torch::ArrayRef<std::size_t> indices) override;
  torch::optional<std::size_t> size() const override;

  /// Keeps only the first `count` pictures, for a quick try; all of them when there are fewer.
  FashionMnist& keep_first(int64_t count);

  /// `[N, 1, 28, 28]`, float32 in [0, 1].
  const torch::Tensor& images() const { return images_; }
  /// `[N]`, int64 in [0, 9].
  const torch::Tensor& labels() const { return labels_; }

  /// "T-shirt/top", "Trouser", ...: the names of the classes 0 to 9.
  static const std::vector<std::string>& class_names();

  /// Where the Debian package dataset-fashion-mnist puts the files.
  static std::filesystem::path default_directory();

 private:
  torch::Tensor images_;
  torch::Tensor labels_;
};

}  // namespace suar
