#!/bin/sh
# Compiles the service: build.sh [DIRECTORY], by default bin/ beside this file. Then: mono bin/OrderService.exe 7001
# Needs Debian's packages mono-mcs, libmono-system-servicemodel4.0a-cil, libmono-system-runtime-serialization4.0-cil.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/bin}
mkdir -p "$out"
mcs -langversion:7 -r:System.ServiceModel -r:System.Runtime.Serialization -out:"$out/OrderService.exe" \
  "$here"/*.cs
