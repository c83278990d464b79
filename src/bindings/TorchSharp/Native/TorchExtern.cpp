// What the binding needs of libtorch, with a C interface. Nearly everything is an operator of ATen, and one function calls them all by
// name through the dispatcher, which adds autograd. Functions return 0, or 1 after an exception, whose words torch_error then gives to
// the same thread. A tensor's handle is its TensorImpl with one reference; the null handle is the undefined tensor.

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/util/Exception.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <dlfcn.h>
#include <malloc.h>

#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using Impl = c10::TensorImpl;
using Pointer = c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>;

// The same numbers as in NativeValue.cs.
enum Tag : int64_t { None, Default, Tensor, Integer, Real, Boolean, Integers, Tensors, OptionalTensors, Text, Device, Generator };

// An argument or a result. A list is a pointer and its length.
struct Value {
  int64_t tag;
  union {
    int64_t integer;
    double real;
    void *pointer;
  };
  int64_t length;
};

struct Operator {
  c10::OperatorHandle handle;
  std::vector<bool> wants_real; // a whole number may stand for a real one
};

struct Information {
  int64_t dimensions;
  const int64_t *sizes;
  const int64_t *strides;
  int64_t elements;
  int64_t element_bytes;
  int32_t type;
  int32_t device_type;
  int32_t device_index;
  uint8_t is_contiguous;
  uint8_t requires_grad;
  uint8_t is_leaf;
};

thread_local std::string last_error;

template <typename Body> int guarded(Body body) {
  try {
    body();
    return 0;
  } catch (const c10::Error &e) {
    last_error = e.what_without_backtrace();
  } catch (const std::exception &e) {
    last_error = e.what();
  } catch (...) {
    last_error = "libtorch threw something that is no exception.";
  }
  return 1;
}

at::Tensor borrow(void *handle) { return handle ? at::Tensor(Pointer::reclaim_copy(static_cast<Impl *>(handle))) : at::Tensor(); }

void *release(at::Tensor tensor) { return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr; }

std::vector<at::Tensor> borrow_all(void *const *handles, int64_t count) {
  std::vector<at::Tensor> tensors;
  for (int64_t i = 0; i < count; i++)
    tensors.push_back(borrow(handles[i]));
  return tensors;
}

c10::Device device_of(int64_t code) {
  return c10::Device(static_cast<c10::DeviceType>(code >> 8), static_cast<c10::DeviceIndex>((code & 0xff) - 1));
}

c10::IValue to_ivalue(const Value &value, bool wants_real) {
  void **handles = static_cast<void **>(value.pointer);
  switch (value.tag) {
  case None:
    return {};
  case Tensor:
    return borrow(value.pointer);
  case Integer:
    return wants_real ? c10::IValue(static_cast<double>(value.integer)) : c10::IValue(value.integer);
  case Real:
    return value.real;
  case Boolean:
    return value.integer != 0;
  case Integers:
    return at::IntArrayRef(static_cast<const int64_t *>(value.pointer), value.length);
  case Tensors:
    return c10::List<at::Tensor>(borrow_all(handles, value.length));
  case OptionalTensors: {
    c10::impl::GenericList list(c10::OptionalType::ofTensor());
    for (int64_t i = 0; i < value.length; i++)
      list.push_back(handles[i] ? c10::IValue(borrow(handles[i])) : c10::IValue());
    return list;
  }
  case Text:
    return std::string(static_cast<const char *>(value.pointer), value.length);
  case Device:
    return device_of(value.integer);
  case Generator:
    return *static_cast<at::Generator *>(value.pointer);
  }
  TORCH_CHECK(false, "An argument has the unknown tag ", value.tag);
}

// Lists stay valid until the thread's next call.
Value to_value(c10::IValue &&from) {
  thread_local std::vector<void *> list;
  Value value{None, {0}, 0};
  if (from.isTensor()) {
    value.tag = Tensor;
    value.pointer = release(std::move(from).toTensor());
  } else if (from.isTensorList()) {
    list.clear();
    for (const at::Tensor &tensor : from.toTensorVector())
      list.push_back(release(tensor));
    value = {Tensors, {0}, static_cast<int64_t>(list.size())};
    value.pointer = list.data();
  } else if (from.isInt()) {
    value = {Integer, {from.toInt()}, 0};
  } else if (from.isDouble()) {
    value.tag = Real;
    value.real = from.toDouble();
  } else if (from.isBool()) {
    value = {Boolean, {from.toBool()}, 0};
  } else {
    TORCH_CHECK(from.isNone(), "A result is of a kind that the binding does not know: ", from.tagKind());
  }
  return value;
}

