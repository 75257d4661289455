//! Refusals in the shape that a caller's SDK reads. See the module's functions.
