#include "cli/run.hpp"

int main(int argc, char** argv) { return ocimux::cli::run_program(argc, argv); }
