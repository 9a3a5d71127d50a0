"""What an operator needs of the gateway: numbers, the log, certificates, and reloading."""
