#!/bin/sh
# Compiles the C++ file against one libtorch: build.sh SOURCE LIBRARY LIBTORCH [ABI]. ABI is what _GLIBCXX_USE_CXX11_ABI was when
# libtorch was built, by default what the names in it tell.
set -eu
source=$1 library=$2 torch=$3 abi=${4:-}

set -- -isystem "$torch/include" -isystem "$torch/include/torch/csrc/api/include"
[ "$torch" = /usr ] && set -- -isystem "$torch/include/torch/csrc/api/include" # /usr/include itself must keep its place
if [ -e "$torch/lib/libc10.so" ]; then
  set -- "$@" "-L$torch/lib" "-Wl,-rpath,$torch/lib"
  # A constructor that takes std::string: Ss is the old one.
  [ -z "$abi" ] && grep -q 'c105ErrorC2ENS_14SourceLocationESs' "$torch/lib/libc10.so" && abi=0
fi

# libtorch_cuda registers its kernels when it is loaded, although nobody calls it by name.
set -- "$@" -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10
if [ -e "$torch/lib/libtorch_cuda.so" ]; then set -- "$@" -ltorch_cuda -lc10_cuda; fi

# Renamed at the end, so that nobody loads half a file.
g++ -std=c++17 -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror -D_GLIBCXX_USE_CXX11_ABI="${abi:-1}" \
  -o "$library.new" "$source" "$@"
mv "$library.new" "$library"
