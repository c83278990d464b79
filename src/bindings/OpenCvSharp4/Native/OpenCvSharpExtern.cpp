// What the binding needs of OpenCV, with a C interface. Functions are called as in OpenCvSharp's own library, but take matrices where
// that takes array proxies. Each returns 0, or 1 after an exception, which core_lastError then describes to the same thread.

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <exception>
#include <string>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

struct Error {
  int code;
  int line;
  std::string function, message, file;
};

thread_local Error last_error;

// OpenCV would write every error to the console; whoever called gets it as an exception instead.
int stay_silent(int, const char *, const char *, const char *, int, void *) { return 0; }

const bool redirected = (cv::redirectError(stay_silent), true);

template <typename Body> int guarded(Body body) {
  try {
    body();
    return 0;
  } catch (const cv::Exception &e) {
    last_error = {e.code, e.line, e.func, e.err, e.file};
  } catch (const std::exception &e) {
    last_error = {cv::Error::StsError, 0, "", e.what(), ""};
  }
  return 1;
}

}

EXPORT void core_lastError(int *code, const char **function, const char **message, const char **file, int *line) {
  *code = last_error.code;
  *function = last_error.function.c_str();
  *message = last_error.message.c_str();
  *file = last_error.file.c_str();
  *line = last_error.line;
}

EXPORT int core_Mat_new1(cv::Mat **result) {
  return guarded([&] { *result = new cv::Mat(); });
}

EXPORT int core_Mat_new8(int rows, int cols, int type, void *data, size_t step, cv::Mat **result) {
  return guarded([&] { *result = new cv::Mat(rows, cols, type, data, step); });
}

EXPORT int core_Mat_delete(cv::Mat *mat) {
  return guarded([&] { delete mat; });
}

EXPORT int imgproc_medianBlur(cv::Mat *src, cv::Mat *dst, int ksize) {
  return guarded([&] { cv::medianBlur(*src, *dst, ksize); });
}

EXPORT int imgproc_GaussianBlur(cv::Mat *src, cv::Mat *dst, int width, int height, double sigma_x, double sigma_y, int border) {
  return guarded([&] { cv::GaussianBlur(*src, *dst, cv::Size(width, height), sigma_x, sigma_y, border); });
}

EXPORT int imgproc_warpAffine(cv::Mat *src, cv::Mat *dst, cv::Mat *m, int width, int height, int flags, int border,
                              const double *value) {
  return guarded([&] {
    cv::warpAffine(*src, *dst, *m, cv::Size(width, height), flags, border, cv::Scalar(value[0], value[1], value[2], value[3]));
  });
}

EXPORT int imgproc_phaseCorrelate(cv::Mat *src1, cv::Mat *src2, cv::Mat *window, double *response, double *x, double *y) {
  return guarded([&] {
    const cv::Point2d shift = cv::phaseCorrelate(*src1, *src2, *window, response);
    *x = shift.x;
    *y = shift.y;
  });
}
