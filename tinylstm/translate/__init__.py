"""A trained network in other languages: a C file, a model of ONNX."""
