"""Work of the core that no request asks for: timers, retention, and watching store and clock."""
