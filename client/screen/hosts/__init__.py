"""What slash commands and typed lines can do on the full screen, part by part."""
