"""Files through the gateway: uploads wait in a spool that all share; downloads pass through in pieces."""
