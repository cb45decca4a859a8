"""Every Chinese text that is not data: one module per topic, codes to templates with named parameters."""