bool is_real(const c10::TypePtr &type) {
  if (auto optional = type->cast<c10::OptionalType>())
    return is_real(optional->getElementType());
  return type->kind() == c10::TypeKind::FloatType;
}

}

EXPORT const char *torch_error() { return last_error.c_str(); }

EXPORT const char *torch_version() { return TORCH_VERSION; }

// Collecting a backtrace would make an exception cost milliseconds. Freed memory serves the next step, as for messages in the transport.
EXPORT void torch_initialize(int keep_memory) {
  c10::SetStackTraceFetcher(std::function<std::string()>([] { return std::string(); }));
  if (keep_memory) {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
  }
}

EXPORT int torch_find(const char *name, const char *overload, Operator **found) {
  return guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "libtorch " TORCH_VERSION " has no operator ", name, *overload ? "." : "", overload);
    *found = new Operator{*handle, {}};
    for (const auto &argument : handle->schema().arguments())
      (*found)->wants_real.push_back(is_real(argument.type()));
  });
}

// What the caller leaves out at the end, or marks as default, is as the operator's schema says. With room for no results they are dropped.
EXPORT int torch_call(const Operator *op, const Value *arguments, int count, Value *results, int room) {
  return guarded([&] {
    const auto &wanted = op->handle.schema().arguments();
    TORCH_CHECK(static_cast<size_t>(count) <= wanted.size(), op->handle.schema().name(), " takes ", wanted.size(), " arguments, not ", count);
    torch::jit::Stack stack;
    stack.reserve(wanted.size());
    for (size_t i = 0; i < wanted.size(); i++) {
      if (i < static_cast<size_t>(count) && arguments[i].tag != Default) {
        stack.push_back(to_ivalue(arguments[i], op->wants_real[i]));
      } else {
        TORCH_CHECK(wanted[i].default_value().has_value(), op->handle.schema().name(), " needs its argument ", wanted[i].name());
        stack.push_back(*wanted[i].default_value());
      }
    }
    op->handle.callBoxed(stack);
    if (!room)
      return;
    TORCH_CHECK(stack.size() == static_cast<size_t>(room), op->handle.schema().name(), " gives ", stack.size(), " results, not ", room);
    for (int i = 0; i < room; i++)
      results[i] = to_value(std::move(stack[i]));
  });
}

EXPORT void tensor_release(void *handle) { Pointer::reclaim(static_cast<Impl *>(handle)); }

EXPORT void *tensor_retain(void *handle) { return release(borrow(handle)); }

EXPORT int tensor_information(void *handle, Information *information) {
  return guarded([&] {
    const at::Tensor tensor = borrow(handle);
    const bool is_strided = tensor.layout() == at::kStrided;
    *information = {tensor.dim(),
                    tensor.sizes().data(),
                    is_strided ? tensor.strides().data() : nullptr,
                    tensor.numel(),
                    static_cast<int64_t>(tensor.element_size()),
                    static_cast<int32_t>(tensor.scalar_type()),
                    static_cast<int32_t>(tensor.device().type()),
                    tensor.device().index(),
                    is_strided && tensor.is_contiguous(),
                    tensor.requires_grad(),
                    tensor.is_leaf()};
  });
}

EXPORT int tensor_data(void *handle, void **data) {
  return guarded([&] { *data = borrow(handle).data_ptr(); });
}

EXPORT int tensor_is_pinned(void *handle, int *result) {
  return guarded([&] { *result = borrow(handle).is_pinned(); });
}

EXPORT int tensor_from_blob(void *data, const int64_t *sizes, int dimensions, int type, void (*free)(void *), void *owner, void **result) {
  return guarded([&] {
    const auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(type));
    *result = release(at::from_blob(data, at::IntArrayRef(sizes, dimensions), [=](void *) { free(owner); }, options));
  });
}

EXPORT int tensor_set_requires_grad(void *handle, int value) {
  return guarded([&] { borrow(handle).set_requires_grad(value != 0); });
}

EXPORT int tensor_retain_grad(void *handle) {
  return guarded([&] { borrow(handle).retain_grad(); });
}

