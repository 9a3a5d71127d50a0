"""Commands on files: uploading and fetching content, and naming uploads in a message."""
