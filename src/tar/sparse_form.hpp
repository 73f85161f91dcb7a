#pragma once

#include "tar/member_headers.hpp"

namespace ocimux {

/// Whether what a pax header says about holes is one of GNU tar's three forms as a whole, 0.0, 0.1
/// or 1.0 ("Storing Sparse Files" in its manual), of a regular file, with a map that fits the sizes
/// of what is stored and of the whole. libarchive takes each record for itself, and fills up what
/// is missing.
bool is_sparse_form(const MemberHeaders& headers);

}  // namespace ocimux
