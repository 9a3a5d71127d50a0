"""The contract between broker and client: documents, codec, names, limits and error codes.

This package does no I/O and imports no other part of the project.
"""
