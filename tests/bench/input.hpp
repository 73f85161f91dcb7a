#pragma once

#include <ocimux/io/stream.hpp>

#include <benchmark/benchmark.h>

namespace ocimux::bench {

/// What codecs and hashers are given, read once: the file that OCIMUX_BENCH_INPUT names, else up
/// to 64 MiB of this machine's own libraries and programs.
Bytes input();

/// Writes @p bytes to @p sink in pieces of @p size, and finishes it.
void push(Bytes bytes, Sink& sink, std::size_t size = 256 << 10);

/// Has @p state say how many bytes went through a second, when each pass took @p bytes.
void report_bytes(benchmark::State& state, std::size_t bytes);

/// The same for things of any other kind.
void report_items(benchmark::State& state, std::int64_t items);

}  // namespace ocimux::bench
