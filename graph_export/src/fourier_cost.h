#pragma once

#include "cost_model.h"
#include "costed_operation.h"

namespace suar::graph_export {

/// By the convention of FFTW's authors (http://www.fftw.org/speed/method.html): 5 n log2 n for n
/// complex numbers that are transformed together, half of it for real ones.
///
/// What gives as many numbers as are transformed, also from a half of a spectrum:
OperationCost fourier_cost(const CostedOperation& operation);

/// What gives half of the spectrum of real numbers.
OperationCost half_spectrum_cost(const CostedOperation& operation);

/// `stft`: the transforms, and a product with the window.
OperationCost spectrogram_cost(const CostedOperation& operation);

/// `istft`: the transforms, a product with the window, the sum of the frames that overlap, and a
/// division by that of the windows.
OperationCost inverse_spectrogram_cost(const CostedOperation& operation);

}  // namespace suar::graph_export