EXPORT int tensor_grad(void *handle, void **grad) {
  return guarded([&] { *grad = release(borrow(handle).grad()); });
}

EXPORT int tensor_set_grad(void *handle, void *grad) {
  return guarded([&] { borrow(handle).mutable_grad() = borrow(grad); });
}

EXPORT int autograd_backward(void **tensors, int count, void **grads, int grad_count, int retain, int create, void **inputs, int input_count) {
  return guarded([&] {
    torch::autograd::backward(borrow_all(tensors, count), borrow_all(grads, grad_count), retain != 0, create != 0,
                              borrow_all(inputs, input_count));
  });
}

EXPORT int autograd_grad(void **outputs, int count, void **inputs, int input_count, void **grads, int grad_count, int retain, int create,
                         int allow_unused, void **results) {
  return guarded([&] {
    auto found = torch::autograd::grad(borrow_all(outputs, count), borrow_all(inputs, input_count), borrow_all(grads, grad_count), retain != 0,
                                       create != 0, allow_unused != 0);
    for (size_t i = 0; i < found.size(); i++)
      results[i] = release(found[i]);
  });
}

EXPORT int grad_mode_is_enabled() { return at::GradMode::is_enabled(); }

EXPORT void grad_mode_set_enabled(int value) { at::GradMode::set_enabled(value != 0); }

EXPORT int inference_mode_is_enabled() { return c10::InferenceMode::is_enabled(); }

EXPORT void *inference_mode_enter(int value) { return new c10::InferenceMode(value != 0); }

EXPORT void inference_mode_leave(void *guard) { delete static_cast<c10::InferenceMode *>(guard); }

EXPORT int torch_get_num_threads() { return at::get_num_threads(); }

EXPORT int torch_set_num_threads(int count) {
  return guarded([&] { at::set_num_threads(count); });
}

EXPORT int torch_get_num_interop_threads() { return at::get_num_interop_threads(); }

EXPORT int torch_set_num_interop_threads(int count) {
  return guarded([&] { at::set_num_interop_threads(count); });
}

EXPORT int torch_manual_seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}

// A copy of the device's generator, so that its state is its own; with `share` the device's generator itself.
EXPORT int generator_new(int64_t device, int share, void **result) {
  return guarded([&] {
    const at::Generator &standard = at::globalContext().defaultGenerator(device_of(device));
    *result = new at::Generator(share ? standard : standard.clone());
  });
}

EXPORT void generator_release(void *generator) { delete static_cast<at::Generator *>(generator); }

EXPORT int generator_seed(void *generator, uint64_t seed) {
  return guarded([&] {
    at::Generator &one = *static_cast<at::Generator *>(generator);
    std::lock_guard<std::mutex> lock(one.mutex());
    one.set_current_seed(seed);
  });
}

EXPORT uint64_t generator_initial_seed(void *generator) { return static_cast<at::Generator *>(generator)->current_seed(); }

EXPORT int cuda_device_count() {
  try {
    return c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA) ? c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).deviceCount() : 0;
  } catch (const std::exception &) {
    return 0;
  }
}

EXPORT int cuda_synchronize(int device) {
  return guarded([&] { at::detail::getCUDAHooks().deviceSynchronize(device); });
}

EXPORT int cuda_allows_tf32(int convolution) {
  const at::Context &context = at::globalContext();
  return convolution ? context.allowTF32CuDNN() : context.allowTF32CuBLAS();
}

EXPORT int cuda_allow_tf32(int convolution, int value) {
  return guarded([&] {
    at::Context &context = at::globalContext();
    convolution ? context.setAllowTF32CuDNN(value != 0) : context.setAllowTF32CuBLAS(value != 0);
  });
}

// The CUDA runtime is there where libtorch brings it along; its header need not be.
EXPORT int cuda_memory(int device, size_t *free, size_t *total) {
  return guarded([&] {
    const auto query = reinterpret_cast<int (*)(size_t *, size_t *)>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
    TORCH_CHECK(query && cuda_device_count() > device, "There is no CUDA device ", device, ".");
    c10::impl::VirtualGuardImpl guard(c10::DeviceType::CUDA);
    const c10::Device before = guard.exchangeDevice(c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device)));
    const int status = query(free, total);
    guard.setDevice(before);
    TORCH_CHECK(status == 0, "cudaMemGetInfo failed with ", status);
  });
}
