"""The mapping language: documents, their compilation, functions, lint and cases."""
