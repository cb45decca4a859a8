"""Other software doing the same work in the same run; one module each."""
