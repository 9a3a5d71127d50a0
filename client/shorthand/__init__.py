"""Short ways to type: shortcodes of emoji, and corrections such as s/old/new/."""
