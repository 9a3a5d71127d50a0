"""The contract between broker and client: documents, codec, names, limits and error codes.

Nothing here does I/O, and nothing here imports the rest of the project.
"""
